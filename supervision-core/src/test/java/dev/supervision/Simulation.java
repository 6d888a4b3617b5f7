package dev.supervision;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.supervision.SimulatedWorker.Action;
import dev.supervision.SimulatedWorker.Answer;
import dev.supervision.SimulatedWorker.Incarnation;
import dev.supervision.SimulatedWorker.Message;
import dev.supervision.SimulatedWorker.Monitor;
import dev.supervision.SimulatedWorker.Where;

/**
 * The shipped code under virtual time: random trees, random faults, and invariants that
 * are checked at each step. One seed is one run, always the same one.
 *
 * <p>
 * The events come from a task that the simulation itself schedules among all others, so
 * that most steps cost no change of the thread. The code of a simulation runs on one
 * thread at a time, and needs no locks.
 */
final class Simulation {

	static final ExitReason BAD_START = ExitReason.of("bad start");

	/** How many names there are that workers quarrel about. */
	static final int POOL = 6;

	/** Kinds of observations. */
	static final int ENTER = 1;

	static final int TIMEOUT = 10;

	static final int CONTINUED = 11;

	static final int DOWN = 12;

	static final int EXIT = 13;

	static final int START_FAILED = 14;

	static final int ARRIVED = 15;

	static final int OUTCOME = 16;

	static final int EVENT = 17;

	private static final int TRACE_LINES = Integer.getInteger("simulation.trace", 50);

	private static final int MAX_CLIENTS = 12;

	private static final int MAX_LIVE = 60;

	final long seed;

	final DeterministicPlatform platform;

	final Random random;

	final Node node;

	/** Whether this run does without what cannot be counted exactly. */
	final boolean exact;

	/** While the first trees start, their workers fail less. */
	boolean starting = true;

	// ---- counted for I1 and I2

	long timersSet;

	long timersCancelled;

	long fencedReplies;

	private long timersArrived;

	private long lastMessage;

	private long sent;

	private long handled;

	private long fencedSignals;

	private long uncertain;

	private int openCalls;

	private long calls;

	// ---- known

	private final Map<Process, Incarnation> incarnations = new HashMap<>();

	private final List<Incarnation> all = new ArrayList<>();

	private final List<Incarnation> live = new ArrayList<>();

	private final Map<Object, Incarnation> places = new HashMap<>();

	private final Map<String, Process> holders = new HashMap<>();

	private final Set<Process> failedRestart = new LinkedHashSet<>();

	private final Set<String> stoppedByHand = new LinkedHashSet<>();

	private final Set<Thread> threads = new LinkedHashSet<>();

	private final Map<Process, ExitReason> exits = new HashMap<>();

	private final List<Process> gaveUp = new ArrayList<>();

	private final List<Process> supervisors = new ArrayList<>();

	private final int[] rare = new int[Rare.values().length];

	private final @Nullable ArrayDeque<String> lines;

	private @Nullable AssertionError failure;

	private int clients;

	private int trees;

	private int left;

	private boolean closing;

	private Simulation(long seed, int events, boolean tracing) {
		this.seed = seed;
		this.left = events;
		this.exact = seed % 4 == 0;
		this.lines = tracing ? new ArrayDeque<>() : null;
		this.platform = new DeterministicPlatform(seed, Duration.ofSeconds(60));
		this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
		this.node = Node.builder()
			.platform(this.platform)
			.listener(this::onEvent)
			.closeTimeout(Duration.ofSeconds((seed % 5 == 0) ? 1 : 25))
			.build();
	}

	/**
	 * Runs one seed.
	 * @throws AssertionError if something did not hold, with the seed and the last lines
	 * of the trace
	 */
	static Result run(long seed, int events) {
		try {
			return new Simulation(seed, events, false).run();
		}
		catch (Throwable first) {
			Simulation again = new Simulation(seed, events, true);
			try {
				again.run();
			}
			catch (Throwable second) {
				throw again.described(second, events);
			}
			throw new AssertionError("Seed " + seed + " failed, but not when it was run again: it is not deterministic",
					first);
		}
	}

	private AssertionError described(Throwable cause, int events) {
		return new AssertionError("Seed " + this.seed + " fails: " + cause.getMessage() + "\nReplay: java -ea -cp "
				+ "<test class path> dev.supervision.Simulation " + this.seed + " 1 " + events
				+ "\nThe last lines of the trace:\n  "
				+ String.join("\n  ", (this.lines != null) ? this.lines : List.of()), cause);
	}

	/** What came of a run. */
	record Result(long hash, long steps, int[] rare, long started, long calls) {
	}

	private Result run() {
		try {
			Envelopes.Wait over = new Envelopes.Wait(this.platform.waiting());
			execute(() -> {
				for (int i = 0; i < 3; i++) {
					startTree();
				}
				this.starting = false;
				execute(() -> next(over));
			});
			over.await(this.node.wheel, Long.MAX_VALUE);
			throwFailure();
			if (this.seed % 3 != 0) {
				settle();
			}
			this.closing = true;
			this.node.close();
			this.platform.advance(Duration.ofHours(2));
			throwFailure();
			checkClosed();
			throwFailure();
			long hash = this.platform.traceHash();
			long steps = this.platform.steps();
			this.platform.close();
			for (Thread thread : this.threads) {
				require(!thread.isAlive(), "I10", "a thread is left over", thread.getName());
			}
			throwFailure();
			return new Result(hash, steps, this.rare, this.node.statistics().started(), this.calls);
		}
		finally {
			this.platform.close();
		}
	}

	// ---- events

	private void next(Envelopes.Wait over) {
		if (this.left-- <= 0 || this.failure != null) {
			over.run();
			return;
		}
		this.threads.add(Thread.currentThread());
		require(Process.current() == null, "thread", "a process is left on the thread", Process.current());
		int choice = this.random.nextInt(100);
		event(choice);
		if (this.left % 16 == 0) {
			check();
		}
		if (this.random.nextInt(4) == 0) {
			long delay = switch (this.random.nextInt(8)) {
				case 0, 1, 2 -> 1;
				case 3, 4 -> 10;
				case 5, 6 -> 50;
				default -> 500;
			};
			this.platform.scheduler().schedule(Duration.ofMillis(delay).toNanos(), () -> execute(() -> next(over)));
		}
		else {
			execute(() -> next(over));
		}
	}

	private void event(int choice) {
		Incarnation worker = peer();
		if (choice < 38) {
			if (worker != null) {
				for (int i = 1 + this.random.nextInt(3); i > 0; i--) {
					cast(worker.process, new Message(Action.ANY, null));
				}
			}
		}
		else if (choice < 50) {
			if (worker != null) {
				client("call", () -> call(this.node.ref(worker.process), worker.process,
						Duration.ofMillis(this.random.nextInt(500)), null));
			}
		}
		else if (choice < 56) {
			if (worker != null) {
				callAsync(worker.process, null);
			}
		}
		else if (choice < 58) {
			if (worker != null) {
				sendInfo(worker.process);
			}
		}
		else if (choice < 62) {
			if (worker != null) {
				signal(worker, ExitReason.KILL, null);
			}
		}
		else if (choice < 64) {
			if (worker != null) {
				signal(worker, reason(), null);
			}
		}
		else if (choice < 65) {
			Process supervisor = supervisor();
			if (supervisor != null) {
				trace("kill supervisor", supervisor, "");
				this.node.exit(supervisor, ExitReason.KILL);
			}
		}
		else if (choice < 80) {
			administer();
		}
		else if (choice < 83) {
			suspend((worker != null && this.random.nextInt(5) > 0) ? worker.process : supervisor());
		}
		else if (choice < 84) {
			if (this.live.size() < MAX_LIVE) {
				client("spawn", this::spawn);
			}
		}
		else if (choice < 87) {
			treeEvent();
		}
		else if (choice < 89) {
			if (worker != null) {
				client("stop", () -> stop(worker));
			}
		}
		else if (choice < 91) {
			byName();
		}
		else if (choice < 94) {
			crossing(worker);
		}
		else if (choice < 95) {
			int name = this.random.nextInt(POOL);
			client("await", () -> await("p" + name));
		}
		else if (choice < 97) {
			storm(worker);
		}
	}

	/** A worker shall unlink somebody who dies now. */
	private void crossing(@Nullable Incarnation worker) {
		if (worker != null && !worker.linked.isEmpty()) {
			cast(worker.process, new Message(Action.UNLINK, null));
			Incarnation peer = worker.linked.get(this.random.nextInt(worker.linked.size()));
			signal(peer, ExitReason.KILL, null);
			cast(worker.process, new Message(Action.DEMONITOR, null));
		}
	}

	/** More messages than a bounded mailbox takes, and a call behind them, and a kill. */
	private void storm(@Nullable Incarnation worker) {
		if (worker != null) {
			cast(worker.process, new Message(Action.REST_LONG, null));
			for (int i = 0; i < 4; i++) {
				cast(worker.process, new Message(Action.NOTHING, null));
			}
			callAsync(worker.process, null);
			if (this.random.nextInt(3) == 0) {
				signal(worker, ExitReason.KILL, null);
			}
		}
	}

	private void byName() {
		String name = "p" + this.random.nextInt(POOL);
		Message message = new Message(Action.ANY, null);
		Process target = this.node.named(name);
		if (target != null) {
			cast(target, message, () -> this.node.<Message>ref(Name.of(name)).cast(message));
		}
	}

	private void sendInfo(Process target) {
		Message message = new Message(Action.NOTHING, null);
		cast(target, message, () -> this.node.send(target, message));
	}

	/** In a thread of somebody outside, which may block. */
	private void client(String what, Runnable body) {
		client(what, false, body);
	}

	private void client(String what, boolean administrative, Runnable body) {
		if (this.clients >= MAX_CLIENTS) {
			return;
		}
		this.clients++;
		execute(() -> {
			this.threads.add(Thread.currentThread());
			require(Process.current() == null, "thread", "a process is left on the thread", Process.current());
			try {
				body.run();
			}
			catch (CallException | StartException | IllegalStateException ex) {
				trace(what, ex.getClass().getSimpleName(), String.valueOf(ex.getMessage()));
				// the supervisor had it in work, or it was dropped: only the supervisor
				// knows
				this.uncertain += (administrative && ex instanceof ServerExitedException) ? 1 : 0;
				observe(OUTCOME, ex.getClass().getSimpleName().hashCode());
			}
			this.clients--;
		});
	}

	private void execute(Runnable task) {
		this.platform.executor(ExecutorType.AUTO).execute(() -> {
			try {
				task.run();
			}
			catch (RuntimeException | AssertionError ex) {
				fail(ex);
			}
		});
	}

	// ---- sending

	void cast(Process target, Message message) {
		cast(target, message, () -> this.node.<Message>ref(target).cast(message));
	}

	private void cast(Process target, Message message, Runnable send) {
		message.number = ++this.lastMessage;
		message.fenced = Process.isFenced();
		this.sent++;
		trace("cast " + message.number, message.action, target);
		try {
			send.run();
		}
		catch (OverloadException ex) {
			count(Rare.OVERLOAD_OF_CAST);
		}
	}

	void callAsync(Process target, @Nullable Incarnation caller) {
		Answer answer = new Answer(this, ++this.calls);
		this.openCalls++;
		Posting posting = new Posting();
		CompletableFuture<Object> future = this.node.<Message>ref(target).callAsync(request(answer, caller, posting));
		if (posting.made) {
			this.sent++;
		}
		boolean immediate = future.isDone();
		future.whenComplete((value, thrown) -> {
			Throwable cause = (thrown instanceof CompletionException) ? thrown.getCause() : thrown;
			if (immediate && posting.made && cause instanceof NoProcessException) {
				this.sent--;
			}
			outcome(answer, target, Duration.ofDays(1), (cause != null) ? cause : value, caller);
		});
	}

	void call(ServerRef<Message> ref, Process target, Duration limit, @Nullable Incarnation caller) {
		Answer answer = new Answer(this, ++this.calls);
		this.openCalls++;
		Posting posting = new Posting();
		Object outcome;
		try {
			outcome = ref.call(request(answer, caller, posting), limit);
		}
		catch (CallException ex) {
			outcome = ex;
		}
		if (posting.made && !(outcome instanceof NoProcessException)) {
			this.sent++;
		}
		outcome(answer, target, limit, outcome, caller);
	}

	private Function<From<Object>, Message> request(Answer answer, @Nullable Incarnation caller, Posting posting) {
		return from -> {
			posting.made = true;
			answer.from = from;
			Message message = new Message(Action.NOTHING, caller);
			message.answer = answer;
			message.number = ++this.lastMessage;
			trace("call " + answer.number, message.number, "");
			return message;
		};
	}

	/** I2: each call has one outcome, and it is the true one. */
	private void outcome(Answer answer, Process target, Duration limit, @Nullable Object outcome,
			@Nullable Incarnation caller) {
		this.openCalls--;
		require(answer.outcome == null, "I2", "a second outcome: " + outcome, answer);
		answer.outcome = (outcome != null) ? outcome : "null";
		observe(OUTCOME, answer.number << 8 ^ kind(outcome));
		if (outcome instanceof FencedException || outcome instanceof CallInterruptedException) {
			require(caller != null && caller.process.hasExited(), "I2", "fenced, but not killed", answer);
			count(Rare.FENCED_CALL);
			return;
		}
		boolean answered = outcome instanceof Long || outcome instanceof CallFailedException;
		require(answer.accepted == (answered ? 1 : 0), "I2", "accepted replies: " + answer.accepted, answer);
		if (outcome instanceof Long number) {
			require(number == answer.number, "I2", "the reply to another call: " + number, answer);
		}
		else if (outcome instanceof CallTimeoutException) {
			answer.timedOut = true;
			require(now() - answer.began >= limit.toNanos(), "I2", "a timeout before its time", answer);
		}
		else if (outcome instanceof ServerExitedException ex) {
			require(target.hasExited() && ex.reason() == target.exitReason(), "I2",
					"the reason is not that of the server: " + ex.reason(), answer);
			if (!answer.handled) {
				count(Rare.CALL_TO_DYING);
			}
		}
		else if (outcome instanceof NoProcessException) {
			require(target.hasExited(), "I2", "noproc for a living process", answer);
		}
		else if (outcome instanceof OverloadException) {
			require(target.spec.mailbox().isBounded(), "I2", "overload of an unbounded mailbox", answer);
			count(Rare.OVERLOAD_OF_CALL);
		}
		else if (outcome instanceof CallingSelfException) {
			require(caller != null && caller.process == target, "I2", "calling itself?", answer);
		}
		else {
			require(outcome instanceof CallFailedException, "I2", "an outcome that should not be: " + outcome, answer);
		}
	}

	private static int kind(@Nullable Object outcome) {
		return (outcome != null) ? outcome.getClass().getSimpleName().hashCode() : 0;
	}

	void signal(Incarnation target, ExitReason reason, @Nullable Incarnation sender) {
		Process process = target.process;
		boolean traps = process.info().trapsExits();
		boolean dead = process.hasExited();
		trace("signal", reason, target);
		if (Process.isFenced()) {
			this.fencedSignals += (sender == null) ? 1 : 0;
		}
		else if (!dead && target.deadlySince == Long.MAX_VALUE
				&& (reason == ExitReason.KILL || !traps && reason != ExitReason.NORMAL)) {
			target.deadlySince = this.lastMessage;
			if (target.suspended) {
				count(Rare.SUSPENDED_AND_KILLED);
			}
		}
		if (sender != null) {
			target.signalledBy.add(sender.process);
			sender.self.exit(process, reason);
		}
		else {
			target.signalledBy.add(requireNonNull(this.node.root()));
			this.node.exit(process, reason);
		}
		require(reason != ExitReason.NORMAL || dead || !process.hasExited() || sender == target, "signal",
				"a signal with the reason normal has ended a process", process);
	}

	ExitReason reason() {
		return switch (this.random.nextInt(5)) {
			case 0 -> ExitReason.NORMAL;
			case 1 -> ExitReason.SHUTDOWN;
			case 2 -> ExitReason.shutdown("detail");
			case 3 -> ExitReason.of("boom");
			default -> ExitReason.KILL;
		};
	}

	Shutdown shutdown() {
		return switch (this.random.nextInt(6)) {
			case 0 -> Shutdown.BRUTAL_KILL;
			case 1 -> Shutdown.within(Duration.ZERO);
			case 2 -> Shutdown.INFINITY;
			case 3 -> Shutdown.within(Duration.ofMillis(200));
			default -> Shutdown.within(Duration.ofSeconds(2));
		};
	}

	// ---- administration

	private void administer() {
		Process process = supervisor();
		if (process == null) {
			return;
		}
		Supervision supervision = process.supervision();
		if (supervision == null) {
			return;
		}
		Child child = anyChild(supervision);
		int choice = this.random.nextInt(10);
		if (supervision instanceof DynamicSupervisor) {
			DynamicSupervisorRef ref = this.node.dynamicSupervisor(process);
			if (choice < 5 && this.live.size() < MAX_LIVE) {
				ChildSpec spec = looseSpec("d").restart(restart());
				String id = this.random.nextBoolean() ? "k" + this.random.nextInt(4) : null;
				admin("start", () -> (id != null) ? ref.startChild(id, spec) : ref.startChild(spec));
			}
			else if (child != null) {
				Process running = child.process;
				String key = child.key();
				if (choice < 7 && running != null) {
					admin("terminate", () -> ref.terminateChild(running));
				}
				else if (choice < 8 && key != null) {
					admin("terminate", () -> ref.terminateChild(key));
				}
				else if (choice < 9 && key != null) {
					revive(child, () -> ref.restartChild(key));
				}
				else {
					admin("which", ref::whichChildren);
				}
			}
			return;
		}
		SupervisorRef ref = this.node.supervisor(process);
		if (choice < 2 && this.live.size() < MAX_LIVE) {
			ChildSpec spec = worker("x" + this.random.nextInt(3), AutoShutdown.NEVER);
			admin("start", () -> ref.startChild(spec));
		}
		else if (child != null) {
			String id = child.id();
			if (choice < 6) {
				terminate(process, ref, child);
			}
			else if (choice < 8) {
				revive(child, () -> ref.restartChild(id));
			}
			else if (choice < 9) {
				admin("delete", () -> ref.deleteChild(id));
			}
			else {
				admin("count", ref::countChildren);
			}
		}
	}

	private void terminate(Process supervisor, SupervisorRef ref, Child child) {
		admin("terminate", () -> {
			boolean restarting = child.isRestarting();
			boolean backoff = child.backoff != null;
			Incarnation running = (child.process != null) ? incarnation(child.process) : null;
			if (running != null && running.suspended && !running.process.hasExited()) {
				count(Rare.SUSPENDED_AND_STOPPED);
			}
			ChildResult result = ref.terminateChild(child.id());
			if (result instanceof ChildResult.Ok) {
				this.stoppedByHand.add(supervisor.number() + "/" + child.id());
				if (restarting && !child.isRestarting()) {
					count(backoff ? Rare.BACKOFF_VOIDED_BY_TERMINATE : Rare.RETRY_VOIDED_BY_TERMINATE);
				}
			}
			return result;
		});
	}

	private void revive(Child child, Supplier<ChildResult> call) {
		admin("restart", () -> {
			boolean parked = child.state == ChildInfo.State.PARKED;
			ChildResult result = call.get();
			if (parked && result instanceof ChildResult.Started) {
				count(Rare.PARKED_AND_REVIVED);
			}
			return result;
		});
	}

	private void admin(String what, Supplier<?> call) {
		client(what, true, () -> {
			Object result = call.get();
			trace(what, result, "");
			observe(OUTCOME, kind(result));
		});
	}

	private void suspend(@Nullable Process process) {
		if (process == null) {
			return;
		}
		Incarnation worker = incarnation(process);
		Duration pause = Duration.ofMillis(20 + this.random.nextInt(3000));
		client("suspend", () -> {
			try {
				this.node.sys(process).suspend();
			}
			catch (CallTimeoutException ex) {
				// it is busy; the request stands
				observe(OUTCOME, kind(ex));
			}
			if (worker != null) {
				worker.suspended = true;
			}
			this.platform.scheduler().schedule(pause.toNanos(), () -> execute(() -> resume(process, worker)));
		});
	}

	private void resume(Process process, @Nullable Incarnation worker) {
		try {
			this.node.sys(process).resume();
			if (worker != null) {
				worker.suspended = false;
			}
		}
		catch (CallException ex) {
			observe(OUTCOME, kind(ex));
		}
	}

	private void spawn() {
		this.node.spawn(looseSpec("loose"));
	}

	private void stop(Incarnation worker) {
		this.node.<Message>ref(worker.process).stop(ExitReason.NORMAL, Duration.ofMillis(500));
	}

	private void await(String name) {
		this.node.awaitStarted(name, Duration.ofMillis(this.random.nextInt(200)));
	}

	// ---- trees

	private void treeEvent() {
		Process root = requireNonNull(this.node.root());
		Supervision supervision = root.supervision();
		if (supervision == null) {
			return;
		}
		Child tree = anyChild(supervision);
		if (tree != null && !tree.isRunning()) {
			String id = tree.id();
			admin("revive tree", () -> {
				ChildResult result = this.node.trees().restartChild(id);
				if (result instanceof ChildResult.Started) {
					count(Rare.TREE_REVIVED);
				}
				return result;
			});
		}
		else if (supervision.children.size() < 5) {
			client("start tree", true, this::startTree);
		}
		else if (tree != null && this.random.nextInt(3) == 0) {
			String id = tree.id();
			admin("terminate tree", () -> {
				ChildResult result = this.node.trees().terminateChild(id);
				return this.random.nextBoolean() ? result : this.node.trees().deleteChild(id);
			});
		}
	}

	private void startTree() {
		String id = "t" + this.trees++;
		try {
			this.node.start(supervisor(id, 0));
		}
		catch (StartException ex) {
			count(Rare.ROLLBACK_OF_START);
		}
	}

	private SupervisorSpec supervisor(String id, int depth) {
		Strategy strategy = Strategy.values()[this.random.nextInt(3)];
		AutoShutdown auto = (this.random.nextInt(4) == 0) ? AutoShutdown.values()[this.random.nextInt(3)]
				: AutoShutdown.NEVER;
		SupervisorSpec spec = SupervisorSpec.of(id)
			.strategy(strategy)
			.intensity(this.random.nextInt(5), Duration.ofSeconds(1 + this.random.nextInt(5)))
			.autoShutdown(auto);
		if (strategy == Strategy.ONE_FOR_ONE && this.random.nextInt(3) == 0) {
			spec = spec.onLimit(OnLimit.PARK);
		}
		for (int i = 1 + this.random.nextInt(4); i > 0; i--) {
			String child = "c" + i;
			int kind = this.random.nextInt(10);
			if (kind < 2 && depth < 2) {
				ChildSpec nested = ChildSpec.supervisor(supervisor(child, depth + 1)).restart(restart());
				spec = spec.child((this.random.nextInt(4) == 0) ? nested.shutdown(shutdown()) : nested);
			}
			else if (kind < 4) {
				spec = spec.child(DynamicSupervisorSpec.of(child)
					.intensity(this.random.nextInt(4), Duration.ofSeconds(2))
					.maxChildren(3 + this.random.nextInt(8)));
			}
			else {
				spec = spec.child(worker(child, auto));
			}
		}
		return spec;
	}

	private ChildSpec worker(String id, AutoShutdown auto) {
		Restart restart = restart();
		return looseSpec(id).restart(restart)
			.significant(auto != AutoShutdown.NEVER && restart != Restart.PERMANENT && this.random.nextBoolean());
	}

	ChildSpec looseSpec(String id) {
		SimulatedWorker.Profile profile = new SimulatedWorker.Profile(this.random.nextInt(3) == 0,
				this.random.nextInt(6) == 0);
		ChildSpec spec = ChildSpec.worker(id, () -> new SimulatedWorker(this, profile))
			.shutdown(shutdown())
			.startTimeout(Duration.ofSeconds(2));
		int mailbox = this.random.nextInt(9);
		if (mailbox < 3) {
			spec = spec.mailbox(new MailboxLimit(1 + this.random.nextInt(4), Overflow.values()[mailbox]));
		}
		if (this.random.nextInt(8) == 0) {
			spec = spec.backoff(new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1), 3, 0.5, Duration.ofSeconds(2),
					3 + this.random.nextInt(3)));
		}
		if (this.random.nextInt(8) == 0) {
			spec = spec.drain(true);
		}
		return (this.random.nextInt(8) == 0) ? spec.name("p" + this.random.nextInt(POOL)) : spec;
	}

	private Restart restart() {
		int choice = this.random.nextInt(8);
		return (choice < 5) ? Restart.PERMANENT : (choice < 7) ? Restart.TRANSIENT : Restart.TEMPORARY;
	}

	// ---- choosing

	/** A worker that is alive, if there is one; seldom one that is dead. */
	@Nullable Incarnation peer() {
		while (!this.live.isEmpty()) {
			int index = this.random.nextInt(this.live.size());
			Incarnation found = this.live.get(index);
			if (!found.process.hasExited()) {
				return found;
			}
			Incarnation last = this.live.remove(this.live.size() - 1);
			if (last != found) {
				this.live.set(index, last);
			}
			if (this.random.nextInt(20) == 0) {
				return found;
			}
		}
		return null;
	}

	/** Any worker, often a dead one. */
	@Nullable Incarnation anyone() {
		if (this.random.nextInt(4) == 0 && !this.all.isEmpty()) {
			return this.all.get(this.random.nextInt(this.all.size()));
		}
		return peer();
	}

	private @Nullable Process supervisor() {
		if (this.supervisors.isEmpty()) {
			return null;
		}
		return this.supervisors.get(this.random.nextInt(this.supervisors.size()));
	}

	private @Nullable Child anyChild(Supervision supervision) {
		int size = supervision.children.size();
		Child child = supervision.children.oldest();
		for (int i = (size > 0) ? this.random.nextInt(size) : 0; i > 0 && child != null; i--) {
			child = child.newer;
		}
		return child;
	}

	@Nullable Incarnation incarnation(Process process) {
		return this.incarnations.get(process);
	}

	private static <T> T requireNonNull(@Nullable T value) {
		if (value == null) {
			throw new IllegalStateException("not there");
		}
		return value;
	}

	// ---- what workers tell

	/** I4 and I5, seen from a process that starts. */
	void born(Incarnation incarnation) {
		Process process = incarnation.process;
		this.threads.add(Thread.currentThread());
		this.incarnations.put(process, incarnation);
		this.all.add(incarnation);
		this.live.add(incarnation);
		trace("init", incarnation, "");
		String name = process.spec.name();
		if (name != null) {
			Process before = this.holders.put(name, process);
			if (before != null && !before.hasLeft() && before.hasExited()) {
				count(Rare.NAME_TAKEN_OVER_FROM_RUNNING_THREAD);
			}
		}
		Process parent = process.parent;
		Child child = process.child();
		if (child == null || parent == null) {
			return;
		}
		alone(this.places.put(child, incarnation), incarnation);
		if (child.key() != null) {
			alone(this.places.put(parent.number() + "/" + child.key(), incarnation), incarnation);
		}
		for (Child younger = child.newer; younger != null; younger = younger.newer) {
			Process sibling = younger.process;
			if (younger.isRunning() && sibling != null && !sibling.hasLeft()) {
				incarnation.youngerRunning++;
			}
		}
	}

	private void alone(@Nullable Incarnation before, Incarnation now) {
		if (before != null && before != now) {
			require(before.process.hasLeft(), "I4", "its predecessor " + before + " has not left", now);
		}
	}

	/** I1, I3: one message has arrived. */
	void arrived(Incarnation incarnation, Message message) {
		this.threads.add(Thread.currentThread());
		observe(ARRIVED, incarnation.number << 32 ^ message.number);
		if (message.timer != null) {
			this.timersArrived++;
			return;
		}
		this.handled++;
		require(!message.fenced, "fence", "a message of a killed process has arrived", incarnation);
		if (message.answer != null) {
			message.answer.handled = true;
		}
		Answer handedOver = message.handedOver;
		if (handedOver != null) {
			incarnation.deferred.add(0, handedOver);
			count(Rare.REPLY_BY_ANOTHER);
		}
		require(message.number > incarnation.last, "I3",
				"message " + message.number + " comes behind " + incarnation.last, incarnation);
		incarnation.last = message.number;
		require(message.number <= incarnation.deadlySince, "I3",
				"message " + message.number + " is handled, though sent behind a deadly signal", incarnation);
		Incarnation sender = message.sender;
		require(sender == null || !incarnation.gone.contains(sender.process), "I3",
				"a message of " + sender + " comes behind the news of its end", incarnation);
	}

	/** I5: a supervisor stops its children from the youngest to the oldest. */
	void terminating(Incarnation incarnation, ExitReason reason) {
		trace("terminate", incarnation, reason);
		if (!incarnation.timers.isEmpty()) {
			count(Rare.TIMER_OUTLIVED);
		}
		Process parent = incarnation.process.parent;
		Child child = incarnation.process.child();
		if (parent == null || child == null || parent.hasExited() || !(parent.supervision() instanceof Supervisor)
				|| parent.info().state() != ProcessInfo.State.STOPPING || reason != ExitReason.SHUTDOWN) {
			return;
		}
		for (Child younger = child.newer; younger != null; younger = younger.newer) {
			Process sibling = younger.process;
			require(sibling == null || !younger.isRunning() || sibling.hasLeft(), "I5",
					"stopped before its younger sibling " + sibling, incarnation);
		}
	}

	/** A callback has returned in a process that had ended meanwhile. */
	void leftFenced(Incarnation incarnation, Where where) {
		switch (where) {
			case INIT -> count(Rare.KILL_DURING_INIT);
			case TERMINATE -> count(Rare.KILL_WHILE_TERMINATING);
			default -> count(Rare.KILL_DURING_HANDLE);
		}
		if (incarnation.process.isDisowned()) {
			count(Rare.DISOWNED_THEN_LEFT);
		}
	}

	// ---- what the node tells

	private void onEvent(SupervisionEvent event) {
		observe(EVENT, event.getClass().getSimpleName().hashCode());
		if (this.lines != null) {
			trace("event", brief(event), "");
		}
		if (event instanceof SupervisionEvent.ProcessExited exited) {
			Process process = (Process) exited.pid();
			require(this.exits.put(process, exited.reason()) == null, "events", "two ends of one process", process);
			require(process.hasExited() && process.exitReason() == exited.reason(), "events", "another reason",
					process);
			observe(EVENT, process.number());
			Incarnation incarnation = incarnation(process);
			if (incarnation != null) {
				for (SimulatedWorker.Timer timer : incarnation.timers) {
					require(timer.ref == null || timer.ref.remaining().isEmpty(), "I10", "a timer outlives its process",
							process);
				}
			}
		}
		else if (event instanceof SupervisionEvent.ChildStarted started) {
			started(started);
		}
		else if (event instanceof SupervisionEvent.StartFailed failed) {
			if (failed.cause() == SupervisionEvent.StartCause.RESTART) {
				this.failedRestart.add((Process) failed.child().supervisor());
			}
			if (failed.reason() == ExitReason.TIMEOUT) {
				count(Rare.START_TIMEOUT);
			}
			if (failed.reason().toString().startsWith("already_started")) {
				count(Rare.NAME_CONFLICT);
			}
		}
		else if (event instanceof SupervisionEvent.Restarted restarted) {
			this.failedRestart.remove((Process) restarted.child().supervisor());
		}
		else if (event instanceof SupervisionEvent.LimitExceeded exceeded) {
			Process supervisor = (Process) exceeded.child().supervisor();
			if (this.failedRestart.contains(supervisor)) {
				count(Rare.ESCALATION_DURING_RESTART);
			}
			if (exceeded.parked()) {
				count(Rare.PARKED);
			}
			else {
				count(Rare.GAVE_UP);
				this.gaveUp.add(supervisor);
			}
		}
		else if (event instanceof SupervisionEvent.ShutdownError error) {
			if (error.reason() == ExitReason.KILLED) {
				count(Rare.SHUTDOWN_LIMIT_EXCEEDED);
			}
			else if (error.reason() instanceof ExitReason.Failure) {
				count(Rare.TERMINATE_FAILED);
			}
		}
		else if (event instanceof SupervisionEvent.SupervisorStopped stopped) {
			Process process = (Process) stopped.supervisor();
			if (stopped.reason() == ExitReason.SHUTDOWN && process.parent != null
					&& process.parent.info().state() == ProcessInfo.State.RUNNING
					&& process.spec.factory() instanceof SupervisorFactory factory
					&& factory.spec().autoShutdown() != AutoShutdown.NEVER) {
				count(Rare.AUTO_SHUTDOWN);
			}
		}
		else if (event instanceof SupervisionEvent.NodeClosed closed) {
			if (!closed.late().isEmpty()) {
				count(Rare.LATE_AT_CLOSE);
			}
		}
	}

	/**
	 * Without the time, which the line has already, and without stacks and
	 * specifications.
	 */
	private static String brief(SupervisionEvent event) {
		return event.toString()
			.replaceAll("time=[^,]*, ", "")
			.replaceAll(", spec=[^)]*\\)", "")
			.replaceAll("stack=\\[[^\\]]*]", "")
			.replaceAll("stackTrace=(?s).*?at .*", "");
	}

	private void started(SupervisionEvent.ChildStarted event) {
		Process supervisor = (Process) event.child().supervisor();
		Process process = (Process) requireNonNull(event.child().pid());
		Incarnation incarnation = incarnation(process);
		if (incarnation == null || !(supervisor.spec.factory() instanceof SupervisorFactory factory)) {
			return;
		}
		boolean group = factory.spec().strategy() != Strategy.ONE_FOR_ONE;
		if (event.cause() == SupervisionEvent.StartCause.INITIAL
				|| group && event.cause() == SupervisionEvent.StartCause.RESTART) {
			require(incarnation.youngerRunning == 0, "I5", "started behind a younger sibling", incarnation);
		}
		if (this.stoppedByHand.remove(supervisor.number() + "/" + event.child().id()) && group
				&& event.cause() == SupervisionEvent.StartCause.RESTART) {
			count(Rare.STOPPED_SIBLING_REVIVED);
		}
	}

	// ---- the invariants that are looked at from outside

	/** At a moment when nothing of the runtime is half done. */
	private void check() {
		this.supervisors.clear();
		collect(requireNonNull(this.node.root()));
		for (Process process : this.node.table()) {
			checkLinks(process);
			checkNames(process);
		}
		this.node.names.forEach((name, holder) -> {
			require(!holder.hasExited(), "I11", "a dead process has the name " + name, holder);
			Relations relations = holder.relations;
			require(relations != null && relations.names.contains(name), "I11", "it does not know its name " + name,
					holder);
		});
	}

	private void collect(Process process) {
		Supervision supervision = process.supervision();
		if (supervision == null) {
			return;
		}
		require(supervision.utilization() <= 1, "I9", "more restarts than allowed", process);
		for (Child child = supervision.children.oldest(); child != null; child = child.newer) {
			Process running = child.process;
			if (running == null) {
				continue;
			}
			if (child.isRestarting() && running.hasExited() && !running.hasLeft()) {
				count(Rare.SUCCESSOR_WAITS_FOR_PREDECESSOR);
			}
			if (child.spec.type() == ChildType.SUPERVISOR && child.isRunning() && !running.hasExited()) {
				this.supervisors.add(running);
				collect(running);
			}
		}
	}

	private void checkLinks(Process process) {
		Relations relations = process.relations;
		if (relations == null) {
			return;
		}
		if (process.hasExited()) {
			require(relations.links.isEmpty() && relations.watchers.isEmpty() && relations.monitors.isEmpty()
					&& relations.timers.isEmpty() && relations.newestChild == null, "I8",
					"a dead process still has relations", process);
			return;
		}
		for (Process peer : relations.links) {
			Relations others = peer.relations;
			require(!peer.hasExited(), "I8", "linked with the dead " + peer, process);
			require(others != null && others.links.contains(process), "I8", "a link of one side only, with " + peer,
					process);
		}
		for (MonitorRef monitor : relations.monitors) {
			Process watched = monitor.watched;
			Relations others = (watched != null) ? watched.relations : null;
			require(others != null && others.watchers.contains(monitor), "I7", "a monitor of one side only", process);
		}
		for (Process child = relations.newestChild; child != null; child = child.olderSibling) {
			require(child.parent == process && !child.hasExited(), "I8", "a child that is dead or a stranger: " + child,
					process);
		}
	}

	private void checkNames(Process process) {
		Relations relations = process.relations;
		if (relations != null && !process.hasExited()) {
			for (String name : relations.names) {
				require(this.node.named(name) == process, "I11", "the name " + name + " is lost", process);
			}
		}
	}

	/** Nothing new comes, and time passes: nothing may be left undone. */
	private void settle() {
		this.platform.advance(Duration.ofMinutes(2));
		throwFailure();
		check();
		for (Incarnation incarnation : this.all) {
			Process process = incarnation.process;
			if (process.hasExited()) {
				require(process.hasLeft(), "end", "ended, but never left", process);
				continue;
			}
			boolean suspended = process.info().state() == ProcessInfo.State.SUSPENDED;
			require(process.mailbox.size() == 0 || suspended, "mailbox", "messages that nobody handles", process);
			for (Monitor monitor : incarnation.monitorList) {
				Process watched = monitor.watched;
				require(monitor.fired || suspended || watched != null && !watched.hasExited(), "I7",
						"a monitor has not fired", incarnation);
			}
			Process parent = process.parent;
			require(parent == null || parent.spec.type() == ChildType.WORKER || !parent.hasExited(), "I8", "an orphan",
					process);
		}
		for (Process supervisor : this.supervisors) {
			if (supervisor.info().state() == ProcessInfo.State.SUSPENDED) {
				continue;
			}
			Supervision supervision = requireNonNull(supervisor.supervision());
			for (Child child = supervision.children.oldest(); child != null; child = child.newer) {
				Process running = child.process;
				require(!child.isRestarting() || child.backoff != null, "restart", "a retry is lost", child.id());
				require(!child.isRunning() || running != null && !running.hasExited(), "restart",
						"a child has ended, and nothing came of it", running);
			}
		}
		for (Process supervisor : this.gaveUp) {
			require(supervisor.hasExited(), "I9", "gave up, but goes on", supervisor);
		}
		require(this.node.wheel.size() == 0, "I10", "limits of nobody", this.node.wheel.size());
	}

	private void checkClosed() {
		NodeStatistics counted = this.node.statistics();
		require(counted.live() == 0 && this.node.processes().findAny().isEmpty(), "I10", "processes", counted);
		require(this.node.names.isEmpty(), "I10", "names", this.node.names);
		require(this.platform.pendingTimers() == 0, "I10", "timers", this.platform.pendingTimers());
		require(this.node.wheel.size() == 0, "I10", "limits", this.node.wheel.size());
		require(this.openCalls == 0, "I2", "calls without an outcome", this.openCalls);
		require(this.clients == 0, "I2", "clients that still wait", this.clients);
		require(counted.started() == counted.exited(), "I10", "started and exited", counted);
		require(counted.exited() == this.exits.size(), "events", "ends that nobody was told of", counted);
		require(counted.eventsDropped() == 0 && counted.listenerFailures() == 0, "events", "lost events", counted);
		for (Incarnation incarnation : this.all) {
			Process process = incarnation.process;
			require(process.hasExited() && process.hasLeft(), "I10", "it has not left", process);
			require(!incarnation.profile.closeable() || incarnation.closed || !incarnation.stateMade, "close",
					"its state was not closed", process);
		}
		// I1: nothing is pending any more
		long dropped = counted.droppedNoProcess() + counted.droppedMailboxFull() + counted.droppedFenced();
		long expected = this.sent - this.handled + this.fencedReplies + this.fencedSignals;
		long slack = this.uncertain + this.timersSet - this.timersCancelled - this.timersArrived;
		require(dropped >= expected && dropped - expected <= slack, "I1",
				"dropped " + dropped + ", but it should be " + expected + " to " + (expected + slack), counted);
	}

	// ---- failing and telling

	void count(Rare state) {
		this.rare[state.ordinal()]++;
		trace("rare", state, "");
	}

	void observe(int kind, long what) {
		this.platform.mix(what * 31 + kind);
	}

	long now() {
		return this.platform.clock().nanoTime();
	}

	private void trace(String what, @Nullable Object about, @Nullable Object more) {
		ArrayDeque<String> kept = this.lines;
		if (kept != null) {
			if (kept.size() == TRACE_LINES) {
				kept.removeFirst();
			}
			kept.add(this.platform + "  " + what + " " + about + " " + more);
		}
	}

	void require(boolean holds, String invariant, String what, @Nullable Object about) {
		if (!holds) {
			fail(new AssertionError(invariant + ": " + what + " (" + about + ")"));
		}
	}

	AssertionError failed(String invariant, String what, @Nullable Object about) {
		AssertionError error = new AssertionError(invariant + ": " + what + " (" + about + ")");
		fail(error);
		return error;
	}

	/** The first failure is the one that counts; whatever follows may come from it. */
	private void fail(Throwable thrown) {
		if (this.failure == null) {
			this.failure = (thrown instanceof AssertionError error) ? error : new AssertionError(thrown);
			trace("FAILED", this.failure.getMessage(), "");
		}
	}

	private void throwFailure() {
		AssertionError found = this.failure;
		if (found != null) {
			throw found;
		}
	}

	/** Whether a request was made, and so perhaps sent. */
	private static final class Posting {

		private boolean made;

	}

	/** Runs seeds: the first one, how many, and how many events each. */
	public static void main(String[] arguments) {
		long first = (arguments.length > 0) ? Long.parseLong(arguments[0]) : 1;
		int count = (arguments.length > 1) ? Integer.parseInt(arguments[1]) : 1;
		int events = (arguments.length > 2) ? Integer.parseInt(arguments[2]) : 1000;
		int[] rare = new int[Rare.values().length];
		long began = System.nanoTime();
		long steps = 0;
		int red = 0;
		for (long seed = first; seed < first + count; seed++) {
			try {
				Result result = run(seed, events);
				steps += result.steps;
				for (int i = 0; i < rare.length; i++) {
					rare[i] += result.rare[i];
				}
			}
			catch (AssertionError ex) {
				red++;
				System.out.println((count > 1) ? ex.getMessage().lines().findFirst().orElse("") : ex.getMessage());
				if (count == 1) {
					ex.printStackTrace(System.out);
				}
			}
		}
		System.out.printf("%d seeds, %d red, %d steps, %d ms%n", count, red, steps,
				(System.nanoTime() - began) / 1_000_000);
		for (Rare state : Rare.values()) {
			System.out.println(rare[state.ordinal()] + " " + state);
		}
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A worker of a {@link Simulation}: what it does is decided by the simulation's seed, and
 * each of its callbacks checks what must hold there.
 */
final class SimulatedWorker implements GenServer<Object, SimulatedWorker.Message> {

	/** To be told from the order of a supervisor. */
	private static final ExitReason OWN_SHUTDOWN = ExitReason.shutdown("own");

	private final Simulation simulation;

	private final Profile profile;

	private @Nullable Incarnation own;

	SimulatedWorker(Simulation simulation, Profile profile) {
		this.simulation = simulation;
		this.profile = profile;
	}

	// ---- callbacks

	@Override
	public Init<Object> init(ServerContext<Message> self) throws Exception {
		Incarnation incarnation = new Incarnation((Process) self.pid(), self, this.profile);
		this.own = incarnation;
		this.simulation.born(incarnation);
		enter(incarnation, Where.INIT);
		try {
			return start(incarnation);
		}
		finally {
			leave(incarnation, Where.INIT);
		}
	}

	private Init<Object> start(Incarnation incarnation) throws Exception {
		if (this.profile.trapping) {
			incarnation.self.trapExits(true);
		}
		Random random = this.simulation.random;
		int choice = random.nextInt(this.simulation.starting ? 400 : 100);
		if (choice < 6) {
			this.simulation.platform.yield();
		}
		else if (choice < 9) {
			rest(Duration.ofMillis(1 + random.nextInt(200)));
		}
		else if (choice < 10) {
			linger(Duration.ofMillis(100 + random.nextInt(4000)));
		}
		else if (choice < 11) {
			return Init.ignore();
		}
		else if (choice < 13) {
			return Init.stop(Simulation.BAD_START);
		}
		else if (choice < 14) {
			return Init.error(Simulation.BAD_START);
		}
		else if (choice < 17) {
			throw new IllegalStateException("init");
		}
		else if (choice < 18) {
			return Init.<Object>ok(state(incarnation)).thenContinue("go");
		}
		return Init.ok(state(incarnation));
	}

	private Object state(Incarnation incarnation) {
		incarnation.stateMade = true;
		return this.profile.closeable ? new Held(incarnation) : incarnation;
	}

	@Override
	public Next<Object> handle(Message message, Object state, ServerContext<Message> self) throws Exception {
		Incarnation incarnation = own();
		enter(incarnation, Where.HANDLE);
		try {
			incarnation.timeoutDue = Long.MAX_VALUE;
			this.simulation.arrived(incarnation, message);
			if (message.timer != null) {
				this.simulation.require(message.timer.owner == incarnation && !message.timer.cancelled, "I10 timer",
						"a cancelled timer, or one of another incarnation, has fired", incarnation);
				incarnation.timers.remove(message.timer);
			}
			if (message.answer != null) {
				Next<Object> next = answer(incarnation, message.answer, state);
				if (next != null) {
					return next;
				}
			}
			return act(incarnation, message.action, state);
		}
		finally {
			leave(incarnation, Where.HANDLE);
		}
	}

	@Override
	public Next<Object> handleInfo(Info info, Object state, ServerContext<Message> self) throws Exception {
		Incarnation incarnation = own();
		enter(incarnation, Where.INFO);
		try {
			boolean expected = incarnation.timeoutDue <= this.simulation.now();
			incarnation.timeoutDue = Long.MAX_VALUE;
			if (info instanceof Info.Down down) {
				down(incarnation, down);
			}
			else if (info instanceof Info.Exit exit) {
				exit(incarnation, exit);
			}
			else if (info instanceof Info.Timeout) {
				this.simulation.require(expected, "timeout", "an event timeout that nobody waits for", incarnation);
				this.simulation.observe(Simulation.TIMEOUT, incarnation.number);
			}
			else if (info instanceof Info.Message message && message.message() instanceof Message sent) {
				this.simulation.arrived(incarnation, sent);
			}
			return (this.simulation.random.nextInt(4) == 0) ? act(incarnation, Action.ANY, state) : Next.with(state);
		}
		finally {
			leave(incarnation, Where.INFO);
		}
	}

	@Override
	public Next<Object> handleContinue(Object continuation, Object state, ServerContext<Message> self)
			throws Exception {
		Incarnation incarnation = own();
		enter(incarnation, Where.CONTINUE);
		try {
			this.simulation.observe(Simulation.CONTINUED, incarnation.number);
			return act(incarnation, Action.ANY, state);
		}
		finally {
			leave(incarnation, Where.CONTINUE);
		}
	}

	@Override
	public void terminate(ExitReason reason, Object state, ServerContext<Message> self) throws Exception {
		Incarnation incarnation = own();
		enter(incarnation, Where.TERMINATE);
		try {
			this.simulation.terminating(incarnation, reason);
			Random random = this.simulation.random;
			int choice = random.nextInt(100);
			if (choice < 10) {
				this.simulation.platform.yield();
			}
			else if (choice < 15) {
				throw new IllegalStateException("terminate");
			}
			else if (choice < 20) {
				rest(Duration.ofMillis(1 + random.nextInt(100)));
			}
			else if (choice < 24) {
				rest(Duration.ofMillis(500 + random.nextInt(5000)));
			}
			else if (choice < 26) {
				linger(Duration.ofMillis(500 + random.nextInt(5000)));
			}
			else if (choice < 30) {
				castPeer(incarnation);
			}
		}
		finally {
			leave(incarnation, Where.TERMINATE);
		}
	}

	private Incarnation own() {
		Incarnation incarnation = this.own;
		if (incarnation == null) {
			throw this.simulation.failed("I6", "a callback before init", this);
		}
		return incarnation;
	}

	private void enter(Incarnation incarnation, Where where) {
		Simulation sim = this.simulation;
		sim.require(incarnation.where == null, "I6", where + " overlaps " + incarnation.where, incarnation);
		sim.require(Process.current() == incarnation.process, "I6", "the thread belongs to " + Process.current(),
				incarnation);
		sim.require(!incarnation.process.hasExited(), "fence", where + " begins after the end", incarnation);
		sim.require(!Thread.currentThread().isInterrupted(), "fence", where + " begins with an interrupt", incarnation);
		incarnation.where = where;
		sim.observe(Simulation.ENTER + where.ordinal(), incarnation.number);
	}

	private void leave(Incarnation incarnation, Where where) {
		this.simulation.require(incarnation.where == where, "I6", where + " left, but was in " + incarnation.where,
				incarnation);
		incarnation.where = null;
		if (incarnation.process.hasExited()) {
			this.simulation.leftFenced(incarnation, where);
		}
		if (where == Where.INIT && incarnation.process.parent != null && incarnation.process.parent.hasExited()
				&& incarnation.process.parent.spec.type() == ChildType.SUPERVISOR) {
			this.simulation.count(Rare.SUPERVISOR_KILLED_WHILE_STARTING_CHILD);
		}
	}

	// ---- infos

	private void down(Incarnation incarnation, Info.Down down) {
		Simulation sim = this.simulation;
		Monitor monitor = incarnation.monitors.get(down.monitor());
		if (monitor == null) {
			throw sim.failed("I7", "a monitor that this incarnation has not made has fired", incarnation);
		}
		sim.require(!monitor.fired, "I7", "a monitor fires twice", incarnation);
		sim.require(!monitor.demonitored, "I7", "a monitor fires after demonitor", incarnation);
		monitor.fired = true;
		Process watched = monitor.watched;
		if (watched == null || monitor.wasDead) {
			sim.require(down.reason() == ExitReason.NO_PROCESS, "I7", "not noproc but " + down.reason(), incarnation);
			sim.count(Rare.MONITOR_OF_DEAD);
		}
		else {
			sim.require(watched.hasExited() && down.reason() == watched.exitReason(), "I7",
					"the reason is not that of the watched process: " + down.reason(), incarnation);
		}
		if (watched != null) {
			incarnation.gone.add(watched);
		}
		sim.observe(Simulation.DOWN, incarnation.number);
	}

	private void exit(Incarnation incarnation, Info.Exit exit) {
		Simulation sim = this.simulation;
		Process from = (Process) exit.from();
		sim.require(from != incarnation.process.parent, "I8", "the parent's exit arrives as a message", incarnation);
		if (incarnation.unlinked.contains(from)) {
			boolean explicit = incarnation.signalledBy.contains(from);
			sim.require(explicit || !incarnation.unlinkedAlive.contains(from) || from == incarnation.process, "I8",
					"an exit of " + from + " after unlink", incarnation);
			if (!explicit) {
				sim.count(Rare.EXIT_CROSSING_UNLINK);
			}
		}
		if (exit.reason() == ExitReason.NO_PROCESS && from.exitReason() != ExitReason.NO_PROCESS) {
			sim.count(Rare.LINK_TO_DEAD);
		}
		sim.observe(Simulation.EXIT, incarnation.number ^ (from.number() << 20));
	}

	// ---- answering

	private @Nullable Next<Object> answer(Incarnation incarnation, Answer answer, Object state) {
		Simulation sim = this.simulation;
		int choice = sim.random.nextInt(100);
		if (choice < 72) {
			answer.reply(answer.number);
		}
		else if (choice < 82) {
			incarnation.deferred.add(answer);
			if (sim.random.nextBoolean()) {
				setTimer(incarnation, Action.ANSWER);
			}
		}
		else if (choice < 86) {
			answer.fail(new IllegalArgumentException("refused"));
		}
		else if (choice < 88) {
			return Next.with(state);
		}
		else if (choice < 91) {
			answer.reply(answer.number);
			sim.require(!answer.reply(-1L), "I2", "a second reply is accepted", incarnation);
		}
		else if (choice < 93) {
			answer.afterTerminate = true;
			return Next.stop(ExitReason.NORMAL, state).reply(answer, answer.number);
		}
		else if (choice < 94) {
			throw new IllegalStateException("in a call");
		}
		else {
			Incarnation peer = sim.peer();
			if (peer != null) {
				Message message = new Message((choice < 97) ? Action.ANSWER : Action.LINGER, incarnation);
				message.handedOver = answer;
				sim.cast(peer.process, message);
			}
			else {
				answer.reply(answer.number);
			}
		}
		return null;
	}

	// ---- acting

	private Next<Object> act(Incarnation incarnation, Action wanted, Object state) throws Exception {
		Simulation sim = this.simulation;
		Random random = sim.random;
		Action action = (wanted == Action.ANY) ? Action.random(random) : wanted;
		switch (action) {
			case NOTHING, ANY -> {
			}
			case YIELD -> sim.platform.yield();
			case REST -> rest(Duration.ofMillis(1 + random.nextInt(30)));
			case REST_LONG -> rest(Duration.ofMillis(100 + random.nextInt(2000)));
			case LINGER -> {
				linger(Duration.ofMillis(100 + random.nextInt(3000)));
				if (incarnation.process.hasExited()) {
					tryAfterKill(incarnation);
				}
				answerDeferred(incarnation);
			}
			case CAST -> castPeer(incarnation);
			case CALL_ASYNC -> {
				Incarnation peer = sim.peer();
				if (peer != null) {
					sim.callAsync(peer.process, incarnation);
				}
			}
			case CALL -> {
				Incarnation peer = sim.peer();
				if (peer != null) {
					sim.call(sim.node.ref(peer.process), peer.process, Duration.ofMillis(10 + random.nextInt(300)),
							incarnation);
				}
			}
			case LINK -> link(incarnation, sim.anyone());
			case UNLINK -> unlink(incarnation);
			case MONITOR -> monitor(incarnation);
			case DEMONITOR -> demonitor(incarnation);
			case EXIT -> {
				Incarnation peer = sim.peer();
				if (peer != null) {
					sim.signal(peer, sim.reason(), incarnation);
				}
			}
			case REGISTER -> incarnation.self.register(Name.of("p" + random.nextInt(Simulation.POOL)));
			case UNREGISTER -> incarnation.self.unregister(Name.of("p" + random.nextInt(Simulation.POOL)));
			case TIMER -> setTimer(incarnation, Action.ANY);
			case CANCEL_TIMER -> cancelTimer(incarnation);
			case TIMEOUT -> {
				return timeout(incarnation, state);
			}
			case CONTINUE -> {
				return Next.with(state).thenContinue("again");
			}
			case TRAP -> incarnation.self.trapExits(random.nextBoolean());
			case START_LINK -> startLink(incarnation);
			case STOP_CHILD -> stopChild(incarnation);
			case CRASH -> throw crash(random);
			case STOP -> {
				ExitReason reason = sim.reason();
				return Next.stop((reason == ExitReason.SHUTDOWN) ? OWN_SHUTDOWN : reason, state);
			}
			case ANSWER -> answerDeferred(incarnation);
		}
		return Next.with(state);
	}

	private static Exception crash(Random random) {
		return switch (random.nextInt(4)) {
			case 0 -> throw new LinkageError("error");
			case 1 -> new ExitException(OWN_SHUTDOWN);
			case 2 -> new Exception("checked");
			default -> new IllegalStateException("crash");
		};
	}

	private void castPeer(Incarnation incarnation) {
		Incarnation peer = this.simulation.peer();
		if (peer != null) {
			this.simulation.cast(peer.process, new Message(Action.ANY, incarnation));
		}
	}

	private void link(Incarnation incarnation, @Nullable Incarnation peer) {
		if (peer == null) {
			return;
		}
		boolean dead = peer.process.hasExited();
		boolean trapping = incarnation.process.info().trapsExits();
		try {
			incarnation.self.link(peer.process);
			this.simulation.require(!dead || trapping || peer == incarnation, "I8", "linked with a dead process",
					incarnation);
			incarnation.unlinked.remove(peer.process);
			incarnation.unlinkedAlive.remove(peer.process);
			peer.unlinked.remove(incarnation.process);
			peer.unlinkedAlive.remove(incarnation.process);
			incarnation.linked.add(peer);
		}
		catch (NoProcessException ex) {
			this.simulation.require(dead, "I8", "noproc for a living process", incarnation);
			this.simulation.count(Rare.LINK_TO_DEAD);
		}
	}

	private void unlink(Incarnation incarnation) {
		if (incarnation.linked.isEmpty()) {
			return;
		}
		Incarnation peer = incarnation.linked.remove(this.simulation.random.nextInt(incarnation.linked.size()));
		if (peer == incarnation || peer.process.parent == incarnation.process
				|| incarnation.process.parent == peer.process) {
			return;
		}
		boolean alive = !peer.process.hasExited();
		incarnation.self.unlink(peer.process);
		incarnation.unlinked.add(peer.process);
		if (alive) {
			incarnation.unlinkedAlive.add(peer.process);
			if (!peer.process.hasExited()) {
				peer.unlinked.add(incarnation.process);
				peer.unlinkedAlive.add(incarnation.process);
			}
		}
	}

	private void monitor(Incarnation incarnation) {
		Simulation sim = this.simulation;
		if (sim.random.nextInt(4) == 0) {
			Name<?> name = Name.of("p" + sim.random.nextInt(Simulation.POOL));
			Process named = sim.node.named(name.value());
			if (named != incarnation.process) {
				incarnation.watch(incarnation.self.monitor(name), named, named == null || named.hasExited());
			}
			return;
		}
		Incarnation peer = sim.anyone();
		if (peer != null && peer != incarnation) {
			boolean dead = peer.process.hasExited();
			incarnation.watch(incarnation.self.monitor(peer.process), peer.process, dead);
		}
	}

	private void demonitor(Incarnation incarnation) {
		if (!incarnation.monitorList.isEmpty()) {
			Monitor monitor = incarnation.monitorList
				.remove(this.simulation.random.nextInt(incarnation.monitorList.size()));
			if (!monitor.fired && (monitor.watched == null || monitor.watched.hasExited())) {
				this.simulation.count(Rare.DEMONITOR_TAKES_BACK);
			}
			monitor.demonitored = true;
			incarnation.self.demonitor(monitor.ref);
		}
	}

	private void setTimer(Incarnation incarnation, Action action) {
		if (this.simulation.exact) {
			return;
		}
		Message message = new Message(action, incarnation);
		Timer timer = new Timer(incarnation);
		message.timer = timer;
		Duration delay = Duration.ofMillis(1 + this.simulation.random.nextInt(1000));
		timer.due = this.simulation.now() + delay.toNanos();
		timer.ref = incarnation.self.sendAfter(delay, message);
		this.simulation.timersSet++;
		incarnation.timers.add(timer);
	}

	private void cancelTimer(Incarnation incarnation) {
		if (!incarnation.timers.isEmpty()) {
			Timer timer = incarnation.timers.get(this.simulation.random.nextInt(incarnation.timers.size()));
			TimerRef ref = timer.ref;
			if (ref != null) {
				Optional<Duration> left = ref.cancel();
				if (left.isPresent()) {
					timer.cancelled = true;
					incarnation.timers.remove(timer);
					this.simulation.timersCancelled++;
					this.simulation.require(left.get().toNanos() == timer.due - this.simulation.now(), "timer",
							"it still had " + left.get(), incarnation);
				}
			}
		}
	}

	private Next<Object> timeout(Incarnation incarnation, Object state) {
		Random random = this.simulation.random;
		Duration limit = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(500));
		incarnation.timeoutDue = this.simulation.now() + limit.toNanos();
		if (random.nextBoolean()) {
			return Next.with(state).timeout(limit);
		}
		return Next.with(state).timeout(limit, "named");
	}

	private void startLink(Incarnation incarnation) {
		if (incarnation.depth > 1) {
			return;
		}
		try {
			Process child = (Process) incarnation.self.startLink(this.simulation.looseSpec("linked"));
			Incarnation known = this.simulation.incarnation(child);
			if (known != null) {
				incarnation.children.add(known);
			}
		}
		catch (StartException ex) {
			this.simulation.observe(Simulation.START_FAILED, incarnation.number);
		}
	}

	private void stopChild(Incarnation incarnation) {
		if (!incarnation.children.isEmpty()) {
			Incarnation child = incarnation.children
				.remove(this.simulation.random.nextInt(incarnation.children.size()));
			incarnation.self.stopChild(child.process, this.simulation.shutdown());
			this.simulation.require(child.process.hasLeft(), "I4", "stopChild returned before the child has left",
					child);
		}
	}

	private void answerDeferred(Incarnation incarnation) {
		if (!incarnation.deferred.isEmpty()) {
			Answer answer = incarnation.deferred.remove(0);
			answer.reply(answer.number);
		}
	}

	/** A wait that ends at once when the process is killed. */
	private void rest(Duration duration) throws InterruptedException {
		this.simulation.platform.sleep(duration);
		if (Thread.interrupted()) {
			throw new InterruptedException();
		}
	}

	/** A wait that nothing ends. */
	private void linger(Duration duration) {
		long until = this.simulation.now() + duration.toNanos();
		while (this.simulation.now() < until) {
			this.simulation.platform.sleep(Duration.ofNanos(until - this.simulation.now()));
			Thread.interrupted();
		}
	}

	/** What a killed incarnation still does goes nowhere. */
	private void tryAfterKill(Incarnation incarnation) {
		Simulation sim = this.simulation;
		Incarnation peer = sim.peer();
		if (peer != null) {
			sim.cast(peer.process, new Message(Action.CRASH, incarnation));
		}
		try {
			incarnation.self.register(Name.of("p" + sim.random.nextInt(Simulation.POOL)));
			throw sim.failed("fence", "a killed process registered a name", incarnation);
		}
		catch (FencedException ex) {
			sim.count(Rare.FENCED_USE);
		}
		while (!incarnation.deferred.isEmpty()) {
			answerDeferred(incarnation);
		}
	}

	// ---- data

	/** A callback. */
	enum Where {

		INIT, HANDLE, INFO, CONTINUE, TERMINATE

	}

	/** What a handler does. */
	enum Action {

		NOTHING(45), YIELD(5), REST(3), REST_LONG(1), LINGER(1), CAST(8), CALL_ASYNC(4), CALL(5), LINK(4), UNLINK(2),
		MONITOR(4), DEMONITOR(2), EXIT(1), REGISTER(2), UNREGISTER(1), TIMER(2), CANCEL_TIMER(1), TIMEOUT(2),
		CONTINUE(2), TRAP(1), START_LINK(1), STOP_CHILD(1), CRASH(2), STOP(1), ANSWER(3), ANY(0);

		private static final Action[] WEIGHTED = weighted();

		private final int weight;

		Action(int weight) {
			this.weight = weight;
		}

		private static Action[] weighted() {
			List<Action> actions = new ArrayList<>();
			for (Action action : values()) {
				for (int i = 0; i < action.weight; i++) {
					actions.add(action);
				}
			}
			return actions.toArray(Action[]::new);
		}

		static Action random(Random random) {
			return WEIGHTED[random.nextInt(WEIGHTED.length)];
		}

	}

	/** How a worker is made; constant over its restarts. */
	record Profile(boolean trapping, boolean closeable) {
	}

	/** What is sent. Its number is given when it is sent. */
	static final class Message {

		long number;

		final Action action;

		final @Nullable Incarnation sender;

		@Nullable Answer answer;

		@Nullable Answer handedOver;

		@Nullable Timer timer;

		/** Whether its sender had been killed already. */
		boolean fenced;

		Message(Action action, @Nullable Incarnation sender) {
			this.action = action;
			this.sender = sender;
		}

	}

	/** A timer message under way. */
	static final class Timer {

		final Incarnation owner;

		@Nullable TimerRef ref;

		boolean cancelled;

		long due;

		Timer(Incarnation owner) {
			this.owner = owner;
		}

	}

	/** A monitor and what became of it. */
	static final class Monitor {

		final MonitorRef ref;

		final @Nullable Process watched;

		final boolean wasDead;

		boolean fired;

		boolean demonitored;

		Monitor(MonitorRef ref, @Nullable Process watched, boolean wasDead) {
			this.ref = ref;
			this.watched = watched;
			this.wasDead = wasDead;
		}

	}

	/** One call: who answered it, and what its caller got. */
	static final class Answer implements From<Object> {

		private final Simulation simulation;

		final long number;

		final long began;

		@Nullable From<Object> from;

		@Nullable Object outcome;

		int accepted;

		boolean handled;

		boolean afterTerminate;

		boolean timedOut;

		Answer(Simulation simulation, long number) {
			this.simulation = simulation;
			this.number = number;
			this.began = simulation.now();
		}

		@Override
		public boolean reply(Object reply) {
			return note(from().reply(reply));
		}

		@Override
		public boolean fail(Throwable cause) {
			return note(from().fail(cause));
		}

		private From<Object> from() {
			From<Object> to = this.from;
			if (to == null) {
				throw this.simulation.failed("I2", "a call without an address", this);
			}
			return to;
		}

		private boolean note(boolean first) {
			boolean fenced = Process.isFenced();
			if (fenced) {
				this.simulation.fencedReplies++;
				this.simulation.count(Rare.FENCED_REPLY);
			}
			if (first) {
				this.accepted++;
				this.simulation.require(this.accepted == 1 && !fenced && this.outcome == null, "I2",
						"a reply is accepted that must not be", this);
				if (this.afterTerminate) {
					this.simulation.count(Rare.REPLY_AFTER_TERMINATE);
				}
			}
			else if (this.timedOut && !fenced) {
				this.simulation.count(Rare.REPLY_AFTER_TIMEOUT);
			}
			return first;
		}

		@Override
		public String toString() {
			return "call " + this.number + " with outcome " + this.outcome;
		}

	}

	/** A state that has to be closed. */
	private final class Held implements AutoCloseable {

		private final Incarnation incarnation;

		Held(Incarnation incarnation) {
			this.incarnation = incarnation;
		}

		@Override
		public void close() {
			Simulation sim = SimulatedWorker.this.simulation;
			sim.require(!this.incarnation.closed, "close", "closed twice", this.incarnation);
			sim.require(this.incarnation.where == null, "I6", "closed while a callback runs", this.incarnation);
			this.incarnation.closed = true;
			if (sim.random.nextInt(10) == 0) {
				sim.platform.yield();
			}
			if (sim.random.nextInt(20) == 0) {
				throw new IllegalStateException("close");
			}
		}

	}

	/** One process of a worker, and all that is known about it. */
	static final class Incarnation {

		final Process process;

		final ServerContext<Message> self;

		final Profile profile;

		final long number;

		final int depth;

		@Nullable Where where;

		boolean closed;

		boolean stateMade;

		boolean suspended;

		/** The number of the last message that arrived. */
		long last;

		/** Messages with a higher number come behind a deadly signal. */
		long deadlySince = Long.MAX_VALUE;

		long timeoutDue = Long.MAX_VALUE;

		/** Siblings that were started later and ran when this one was started. */
		int youngerRunning;

		/** Only looked up, never walked through: their order is no order. */
		final Map<MonitorRef, Monitor> monitors = new HashMap<>();

		final Set<Process> gone = new HashSet<>();

		final Set<Process> unlinked = new HashSet<>();

		final Set<Process> unlinkedAlive = new HashSet<>();

		final Set<Process> signalledBy = new HashSet<>();

		final List<Monitor> monitorList = new ArrayList<>();

		final List<Incarnation> linked = new ArrayList<>();

		final List<Incarnation> children = new ArrayList<>();

		final List<Timer> timers = new ArrayList<>();

		final List<Answer> deferred = new ArrayList<>();

		Incarnation(Process process, ServerContext<Message> self, Profile profile) {
			this.process = process;
			this.self = self;
			this.profile = profile;
			this.number = process.number();
			Process parent = process.parent;
			this.depth = (parent != null && parent.spec.type() == ChildType.WORKER)
					? 1 + ((parent.parent != null && parent.parent.spec.type() == ChildType.WORKER) ? 1 : 0) : 0;
		}

		void watch(MonitorRef ref, @Nullable Process watched, boolean wasDead) {
			Monitor monitor = new Monitor(ref, watched, wasDead);
			this.monitors.put(ref, monitor);
			this.monitorList.add(monitor);
		}

		@Override
		public String toString() {
			return this.process.label();
		}

	}

}

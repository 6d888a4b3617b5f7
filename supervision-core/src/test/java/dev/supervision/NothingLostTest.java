package dev.supervision;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

import javax.management.JMException;
import javax.management.ObjectName;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thousand servers on real threads that are called, killed, crashed and stopped at
 * random: every call has one outcome, and nothing is left behind.
 */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NothingLostTest {

	private static final int CALLERS = 4;

	/** Whatever is made once and for all, is made before anything is counted. */
	@BeforeAll
	static void warmUp() {
		long seed = 1;
		for (ExecutorType threads : new ExecutorType[] { ExecutorType.AUTO, ExecutorType.PARALLEL }) {
			new Storm(seed, threads, 2, 10, 4_000).run();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AUTO", "PARALLEL" })
	void everyCallHasOneOutcomeAndNothingIsLeft(ExecutorType threads) {
		long seed = new Random().nextLong();
		System.out.println("NothingLostTest: seed " + seed + "L, " + threads);
		Map<String, Long> before = instances();
		new Storm(seed, threads, 10, 100, (threads == ExecutorType.AUTO) ? 160_000 : 40_000).run();
		LiveNode.await("the end of the threads", () -> threads().isEmpty());
		Map<String, Long> after = instances();
		// what a thread that is just ending still holds, goes soon; what leaks, does not
		for (int i = 0; i < 50 && !after.equals(before); i++) {
			after = instances();
		}
		assertThat(after).as("seed %d", seed).isEqualTo(before);
	}

	/** An activation that lets go just when a kill arrives must not forget to leave. */
	@ParameterizedTest
	@EnumSource(names = { "AUTO", "PARALLEL", "PLATFORM" })
	void aKillThatMeetsTheEndOfAnActivationLeavesNothing(ExecutorType threads) {
		AtomicInteger open = new AtomicInteger();
		try (LiveNode live = new LiveNode(builder -> builder.killGrace(LiveNode.LONG))) {
			for (int i = 0; i < 3_000; i++) {
				Pid pid = live.node.spawn(Script.starting(self -> {
					open.incrementAndGet();
					return Init.ok((AutoCloseable) open::decrementAndGet);
				}).spec("w").executor(threads));
				int spin = i % 500;
				live.node.<Script.Message>ref(pid).cast((state, self) -> Next.with(state));
				for (int j = 0; j < spin; j++) {
					Thread.onSpinWait();
				}
				live.kill(pid);
			}
			LiveNode.await("all to leave", () -> live.node.processes().count() == 1);
			assertThat(open).hasValue(0);
			assertThat(live.node.statistics().disowned()).isZero();
		}
	}

	@Test
	void limitsExpireAndNoneIsForgotten() throws InterruptedException {
		long seed = new Random().nextLong();
		System.out.println("NothingLostTest: seed " + seed + "L, limits");
		try (LiveNode live = new LiveNode()) {
			Pid deaf = live.node.spawn(new Script().spec("deaf"));
			AtomicInteger expired = new AtomicInteger();
			List<Thread> callers = new ArrayList<>();
			for (int i = 0; i < 20; i++) {
				Random random = new Random(seed + i);
				Thread caller = new Thread(() -> {
					for (int j = 0; j < 20; j++) {
						try {
							live.node.<Script.Message>ref(deaf)
								.call(from -> (state, self) -> Next.with(state),
										Duration.ofNanos(random.nextInt(30_000_000)));
						}
						catch (CallTimeoutException ex) {
							expired.incrementAndGet();
						}
					}
				});
				caller.start();
				callers.add(caller);
			}
			for (Thread caller : callers) {
				caller.join();
			}
			assertThat(expired).as("seed %d", seed).hasValue(400);
			assertThat(live.node.wheel.size()).isZero();
		}
	}

	private static List<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter(name -> name.startsWith("supervision-"))
			.toList();
	}

	/**
	 * The instances of this project's classes that are alive, lambdas and tests aside.
	 */
	private static Map<String, Long> instances() {
		String histogram;
		try {
			histogram = (String) ManagementFactory.getPlatformMBeanServer()
				.invoke(new ObjectName("com.sun.management:type=DiagnosticCommand"), "gcClassHistogram",
						new Object[] { new String[0] }, new String[] { String[].class.getName() });
		}
		catch (JMException ex) {
			throw new AssertionError(ex);
		}
		Map<String, Long> counts = new TreeMap<>();
		histogram.lines()
			.map(line -> line.trim().split("\\s+"))
			.filter(columns -> columns.length >= 4 && columns[3].startsWith("dev.supervision."))
			.filter(columns -> !columns[3].contains("Lambda") && !columns[3].contains("Test"))
			.forEach(columns -> counts.put(columns[3], Long.parseLong(columns[1])));
		return counts;
	}

	/** How calls end. */
	private enum Outcome {

		REPLY, EXIT, TIMEOUT, NOPROC, OVERLOAD

	}

	/** One run. */
	private static final class Storm {

		private final long seed;

		private final ExecutorType threads;

		private final int supervisors;

		private final int servers;

		private final int operations;

		/** How often each call has ended. */
		private final AtomicIntegerArray ledger;

		private final AtomicIntegerArray outcomes = new AtomicIntegerArray(Outcome.values().length);

		/** How many incarnations of each server are alive. */
		private final AtomicIntegerArray alive;

		private final AtomicInteger nextCall = new AtomicInteger();

		private final AtomicBoolean over = new AtomicBoolean();

		private final AtomicReference<@Nullable Throwable> broken = new AtomicReference<>();

		Storm(long seed, ExecutorType threads, int supervisors, int children, int operations) {
			this.seed = seed;
			this.threads = threads;
			this.supervisors = supervisors;
			this.servers = supervisors * children;
			this.operations = operations;
			this.ledger = new AtomicIntegerArray(operations);
			this.alive = new AtomicIntegerArray(this.servers);
		}

		void run() {
			try (Node node = Node.builder().killGrace(LiveNode.LONG).listener(event -> {
			}).build()) {
				node.start(tree());
				List<Thread> callers = new ArrayList<>();
				for (int i = 0; i < CALLERS; i++) {
					Random random = new Random(this.seed + i);
					callers.add(start(() -> call(node, random)));
				}
				Random random = new Random(~this.seed);
				Thread chaos = start(() -> disturb(node, random));
				join(callers);
				this.over.set(true);
				join(List.of(chaos));
				assertThat(this.broken).as("seed %d", this.seed).hasValue(null);
				settle(node);
				check(node);
			}
			for (int i = 0; i < this.servers; i++) {
				assertThat(this.alive.get(i)).as("alive of s%d, seed %d", i, this.seed).isZero();
			}
		}

		private SupervisorSpec tree() {
			SupervisorSpec top = SupervisorSpec.of("top").intensity(1_000_000, Duration.ofSeconds(1));
			for (int i = 0; i < this.supervisors; i++) {
				SupervisorSpec sub = SupervisorSpec.of("sub" + i)
					.name("sub" + i)
					.intensity(1_000_000, Duration.ofSeconds(1));
				for (int j = i; j < this.servers; j += this.supervisors) {
					sub = sub.child(server(j));
				}
				top = top.child(sub);
			}
			return top;
		}

		private ChildSpec server(int number) {
			ChildSpec spec = ChildSpec.worker("s" + number, () -> new Echo(this.alive, number, this.broken))
				.name("s" + number)
				.executor(this.threads);
			return switch (number % 4) {
				case 0 -> spec.mailbox(new MailboxLimit(2, Overflow.REJECT));
				case 1 -> spec.mailbox(new MailboxLimit(2, Overflow.DROP_OLDEST));
				default -> spec;
			};
		}

		private Thread start(Runnable task) {
			Thread thread = new Thread(() -> {
				try {
					task.run();
				}
				catch (Throwable ex) {
					this.broken.compareAndSet(null, ex);
				}
			});
			thread.start();
			return thread;
		}

		private static void join(List<Thread> threads) {
			for (Thread thread : threads) {
				try {
					thread.join();
				}
				catch (InterruptedException ex) {
					throw new AssertionError(ex);
				}
			}
		}

		// ---- the callers

		private void call(Node node, Random random) {
			while (true) {
				int id = this.nextCall.getAndIncrement();
				if (id >= this.operations) {
					return;
				}
				// a few servers get most of it, so that their mailboxes fill
				int server = random.nextBoolean() ? random.nextInt(8) : random.nextInt(this.servers);
				ServerRef<EchoMessage> ref = node.ref(new Name<EchoMessage>("s" + server));
				long work = (random.nextInt(100) == 0) ? 2_000_000 : 0;
				if (random.nextInt(1_000) == 0) {
					ended(id, call(ref, EchoMessage.NO_ANSWER, id, Duration.ofMillis(1)));
					continue;
				}
				switch (random.nextInt(10)) {
					case 0, 1 -> cast(ref, new EchoMessage.Note(work), id);
					case 2, 3 -> callAsync(ref, work, id);
					default -> ended(id, call(ref, work, id, Duration.ofNanos(limit(random))));
				}
			}
		}

		private static long limit(Random random) {
			return (random.nextInt(4) == 0) ? random.nextInt(1_000_000)
					: 1_000_000_000L + random.nextInt(1_000_000_000);
		}

		private Outcome call(ServerRef<EchoMessage> ref, long work, int id, Duration limit) {
			try {
				int answer = ref.call(Integer.class, from -> new EchoMessage.Ask(from, id, work), limit);
				if (answer != id) {
					throw new AssertionError("call " + id + " got the answer to " + answer);
				}
				return Outcome.REPLY;
			}
			catch (CallException ex) {
				return outcome(ex);
			}
		}

		private void callAsync(ServerRef<EchoMessage> ref, long work, int id) {
			ref.<Integer>callAsync(from -> new EchoMessage.Ask(from, id, work)).whenComplete((answer, thrown) -> {
				if (thrown instanceof CallException ex) {
					ended(id, outcome(ex));
				}
				else if (thrown == null && answer == id) {
					ended(id, Outcome.REPLY);
				}
				else {
					this.broken.compareAndSet(null, new AssertionError("call " + id + ": " + answer, thrown));
				}
			});
		}

		/** Has no outcome that anybody could wait for. */
		private void cast(ServerRef<EchoMessage> ref, EchoMessage message, int id) {
			try {
				ref.cast(message);
				ended(id, Outcome.REPLY);
			}
			catch (OverloadException ex) {
				ended(id, Outcome.OVERLOAD);
			}
		}

		private static Outcome outcome(CallException ex) {
			if (ex instanceof ServerExitedException exited) {
				// anything else would be an error of the runtime
				assertThat(exited.reason()).isNotNull()
					.satisfiesAnyOf(
							reason -> assertThat(reason).isIn(ExitReason.KILLED, ExitReason.NORMAL,
									ExitReason.SHUTDOWN),
							reason -> assertThat(reason).hasToString("wanted"),
							reason -> assertThat(reason).hasToString("java.lang.IllegalStateException: wanted"));
				return Outcome.EXIT;
			}
			if (ex instanceof CallTimeoutException) {
				return Outcome.TIMEOUT;
			}
			if (ex instanceof NoProcessException) {
				return Outcome.NOPROC;
			}
			if (ex instanceof OverloadException) {
				return Outcome.OVERLOAD;
			}
			throw new AssertionError("no such outcome", ex);
		}

		private void ended(int id, Outcome outcome) {
			this.ledger.incrementAndGet(id);
			this.outcomes.incrementAndGet(outcome.ordinal());
		}

		// ---- the chaos

		private void disturb(Node node, Random random) {
			for (int i = 0; !this.over.get(); i++) {
				String name = "s" + (random.nextBoolean() ? random.nextInt(8) : random.nextInt(this.servers));
				ServerRef<EchoMessage> ref = node.ref(new Name<EchoMessage>(name));
				Optional<Pid> pid = node.whereis(name);
				switch (random.nextInt(5)) {
					case 0 -> tryToCast(ref, new EchoMessage.Crash());
					case 1 -> tryToStop(ref);
					case 2 -> pid.ifPresent(victim -> node.exit(victim, ExitReason.of("wanted")));
					default -> pid.ifPresent(victim -> {
						node.exit(victim, ExitReason.KILL);
						assertThat(node.whereis(name)).isNotEqualTo(pid);
					});
				}
				if (i % 300 == 299) {
					node.whereis("sub" + random.nextInt(this.supervisors))
						.ifPresent(victim -> node.exit(victim, ExitReason.KILL));
				}
				LockSupport.parkNanos(100_000);
			}
		}

		private static void tryToCast(ServerRef<EchoMessage> ref, EchoMessage message) {
			try {
				ref.cast(message);
			}
			catch (OverloadException ex) {
				// then it will have to crash some other time
			}
		}

		private static void tryToStop(ServerRef<EchoMessage> ref) {
			try {
				ref.stop(ExitReason.NORMAL, Duration.ofMillis(20));
			}
			catch (CallException ex) {
				assertThat(ex).isNotInstanceOf(FencedException.class);
			}
		}

		// ---- the end

		private void settle(Node node) {
			for (int i = 0; i < this.servers; i++) {
				ServerRef<EchoMessage> ref = node.ref(new Name<EchoMessage>("s" + i));
				LiveNode.await("an answer of s" + i, () -> call(ref, 0, 7, Duration.ofSeconds(1)) == Outcome.REPLY);
			}
			LiveNode.await("the last outcome", () -> sum(this.ledger) == this.operations);
			int expected = 2 + this.supervisors + this.servers;
			try {
				LiveNode.await("the last to leave", () -> node.processes().count() == expected);
			}
			catch (AssertionError ex) {
				throw new AssertionError(
						"seed " + this.seed + ": expected " + expected + " processes, not " + node.processes().count()
								+ "; "
								+ node.processes().filter(info -> info.state() != ProcessInfo.State.RUNNING).toList(),
						ex);
			}
		}

		private void check(Node node) {
			for (int id = 0; id < this.operations; id++) {
				assertThat(this.ledger.get(id)).as("outcomes of call %d, seed %d", id, this.seed).isEqualTo(1);
			}
			// a short run need not see everything
			for (Outcome outcome : (this.servers == 1_000) ? Outcome.values() : new Outcome[0]) {
				assertThat(this.outcomes.get(outcome.ordinal())).as("%s, seed %d", outcome, this.seed).isPositive();
			}
			for (int i = 0; i < this.servers; i++) {
				assertThat(this.alive.get(i)).as("alive of s%d, seed %d", i, this.seed).isEqualTo(1);
			}
			// a supervisor notes a new child a moment after that can answer
			LiveNode.await("a place for everybody", () -> node.processes().allMatch(info -> isInPlace(node, info)));
			assertThat(node.names.values()).allSatisfy(process -> assertThat(process.hasExited()).isFalse())
				.hasSize(this.supervisors + this.servers);
			LiveNode.await("the last limit to go", () -> node.wheel.size() == 0);
			NodeStatistics statistics = node.statistics();
			assertThat(statistics.disowned()).isZero();
			assertThat(statistics.started() - statistics.exited()).isEqualTo(statistics.live());
			assertThat(statistics.restarted()).isGreaterThan((this.servers == 1_000) ? 0 : -1);
			assertThat(this.broken).as("seed %d", this.seed).hasValue(null);
		}

		private static boolean isInPlace(Node node, ProcessInfo info) {
			Pid parent = info.parent();
			return node.isAlive(info.pid()) && (parent == null || node.isAlive(parent)
					&& node.children(parent).stream().anyMatch(child -> child.pid() == info.pid()));
		}

		private static int sum(AtomicIntegerArray counts) {
			int sum = 0;
			for (int i = 0; i < counts.length(); i++) {
				sum += counts.get(i);
			}
			return sum;
		}

	}

	/** What an {@link Echo} understands. */
	private sealed interface EchoMessage {

		/** The work of a question that is never answered. */
		long NO_ANSWER = -1;

		record Ask(From<Integer> from, int id, long work) implements EchoMessage {
		}

		record Note(long work) implements EchoMessage {
		}

		record Crash() implements EchoMessage {
		}

	}

	/** Answers each question with its number; its state shows that it is the only one. */
	private record Echo(AtomicIntegerArray alive, int number,
			AtomicReference<@Nullable Throwable> broken) implements GenServer<AutoCloseable, EchoMessage> {

		@Override
		public Init<AutoCloseable> init(ServerContext<EchoMessage> self) {
			if (this.alive.incrementAndGet(this.number) != 1) {
				this.broken.compareAndSet(null, new AssertionError("two incarnations of s" + this.number));
			}
			return Init.ok(() -> this.alive.decrementAndGet(this.number));
		}

		@Override
		public Next<AutoCloseable> handle(EchoMessage message, AutoCloseable state, ServerContext<EchoMessage> self) {
			if (message instanceof EchoMessage.Ask ask) {
				if (ask.work() != EchoMessage.NO_ANSWER) {
					LockSupport.parkNanos(ask.work());
					ask.from().reply(ask.id());
				}
			}
			else if (message instanceof EchoMessage.Note note) {
				LockSupport.parkNanos(note.work());
			}
			else {
				throw new IllegalStateException("wanted");
			}
			return Next.with(state);
		}

	}

}

package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.WITHIN;
import static dev.supervision.TestTree.child;
import static dev.supervision.TestTree.failing;
import static org.assertj.core.api.Assertions.assertThat;

class BackoffTest {

	private static final int MANY = 1_000_000;

	private static Duration seconds(long seconds) {
		return Duration.ofSeconds(seconds);
	}

	/** Without jitter: what the random numbers are does not matter. */
	private static List<Duration> delays(Backoff backoff, int count) {
		Random random = new Random(1);
		return IntStream.rangeClosed(1, count)
			.mapToObj(attempt -> Duration.ofNanos(backoff.delayNanos(attempt, random)))
			.toList();
	}

	@Nested
	class Delays {

		@Test
		void doubleFromTheInitialUpToTheMaximum() {
			assertThat(delays(Backoff.between(seconds(1), seconds(10)), 6)).containsExactly(seconds(1), seconds(2),
					seconds(4), seconds(8), seconds(10), seconds(10));
		}

		@Test
		void growByTheMultiplier() {
			assertThat(delays(new Backoff(seconds(2), seconds(100), 3, 0, seconds(1), MANY), 5))
				.containsExactly(seconds(2), seconds(6), seconds(18), seconds(54), seconds(100));
		}

		@Test
		void stayTheSameWithAMultiplierOfOne() {
			assertThat(delays(new Backoff(seconds(2), seconds(100), 1, 0, seconds(1), MANY), 100))
				.containsOnly(seconds(2));
		}

		@Test
		void doNotOverflow() {
			Backoff backoff = new Backoff(seconds(1), Duration.ofSeconds(Long.MAX_VALUE), 1000, 0, seconds(1), MANY);
			for (int attempt : new int[] { 5, 100, 10_000, Integer.MAX_VALUE }) {
				assertThat(backoff.delayNanos(attempt, new Random(1))).isGreaterThan(Duration.ofDays(365).toNanos());
			}
		}

		@RepeatedTest(20)
		void areShortenedByAtMostTheJitter() {
			long seed = ThreadLocalRandom.current().nextLong();
			Random random = new Random(seed);
			double jitter = random.nextDouble();
			Backoff backoff = new Backoff(seconds(1), seconds(10), 2, jitter, seconds(1), MANY);
			List<Duration> full = delays(Backoff.between(seconds(1), seconds(10)), 6);
			long first = backoff.delayNanos(1, random);
			boolean differs = false;
			for (int i = 0; i < 600; i++) {
				long delay = backoff.delayNanos(i % 6 + 1, random);
				long whole = full.get(i % 6).toNanos();
				assertThat(delay).as("seed %s, jitter %s, step %s", seed, jitter, i)
					.isBetween((long) (whole * (1 - jitter)) - 1, whole);
				differs |= i % 6 == 0 && delay != first;
			}
			assertThat(differs).as("seed %s: random at all", seed).isTrue();
		}

	}

	/** What a supervisor makes of it. */
	@Nested
	class Restarts {

		private final TestTree trees = new TestTree();

		@AfterEach
		void close() {
			this.trees.close();
		}

		private SupervisorRef start(SupervisorSpec spec) {
			SupervisorRef supervisor = this.trees.start(spec);
			this.trees.forget();
			return supervisor;
		}

		private Instant now() {
			return this.trees.test.platform.clock().instant();
		}

		/** Lets it crash, and measures how long it is away. */
		private Duration delayAfterCrash() {
			int before = starts().size();
			Instant crashed = now();
			this.trees.end("a", BOOM);
			assertThat(this.trees.isRunning("a")).isFalse();
			while (starts().size() == before) {
				assertThat(Duration.between(crashed, now())).isLessThan(Duration.ofDays(1));
				this.trees.test.advance(Duration.ofMillis(100));
			}
			return Duration.between(crashed, starts().get(before));
		}

		private List<Instant> starts() {
			return this.trees.test.events(SupervisionEvent.ChildStarted.class)
				.filter(started -> started.child().id().equals("a"))
				.map(SupervisionEvent.ChildStarted::time)
				.toList();
		}

		@Test
		void comeAfterGrowingDelays() {
			start(SupervisorSpec.of("tree", child("a").backoff(Backoff.between(seconds(10), seconds(60)))));
			for (long expected : new long[] { 10, 20, 40, 60, 60 }) {
				assertThat(delayAfterCrash()).isBetween(seconds(expected), seconds(expected + 1));
			}
		}

		@Test
		void doNotCountToTheIntensityOfTheSupervisor() {
			SupervisorRef supervisor = start(SupervisorSpec
				.of("tree", child("a").backoff(Backoff.between(Duration.ofMillis(1), seconds(1))), child("b"))
				.intensity(0, Duration.ofDays(1)));
			for (int i = 0; i < 10; i++) {
				delayAfterCrash();
			}
			assertThat(supervisor.pid()).isPresent();
			assertThat(this.trees.node.intensityUtilization(supervisor.pid().orElseThrow())).isZero();
			// its sibling has none, and counts
			this.trees.end("b", BOOM);
			assertThat(supervisor.pid()).isEmpty();
		}

		@Test
		void beginAnewAfterAStableTime() {
			Backoff backoff = new Backoff(seconds(10), seconds(60), 2, 0, seconds(30), MANY);
			start(SupervisorSpec.of("tree", child("a").backoff(backoff)));
			assertThat(delayAfterCrash()).isBetween(seconds(10), seconds(11));
			this.trees.test.advance(seconds(28));
			assertThat(delayAfterCrash()).isBetween(seconds(20), seconds(21));
			this.trees.test.advance(seconds(31));
			assertThat(delayAfterCrash()).isBetween(seconds(10), seconds(11));
		}

		@Test
		void thatFailCountAsAttemptsAndWaitLonger() {
			AtomicInteger failures = new AtomicInteger();
			start(SupervisorSpec.of("tree", failing("a", failures).backoff(Backoff.between(seconds(10), seconds(60))))
				.intensity(0, WITHIN));
			failures.set(2);
			assertThat(delayAfterCrash()).isBetween(seconds(10 + 20 + 40), seconds(10 + 20 + 40 + 1));
			assertThat(this.trees.reports()).containsExactly("terminated a boom, restarting",
					"start failed a no RESTART", "start failed a no RESTART", "restarted 1 for a");
		}

		@Test
		void thatFailSlowlyAreNoStableTime() {
			AtomicInteger starts = new AtomicInteger();
			Script slow = Script.starting(self -> {
				if (starts.incrementAndGet() > 1) {
					this.trees.test.platform.sleep(seconds(20));
					return Init.stop(ExitReason.of("no"));
				}
				return Init.ok("state");
			});
			Backoff backoff = new Backoff(seconds(1), seconds(8), 2, 0, seconds(15), 3);
			SupervisorRef supervisor = start(SupervisorSpec.of("tree", slow.spec("a").backoff(backoff)));
			this.trees.end("a", BOOM);
			this.trees.test.advance(Duration.ofMinutes(5));
			assertThat(starts).hasValue(1 + 3);
			assertThat(supervisor.pid()).isEmpty();
		}

		@Test
		void stopAfterTheLastAttempt() {
			Backoff backoff = new Backoff(seconds(1), seconds(1), 1, 0, Duration.ofDays(1), 2);
			SupervisorRef supervisor = start(SupervisorSpec.of("tree", child("a").backoff(backoff), child("b")));
			delayAfterCrash();
			delayAfterCrash();
			this.trees.end("a", BOOM);
			assertThat(supervisor.pid()).isEmpty();
			assertThat(this.trees.isRunning("b")).isFalse();
			assertThat(this.trees.reports()).last().isEqualTo("limit exceeded a boom");
		}

		@Test
		void parkAfterTheLastAttemptIfSoConfigured() {
			Backoff backoff = new Backoff(seconds(1), seconds(1), 1, 0, Duration.ofDays(1), 1);
			SupervisorRef supervisor = start(
					SupervisorSpec.of("tree", child("a").backoff(backoff), child("b")).onLimit(OnLimit.PARK));
			Pid sibling = this.trees.pid("b");
			delayAfterCrash();
			this.trees.end("a", BOOM);
			this.trees.test.advance(Duration.ofHours(1));
			assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a PARKED");
			assertThat(this.trees.pid("b")).isEqualTo(sibling);
			assertThat(this.trees.reports()).last().isEqualTo("limit exceeded a boom, parked");
			// revived by hand, it has all its attempts again
			supervisor.restartChild("a");
			assertThat(delayAfterCrash()).isBetween(seconds(1), seconds(2));
		}

		@Test
		void areCancelledByTerminateAndByTheStopOfTheTree() {
			Backoff backoff = Backoff.between(seconds(10), seconds(10));
			SupervisorRef supervisor = start(SupervisorSpec.of("tree", child("a").backoff(backoff)));
			this.trees.end("a", BOOM);
			supervisor.terminateChild("a");
			this.trees.test.advance(seconds(60));
			assertThat(TestTree.states(supervisor)).containsExactly("a STOPPED");
			supervisor.restartChild("a");
			this.trees.end("a", BOOM);
			this.trees.stop("tree");
			this.trees.test.advance(seconds(60));
			assertThat(this.trees.isRunning("a")).isFalse();
			assertThat(this.trees.starts()).containsExactly("a MANUAL");
		}

		@Test
		void thatWereCancelledDoNotHitALaterWait() {
			Backoff backoff = new Backoff(seconds(10), seconds(10), 1, 0, Duration.ofDays(1), MANY);
			SupervisorRef supervisor = start(SupervisorSpec.of("tree", child("a").backoff(backoff)));
			this.trees.end("a", BOOM);
			this.trees.test.advance(seconds(6));
			supervisor.terminateChild("a");
			supervisor.restartChild("a");
			// the first timer would have fired four seconds into this wait
			assertThat(delayAfterCrash()).isBetween(seconds(10), seconds(11));
		}

		@Test
		void doNotKeepTheSupervisorFromServingOthers() {
			SupervisorRef supervisor = start(SupervisorSpec.of("tree",
					child("a").backoff(Backoff.between(seconds(10), seconds(10))), child("b")));
			this.trees.end("a", BOOM);
			Instant before = now();
			Pid sibling = this.trees.pid("b");
			this.trees.end("b", BOOM);
			assertThat(this.trees.pid("b")).isNotEqualTo(sibling);
			assertThat(supervisor.startChild(child("c"))).isInstanceOf(ChildResult.Started.class);
			assertThat(TestTree.states(supervisor)).containsExactly("c RUNNING", "b RUNNING", "a RESTARTING");
			assertThat(now()).isEqualTo(before);
		}

		@Test
		void ofAGroupComeAfterTheDelayOfTheChildThatCrashed() {
			start(SupervisorSpec.of("tree", child("a").backoff(Backoff.between(seconds(10), seconds(10))), child("b"))
				.strategy(Strategy.ONE_FOR_ALL)
				.intensity(0, WITHIN));
			Pid sibling = this.trees.pid("b");
			assertThat(delayAfterCrash()).isBetween(seconds(10), seconds(11));
			this.trees.test.settle();
			assertThat(this.trees.pid("b")).isNotEqualTo(sibling);
			assertThat(this.trees.starts()).containsExactly("a RESTART", "b RESTART");
		}

	}

	/** Crashing too often, with or without a backoff. */
	@Nested
	class Parking {

		private final TestTree trees = new TestTree();

		@AfterEach
		void close() {
			this.trees.close();
		}

		@Test
		void setsAsideTheChildThatCrashedTooOften() {
			SupervisorRef supervisor = this.trees
				.start(SupervisorSpec.of("tree", child("a"), child("b")).intensity(2, WITHIN).onLimit(OnLimit.PARK));
			Pid own = supervisor.pid().orElseThrow();
			Pid sibling = this.trees.pid("b");
			this.trees.end("a", BOOM);
			this.trees.end("a", BOOM);
			assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a RUNNING");
			this.trees.end("a", BOOM);
			assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a PARKED");
			assertThat(this.trees.pid("b")).isEqualTo(sibling);
			assertThat(supervisor.pid()).hasValue(own);
			this.trees.test.advance(Duration.ofHours(1));
			assertThat(this.trees.isRunning("a")).isFalse();
			assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(2, 1, 0, 2));
			assertThat(supervisor.restartChild("a")).isInstanceOf(ChildResult.Started.class);
			assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a RUNNING");
		}

		@Test
		void doesNotMakeSiblingsPayForItsRestarts() {
			SupervisorRef supervisor = this.trees
				.start(SupervisorSpec.of("tree", child("a"), child("b")).intensity(1, WITHIN).onLimit(OnLimit.PARK));
			this.trees.end("a", BOOM);
			this.trees.end("a", BOOM);
			assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a PARKED");
			this.trees.end("b", BOOM);
			assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a PARKED");
			this.trees.end("b", BOOM);
			assertThat(TestTree.states(supervisor)).containsExactly("b PARKED", "a PARKED");
			assertThat(supervisor.pid()).isPresent();
		}

	}

}

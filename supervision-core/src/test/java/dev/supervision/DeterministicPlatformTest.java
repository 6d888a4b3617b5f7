package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link DeterministicPlatform}.
 */
class DeterministicPlatformTest {

	private final DeterministicPlatform platform = new DeterministicPlatform(42);

	private final Waiting waiting = this.platform.waiting();

	private final List<Object> trace = new ArrayList<>();

	@AfterEach
	void close() {
		this.platform.close();
	}

	private void execute(Runnable body) {
		this.platform.executor(ExecutorType.AUTO).execute(body);
	}

	private void after(Duration delay, Runnable task) {
		this.platform.scheduler().schedule(delay.toNanos(), task);
	}

	private Duration time() {
		return Duration.ofNanos(this.platform.clock().nanoTime());
	}

	@Nested
	class Order {

		@Test
		void isTheSameForTheSameSeed() {
			for (long seed = 0; seed < 20; seed++) {
				assertThat(run(seed)).isEqualTo(run(seed));
			}
		}

		@Test
		void differsFromSeedToSeed() {
			Set<String> runs = new HashSet<>();
			for (long seed = 0; seed < 20; seed++) {
				runs.add(run(seed));
			}
			assertThat(runs).hasSize(20);
		}

		@Test
		void isTheSameOnEveryJavaVersion() {
			assertThat(run(1)).endsWith(" 59886d0f203682b9");
			assertThat(run(-2)).endsWith(" 69bb133e41bffd96");
		}

		@Test
		void isUnfairEnoughToReachEveryPermutation() {
			Set<List<Object>> permutations = new HashSet<>();
			for (long seed = 0; seed < 200; seed++) {
				List<Object> order = new ArrayList<>();
				try (DeterministicPlatform platform = new DeterministicPlatform(seed)) {
					for (int i = 0; i < 4; i++) {
						int number = i;
						platform.executor(ExecutorType.AUTO).execute(() -> order.add(number));
					}
					platform.runUntilIdle();
				}
				permutations.add(order);
			}
			assertThat(permutations).hasSize(24);
		}

		@Test
		void doesNotDependOnTheNumbersThatAreDrawn() {
			Set<List<Object>> orders = new HashSet<>();
			for (int drawn = 0; drawn < 5; drawn++) {
				List<Object> order = new ArrayList<>();
				try (DeterministicPlatform platform = new DeterministicPlatform(5)) {
					platform.random().longs(drawn).forEach((number) -> assertThat(number).isNotZero());
					for (int i = 0; i < 10; i++) {
						int number = i;
						platform.executor(ExecutorType.AUTO).execute(() -> order.add(number));
					}
					platform.runUntilIdle();
				}
				orders.add(order);
			}
			assertThat(orders).hasSize(1);
		}

		@Test
		void decidesTheNumbersThatAreDrawnToo() {
			try (DeterministicPlatform same = new DeterministicPlatform(42);
					DeterministicPlatform other = new DeterministicPlatform(43)) {
				long number = platform.random().nextLong();
				assertThat(same.random().nextLong()).isEqualTo(number);
				assertThat(other.random().nextLong()).isNotEqualTo(number);
			}
		}

		@Test
		void leavesItsTraceInTheHashAsWellAsWhatTheTestSaw() {
			assertThat(platform.traceHash()).isZero();
			platform.mix(1);
			long one = platform.traceHash();
			platform.mix(1);
			assertThat(one).isNotZero().isNotEqualTo(platform.traceHash());
		}

		private String run(long seed) {
			try (DeterministicPlatform platform = new DeterministicPlatform(seed)) {
				return run(platform);
			}
		}

		/**
		 * Bodies that start others, yield, sleep, wait for each other and are
		 * interrupted.
		 */
		private String run(DeterministicPlatform platform) {
			StringBuilder text = new StringBuilder();
			Executor executor = platform.executor(ExecutorType.AUTO);
			Thread[] threads = new Thread[10];
			for (int i = 0; i < 10; i++) {
				int number = i;
				executor.execute(() -> {
					threads[number] = Thread.currentThread();
					for (int round = 0; round < 20; round++) {
						text.append(number);
						platform.yield();
						if (round % 5 == number % 5) {
							platform.sleep(Duration.ofMillis(platform.random().nextInt(3)));
						}
						Thread other = threads[platform.random().nextInt(10)];
						if (other != null && other != Thread.currentThread()) {
							executor.execute(() -> {
								text.append('.');
								if (platform.random().nextBoolean()) {
									platform.waiting().unpark(other);
								}
								else {
									platform.waiting().interrupt(other);
								}
							});
							platform.waiting().park("an other");
							text.append(Thread.interrupted() ? '!' : ' ');
						}
					}
				});
			}
			platform.advance(Duration.ofSeconds(1));
			return text.append(platform.steps()).append(' ').append(Long.toHexString(platform.traceHash())).toString();
		}

	}

	@Nested
	class Steering {

		@Test
		void nothingRunsBeforeItIsTold() {
			execute(() -> trace.add("ran"));
			assertThat(trace).isEmpty();
			assertThat(platform.isIdle()).isFalse();
			platform.runUntilIdle();
			assertThat(trace).containsExactly("ran");
			assertThat(platform.isIdle()).isTrue();
			assertThat(platform.steps()).isOne();
		}

		@ParameterizedTest
		@EnumSource
		void allTypesOfExecutorsTakePart(ExecutorType type) {
			platform.executor(type).execute(() -> trace.add(type));
			platform.runUntilIdle();
			assertThat(trace).containsExactly(type);
			assertThat(platform.isSimulated()).isTrue();
		}

		@Test
		void oneStepAtATimeIsPossible() {
			execute(() -> {
				trace.add("first");
				platform.yield();
				trace.add("second");
			});
			assertThat(platform.runOneStep()).isTrue();
			assertThat(trace).containsExactly("first");
			assertThat(platform.runOneStep()).isTrue();
			assertThat(trace).containsExactly("first", "second");
			assertThat(platform.runOneStep()).isFalse();
		}

		@Test
		void aBodyCannotSteer() {
			execute(() -> assertThatIllegalStateException().isThrownBy(platform::runUntilIdle));
			platform.runUntilIdle();
		}

		@Test
		void neverDoTwoBodiesRunAtOnce() {
			AtomicInteger running = new AtomicInteger();
			for (int i = 0; i < 50; i++) {
				execute(() -> {
					for (int round = 0; round < 20; round++) {
						assertThat(running.incrementAndGet()).isOne();
						running.decrementAndGet();
						platform.yield();
					}
				});
			}
			platform.runUntilIdle();
			assertThat(platform.steps()).isEqualTo(50 * 21);
		}

		@Test
		void aYieldOutsideOfABodyDoesNothing() {
			platform.yield();
			assertThat(platform.steps()).isZero();
		}

	}

	@Nested
	class Time {

		@Test
		void beginsAtZeroAndMovesOnlyWhenTold() {
			assertThat(time()).isZero();
			Instant start = platform.clock().instant();
			after(Duration.ofSeconds(1), () -> trace.add("timer"));
			platform.runUntilIdle();
			assertThat(time()).isZero();
			platform.advance(Duration.ofMillis(999));
			assertThat(trace).isEmpty();
			assertThat(platform.pendingTimers()).isOne();
			platform.advance(Duration.ofMillis(1));
			assertThat(trace).containsExactly("timer");
			assertThat(platform.pendingTimers()).isZero();
			assertThat(platform.clock().instant()).isEqualTo(start.plusSeconds(1));
		}

		@Test
		void passesTimerByTimer() {
			for (int seconds : new int[] { 3, 1, 2 }) {
				after(Duration.ofSeconds(seconds), () -> execute(() -> trace.add(time())));
			}
			platform.advance(Duration.ofSeconds(10));
			assertThat(trace).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
			assertThat(time()).isEqualTo(Duration.ofSeconds(10));
		}

		@Test
		void timersOfOneInstantKeepTheirOrder() {
			for (int i = 0; i < 100; i++) {
				int number = i;
				after(Duration.ofSeconds(1), () -> trace.add(number));
			}
			platform.advance(Duration.ofSeconds(1));
			assertThat(trace).hasSize(100).isSorted();
		}

		@Test
		void aTimerWithoutDelayNeedsNoTime() {
			after(Duration.ofSeconds(-1), () -> trace.add("timer"));
			assertThat(platform.isIdle()).isFalse();
			platform.runUntilIdle();
			assertThat(trace).containsExactly("timer");
			assertThat(time()).isZero();
		}

		@Test
		void aCancelledTimerDoesNotRun() {
			Scheduler.Cancellable timer = platform.scheduler().schedule(1, () -> trace.add("timer"));
			assertThat(timer.cancel()).isTrue();
			assertThat(timer.cancel()).isFalse();
			platform.advance(Duration.ofSeconds(1));
			assertThat(trace).isEmpty();
		}

		@Test
		void aTimerThatRanCannotBeCancelled() {
			Scheduler.Cancellable timer = platform.scheduler().schedule(1, () -> {
			});
			platform.advance(Duration.ofSeconds(1));
			assertThat(timer.cancel()).isFalse();
		}

		@Test
		void aTimerForTheEndOfTimeIsPossible() {
			platform.advance(Duration.ofSeconds(1));
			Scheduler.Cancellable timer = platform.scheduler().schedule(Long.MAX_VALUE, () -> trace.add("timer"));
			platform.advance(Duration.ofDays(10_000));
			assertThat(trace).isEmpty();
			assertThat(timer.cancel()).isTrue();
		}

		@Test
		void jumpsToTheNextTimer() {
			after(Duration.ofSeconds(5), () -> execute(() -> trace.add("ran")));
			assertThat(platform.advanceToNextTimer()).isTrue();
			assertThat(trace).containsExactly("ran");
			assertThat(time()).isEqualTo(Duration.ofSeconds(5));
			assertThat(platform.advanceToNextTimer()).isFalse();
		}

		@Test
		void aTimerThatIsDueAndABodyThatCanRunComeInEitherOrder() {
			Set<List<Object>> orders = new HashSet<>();
			for (long seed = 0; seed < 50; seed++) {
				List<Object> order = new ArrayList<>();
				try (DeterministicPlatform platform = new DeterministicPlatform(seed)) {
					platform.executor(ExecutorType.AUTO).execute(() -> order.add("body"));
					platform.scheduler().schedule(0, () -> order.add("timer"));
					platform.runUntilIdle();
				}
				orders.add(order);
			}
			assertThat(orders).containsExactlyInAnyOrder(List.of("body", "timer"), List.of("timer", "body"));
		}

		@Test
		void aBodySleepsInVirtualTime() {
			execute(() -> {
				platform.sleep(Duration.ofDays(365));
				trace.add(time());
			});
			platform.advance(Duration.ofDays(364));
			assertThat(trace).isEmpty();
			platform.advance(Duration.ofDays(1));
			assertThat(trace).containsExactly(Duration.ofDays(365));
		}

		@Test
		void anInterruptEndsASleepAndAnUnparkDoesNot() {
			AtomicReference<Thread> sleeper = new AtomicReference<>();
			execute(() -> {
				sleeper.set(Thread.currentThread());
				platform.sleep(Duration.ofSeconds(2));
				trace.add(time());
				trace.add(Thread.currentThread().isInterrupted());
				platform.sleep(Duration.ofSeconds(2));
				Thread.interrupted();
				waiting.park("a permit that was kept");
			});
			after(Duration.ofMillis(500), () -> waiting.unpark(sleeper.get()));
			after(Duration.ofSeconds(1), () -> waiting.interrupt(sleeper.get()));
			platform.advance(Duration.ofSeconds(1));
			assertThat(trace).containsExactly(Duration.ofSeconds(1), true);
			assertThat(platform.pendingTimers()).isZero();
		}

		@Test
		void aSleepOfTheTestLetsTimePass() {
			platform.sleep(Duration.ofSeconds(3));
			assertThat(time()).isEqualTo(Duration.ofSeconds(3));
		}

	}

	@Nested
	class WaitingBodies {

		@Test
		void stayWhereTheyAreUntilTheyAreUnparked() {
			AtomicReference<Thread> waiter = new AtomicReference<>();
			execute(() -> {
				waiter.set(Thread.currentThread());
				waiting.park("the test");
				trace.add("unparked");
			});
			platform.advance(Duration.ofDays(1));
			assertThat(trace).isEmpty();
			waiting.unpark(waiter.get());
			assertThat(trace).isEmpty();
			platform.runUntilIdle();
			assertThat(trace).containsExactly("unparked");
		}

		@Test
		void haveOnePermitEach() {
			execute(() -> {
				waiting.unpark(Thread.currentThread());
				waiting.unpark(Thread.currentThread());
				waiting.park("first");
				trace.add("passed");
				waiting.park("second");
				trace.add("passed");
			});
			platform.runUntilIdle();
			assertThat(trace).containsExactly("passed");
		}

		@Test
		void canBeInterrupted() {
			AtomicReference<Thread> waiter = new AtomicReference<>();
			execute(() -> {
				waiter.set(Thread.currentThread());
				waiting.park("the test");
				trace.add(Thread.currentThread().isInterrupted());
				waiting.park("nothing, for the flag is set");
				platform.yield();
				trace.add(Thread.currentThread().isInterrupted());
			});
			platform.runUntilIdle();
			waiting.interrupt(waiter.get());
			platform.runUntilIdle();
			assertThat(trace).containsExactly(true, true);
		}

		@Test
		void doNotHandTheirInterruptDown() {
			for (int i = 0; i < 3; i++) {
				execute(() -> {
					trace.add(Thread.currentThread().isInterrupted());
					waiting.interrupt(Thread.currentThread());
				});
			}
			platform.runUntilIdle();
			assertThat(trace).containsOnly(false);
			assertThat(Thread.currentThread().isInterrupted()).isFalse();
		}

		@Test
		void mayBeMany() {
			List<Thread> waiters = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				execute(() -> {
					waiters.add(Thread.currentThread());
					waiting.park("all");
					trace.add("on");
				});
			}
			platform.runUntilIdle();
			assertThat(waiters).hasSize(100).doesNotHaveDuplicates();
			execute(() -> waiters.forEach(waiting::unpark));
			platform.runUntilIdle();
			assertThat(trace).hasSize(100);
		}

		@Test
		void canBeReachedByAKillInTheMiddleOfTheirWork() {
			Set<String> seen = new HashSet<>();
			for (long seed = 0; seed < 50; seed++) {
				try (DeterministicPlatform platform = new DeterministicPlatform(seed)) {
					AtomicReference<Thread> init = new AtomicReference<>();
					AtomicReference<String> result = new AtomicReference<>("not begun");
					platform.executor(ExecutorType.AUTO).execute(() -> {
						init.set(Thread.currentThread());
						platform.yield();
						result.set(Thread.interrupted() ? "killed in the middle" : "ended before");
					});
					platform.executor(ExecutorType.AUTO).execute(() -> {
						if (init.get() != null && !"ended before".equals(result.get())) {
							platform.waiting().interrupt(init.get());
						}
					});
					platform.runUntilIdle();
					seen.add(result.get());
				}
			}
			assertThat(seen).containsExactlyInAnyOrder("killed in the middle", "ended before");
		}

	}

	@Nested
	class WaitingTest {

		@Test
		void letsTheSimulationGoOnAndTimePass() {
			Thread test = Thread.currentThread();
			AtomicBoolean answered = new AtomicBoolean();
			execute(() -> {
				platform.sleep(Duration.ofSeconds(4));
				answered.set(true);
				waiting.unpark(test);
			});
			after(Duration.ofSeconds(5), () -> trace.add("later"));
			while (!answered.get()) {
				waiting.park("an answer");
			}
			assertThat(time()).isEqualTo(Duration.ofSeconds(4));
			assertThat(trace).isEmpty();
		}

		@Test
		void canBeInterrupted() {
			Thread test = Thread.currentThread();
			execute(() -> waiting.interrupt(test));
			waiting.park("an answer");
			assertThat(Thread.interrupted()).isTrue();
		}

		@Test
		void hasAPermitToo() {
			waiting.unpark(Thread.currentThread());
			waiting.park("nothing");
			assertThat(platform.steps()).isZero();
		}

		@Test
		void failsIfNothingCanEverEndItsWait() {
			execute(() -> waiting.park("another body's lock"));
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> waiting.park("an answer of store"))
				.withMessageStartingWith("Would wait for ever: an answer of store")
				.withMessageContaining("supervision-deterministic-1 waits for another body's lock")
				.withMessageContaining("seed 42");
		}

		@Test
		void canGoOnAfterThat() {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> waiting.park("an answer"));
			execute(() -> trace.add("ran"));
			platform.runUntilIdle();
			assertThat(trace).containsExactly("ran");
		}

		@Test
		void failsIfThePlatformIsClosedMeanwhileOrBefore() {
			execute(platform::close);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> waiting.park("an answer"))
				.withMessageContaining("closed by a body");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> waiting.park("an answer"))
				.withMessageContaining("closed");
		}

	}

	@Nested
	class Failures {

		@Test
		void aBodyThatThrowsFailsTheRun() {
			Error cause = new StackOverflowError("on purpose");
			execute(() -> {
				throw cause;
			});
			execute(() -> waiting.park("for ever"));
			for (int i = 0; i < 2; i++) {
				assertThatExceptionOfType(AssertionError.class).isThrownBy(platform::runUntilIdle)
					.withMessageContaining("java.lang.StackOverflowError")
					.withMessageContaining("seed 42, step ")
					.withCause(cause);
			}
		}

		@Test
		void aBodyThatWaitsOutsideTheSeamFailsTheRunAndIsInterrupted() throws InterruptedException {
			CountDownLatch interrupted = new CountDownLatch(1);
			try (DeterministicPlatform impatient = new DeterministicPlatform(1, Duration.ofMillis(200))) {
				impatient.executor(ExecutorType.AUTO).execute(() -> {
					try {
						new CountDownLatch(1).await();
					}
					catch (InterruptedException ex) {
						interrupted.countDown();
					}
				});
				assertThatExceptionOfType(AssertionError.class).isThrownBy(impatient::runUntilIdle)
					.withMessageContaining("has not ended for PT0.2S of real time")
					.withMessageContaining("supervision-deterministic-1 is WAITING at ")
					.havingCause()
					.satisfies((cause) -> assertThat(cause.getStackTrace()).extracting(StackTraceElement::getClassName)
						.anyMatch((name) -> name.startsWith(DeterministicPlatformTest.class.getName())));
				assertThat(interrupted.await(1, TimeUnit.MINUTES)).isTrue();
			}
		}

		@Test
		void afterThatTheBodyThatWasStuckCanTouchNothing() {
			CompletableFuture<Throwable> refused = new CompletableFuture<>();
			try (DeterministicPlatform impatient = new DeterministicPlatform(1, Duration.ofMillis(200))) {
				Executor executor = impatient.executor(ExecutorType.AUTO);
				CountDownLatch gate = new CountDownLatch(1);
				executor.execute(() -> {
					while (gate.getCount() > 0) {
						Thread.onSpinWait();
					}
					try {
						executor.execute(() -> trace.add("too late"));
					}
					catch (Throwable ex) {
						refused.complete(ex);
					}
				});
				assertThatExceptionOfType(AssertionError.class)
					.isThrownBy(() -> impatient.advance(Duration.ofSeconds(1)))
					.withMessageContaining("is RUNNABLE at ");
				gate.countDown();
				assertThat(refused.orTimeout(1, TimeUnit.MINUTES).join()).isInstanceOf(Error.class);
			}
			assertThat(trace).isEmpty();
		}

		@Test
		void whatNeverComesToRestFailsTheRun() {
			Runnable[] body = new Runnable[1];
			body[0] = () -> execute(body[0]);
			execute(body[0]);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(platform::runUntilIdle)
				.withMessageContaining("10000000 steps in a row");
		}

		@Test
		void aTestThatWaitsForAnEndlessRunFailsToo() {
			Runnable[] tick = new Runnable[1];
			tick[0] = () -> after(Duration.ofMillis(1), tick[0]);
			tick[0].run();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> waiting.park("an answer"))
				.withMessageContaining("the test still waits for an answer");
		}

		@Test
		void aTaskOfTheSchedulerMustNotWait() {
			after(Duration.ZERO, () -> waiting.park("something"));
			assertThatExceptionOfType(AssertionError.class).isThrownBy(platform::runUntilIdle)
				.havingCause()
				.withMessageContaining("must not block: something");
		}

		@Test
		void aThreadFromOutsideThatInterferesFailsTheRun() {
			CompletableFuture<Throwable> refused = new CompletableFuture<>();
			execute(() -> {
				Thread foreign = new Thread(() -> {
					try {
						execute(() -> trace.add("foreign"));
					}
					catch (IllegalStateException ex) {
						refused.complete(ex);
					}
				}, "foreign");
				foreign.start();
				refused.orTimeout(1, TimeUnit.MINUTES).join();
			});
			assertThatExceptionOfType(AssertionError.class).isThrownBy(platform::runUntilIdle)
				.havingCause()
				.withMessageContaining("Thread foreign runs beside the simulation");
			assertThat(trace).isEmpty();
		}

	}

	@Nested
	class Closing {

		@Test
		void releasesWaitingBodiesAndEndsAllThreads() {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				boolean waits = i % 2 == 0;
				execute(() -> {
					threads.add(Thread.currentThread());
					try {
						if (waits) {
							waiting.park("for ever");
						}
						else {
							platform.sleep(Duration.ofDays(1));
						}
						trace.add("went on");
					}
					finally {
						trace.add("released");
					}
				});
			}
			platform.runUntilIdle();
			platform.close();
			assertThat(trace).hasSize(10).containsOnly("released");
			assertThat(threads).hasSize(10).noneMatch(Thread::isAlive);
		}

		@Test
		void dropsWhatHasNotBegun() {
			execute(() -> trace.add("body"));
			after(Duration.ZERO, () -> trace.add("timer"));
			platform.close();
			platform.close();
			platform.runUntilIdle();
			assertThat(trace).isEmpty();
			assertThat(platform.isIdle()).isTrue();
		}

		@Test
		void rejectsWhatComesAfterwards() {
			platform.close();
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> execute(() -> {
			}));
			assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> after(Duration.ZERO, () -> {
			}));
			waiting.unpark(Thread.currentThread());
		}

		@Test
		void mayBeDoneByABody() {
			execute(() -> {
				platform.sleep(Duration.ofDays(1));
				trace.add("went on");
			});
			platform.runUntilIdle();
			execute(() -> {
				platform.close();
				trace.add("closed");
			});
			platform.runUntilIdle();
			assertThat(trace).containsExactly("closed");
		}

		@Test
		void endsBodiesThatWaitAgainOnTheirWayOut() {
			execute(() -> {
				try {
					waiting.park("first");
				}
				finally {
					waiting.park("second");
				}
			});
			platform.runUntilIdle();
			platform.close();
			assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
				.doesNotContain("supervision-deterministic-1");
		}

	}

}

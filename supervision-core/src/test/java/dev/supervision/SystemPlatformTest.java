package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link SystemPlatform}, with real threads: all waits have a generous limit.
 */
class SystemPlatformTest {

	private final SystemPlatform platform = new SystemPlatform();

	@AfterEach
	void close() {
		this.platform.close();
	}

	@Test
	void readsTheClockOfTheRuntime() {
		Clock clock = this.platform.clock();
		long before = System.nanoTime();
		assertThat(clock.nanoTime()).isBetween(before, System.nanoTime());
		assertThat(clock.instant()).isCloseTo(Instant.now(), within(Duration.ofMinutes(1)));
		assertThat(this.platform.isSimulated()).isFalse();
	}

	@Test
	void drawsNumbersOnAnyThread() {
		assertThat(this.platform.random().doubles(1000)).allMatch((number) -> number >= 0 && number < 1)
			.hasSizeGreaterThan(990);
		CompletableFuture<Long> number = new CompletableFuture<>();
		this.platform.executor(ExecutorType.AUTO).execute(() -> number.complete(this.platform.random().nextLong()));
		assertThat(get(number)).isNotNull();
	}

	@Nested
	class Executors {

		@ParameterizedTest
		@CsvSource({ "POOL, supervision-pool-1", "PLATFORM, supervision-platform-1",
				"PARALLEL, supervision-parallel-1" })
		void runOnDaemonsWithATellingName(ExecutorType type, String name) {
			Thread thread = threadOf(type);
			assertThat(thread.getName()).isEqualTo(name);
			assertThat(thread.isDaemon()).isTrue();
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void areAlwaysTheSameForAType(ExecutorType type) {
			assertThat(executor(type)).isSameAs(executor(type));
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void showTheClassesOfTheApplicationToTheirTasks(ExecutorType type) {
			Thread current = Thread.currentThread();
			ClassLoader before = current.getContextClassLoader();
			ClassLoader application = new ClassLoader("application", before) {
			};
			current.setContextClassLoader(application);
			SystemPlatform own = new SystemPlatform();
			current.setContextClassLoader(before);
			try (own) {
				CompletableFuture<ClassLoader> seen = new CompletableFuture<>();
				own.executor(type).execute(() -> seen.complete(Thread.currentThread().getContextClassLoader()));
				assertThat(get(seen)).isSameAs(application);
			}
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM" })
		void doNotHandDownThreadLocals(ExecutorType type) {
			InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
			user.set("submitter");
			CompletableFuture<String> seen = new CompletableFuture<>();
			executor(type).execute(() -> seen.complete(String.valueOf(user.get())));
			assertThat(get(seen)).isEqualTo("null");
		}

		@Test
		@EnabledForJreRange(min = JRE.JAVA_21)
		void takeVirtualThreadsWhereTheyExist() {
			assertThat(executor(ExecutorType.AUTO)).isSameAs(executor(ExecutorType.VIRTUAL));
			assertThat(threadOf(ExecutorType.AUTO).getName()).isEqualTo("supervision-virtual");
		}

		@Test
		@EnabledForJreRange(max = JRE.JAVA_20)
		void takeThePoolWhereThereAreNoVirtualThreads() {
			assertThat(executor(ExecutorType.AUTO)).isSameAs(executor(ExecutorType.POOL));
			assertThatExceptionOfType(UnsupportedOperationException.class)
				.isThrownBy(() -> executor(ExecutorType.VIRTUAL))
				.withMessageContaining("Java 21");
		}

		@Test
		void takeWhatAutoWasSaidToMean() {
			try (SystemPlatform own = new SystemPlatform(ExecutorType.PLATFORM, 1)) {
				assertThat(own.executor(ExecutorType.AUTO)).isSameAs(own.executor(ExecutorType.PLATFORM));
			}
		}

		@Test
		void refuseAPoolWithoutThreads() {
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> new SystemPlatform(ExecutorType.AUTO, 0));
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void goOnAfterATaskThrew(ExecutorType type) {
			executor(type).execute(() -> {
				throw new StackOverflowError("on purpose");
			});
			assertThat(threadOf(type)).isNotNull();
		}

		private Thread threadOf(ExecutorType type) {
			CompletableFuture<Thread> thread = new CompletableFuture<>();
			executor(type).execute(() -> thread.complete(Thread.currentThread()));
			return get(thread);
		}

		private Executor executor(ExecutorType type) {
			return platform.executor(type);
		}

	}

	@Nested
	class Scheduling {

		private final Scheduler scheduler = platform.scheduler();

		@Test
		void runsATaskOnceItsTimeHasCome() {
			long start = System.nanoTime();
			CompletableFuture<Thread> ran = new CompletableFuture<>();
			this.scheduler.schedule(Duration.ofMillis(5).toNanos(), () -> ran.complete(Thread.currentThread()));
			Thread thread = get(ran);
			assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
			assertThat(thread.getName()).isEqualTo("supervision-scheduler-1");
			assertThat(thread.isDaemon()).isTrue();
		}

		@Test
		void runsATaskWithoutDelayToo() {
			CompletableFuture<Void> ran = new CompletableFuture<>();
			this.scheduler.schedule(-1, () -> ran.complete(null));
			get(ran);
		}

		@Test
		void aTaskCanBeCancelledOnceAndBeforeItRan() {
			Scheduler.Cancellable task = this.scheduler.schedule(Duration.ofDays(1).toNanos(), () -> {
			});
			assertThat(task.cancel()).isTrue();
			assertThat(task.cancel()).isFalse();
		}

		@Test
		void aTaskThatIsRunningCannotBeCancelled() {
			CompletableFuture<Void> running = new CompletableFuture<>();
			CompletableFuture<Void> end = new CompletableFuture<>();
			Scheduler.Cancellable task = this.scheduler.schedule(0, () -> {
				running.complete(null);
				get(end);
			});
			get(running);
			assertThat(task.cancel()).isFalse();
			end.complete(null);
		}

		@Test
		void aTaskThatThrowsHarmsNoOther() {
			this.scheduler.schedule(0, () -> {
				throw new IllegalStateException("on purpose");
			});
			CompletableFuture<Void> ran = new CompletableFuture<>();
			this.scheduler.schedule(0, () -> ran.complete(null));
			get(ran);
		}

	}

	@Nested
	class Parking {

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void aThreadParksUntilItIsUnparked(ExecutorType type) {
			Waiting waiting = platform.waiting();
			CompletableFuture<Thread> parker = new CompletableFuture<>();
			CompletableFuture<Void> done = new CompletableFuture<>();
			AtomicBoolean open = new AtomicBoolean();
			platform.executor(type).execute(() -> {
				parker.complete(Thread.currentThread());
				while (!open.get()) {
					waiting.park("the test");
				}
				done.complete(null);
			});
			Thread thread = get(parker);
			open.set(true);
			waiting.unpark(thread);
			get(done);
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void anInterruptEndsAParkAndStaysVisible(ExecutorType type) {
			Waiting waiting = platform.waiting();
			CompletableFuture<Thread> parker = new CompletableFuture<>();
			CompletableFuture<Void> done = new CompletableFuture<>();
			platform.executor(type).execute(() -> {
				parker.complete(Thread.currentThread());
				while (!Thread.currentThread().isInterrupted()) {
					waiting.park("the test");
				}
				done.complete(null);
			});
			waiting.interrupt(get(parker));
			get(done);
		}

	}

	@Nested
	class Closing {

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void afterwardsTasksAreRejected(ExecutorType type) {
			Executor before = platform.executor(type);
			platform.close();
			platform.close();
			for (Executor executor : List.of(before, platform.executor(type))) {
				assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> executor.execute(() -> {
				}));
			}
		}

		@Test
		void afterwardsNothingIsScheduled() {
			platform.scheduler().schedule(Duration.ofDays(1).toNanos(), () -> {
			});
			platform.close();
			assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> platform.scheduler().schedule(0, () -> {
				}));
		}

		@ParameterizedTest
		@EnumSource(names = { "POOL", "PLATFORM", "PARALLEL" })
		void interruptsWhatDoesNotEnd(ExecutorType type) {
			CountDownLatch started = new CountDownLatch(1);
			CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
			platform.executor(type).execute(() -> {
				started.countDown();
				try {
					interrupted.complete(new CountDownLatch(1).await(1, TimeUnit.MINUTES));
				}
				catch (InterruptedException ex) {
					interrupted.complete(true);
				}
			});
			platform.close();
			assertThat(interrupted).isDone();
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void mayBeDoneOnAThreadOfItsOwn(ExecutorType type) {
			CompletableFuture<Void> done = new CompletableFuture<>();
			platform.executor(type).execute(() -> {
				platform.close();
				done.complete(null);
			});
			get(done);
		}

	}

	private static <T> T get(CompletableFuture<T> future) {
		return future.orTimeout(1, TimeUnit.MINUTES).join();
	}

	@Test
	void oneFailureOutsideATimerDoesNotEndAllTimers() throws Exception {
		AtomicBoolean failing = new AtomicBoolean();
		Clock real = this.platform.clock();
		Clock clock = new Clock() {

			@Override
			public long nanoTime() {
				if (Thread.currentThread().getName().equals("scheduler") && failing.getAndSet(false)) {
					throw new OutOfMemoryError("injected");
				}
				return real.nanoTime();
			}

			@Override
			public Instant instant() {
				return real.instant();
			}

		};
		SystemScheduler scheduler = new SystemScheduler(clock, task -> new Thread(task, "scheduler"));
		failing.set(true);
		CountDownLatch ran = new CountDownLatch(2);
		scheduler.schedule(0, ran::countDown);
		scheduler.schedule(1_000_000, ran::countDown);
		ran.await();
		assertThat(failing).isFalse();
		scheduler.close().join();
	}

}

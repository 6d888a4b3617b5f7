package dev.supervision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link GrowingPool}, with real threads: all waits have a generous limit.
 */
class GrowingPoolTest {

	private static final int CORES = 2;

	private final AtomicLong skippedNanos = new AtomicLong();

	private final Clock clock = new Clock() {

		@Override
		public long nanoTime() {
			return System.nanoTime() + GrowingPoolTest.this.skippedNanos.get();
		}

		@Override
		public Instant instant() {
			return Instant.EPOCH;
		}

	};

	private final Waiting waiting = new SystemPlatform().waiting();

	private final CountDownLatch gate = new CountDownLatch(1);

	private GrowingPool pool = new GrowingPool(this.clock, "pool", CORES, 256, null);

	@AfterEach
	void endThreads() throws InterruptedException {
		this.gate.countDown();
		this.pool.shutdownNow();
		assertThat(this.pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
	}

	@Test
	void startsNoThreadBeforeItIsNeededAndThenDaemons() {
		assertThat(this.pool.size()).isZero();
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		this.pool.execute(() -> thread.complete(Thread.currentThread()));
		assertThat(thread.orTimeout(1, TimeUnit.MINUTES).join().isDaemon()).isTrue();
		assertThat(thread.join().getName()).isEqualTo("supervision-pool-1");
		assertThat(this.pool.size()).isOne();
	}

	@Test
	void aChainOfWaitsInTheSeamMayBeMuchDeeperThanThereAreCores() throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		this.pool.execute(() -> {
			callDown(200);
			done.countDown();
		});
		await(done);
		assertThat(this.pool.size()).isBetween(200, 256);
	}

	private void callDown(int depth) {
		if (depth > 0) {
			Thread caller = Thread.currentThread();
			AtomicBoolean answered = new AtomicBoolean();
			this.pool.execute(() -> {
				callDown(depth - 1);
				answered.set(true);
				this.waiting.unpark(caller);
			});
			while (!answered.get()) {
				this.waiting.park("the answer");
			}
		}
	}

	@Test
	void doesNotGrowWhileOneOfItsThreadsWorks() throws InterruptedException {
		AtomicBoolean end = new AtomicBoolean();
		CountDownLatch parked = new CountDownLatch(1);
		CountDownLatch working = new CountDownLatch(1);
		this.pool.execute(() -> {
			parked.countDown();
			while (!end.get()) {
				this.waiting.park("the end");
			}
		});
		this.pool.execute(() -> {
			working.countDown();
			while (!end.get()) {
				Thread.onSpinWait();
			}
		});
		await(parked);
		await(working);
		CountDownLatch others = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			this.pool.execute(others::countDown);
		}
		assertThat(this.pool.size()).isEqualTo(CORES);
		end.set(true);
		await(others);
		assertThat(this.pool.size()).isEqualTo(CORES);
		this.pool.shutdownNow();
	}

	@Test
	void growsWhenAllThreadsBlockOutsideTheSeam() throws InterruptedException {
		CountDownLatch blocked = new CountDownLatch(CORES);
		for (int i = 0; i < CORES; i++) {
			this.pool.execute(() -> blockInAHandler(blocked));
		}
		await(blocked);
		CountDownLatch done = new CountDownLatch(1);
		this.pool.execute(done::countDown);
		await(done);
		assertThat(this.pool.size()).isGreaterThan(CORES);
	}

	@Test
	void growsWhenAllThreadsAreInInputOrOutput() throws Exception {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			for (int i = 0; i < CORES; i++) {
				ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				sockets.add(socket);
				this.pool.execute(() -> {
					try {
						socket.accept();
					}
					catch (IOException ex) {
						// The end of the test.
					}
				});
			}
			CountDownLatch done = new CountDownLatch(1);
			this.pool.execute(done::countDown);
			await(done);
		}
		finally {
			for (ServerSocket socket : sockets) {
				socket.close();
			}
		}
	}

	@Test
	void whenFullItQueuesAndWarnsOnceWithThePlacesWhereItsThreadsAreBlocked() throws InterruptedException {
		this.pool = new GrowingPool(this.clock, "pool", CORES, 3, null);
		List<String> warnings = new ArrayList<>();
		CountDownLatch warned = new CountDownLatch(1);
		Logger logger = (Logger) LoggerFactory.getLogger(GrowingPool.class);
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				warnings.add(event.getLevel() + " " + event.getFormattedMessage());
				warned.countDown();
			}

		};
		appender.start();
		logger.addAppender(appender);
		try {
			CountDownLatch blocked = new CountDownLatch(3);
			CountDownLatch done = new CountDownLatch(20);
			for (int i = 0; i < 20; i++) {
				this.pool.execute(() -> {
					blockInAHandler(blocked);
					done.countDown();
				});
			}
			await(blocked);
			await(warned);
			assertThat(this.pool.size()).isEqualTo(3);
			assertThat(warnings).hasSize(1);
			assertThat(warnings.get(0)).startsWith("WARN All 3 threads of the pool are blocked")
				.contains("17 tasks wait", "3 x ", "GrowingPoolTest.blockInAHandler(GrowingPoolTest.java:");
			this.gate.countDown();
			await(done);
		}
		finally {
			logger.detachAppender(appender);
		}
	}

	@Test
	void aTaskThatThrowsDoesNotEndItsThread() throws InterruptedException {
		this.pool = new GrowingPool(this.clock, "pool", 1, 1, null);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		CountDownLatch done = new CountDownLatch(100);
		for (int i = 0; i < 100; i++) {
			this.pool.execute(() -> {
				threads.add(Thread.currentThread());
				done.countDown();
				throw new HostileError();
			});
		}
		await(done);
		assertThat(threads).hasSize(1);
	}

	@Test
	void anInterruptDoesNotReachTheNextTask() {
		this.pool = new GrowingPool(this.clock, "pool", 1, 1, null);
		this.pool.execute(() -> Thread.currentThread().interrupt());
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		this.pool.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
		assertThat(interrupted.orTimeout(1, TimeUnit.MINUTES).join()).isFalse();
	}

	@Test
	void noWakeUpIsLostBetweenThreadsThatWaitForEachOther() throws InterruptedException {
		int rounds = 20_000;
		int pairs = 4;
		CountDownLatch done = new CountDownLatch(2 * pairs);
		for (int i = 0; i < pairs; i++) {
			AtomicInteger turn = new AtomicInteger();
			Thread[] players = new Thread[2];
			CountDownLatch known = new CountDownLatch(2);
			for (int side = 0; side < 2; side++) {
				int me = side;
				this.pool.execute(() -> {
					players[me] = Thread.currentThread();
					known.countDown();
					await(known);
					for (int round = 0; round < rounds; round++) {
						while (turn.get() != me) {
							this.waiting.park("the other");
						}
						this.pool.execute(() -> {
						});
						turn.set(1 - me);
						this.waiting.unpark(players[1 - me]);
					}
					done.countDown();
				});
			}
		}
		await(done);
	}

	@Test
	void threadsEndWhenTheyWereIdleForTenSeconds() throws InterruptedException {
		CompletableFuture<Thread> worker = new CompletableFuture<>();
		this.pool.execute(() -> worker.complete(Thread.currentThread()));
		Thread thread = worker.orTimeout(1, TimeUnit.MINUTES).join();
		await(() -> thread.getState() == Thread.State.TIMED_WAITING);
		this.skippedNanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
		LockSupport.unpark(thread);
		CompletableFuture<Thread> same = new CompletableFuture<>();
		this.pool.execute(() -> same.complete(Thread.currentThread()));
		assertThat(same.orTimeout(1, TimeUnit.MINUTES).join()).isSameAs(thread);
		await(() -> thread.getState() == Thread.State.TIMED_WAITING);
		this.skippedNanos.addAndGet(TimeUnit.SECONDS.toNanos(11));
		LockSupport.unpark(thread);
		thread.join(TimeUnit.MINUTES.toMillis(1));
		assertThat(thread.isAlive()).isFalse();
		assertThat(this.pool.size()).isZero();
	}

	@Test
	void theMonitorOnlyLooksWhileTasksWait() throws InterruptedException {
		growsWhenAllThreadsBlockOutsideTheSeam();
		Thread monitor = Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("supervision-pool-monitor"))
			.findFirst()
			.orElseThrow();
		await(() -> monitor.getState() == Thread.State.WAITING);
		this.pool.shutdownNow();
		monitor.join(TimeUnit.MINUTES.toMillis(1));
		assertThat(monitor.isAlive()).isFalse();
	}

	@Test
	void afterShutdownItRejectsButDoesWhatWasWaiting() throws InterruptedException {
		this.pool = new GrowingPool(this.clock, "pool", 1, 1, null);
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		this.pool.execute(() -> blockInAHandler(blocked));
		this.pool.execute(done::countDown);
		await(blocked);
		this.pool.shutdown();
		assertThatExceptionOfType(RejectedExecutionException.class)
			.isThrownBy(() -> this.pool.execute(done::countDown));
		assertThat(this.pool.isTerminated()).isFalse();
		this.gate.countDown();
		await(done);
		assertThat(this.pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
	}

	@Test
	void shutdownNowInterruptsAndDrops() throws InterruptedException {
		this.pool = new GrowingPool(this.clock, "pool", 1, 1, null);
		CountDownLatch blocked = new CountDownLatch(1);
		this.pool.execute(() -> blockInAHandler(blocked));
		await(blocked);
		Runnable waitingTask = () -> {
		};
		this.pool.execute(waitingTask);
		assertThat(this.pool.shutdownNow()).containsExactly(waitingTask);
		assertThat(this.pool.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
	}

	private void blockInAHandler(CountDownLatch blocked) {
		blocked.countDown();
		await(this.gate);
	}

	private static void await(CountDownLatch latch) {
		try {
			assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void await(BooleanSupplier condition) {
		long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).isLessThan(end);
			Thread.onSpinWait();
		}
	}

	@SuppressWarnings("serial")
	private static final class HostileError extends Error {

		@Override
		public String getMessage() {
			throw this;
		}

	}

}

package dev.supervision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link VirtualExecutor}. What the threads are does not matter to it: here
 * they are platform threads, which Java 17 has too, and where the order matters each
 * begins when the test says so.
 */
class VirtualExecutorTest {

	private final Clock clock = new SystemPlatform().clock();

	private final AtomicBoolean closed = new AtomicBoolean();

	private final HeldThreads held = new HeldThreads();

	private final HeldThreads flights = new HeldThreads();

	private final ManualClock canaryClock = new ManualClock();

	private final Canary canary = new Canary(this.canaryClock, this.flights, VirtualExecutorTest::started);

	private final List<String> done = new ArrayList<>();

	private VirtualExecutor executor = executor(this.held);

	private VirtualExecutor executor(ThreadFactory factory) {
		return new VirtualExecutor(factory, this.clock, this.canary, 2, this.closed::get);
	}

	private Runnable does(String name) {
		return () -> this.done.add(name + " on " + Thread.currentThread().getName());
	}

	@AfterEach
	void close() {
		this.canary.close();
	}

	@Test
	void whatATaskHandsOnRunsAfterItOnItsThreadInOrder() {
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			this.executor.handOn(does("third"));
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("first on 1", "second on 1", "third on 1");
	}

	@Test
	void theHelperOfAnOwnerThatTookEverythingDoesNothing() {
		this.executor.execute(() -> this.executor.handOn(does("handed on")));
		this.held.runNext();
		this.held.runNext();
		assertThat(this.done).containsExactly("handed on on 1");
		assertThat(this.held.waiting()).isZero();
	}

	@Test
	void oneHelperAtATimeIsOnItsWay() {
		this.executor.execute(() -> {
			for (int i = 0; i < 10; i++) {
				this.executor.handOn(() -> {
				});
			}
		});
		this.held.runNext();
		assertThat(this.held.waiting()).isOne();
	}

	@Test
	void aHelperTakesWhatTheOwnerDoesNotUntilNothingWaits() {
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			this.executor.handOn(does("third"));
			// the first task goes on, whatever it does: the helper comes meanwhile
			this.held.runNext();
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "third on 2", "first on 1");
	}

	@Test
	void whileAHelperIsBusyTheNextOneTakesWhatWaits() {
		this.executor.execute(() -> {
			this.executor.handOn(() -> {
				this.held.runNext();
				does("second").run();
			});
			this.executor.handOn(does("third"));
			this.held.runNext();
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("third on 3", "second on 2", "first on 1");
		assertThat(this.held.waiting()).isZero();
	}

	@Test
	void whatAHelpersTaskHandsOnRunsAfterItBeforeWhatTheOwnerHasHandedOn() {
		this.executor.execute(() -> {
			this.executor.handOn(() -> {
				does("second").run();
				this.executor.handOn(does("handed on by the second"));
			});
			this.executor.handOn(does("third"));
			this.held.runNext();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "handed on by the second on 2", "third on 2");
	}

	@Test
	void whoeverHandsOnAfterAHelperCameGetsAnotherOne() {
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			this.held.runNext();
			this.executor.handOn(does("third"));
			this.held.runNext();
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "third on 3", "first on 1");
	}

	@Test
	void onAnyOtherThreadATaskThatIsHandedOnGetsAThread() {
		this.executor.handOn(does("one"));
		this.held.runNext();
		VirtualExecutor other = executor(this.held);
		this.executor.execute(() -> {
			other.handOn(does("of another executor"));
			this.held.runNext();
			does("two").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("one on 1", "of another executor on 3", "two on 2");
	}

	@Test
	void aTaskThatThrowsTakesNobodyAlong() {
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			throw new IllegalStateException("on purpose");
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 1");
	}

	@Test
	void anInterruptDoesNotReachTheNextTask() {
		CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
		this.executor.execute(() -> {
			this.executor.handOn(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
			Thread.currentThread().interrupt();
		});
		this.held.runNext();
		assertThat(interrupted).isCompletedWithValue(false);
	}

	@Test
	void whereNoHelperCanBeStartedTheOwnerLearnsItAndTheNextOneIsTried() {
		this.executor.execute(() -> {
			this.held.refuses = true;
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.executor.handOn(does("second")));
			this.held.refuses = false;
			this.executor.handOn(does("third"));
			this.held.runNext();
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "third on 2", "first on 1");
	}

	@Test
	void aHelperThatCannotCallTheNextOneDoesEverything() {
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			this.executor.handOn(does("third"));
			this.held.refuses = true;
			this.held.runNext();
			this.held.refuses = false;
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "third on 2", "first on 1");
	}

	@Test
	void aHelperThatCouldNotCallTheNextOneCallsItBeforeALaterTask() {
		this.executor.execute(() -> {
			this.executor.handOn(() -> {
				this.held.refuses = false;
				does("second").run();
			});
			this.executor.handOn(() -> {
				this.held.runNext();
				does("third").run();
			});
			this.executor.handOn(does("fourth"));
			this.held.refuses = true;
			this.held.runNext();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "fourth on 3", "third on 2");
	}

	@Test
	void onceClosedItTakesNothingButDoesWhatItHas() {
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			this.closed.set(true);
			assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> this.executor.handOn(does("late")));
			assertThatExceptionOfType(RejectedExecutionException.class)
				.isThrownBy(() -> this.executor.execute(does("late")));
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("first on 1", "second on 1");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 50 })
	void tasksThatWaitForEachOtherAllHaveAThread(int count) {
		VirtualExecutor executor = executor(VirtualExecutorTest::started);
		Phaser all = new Phaser(count + 1);
		CountDownLatch over = new CountDownLatch(count + 1);
		executor.execute(() -> {
			for (int i = 0; i < count; i++) {
				executor.handOn(() -> {
					all.arriveAndAwaitAdvance();
					over.countDown();
				});
			}
			all.arriveAndAwaitAdvance();
			over.countDown();
		});
		assertThat(ends(over)).isTrue();
	}

	@Test
	void everyTaskRunsExactlyOnceHoweverOwnersAndHelpersMeet() {
		long seed = new Random().nextLong();
		int count = 50_000;
		VirtualExecutor executor = executor(VirtualExecutorTest::started);
		AtomicIntegerArray runs = new AtomicIntegerArray(count);
		AtomicInteger given = new AtomicInteger();
		CountDownLatch over = new CountDownLatch(count);
		ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
		class Task implements Runnable {

			private final int number;

			Task(int number) {
				this.number = number;
			}

			@Override
			public void run() {
				try {
					runs.incrementAndGet(this.number);
					Random random = new Random(seed + this.number);
					int children = random.nextInt(4);
					for (int i = 0; i < children; i++) {
						next();
					}
					if (random.nextInt(50) == 0) {
						// long enough for a helper to come
						long end = System.nanoTime() + random.nextInt(20_000);
						while (System.nanoTime() < end) {
							Thread.onSpinWait();
						}
					}
					over.countDown();
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
			}

			private void next() {
				int number = given.getAndIncrement();
				if (number < count) {
					executor.handOn(new Task(number));
				}
			}

		}
		// a family may die out
		while (given.get() < count) {
			int number = given.getAndIncrement();
			if (number < count) {
				executor.execute(new Task(number));
				Thread.yield();
			}
		}
		assertThat(ends(over)).as("seed %d, %d of %d missing", seed, over.getCount(), count).isTrue();
		assertThat(failures).as("seed %d", seed).isEmpty();
		for (int i = 0; i < count; i++) {
			assertThat(runs.get(i)).as("runs of task %d, seed %d", i, seed).isOne();
		}
	}

	@Test
	void aHelperThatFailsBeforeItHasATaskTakesOneAllTheSame() {
		AtomicBoolean fails = new AtomicBoolean();
		Clock failing = new Clock() {

			@Override
			public long nanoTime() {
				if (fails.get()) {
					throw new OutOfMemoryError("on purpose");
				}
				return VirtualExecutorTest.this.clock.nanoTime();
			}

			@Override
			public Instant instant() {
				return VirtualExecutorTest.this.clock.instant();
			}

		};
		this.executor = new VirtualExecutor(this.held, failing, this.canary, 2, this.closed::get);
		this.executor.execute(() -> {
			this.executor.handOn(does("second"));
			fails.set(true);
			this.held.runNext();
			fails.set(false);
			this.executor.handOn(does("third"));
			this.held.runNext();
			does("first").run();
		});
		this.held.runNext();
		assertThat(this.done).containsExactly("second on 2", "third on 3", "first on 1");
	}

	@Test
	void beforeATaskThoseHaveTheirTurnWhoHaveWaitedForIt() throws InterruptedException {
		CountDownLatch overdue = new CountDownLatch(1);
		List<Boolean> seen = new ArrayList<>();
		this.executor.execute(() -> {
			this.canaryClock.advanceUntil(this.canary::isOverdue);
			this.executor.handOn(() -> seen.add(this.canary.isOverdue()));
			overdue.countDown();
		});
		Thread runner = started(this.held::runNext);
		runner.start();
		assertThat(ends(overdue)).isTrue();
		this.canaryClock.advanceUntil(() -> !this.canary.isOverdue());
		runner.join();
		assertThat(seen).containsExactly(false);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whoeverLeavesTheCoresAgainAndAgainComesBack() {
		try (SystemPlatform platform = new SystemPlatform()) {
			Executor virtual = platform.executor(ExecutorType.VIRTUAL);
			int count = 8 * Runtime.getRuntime().availableProcessors();
			CountDownLatch over = new CountDownLatch(count);
			long end = this.clock.nanoTime() + TimeUnit.SECONDS.toNanos(1);
			for (int i = 0; i < count; i++) {
				virtual.execute(new Runnable() {

					@Override
					public void run() {
						if (VirtualExecutorTest.this.clock.nanoTime() < end) {
							virtual.execute(this);
						}
						else {
							over.countDown();
						}
					}

				});
			}
			assertThat(ends(over)).as("%d are lost", over.getCount()).isTrue();
		}
	}

	@Test
	void whatATaskSaysAboutItselfForTheLogDoesNotReachTheNextOne() {
		CompletableFuture<String> user = new CompletableFuture<>();
		this.executor.execute(() -> {
			MDC.put("user", "somebody");
			this.executor.handOn(() -> user.complete(String.valueOf(MDC.get("user"))));
		});
		this.held.runNext();
		assertThat(user).isCompletedWithValue("null");
	}

	private static Thread started(Runnable task) {
		Thread thread = new Thread(task, "virtual-executor-test");
		thread.setDaemon(true);
		return thread;
	}

	private static boolean ends(CountDownLatch latch) {
		try {
			return latch.await(1, TimeUnit.MINUTES);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Threads named by the order of their beginning, which is when the test says so.
	 */
	private static final class HeldThreads implements ThreadFactory {

		private final LinkedBlockingQueue<Runnable> held = new LinkedBlockingQueue<>();

		private final AtomicInteger begun = new AtomicInteger();

		private volatile boolean refuses;

		@Override
		public Thread newThread(Runnable task) {
			return new Thread() {

				@Override
				public synchronized void start() {
					if (HeldThreads.this.refuses) {
						throw new OutOfMemoryError("no more threads");
					}
					HeldThreads.this.held.add(task);
				}

			};
		}

		int waiting() {
			return this.held.size();
		}

		/** Begins the one that waits longest, and waits until it ends. */
		void runNext() {
			Thread thread = started(this.held.remove());
			thread.setName(String.valueOf(this.begun.incrementAndGet()));
			thread.setUncaughtExceptionHandler((ended, ex) -> {
			});
			thread.start();
			try {
				thread.join(TimeUnit.MINUTES.toMillis(1));
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			assertThat(thread.isAlive()).isFalse();
		}

	}

}

package dev.supervision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * Time stands still, and activations run either on the thread that caused them, so that
 * the two sides of a race are all the threads there are, or on threads of their own,
 * which supervisors need: one waits for the end of a child of which the same thread has
 * just told it.
 */
final class RacePlatform implements Platform {

	private static final long HANG_MILLIS = 30_000;

	private static final ExecutorService THREADS = Executors.newCachedThreadPool(task -> {
		Thread thread = new Thread(task, "activation");
		thread.setDaemon(true);
		return thread;
	});

	private static final Clock CLOCK = new Clock() {

		@Override
		public long nanoTime() {
			return 0;
		}

		@Override
		public Instant instant() {
			return Instant.EPOCH;
		}

	};

	private static final Waiting WAITING = new Waiting() {

		@Override
		public void park(Object blocker) {
			LockSupport.park();
		}

		@Override
		public void unpark(Thread thread) {
			LockSupport.unpark(thread);
		}

		@Override
		public void interrupt(Thread thread) {
			thread.interrupt();
		}

	};

	private final List<Thread> sides = new ArrayList<>();

	private final AtomicInteger activations = new AtomicInteger();

	private final Executor executor;

	RacePlatform(boolean ownThreads) {
		this.executor = ownThreads ? this::activate : Runnable::run;
	}

	private void activate(Runnable activation) {
		this.activations.incrementAndGet();
		THREADS.execute(() -> {
			try {
				activation.run();
			}
			finally {
				this.activations.decrementAndGet();
			}
		});
	}

	Node node() {
		return Node.builder().platform(this).listener(event -> {
		}).build();
	}

	/** Runs a side of the race. */
	void fork(Runnable side) {
		Thread thread = new Thread(side);
		this.sides.add(thread);
		thread.start();
	}

	/** Waits until the sides are over. */
	void join() {
		for (Thread side : this.sides) {
			try {
				side.join();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	/** Waits until whatever the sides caused is over. */
	void settle() {
		long until = System.nanoTime() + HANG_MILLIS * 1_000_000;
		while (this.activations.get() > 0) {
			if (System.nanoTime() > until) {
				throw new AssertionError("an activation hangs");
			}
			Thread.yield();
		}
	}

	@Override
	public Executor executor(ExecutorType type) {
		return (type == ExecutorType.PLATFORM) ? Runnable::run : this.executor;
	}

	@Override
	public Clock clock() {
		return CLOCK;
	}

	@Override
	public Scheduler scheduler() {
		return (delayNanos, task) -> () -> true;
	}

	@Override
	public Waiting waiting() {
		return WAITING;
	}

	@Override
	public RandomGenerator random() {
		return new Random(1);
	}

	@Override
	public void close() {
	}

}

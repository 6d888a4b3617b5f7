package dev.supervision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * As few threads as possible, because each multiplies the schedules that Lincheck has to try: an
 * activation runs on the thread that caused it, and on one of its own only where that thread is
 * in the middle of another process. Time stands still.
 */
final class LincheckPlatform implements Platform {

	private static final long HANG_MILLIS = 30_000;

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

	private final List<Thread> threads = new ArrayList<>();

	private final Executor activations = this::activate;

	Node node() {
		return Node.builder().platform(this).listener(event -> {
		}).build();
	}

	private void activate(Runnable activation) {
		if (Process.current() == null) {
			activation.run();
		}
		else {
			fork(activation);
		}
	}

	/** Runs a side of the race. */
	void fork(Runnable side) {
		Thread thread = new Thread(side);
		synchronized (this.threads) {
			this.threads.add(thread);
		}
		thread.start();
	}

	/** Waits until all sides and whatever they caused are over. */
	void join() {
		while (true) {
			Thread next;
			synchronized (this.threads) {
				if (this.threads.isEmpty()) {
					return;
				}
				next = this.threads.remove(this.threads.size() - 1);
			}
			try {
				next.join(HANG_MILLIS);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			if (next.isAlive()) {
				throw new AssertionError("hung");
			}
		}
	}

	@Override
	public Executor executor(ExecutorType type) {
		if (type == ExecutorType.PLATFORM) {
			return Runnable::run;
		}
		return this.activations;
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

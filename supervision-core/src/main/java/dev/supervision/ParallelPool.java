package dev.supervision;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * Work-stealing threads that nobody can starve. A worker of a {@link ForkJoinPool} looks
 * for what other threads have submitted only when its own queue is empty, and servers
 * that pass messages on without end never leave it empty. Here it takes some of that into
 * its own queue now and then.
 */
final class ParallelPool extends ForkJoinPool {

	/** Tasks that a worker adds to its own queue between two looks at the others'. */
	private static final int TASKS_BETWEEN_LOOKS = 8;

	/**
	 * The most that one look takes in, so that neither kind waits for all of the other.
	 */
	private static final int MOST_TAKEN = TASKS_BETWEEN_LOOKS;

	ParallelPool(int cores, @Nullable ClassLoader contextClassLoader) {
		super(cores, factory(contextClassLoader), (thread, ex) -> SystemPlatform.logEscaped(ex), true);
	}

	private static ForkJoinWorkerThreadFactory factory(@Nullable ClassLoader contextClassLoader) {
		AtomicInteger number = new AtomicInteger();
		return (pool) -> {
			ForkJoinWorkerThread thread = new Worker(pool);
			thread.setName("supervision-parallel-" + number.incrementAndGet());
			thread.setContextClassLoader(contextClassLoader);
			return thread;
		};
	}

	@Override
	public void execute(Runnable task) {
		super.execute(task);
		if (Thread.currentThread() instanceof Worker worker && worker.getPool() == this && worker.looks()) {
			takeSubmitted();
		}
	}

	private void takeSubmitted() {
		for (int i = 0; i < MOST_TAKEN; i++) {
			ForkJoinTask<?> submitted = pollSubmission();
			if (submitted == null) {
				return;
			}
			try {
				submitted.fork();
			}
			catch (StackOverflowError overflow) {
				throw overflow;
			}
			catch (Throwable ex) {
				// no memory: not the fault of whom this worker sends to.
				// The watchdog finds a process that was taken
				SystemPlatform.logEscaped(ex);
			}
		}
	}

	private static final class Worker extends ForkJoinWorkerThread {

		private int untilLook = TASKS_BETWEEN_LOOKS;

		private Worker(ForkJoinPool pool) {
			super(pool);
		}

		private boolean looks() {
			this.untilLook--;
			if (this.untilLook > 0) {
				return false;
			}
			this.untilLook = TASKS_BETWEEN_LOOKS;
			return true;
		}

	}

}

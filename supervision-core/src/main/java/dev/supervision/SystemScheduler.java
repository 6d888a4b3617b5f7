package dev.supervision;

import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * One thread and a heap that only this thread touches; everybody else appends to a
 * lock-free queue. {@code ScheduledThreadPoolExecutor} lets every caller sift through its
 * heap: a handler whose stack overflows in the middle of that leaves it broken, and no
 * limit of the node would ever be over again.
 */
final class SystemScheduler implements Scheduler {

	private static final long RESPITE_NANOS = 1_000_000;

	private static final int MIN_PURGE = 256;

	private final Clock clock;

	private final Queue<Timer> added = new ConcurrentLinkedQueue<>();

	private final AtomicInteger cancelled = new AtomicInteger();

	private final AtomicLong sequence = new AtomicLong();

	private final Thread thread;

	/** Of the thread only. */
	private final PriorityQueue<Timer> heap = new PriorityQueue<>();

	/** When the thread wakes by itself; who wants to be earlier wakes it. */
	private volatile long wakesAt;

	private volatile boolean closed;

	SystemScheduler(Clock clock, ThreadFactory threads) {
		this.clock = clock;
		this.wakesAt = clock.nanoTime();
		this.thread = threads.newThread(this::run);
		this.thread.start();
	}

	@Override
	public Cancellable schedule(long delayNanos, Runnable task) {
		long due = this.clock.nanoTime() + Math.min(Math.max(delayNanos, 0), Long.MAX_VALUE / 4);
		Timer timer = new Timer(due, this.sequence.getAndIncrement(), task);
		if (this.closed) {
			throw new RejectedExecutionException("The scheduler is closed");
		}
		this.added.add(timer);
		if (due - this.wakesAt < 0) {
			LockSupport.unpark(this.thread);
		}
		return timer;
	}

	private void run() {
		while (!this.closed) {
			try {
				runNext();
			}
			catch (Throwable ex) {
				// no memory now: all timers of a node depend on this thread
				SystemPlatform.logEscaped(ex);
				LockSupport.parkNanos(this, RESPITE_NANOS);
			}
		}
	}

	/** Runs what is due, or waits until something is. */
	private void runNext() {
		for (Timer timer; (timer = this.added.peek()) != null; this.added.poll()) {
			this.heap.add(timer);
		}
		purge();
		Timer first = this.heap.peek();
		long wait = (first != null) ? first.due - this.clock.nanoTime() : Long.MAX_VALUE / 4;
		if (first != null && wait <= 0) {
			this.heap.poll();
			first.run();
		}
		else {
			this.wakesAt = (first != null) ? first.due : this.clock.nanoTime() + wait;
			// whoever added before it could see that is seen here
			if (this.added.isEmpty() && !this.closed) {
				LockSupport.parkNanos(this, wait);
				// nobody has a reason to interrupt this thread, and it goes on
				Thread.interrupted();
			}
		}
	}

	/** Timers are cancelled far more often than they run. */
	private void purge() {
		if (this.cancelled.get() > Math.max(MIN_PURGE, this.heap.size() / 2)) {
			this.cancelled.set(0);
			this.heap.removeIf(Timer::isOver);
		}
	}

	/**
	 * Runs nothing any more.
	 * @return the thread, which is about to end
	 */
	Thread close() {
		this.closed = true;
		LockSupport.unpark(this.thread);
		return this.thread;
	}

	/**
	 * Either runs or is cancelled.
	 */
	private final class Timer extends AtomicInteger implements Cancellable, Comparable<Timer> {

		private static final long serialVersionUID = 1L;

		private final long due;

		private final long number;

		private transient volatile @Nullable Runnable task;

		private Timer(long due, long number, Runnable task) {
			this.due = due;
			this.number = number;
			this.task = task;
		}

		private void run() {
			Runnable action = this.task;
			if (compareAndSet(0, 1) && action != null) {
				try {
					action.run();
				}
				catch (Throwable ex) {
					SystemPlatform.logEscaped(ex);
				}
			}
		}

		@Override
		public boolean cancel() {
			if (!compareAndSet(0, 1)) {
				return false;
			}
			this.task = null;
			int count = SystemScheduler.this.cancelled.incrementAndGet();
			if (count % MIN_PURGE == 0) {
				// perhaps there is enough to clear away
				LockSupport.unpark(SystemScheduler.this.thread);
			}
			return true;
		}

		private boolean isOver() {
			return get() != 0;
		}

		@Override
		public int compareTo(Timer other) {
			long difference = this.due - other.due;
			return Long.signum((difference != 0) ? difference : this.number - other.number);
		}

	}

}

package dev.supervision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool with as many threads as cores, which grows only while tasks wait and all of its
 * threads are blocked, and shrinks again when they are idle.
 *
 * <p>
 * A thread that waits in the seam says so ({@link Worker#park}), so that a chain of calls
 * deeper than the number of cores goes on at once. Other waits, such as I/O, are seen by
 * a monitor thread that looks only while tasks wait.
 *
 * <p>
 * All state is guarded by the monitor of this object, and deliberately by no lock of
 * {@code java.util.concurrent}: to wait for one of these takes the permit that a waiting
 * worker is owed, and would lose its wake-up. A monitor is also given back where the
 * stack of whoever hands over a task ends, which those locks, and with them the pools of
 * the JDK, do not survive.
 */
final class GrowingPool extends AbstractExecutorService {

	private static final Logger logger = LoggerFactory.getLogger(GrowingPool.class);

	private static final long KEEP_ALIVE = TimeUnit.SECONDS.toNanos(10);

	private static final long LOOK_MILLIS = 10;

	private static final long LOOK_WHEN_FULL_MILLIS = 1_000;

	private static final long WARN_INTERVAL = TimeUnit.MINUTES.toNanos(1);

	private static final int FRAMES_SHOWN = 4;

	private static final int PLACES_SHOWN = 5;

	private final Clock clock;

	/** For the names of threads. */
	private final String kind;

	private final int cores;

	private final int maxSize;

	private final @Nullable ClassLoader contextClassLoader;

	private final ArrayDeque<Runnable> queue = new ArrayDeque<>();

	private final List<Worker> workers = new ArrayList<>();

	/**
	 * The last that became idle is the first to work again, so that the others can end.
	 */
	private final ArrayDeque<Worker> idle = new ArrayDeque<>();

	/** Was idle and is on its way to the queue; one at a time, who calls the next. */
	private @Nullable Worker called;

	/** Whether the one that was called may not have been woken. */
	private volatile boolean unwoken;

	/** How many workers wait in the seam. */
	private int parked;

	private int started;

	private @Nullable Thread monitor;

	/** Whether the monitor looks; otherwise it waits to be notified. */
	private boolean watching;

	private boolean closed;

	private long nextWarning;

	/**
	 * Creates a pool without threads.
	 * @param cores how many threads there may be at once that are not blocked; with no
	 * limit each task has a thread at once
	 */
	GrowingPool(Clock clock, String kind, int cores, int maxSize, @Nullable ClassLoader contextClassLoader) {
		this.clock = clock;
		this.kind = kind;
		this.nextWarning = clock.nanoTime();
		this.cores = Math.min(cores, maxSize);
		this.maxSize = maxSize;
		this.contextClassLoader = contextClassLoader;
	}

	@Override
	public void execute(Runnable task) {
		try {
			Worker worker = enqueue(task);
			if (worker != null) {
				LockSupport.unpark(worker);
			}
		}
		catch (Throwable ex) {
			// where the stack ends there is none left for more than this
			this.unwoken = true;
			throw ex;
		}
	}

	private synchronized @Nullable Worker enqueue(Runnable task) {
		if (this.closed) {
			throw new RejectedExecutionException("The pool is closed");
		}
		this.queue.add(task);
		Worker worker = provide();
		if (this.workers.isEmpty()) {
			this.queue.removeLast();
			throw new RejectedExecutionException("The pool cannot start a thread");
		}
		return worker;
	}

	/**
	 * Sees to it that somebody comes for the waiting tasks. No task belongs to anybody
	 * before: whoever is free first takes it, which often is the one that brings it, and
	 * that saves a switch to another thread.
	 * @return the worker to wake
	 */
	private @Nullable Worker provide() {
		if (this.called != null) {
			boolean again = this.unwoken;
			this.unwoken = false;
			return again ? this.called : null;
		}
		Worker worker = this.idle.poll();
		if (worker == null) {
			staff();
			return null;
		}
		this.called = worker;
		return worker;
	}

	synchronized int size() {
		return this.workers.size();
	}

	/**
	 * Sees to it that somebody will take the waiting tasks.
	 */
	private void staff() {
		if (this.workers.size() < this.cores && hire()) {
			return;
		}
		watch();
		if (this.parked == this.workers.size()) {
			grow();
		}
	}

	/**
	 * Adds threads: so many that, as long as they do not block too, each core has work.
	 */
	private boolean grow() {
		int count = Math.min(Math.min(this.queue.size(), this.cores), this.maxSize - this.workers.size());
		int hired = 0;
		while (hired < count && hire()) {
			hired++;
		}
		return hired > 0;
	}

	private boolean hire() {
		try {
			Worker worker = new Worker(++this.started);
			worker.start();
			this.workers.add(worker);
			return true;
		}
		catch (OutOfMemoryError ex) {
			// No more native threads: the monitor tries again as long as tasks wait.
			return false;
		}
	}

	private @Nullable Runnable next(Worker worker) {
		synchronized (this) {
			Runnable task = this.queue.poll();
			if (task != null || this.closed) {
				return task;
			}
			this.idle.push(worker);
		}
		long end = this.clock.nanoTime() + KEEP_ALIVE;
		while (true) {
			LockSupport.parkNanos(this, end - this.clock.nanoTime());
			// A flag that is set would make the next wait return at once.
			Thread.interrupted();
			Runnable task = null;
			Worker another = null;
			synchronized (this) {
				if (this.called == worker) {
					this.called = null;
					task = this.queue.poll();
					if (task == null) {
						this.idle.push(worker);
					}
					else if (!this.queue.isEmpty()) {
						another = provide();
					}
				}
				if (task == null && (this.closed || this.clock.nanoTime() - end >= 0) && this.idle.remove(worker)) {
					return null;
				}
			}
			if (another != null) {
				LockSupport.unpark(another);
			}
			if (task != null) {
				return task;
			}
		}
	}

	/**
	 * A worker ends, by whatever cause: nothing that was handed to it may be lost.
	 */
	private synchronized void left(Worker worker) {
		this.workers.remove(worker);
		this.idle.remove(worker);
		if (this.called == worker) {
			this.called = null;
		}
		if (!this.queue.isEmpty()) {
			staff();
		}
		notifyAll();
	}

	/**
	 * Notes that one more worker waits in the seam.
	 * @return whether a thread was started for that
	 */
	private synchronized boolean parking() {
		this.parked++;
		return this.parked == this.workers.size() && !this.queue.isEmpty() && grow();
	}

	private synchronized void unparked() {
		this.parked--;
	}

	private void watch() {
		if (this.monitor == null) {
			startMonitor();
		}
		else if (!this.watching) {
			notifyAll();
		}
		this.watching = true;
	}

	private void startMonitor() {
		try {
			Thread thread = new Thread(null, this::monitor, "supervision-" + this.kind + "-monitor", 0, false);
			thread.setDaemon(true);
			thread.setContextClassLoader(this.contextClassLoader);
			thread.start();
			this.monitor = thread;
		}
		catch (OutOfMemoryError ex) {
			// The next task that has to wait tries again.
		}
	}

	private void monitor() {
		boolean before = false;
		while (awaitLook()) {
			boolean now = allBlocked();
			if (now && before) {
				String warning = relieve();
				if (warning != null) {
					logger.warn(warning);
				}
			}
			before = now;
		}
	}

	/**
	 * Waits, for ever while no task does.
	 * @return false if the pool has ended
	 */
	private synchronized boolean awaitLook() {
		try {
			while (this.queue.isEmpty() && !isTerminated()) {
				this.watching = false;
				wait();
			}
			long end = this.clock.nanoTime() + TimeUnit.MILLISECONDS
				.toNanos((this.workers.size() < this.maxSize) ? LOOK_MILLIS : LOOK_WHEN_FULL_MILLIS);
			for (long left = end - this.clock.nanoTime(); left > 0
					&& !isTerminated(); left = end - this.clock.nanoTime()) {
				TimeUnit.NANOSECONDS.timedWait(this, left);
			}
		}
		catch (InterruptedException ex) {
			// Nobody has a reason to interrupt this thread, and it goes on.
		}
		return !isTerminated();
	}

	private boolean allBlocked() {
		List<Worker> suspects;
		synchronized (this) {
			if (this.queue.isEmpty()) {
				return false;
			}
			if (this.workers.size() < this.cores) {
				hire();
				return false;
			}
			suspects = new ArrayList<>(this.workers);
			suspects.removeIf((worker) -> worker.parked);
		}
		return suspects.stream().allMatch(GrowingPool::isBlocked);
	}

	private static boolean isBlocked(Thread thread) {
		return switch (thread.getState()) {
			case BLOCKED, WAITING, TIMED_WAITING -> true;
			case RUNNABLE -> isInNativeMethod(thread.getStackTrace());
			case NEW, TERMINATED -> false;
		};
	}

	/**
	 * Where input and output block: for the JVM such a thread is runnable.
	 */
	private static boolean isInNativeMethod(StackTraceElement[] stack) {
		return stack.length > 0 && stack[0].isNativeMethod();
	}

	/**
	 * Grows, for two looks have shown all workers blocked.
	 * @return the warning that is due instead, if the pool is full
	 */
	private @Nullable String relieve() {
		List<Worker> blocked;
		int waiting;
		synchronized (this) {
			waiting = this.queue.size();
			if (waiting == 0 || grow() || this.clock.nanoTime() - this.nextWarning < 0) {
				return null;
			}
			this.nextWarning = this.clock.nanoTime() + WARN_INTERVAL;
			blocked = new ArrayList<>(this.workers);
		}
		return "All " + blocked.size() + " threads of the pool are blocked, its limit is reached, and " + waiting
				+ " tasks wait. Blocked in: " + places(blocked);
	}

	private static String places(List<Worker> workers) {
		Map<String, Integer> places = new HashMap<>();
		for (Worker worker : workers) {
			places.merge(place(worker.getStackTrace()), 1, Integer::sum);
		}
		StringBuilder text = new StringBuilder();
		places.entrySet()
			.stream()
			.sorted(Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
				.thenComparing(Map.Entry.comparingByKey()))
			.limit(PLACES_SHOWN)
			.forEach((place) -> text.append((text.length() > 0) ? "; " : "")
				.append(place.getValue())
				.append(" x ")
				.append(place.getKey()));
		return text.toString();
	}

	private static String place(StackTraceElement[] stack) {
		StringBuilder text = new StringBuilder((stack.length > 0) ? stack[0].toString() : "nothing");
		int shown = 0;
		for (int i = 1; i < stack.length && shown < FRAMES_SHOWN; i++) {
			String name = stack[i].getClassName();
			if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("sun.")) {
				text.append(" < ").append(stack[i]);
				shown++;
			}
		}
		return text.toString();
	}

	/**
	 * Takes no new tasks; the waiting ones are still done.
	 */
	@Override
	public void shutdown() {
		List<Worker> sleepers;
		synchronized (this) {
			this.closed = true;
			sleepers = new ArrayList<>(this.idle);
			notifyAll();
		}
		sleepers.forEach(LockSupport::unpark);
	}

	/**
	 * Takes no new tasks, drops the waiting ones and interrupts the running ones.
	 */
	@Override
	public List<Runnable> shutdownNow() {
		shutdown();
		synchronized (this) {
			List<Runnable> dropped = new ArrayList<>(this.queue);
			this.queue.clear();
			this.workers.forEach(Thread::interrupt);
			return dropped;
		}
	}

	@Override
	public synchronized boolean isShutdown() {
		return this.closed;
	}

	@Override
	public synchronized boolean isTerminated() {
		return this.closed && this.workers.isEmpty();
	}

	@Override
	public synchronized boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
		long end = this.clock.nanoTime() + unit.toNanos(timeout);
		for (long left = end - this.clock.nanoTime(); left > 0 && !isTerminated(); left = end - this.clock.nanoTime()) {
			TimeUnit.NANOSECONDS.timedWait(this, left);
		}
		return isTerminated();
	}

	/**
	 * A thread of the pool.
	 */
	final class Worker extends Thread {

		/** Whether it waits in the seam; for others it is a hint. */
		private volatile boolean parked;

		private Worker(int number) {
			super(null, null, "supervision-" + GrowingPool.this.kind + "-" + number, 0, false);
			setDaemon(true);
			setContextClassLoader(GrowingPool.this.contextClassLoader);
		}

		GrowingPool pool() {
			return GrowingPool.this;
		}

		@Override
		public void run() {
			try {
				for (Runnable task = next(this); task != null; task = next(this)) {
					SystemPlatform.runAlone(task);
				}
			}
			finally {
				left(this);
			}
		}

		/**
		 * Parks this thread, which must be the current one, and lets the pool grow
		 * meanwhile.
		 */
		void park(Object blocker) {
			this.parked = true;
			try {
				// To start a thread may have taken the permit that another has given to
				// this
				// one: then it returns, for its caller to look again, instead of waiting.
				if (!parking()) {
					LockSupport.park(blocker);
				}
			}
			finally {
				unparked();
				this.parked = false;
			}
		}

	}

}

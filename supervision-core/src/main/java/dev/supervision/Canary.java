package dev.supervision;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Sees to it that virtual threads that are started or woken by other than virtual threads
 * get their turns. The scheduler of the JDK looks for them only when the queue of a
 * carrier is empty, and threads that wake each other up without end never leave it empty.
 *
 * <p>
 * While servers work, a thread of its own starts a virtual thread at each tick. If that
 * has not run by the next one, the servers of this platform leave the cores until it has
 * and nobody is left who would, or until a further tick is over. There are several such
 * queues, and it comes through one of them, so they do it now and then in any case.
 */
final class Canary {

	private static final long TICK_NANOS = 10_000_000;

	/**
	 * After so many ticks servers leave the cores whether they seem to have to or not.
	 */
	private static final int TICKS_IN_ANY_CASE = 10;

	/** From one look to the next whether those who leave have left. */
	private static final long LOOK_NANOS = 100_000;

	/**
	 * Servers leave for this part of the time at the most: what keeps the cores busy may
	 * be others.
	 */
	private static final int RESTRAINT = 10;

	private final Clock clock;

	private final ThreadFactory flights;

	private final ThreadFactory watchers;

	private volatile @Nullable Thread watcher;

	private final AtomicBoolean running = new AtomicBoolean();

	/** Whether anybody has asked since the last tick. */
	private volatile boolean working;

	/** Whether the watcher waits for work. */
	private volatile boolean idle;

	/** Odd while servers are to leave the cores. Written by the watcher only. */
	private volatile int clearings;

	private volatile boolean closed;

	private final Queue<Thread> away = new ConcurrentLinkedQueue<>();

	private final AtomicInteger departures = new AtomicInteger();

	/**
	 * Creates a canary that does nothing before somebody asks.
	 * @param flights of virtual threads
	 * @param watchers of threads that do not depend on virtual ones
	 */
	Canary(Clock clock, ThreadFactory flights, ThreadFactory watchers) {
		this.clock = clock;
		this.flights = flights;
		this.watchers = watchers;
	}

	/**
	 * Whether servers are to leave the cores to others. To be asked before each task: who
	 * asks is at work.
	 */
	boolean isOverdue() {
		if (!this.working) {
			this.working = true;
			try {
				wakeWatcher();
			}
			catch (Throwable ex) {
				// no memory, or the end of the stack here: who asks next tries again
				this.working = false;
			}
		}
		return isOdd(this.clearings);
	}

	private static boolean isOdd(int clearings) {
		return (clearings & 1) != 0;
	}

	private void wakeWatcher() {
		if (this.idle) {
			LockSupport.unpark(this.watcher);
		}
		else if (!this.running.get() && !this.closed) {
			Thread thread = this.watchers.newThread(this::run);
			this.watcher = thread;
			thread.start();
		}
	}

	/**
	 * Leaves the core to others if they are overdue, until this is over, and not for what
	 * comes after that. Clears the interrupt of the current thread, and throws nothing.
	 */
	void letOthers() {
		try {
			int clearing = this.clearings;
			if (!isOdd(clearing)) {
				return;
			}
			// in this order: the watcher counts on, and then looks who is away
			this.away.add(Thread.currentThread());
			this.departures.incrementAndGet();
			while (this.clearings == clearing) {
				LockSupport.park(this);
				// which would keep it here
				Thread.interrupted();
			}
		}
		catch (Throwable ex) {
			// no memory: who asked goes on as if nobody waited
			SystemPlatform.logEscaped(ex);
		}
	}

	private void run() {
		if (!this.running.compareAndSet(false, true)) {
			return;
		}
		Watch watch = new Watch();
		while (!this.closed) {
			try {
				watch.tick();
			}
			catch (Throwable ex) {
				// no memory for a thread now: there may be some at the next tick
				SystemPlatform.logEscaped(ex);
				callBack();
				pause(TICK_NANOS);
			}
		}
		callBack();
	}

	private void awaitWork() {
		this.watcher = Thread.currentThread();
		this.idle = true;
		while (!this.working && !this.closed) {
			LockSupport.park(this);
			Thread.interrupted();
		}
		this.idle = false;
	}

	private void pause(long nanos) {
		long end = this.clock.nanoTime() + nanos;
		for (long left = nanos; left > 0 && !this.closed; left = end - this.clock.nanoTime()) {
			LockSupport.parkNanos(this, left);
			Thread.interrupted();
		}
	}

	private void callBack() {
		int clearing = this.clearings;
		if (isOdd(clearing)) {
			this.clearings = clearing + 1;
		}
		for (Thread thread = this.away.poll(); thread != null; thread = this.away.poll()) {
			LockSupport.unpark(thread);
		}
	}

	/**
	 * Ends the watcher; who is away comes back. Does not block.
	 * @return the watcher, which may still have to end
	 */
	@Nullable Thread close() {
		this.closed = true;
		Thread thread = this.watcher;
		LockSupport.unpark(thread);
		return thread;
	}

	/**
	 * What the watcher does, and has to remember.
	 */
	private final class Watch {

		private Flight flight = new Flight();

		private int ticks;

		private long pause = TICK_NANOS;

		private Watch() {
			this.flight.run();
		}

		void tick() {
			awaitWork();
			Canary.this.working = false;
			if (this.flight.isBack) {
				sendOut();
			}
			pause(this.pause);
			this.pause = TICK_NANOS;
			this.ticks++;
			if (!this.flight.isBack) {
				clearCores();
			}
			else if (this.ticks % TICKS_IN_ANY_CASE == 0) {
				sendOut();
				clearCores();
			}
		}

		private void sendOut() {
			Flight next = new Flight();
			Canary.this.flights.newThread(next).start();
			this.flight = next;
		}

		private void clearCores() {
			long begin = Canary.this.clock.nanoTime();
			Canary.this.clearings++;
			int before;
			do {
				before = Canary.this.departures.get();
				pause(LOOK_NANOS);
			}
			while ((!this.flight.isBack || Canary.this.departures.get() != before)
					&& Canary.this.clock.nanoTime() - begin < TICK_NANOS && !Canary.this.closed);
			callBack();
			this.pause = Math.max(TICK_NANOS, RESTRAINT * (Canary.this.clock.nanoTime() - begin));
		}

	}

	/**
	 * What the virtual thread does that is sent out.
	 */
	private static final class Flight implements Runnable {

		private volatile boolean isBack;

		@Override
		public void run() {
			this.isBack = true;
		}

	}

}

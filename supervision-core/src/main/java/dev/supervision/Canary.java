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
 * While servers work, a thread of its own sends a virtual thread out at each tick. If
 * that has not come back at the next one, all servers leave the cores until it has, and
 * until nobody is left who would. There are several such queues, and it comes back
 * through one of them, so they do it now and then in any case.
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

	private final AtomicBoolean started = new AtomicBoolean();

	private volatile @Nullable Thread watcher;

	/** Whether anybody has asked since the last tick. */
	private volatile boolean working;

	/** Whether the watcher waits for work. */
	private volatile boolean idle;

	private volatile boolean overdue;

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
	 * asks is at work. Throws nothing.
	 */
	boolean isOverdue() {
		if (!this.working) {
			this.working = true;
			wakeWatcher();
		}
		return this.overdue;
	}

	/**
	 * Leaves the core to others. Clears the interrupt of the current thread, and throws
	 * nothing.
	 */
	void letOthers() {
		try {
			this.away.add(Thread.currentThread());
			this.departures.incrementAndGet();
			while (this.overdue) {
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

	private void wakeWatcher() {
		if (this.idle) {
			LockSupport.unpark(this.watcher);
		}
		else if (!this.started.get() && this.started.compareAndSet(false, true)) {
			try {
				this.watchers.newThread(this::run).start();
			}
			catch (Throwable ex) {
				// no memory: who asks next tries again
				end();
			}
		}
	}

	private void run() {
		this.watcher = Thread.currentThread();
		try {
			watch();
		}
		finally {
			end();
		}
	}

	private void end() {
		callBack();
		this.watcher = null;
		this.idle = false;
		this.started.set(this.closed);
		this.working = this.closed;
	}

	private void watch() {
		int ticks = 0;
		long pause = TICK_NANOS;
		Flight flight = new Flight(true);
		while (!this.closed) {
			awaitWork();
			this.working = false;
			if (flight.isBack) {
				flight = sendOut();
			}
			pause(pause);
			pause = TICK_NANOS;
			ticks++;
			if (!flight.isBack || ticks % TICKS_IN_ANY_CASE == 0) {
				long begin = this.clock.nanoTime();
				clearCores(flight.isBack ? sendOut() : flight);
				pause = Math.max(pause, RESTRAINT * (this.clock.nanoTime() - begin));
			}
		}
	}

	private void awaitWork() {
		this.idle = true;
		while (!this.working && !this.closed) {
			LockSupport.park(this);
		}
		this.idle = false;
	}

	private void pause(long nanos) {
		long end = this.clock.nanoTime() + nanos;
		for (long left = nanos; left > 0 && !this.closed; left = end - this.clock.nanoTime()) {
			LockSupport.parkNanos(this, left);
		}
	}

	private Flight sendOut() {
		Flight flight = new Flight(false);
		this.flights.newThread(flight).start();
		return flight;
	}

	/**
	 * Until the flight is back and nobody leaves any more, but not for longer than a
	 * tick.
	 */
	private void clearCores(Flight flight) {
		long end = this.clock.nanoTime() + TICK_NANOS;
		this.overdue = true;
		int before;
		do {
			before = this.departures.get();
			pause(LOOK_NANOS);
		}
		while ((!flight.isBack || this.departures.get() != before) && this.clock.nanoTime() - end < 0 && !this.closed);
		callBack();
	}

	private void callBack() {
		this.overdue = false;
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
	 * A virtual thread that is started by another one.
	 */
	private static final class Flight implements Runnable {

		private volatile boolean isBack;

		private Flight(boolean isBack) {
			this.isBack = isBack;
		}

		@Override
		public void run() {
			this.isBack = true;
		}

	}

}

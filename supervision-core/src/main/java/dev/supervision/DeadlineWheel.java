package dev.supervision;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

/**
 * The limits of everything that waits in a node: one hashed wheel with coarse ticks. A
 * limit is never early, and at most one tick late. The wheel looks at each tick while
 * something is added, otherwise when something may be due, and not at all while nothing
 * waits.
 *
 * <p>
 * Most of what waits is answered within a tick. So whoever adds only pushes on a stack
 * (the first one after a quiet time also asks for a look), and removing what the wheel
 * has not looked at costs nothing: at the next tick the wheel drops what is done, and
 * keeps the rest in lists.
 */
final class DeadlineWheel {

	static final long TICK_NANOS = 10_000_000;

	private static final int BUCKETS = 512;

	/** How often a look insists on the next one: each try may have freed memory. */
	private static final int TRIES = 10;

	/** So that no two stacks are in one line of a cache. */
	private static final int STRIDE = 16;

	private final Clock clock;

	private final Scheduler scheduler;

	private final long origin;

	/**
	 * What was added since the last look, newest first. Several, so that callers on
	 * different cores seldom meet.
	 */
	private final AtomicReferenceArray<@Nullable Request> added;

	private final Lists lists = new Lists();

	/** The tick at which the wheel looks next. */
	private volatile long nextLook = Long.MAX_VALUE;

	private Scheduler.@Nullable Cancellable scheduled;

	private boolean closed;

	DeadlineWheel(Platform platform) {
		this.clock = platform.clock();
		this.scheduler = platform.scheduler();
		this.origin = this.clock.nanoTime();
		// the order in which limits expire must not depend on threads where time is
		// simulated
		int stacks = platform.isSimulated() ? 1
				: Integer.highestOneBit(Math.min(16, Runtime.getRuntime().availableProcessors()) * 8);
		this.added = new AtomicReferenceArray<>(stacks * STRIDE);
	}

	/** As {@link #add(Request, long, long)}, from now on. */
	void add(Request request, long limitNanos) {
		add(request, now(), limitNanos);
	}

	/**
	 * @param now when the limit begins, as {@link #now} said
	 * @throws RejectedExecutionException if there would be no look, because the scheduler
	 * refuses it or the wheel is closed
	 */
	void add(Request request, long now, long limitNanos) {
		request.due = now + Math.min(limitNanos, Long.MAX_VALUE / 4);
		int stack = (int) (Thread.currentThread().getId() * STRIDE & this.added.length() - 1);
		Request top;
		do {
			top = this.added.get(stack);
			request.nextDue = top;
		}
		while (!this.added.compareAndSet(stack, top, request));
		long tick = now / TICK_NANOS + 1;
		if (tick < this.nextLook) {
			lookAt(tick);
		}
	}

	/** Nobody waits for the outcome of a request any more. */
	void remove(Request request) {
		request.forget();
		// the look that puts it into a list either sees the outcome, or is seen here
		if (request.listed) {
			this.lists.remove(request);
		}
	}

	/** How many requests have a limit now. */
	int size() {
		return this.lists.size(this.added);
	}

	/** Nanoseconds since this wheel was made. */
	long now() {
		return this.clock.nanoTime() - this.origin;
	}

	private static long tickOf(long due) {
		return (due + TICK_NANOS - 1) / TICK_NANOS;
	}

	private synchronized void lookAt(long tick) {
		if (this.closed) {
			throw new RejectedExecutionException("The node is closed");
		}
		if (tick < this.nextLook) {
			lookNextAt(tick);
		}
	}

	private synchronized void lookNextAt(long tick) {
		if (this.closed) {
			return;
		}
		Scheduler.Cancellable before = this.scheduled;
		// only if this has worked does the wheel rely on it
		this.scheduled = (tick != Long.MAX_VALUE) ? this.scheduler.schedule(tick * TICK_NANOS - now(), this::look)
				: null;
		this.nextLook = tick;
		if (before != null) {
			before.cancel();
		}
	}

	/**
	 * As long as something is added, there is a look at each tick, so that those who add
	 * need not see to it.
	 */
	private void look() {
		long now = now();
		Request expired = this.lists.expire(this.added, now);
		boolean complete = false;
		try {
			lookOn(now / TICK_NANOS + 1);
			complete = true;
		}
		catch (Throwable ex) {
			// first those that wait, then once more
			SystemPlatform.logEscaped(ex);
		}
		tell(expired);
		for (int tries = 0; !complete && tries < TRIES; tries++) {
			complete = lookAgain(now / TICK_NANOS + 1);
		}
	}

	private synchronized void lookOn(long tick) {
		lookNextAt(this.lists.nextTick());
		// who added before that relied on this look
		if (tick < this.nextLook && isAnyAdded()) {
			lookNextAt(tick);
		}
	}

	private boolean lookAgain(long tick) {
		try {
			lookNextAt(tick);
			return true;
		}
		catch (Throwable ex) {
			SystemPlatform.logEscaped(ex);
			// whoever adds next tries, too
			this.nextLook = Long.MAX_VALUE;
			return false;
		}
	}

	/** Sees to it that there will be a look, although the last one could not. */
	void kick() {
		if (this.nextLook == Long.MAX_VALUE && size() > 0) {
			lookAgain(now() / TICK_NANOS + 1);
		}
	}

	/**
	 * For a scheduler that is about to be closed: there will be no look any more, and all
	 * limits are over.
	 */
	void close() {
		synchronized (this) {
			this.closed = true;
			// who has added before can see it is told here, who adds later is refused
			this.nextLook = Long.MAX_VALUE;
		}
		tell(this.lists.expire(this.added, Long.MAX_VALUE / 2));
	}

	private boolean isAnyAdded() {
		for (int stack = 0; stack < this.added.length(); stack += STRIDE) {
			if (this.added.get(stack) != null) {
				return true;
			}
		}
		return false;
	}

	private static void tell(@Nullable Request first) {
		for (Request request = first; request != null;) {
			Request following = request.nextDue;
			request.nextDue = null;
			try {
				request.expire();
			}
			catch (Throwable ex) {
				SystemPlatform.logEscaped(ex);
			}
			request = following;
		}
	}

	/**
	 * A ring of doubly linked lists of what was not answered yet at the first look. All
	 * access is under its monitor.
	 */
	private static final class Lists {

		private final @Nullable Request[] buckets = new @Nullable Request[BUCKETS];

		private int size;

		/** The last tick that was looked at. */
		private long seen;

		/** Whether anything had been added since the look before. */
		private boolean isBusy;

		/** Whose limit is over, chained as they stood, because there may be no memory. */
		private @Nullable Request firstExpired;

		private @Nullable Request lastExpired;

		/** Takes over what was added, and gives back whose limit is over. */
		synchronized @Nullable Request expire(AtomicReferenceArray<@Nullable Request> added, long now) {
			long tick = now / TICK_NANOS;
			this.isBusy = false;
			for (int stack = 0; stack < added.length(); stack += STRIDE) {
				Request request = added.getAndSet(stack, null);
				this.isBusy |= request != null;
				while (request != null) {
					Request older = request.nextDue;
					request.nextDue = null;
					take(request, tick, now);
					request = older;
				}
			}
			for (long next = Math.max(this.seen + 1, tick - BUCKETS + 1); next <= tick && this.size > 0; next++) {
				Request request = this.buckets[(int) (next % BUCKETS)];
				while (request != null) {
					Request following = request.nextDue;
					if (request.due <= now) {
						remove(request);
						addExpired(request);
					}
					request = following;
				}
			}
			this.seen = tick;
			Request first = this.firstExpired;
			this.firstExpired = null;
			this.lastExpired = null;
			return first;
		}

		private void take(Request request, long tick, long now) {
			if (request.due <= now || request.isDone()) {
				addExpired(request);
				return;
			}
			request.bucket = (int) (Math.max(tickOf(request.due), tick + 1) % BUCKETS);
			Request head = this.buckets[request.bucket];
			request.nextDue = head;
			if (head != null) {
				head.previousDue = request;
			}
			this.buckets[request.bucket] = request;
			this.size++;
			request.listed = true;
			if (request.isDone()) {
				remove(request);
				addExpired(request);
			}
		}

		/**
		 * Unless it is over. One that is done may not have been woken: it is told again.
		 */
		private void addExpired(Request request) {
			if (request.isOver()) {
				return;
			}
			Request before = this.lastExpired;
			if (before != null) {
				before.nextDue = request;
			}
			else {
				this.firstExpired = request;
			}
			this.lastExpired = request;
		}

		synchronized void remove(Request request) {
			if (!request.listed) {
				return;
			}
			Request previous = request.previousDue;
			Request next = request.nextDue;
			if (previous != null) {
				previous.nextDue = next;
			}
			else {
				this.buckets[request.bucket] = next;
			}
			if (next != null) {
				next.previousDue = previous;
			}
			request.previousDue = null;
			request.nextDue = null;
			request.listed = false;
			this.size--;
		}

		/** When to look again. */
		synchronized long nextTick() {
			if (this.isBusy) {
				return this.seen + 1;
			}
			if (this.size > 0) {
				for (long next = this.seen + 1; next <= this.seen + BUCKETS; next++) {
					if (this.buckets[(int) (next % BUCKETS)] != null) {
						return next;
					}
				}
			}
			return Long.MAX_VALUE;
		}

		synchronized int size(AtomicReferenceArray<@Nullable Request> added) {
			int count = this.size;
			for (int stack = 0; stack < added.length(); stack += STRIDE) {
				for (Request request = added.get(stack); request != null; request = request.nextDue) {
					count += request.isOver() ? 0 : 1;
				}
			}
			return count;
		}

	}

}

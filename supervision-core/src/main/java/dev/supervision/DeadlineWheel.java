package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * The limits of everything that waits in a node: one hashed wheel with coarse ticks.
 * Adding and removing costs O(1) and no allocation; a limit is never early, and at most
 * one tick late. The wheel sleeps while nothing is due.
 */
final class DeadlineWheel {

	static final long TICK_NANOS = 10_000_000;

	private static final int BUCKETS = 512;

	private final Clock clock;

	private final Scheduler scheduler;

	private final long origin;

	/** Several, so that callers on different cores do not meet at one lock. */
	private final Stripe[] stripes;

	/** Used by one look at a time. */
	private final Expired expired = new Expired();

	/** The tick at which the wheel looks next. */
	private volatile long nextLook = Long.MAX_VALUE;

	private Scheduler.@Nullable Cancellable scheduled;

	DeadlineWheel(Platform platform) {
		this.clock = platform.clock();
		this.scheduler = platform.scheduler();
		this.origin = this.clock.nanoTime();
		// the order in which limits expire must not depend on threads where time is
		// simulated
		int count = platform.isSimulated() ? 1
				: Integer.highestOneBit(Math.min(16, Runtime.getRuntime().availableProcessors()) * 2 - 1);
		this.stripes = new Stripe[count];
		for (int i = 0; i < count; i++) {
			this.stripes[i] = new Stripe();
		}
	}

	void add(Request request, long limitNanos) {
		request.due = this.clock.nanoTime() - this.origin + Math.min(limitNanos, Long.MAX_VALUE / 4);
		long tick = tickOf(request.due);
		Stripe stripe = this.stripes[(int) (Thread.currentThread().getId() & (this.stripes.length - 1))];
		synchronized (stripe) {
			tick = stripe.link(request, tick);
		}
		if (tick < this.nextLook) {
			lookAt(tick);
		}
	}

	void remove(Request request) {
		Stripe stripe = request.stripe;
		if (stripe != null) {
			synchronized (stripe) {
				stripe.unlink(request);
			}
		}
	}

	/** How many requests have a limit now. */
	int size() {
		int size = 0;
		for (Stripe stripe : this.stripes) {
			synchronized (stripe) {
				size += stripe.size;
			}
		}
		return size;
	}

	private static long tickOf(long due) {
		return (due + TICK_NANOS - 1) / TICK_NANOS;
	}

	private synchronized void lookAt(long tick) {
		if (tick < this.nextLook) {
			Scheduler.Cancellable before = this.scheduled;
			long delay = this.origin + tick * TICK_NANOS - this.clock.nanoTime();
			// only if this has worked does the wheel rely on it
			this.scheduled = this.scheduler.schedule(delay, this::look);
			this.nextLook = tick;
			if (before != null) {
				before.cancel();
			}
		}
	}

	private void look() {
		boolean complete = false;
		Request expired;
		long now = this.clock.nanoTime() - this.origin;
		synchronized (this) {
			long tick = now / TICK_NANOS;
			if (this.scheduled != null) {
				// another look may have been asked for since this one was due
				this.scheduled.cancel();
				this.scheduled = null;
			}
			// from here on, whoever adds either sees this or is seen below
			this.nextLook = Long.MAX_VALUE;
			for (Stripe stripe : this.stripes) {
				synchronized (stripe) {
					stripe.expire(tick, now, this.expired);
				}
			}
			expired = this.expired.take();
			long next = Long.MAX_VALUE;
			for (Stripe stripe : this.stripes) {
				synchronized (stripe) {
					next = Math.min(next, stripe.nextTick(tick));
				}
			}
			try {
				if (next != Long.MAX_VALUE) {
					lookAt(next);
				}
				complete = true;
			}
			catch (Throwable ex) {
				// first those that wait, then once more
				SystemPlatform.logEscaped(ex);
			}
		}
		tell(expired);
		if (!complete) {
			lookAt(tickOf(now) + 1);
		}
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
	 * Requests whose limit is over, chained as they stood, because there may be no
	 * memory.
	 */
	private static final class Expired {

		private @Nullable Request first;

		private @Nullable Request last;

		void add(Request request) {
			Request before = this.last;
			if (before != null) {
				before.nextDue = request;
			}
			else {
				this.first = request;
			}
			this.last = request;
		}

		@Nullable Request take() {
			Request taken = this.first;
			this.first = null;
			this.last = null;
			return taken;
		}

	}

	/**
	 * A ring of doubly linked lists; all access is under its monitor.
	 */
	static final class Stripe {

		private final @Nullable Request[] buckets = new @Nullable Request[BUCKETS];

		private int size;

		/** The last tick that was looked at. */
		private long seen;

		/**
		 * Adds a request.
		 * @return the tick at which it will be found: a later one than its own if the
		 * thread was held up on its way here, and its own has passed
		 */
		private long link(Request request, long dueTick) {
			long tick = Math.max(dueTick, this.seen + 1);
			int bucket = (int) (tick % BUCKETS);
			request.bucket = bucket;
			Request head = this.buckets[bucket];
			request.nextDue = head;
			if (head != null) {
				head.previousDue = request;
			}
			this.buckets[bucket] = request;
			request.stripe = this;
			this.size++;
			return tick;
		}

		private void unlink(Request request) {
			if (request.stripe == null) {
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
			request.stripe = null;
			this.size--;
		}

		private void expire(long lastTick, long now, Expired expired) {
			long firstTick = Math.max(this.seen + 1, lastTick - BUCKETS + 1);
			this.seen = lastTick;
			for (long tick = firstTick; tick <= lastTick && this.size > 0; tick++) {
				Request request = this.buckets[(int) (tick % BUCKETS)];
				while (request != null) {
					Request next = request.nextDue;
					if (request.due <= now) {
						unlink(request);
						expired.add(request);
					}
					request = next;
				}
			}
		}

		private long nextTick(long tick) {
			if (this.size > 0) {
				for (long next = tick + 1; next <= tick + BUCKETS; next++) {
					if (this.buckets[(int) (next % BUCKETS)] != null) {
						return next;
					}
				}
			}
			return Long.MAX_VALUE;
		}

	}

}

package dev.supervision;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.slf4j.LoggerFactory;

/**
 * The way of events to the listener: a bounded queue and one drainer, which holds a
 * thread only while there is something to tell. Who emits never waits.
 */
final class Events implements Runnable {

	static final int CAPACITY = 8192;

	private final SupervisionListener listener;

	private final Executor executor;

	private final Counters counters;

	private final ConcurrentLinkedQueue<SupervisionEvent> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	/** Whether somebody has seen to a drainer. */
	private final AtomicBoolean draining = new AtomicBoolean();

	private final AtomicBoolean running = new AtomicBoolean();

	private final ConcurrentLinkedQueue<Runnable> whenEmpty = new ConcurrentLinkedQueue<>();

	Events(SupervisionListener listener, Executor executor, Counters counters) {
		this.listener = listener;
		this.executor = executor;
		this.counters = counters;
	}

	void emit(SupervisionEvent event) {
		if (this.size.incrementAndGet() > CAPACITY) {
			this.size.decrementAndGet();
			this.counters.eventsDropped.increment();
			return;
		}
		try {
			this.queue.add(event);
		}
		catch (OutOfMemoryError ex) {
			this.size.decrementAndGet();
			this.counters.eventsDropped.increment();
			return;
		}
		if (!this.draining.get() && this.draining.compareAndSet(false, true)) {
			startDrainer();
		}
	}

	private void startDrainer() {
		try {
			this.executor.execute(this);
		}
		catch (Throwable ex) {
			// no thread now: the event waits for the next one that finds some
			this.draining.set(false);
		}
	}

	boolean isEmpty() {
		return this.size.get() == 0 && !this.draining.get();
	}

	/**
	 * Runs something as soon as all that was emitted has been told: on the drainer's
	 * thread, or here.
	 */
	void whenEmpty(Runnable then) {
		this.whenEmpty.add(then);
		tellIfEmpty();
	}

	/** Whoever adds looks after that, and so does who drains: one of them sees both. */
	private void tellIfEmpty() {
		Runnable then;
		while (isEmpty() && (then = this.whenEmpty.poll()) != null) {
			then.run();
		}
	}

	/** Once too often does no harm. */
	void kick() {
		if (!this.queue.isEmpty()) {
			this.draining.set(true);
			startDrainer();
		}
	}

	@Override
	public void run() {
		do {
			if (!this.running.compareAndSet(false, true)) {
				// that one looks again before it is over
				return;
			}
			try {
				drainAll();
			}
			finally {
				this.running.set(false);
			}
		}
		while (!this.queue.isEmpty());
	}

	private void drainAll() {
		do {
			drain();
			this.draining.set(false);
			// whoever emitted before that relied on this drainer
		}
		while (!this.queue.isEmpty() && this.draining.compareAndSet(false, true));
		tellIfEmpty();
	}

	private void drain() {
		SupervisionEvent event;
		while ((event = this.queue.poll()) != null) {
			try {
				this.listener.onEvent(event);
			}
			catch (Throwable thrown) {
				this.counters.listenerFailures.increment();
				logFirst(thrown);
			}
			this.size.decrementAndGet();
		}
	}

	private void logFirst(Throwable thrown) {
		if (this.counters.listenerFailures.sum() == 1) {
			try {
				LoggerFactory.getLogger("supervision.listener")
					.error("The listener threw, which is counted and logged this once: {}",
							CrashRenderer.summary(thrown, true));
			}
			catch (Throwable logging) {
				this.counters.listenerFailures.increment();
			}
		}
	}

}

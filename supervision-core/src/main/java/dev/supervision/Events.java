package dev.supervision;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The way of events to the listener: a bounded queue and one drainer, which holds a
 * thread only while there is something to tell. After that it waits for a moment before
 * it looks again, and is not woken meanwhile: to wake a thread for each event would cost
 * those who emit more than all the rest. Who emits never waits.
 */
final class Events implements Runnable {

	static final int CAPACITY = 8192;

	static final long PAUSE_NANOS = 1_000_000;

	private final SupervisionListener listener;

	private final Executor executor;

	private final Counters counters;

	/** {@code null} if there are to be no pauses. */
	private final @Nullable Scheduler pauses;

	private final ConcurrentLinkedQueue<SupervisionEvent> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger size = new AtomicInteger();

	/** Whether somebody has seen to a drainer. */
	private final AtomicBoolean draining = new AtomicBoolean();

	private final AtomicBoolean running = new AtomicBoolean();

	private final ConcurrentLinkedQueue<Runnable> whenEmpty = new ConcurrentLinkedQueue<>();

	Events(SupervisionListener listener, Executor executor, Counters counters, @Nullable Scheduler pauses) {
		this.listener = listener;
		this.executor = executor;
		this.counters = counters;
		this.pauses = pauses;
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

	/** Whether all that was emitted has been told. */
	boolean isEmpty() {
		return this.size.get() == 0;
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
		if (!this.running.compareAndSet(false, true)) {
			// that one looks again before it lets go
			return;
		}
		boolean pauses = false;
		try {
			pauses = drain() && pause();
		}
		finally {
			this.running.set(false);
			tellIfEmpty();
			if (!pauses) {
				letGo();
			}
		}
	}

	private boolean pause() {
		try {
			if (this.pauses != null) {
				this.pauses.schedule(PAUSE_NANOS, this::startDrainer);
				return true;
			}
		}
		catch (Throwable ex) {
			// no memory for a timer, or closed
		}
		return false;
	}

	/** Whoever emitted before that relied on this drainer. */
	private void letGo() {
		this.draining.set(false);
		if (!this.queue.isEmpty() && this.draining.compareAndSet(false, true)) {
			startDrainer();
		}
	}

	/**
	 * Tells what there is.
	 * @return whether there was anything
	 */
	private boolean drain() {
		boolean any = false;
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
			any = true;
		}
		return any;
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

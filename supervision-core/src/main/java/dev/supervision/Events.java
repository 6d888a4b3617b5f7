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

	/** Nearly: it bounds the queue, no more. */
	private final AtomicInteger size = new AtomicInteger();

	/** Whether somebody has seen to a drainer. */
	private final AtomicBoolean draining = new AtomicBoolean();

	private final AtomicBoolean running = new AtomicBoolean();

	/** The pause that was begun last; of whoever is running. */
	private Scheduler.@Nullable Cancellable pending;

	private final ConcurrentLinkedQueue<Runnable> whenEmpty = new ConcurrentLinkedQueue<>();

	Events(SupervisionListener listener, Executor executor, Counters counters, @Nullable Scheduler pauses) {
		this.listener = listener;
		this.executor = executor;
		this.counters = counters;
		this.pauses = pauses;
	}

	void emit(SupervisionEvent event) {
		if (this.size.get() >= CAPACITY) {
			this.counters.eventsDropped.increment();
			return;
		}
		try {
			this.queue.add(event);
		}
		catch (OutOfMemoryError ex) {
			this.counters.eventsDropped.increment();
			return;
		}
		// the drainer may be pausing, and there is less and less room
		boolean fills = this.size.incrementAndGet() == CAPACITY / 2;
		if (fills || !this.draining.get() && this.draining.compareAndSet(false, true)) {
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
		// in this order: what is not in the queue any more is being told
		return this.queue.isEmpty() && !this.running.get();
	}

	/**
	 * Runs something when all that was emitted has been told, on the drainer's thread or
	 * here. If others emit meanwhile it may be too early: look again.
	 */
	void whenEmpty(Runnable then) {
		this.whenEmpty.add(then);
		tellIfEmpty();
	}

	void forget(Runnable then) {
		this.whenEmpty.remove(then);
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
			endPause();
			pauses = drain() && pause();
		}
		finally {
			this.running.set(false);
			if (!pauses) {
				letGo();
			}
			tellIfEmpty();
		}
	}

	/** Who comes earlier than the timer takes its place. */
	private void endPause() {
		Scheduler.Cancellable pause = this.pending;
		if (pause != null) {
			this.pending = null;
			pause.cancel();
		}
	}

	private boolean pause() {
		try {
			if (this.pauses != null) {
				this.pending = this.pauses.schedule(PAUSE_NANOS, this::startDrainer);
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

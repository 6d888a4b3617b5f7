package dev.supervision;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A clock for threads that look at it again and again. It goes on when a test says so.
 */
final class ManualClock implements Clock {

	/** Less than anybody waits, so that a test sees everything that happens. */
	private static final long STEP_NANOS = 20_000;

	private final AtomicLong now = new AtomicLong();

	@Override
	public long nanoTime() {
		return this.now.get();
	}

	@Override
	public Instant instant() {
		return Instant.ofEpochSecond(0, this.now.get());
	}

	void advance(long nanos) {
		this.now.addAndGet(nanos);
	}

	/** Goes on about as fast as the time that those who look need to. */
	void advanceUntil(BooleanSupplier condition) {
		await(() -> {
			advance(STEP_NANOS);
			return condition.getAsBoolean();
		});
	}

	/** Stands still until something has happened. */
	static void await(BooleanSupplier condition) {
		while (!condition.getAsBoolean()) {
			LockSupport.parkNanos(STEP_NANOS);
			if (Thread.interrupted()) {
				throw new IllegalStateException("interrupted");
			}
		}
	}

}

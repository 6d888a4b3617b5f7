package dev.supervision;

import java.time.Instant;

/**
 * The time, as the runtime sees it.
 */
public interface Clock {

	/**
	 * Monotonic time in nanoseconds from an arbitrary origin. All decisions use this one.
	 */
	long nanoTime();

	/**
	 * The wall clock, for what a person reads.
	 */
	Instant instant();

}

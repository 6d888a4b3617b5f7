package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * Checks of specifications, in one form: what was wrong, its value, what is allowed.
 */
final class Specs {

	private static final java.time.Duration LONGEST = java.time.Duration.ofDays(36500);

	private Specs() {
	}

	static void require(boolean valid, String what, @Nullable Object value, String allowed) {
		if (!valid) {
			throw new InvalidSpecException(what, value, allowed);
		}
	}

	/** Nanoseconds, capped so that they can be added to a clock. */
	static long nanos(java.time.Duration duration) {
		return (duration.compareTo(LONGEST) < 0) ? duration.toNanos() : LONGEST.toNanos();
	}

}

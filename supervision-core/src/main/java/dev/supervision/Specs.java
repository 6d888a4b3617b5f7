package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * Checks of specifications, in one form: what was wrong, its value, what is allowed.
 */
final class Specs {

	private static final java.time.Duration LONGEST = java.time.Duration.ofDays(36500);

	private static final String ID = "a text that is not blank, without slashes and control characters";

	private Specs() {
	}

	static void require(boolean valid, String what, @Nullable Object value, String allowed) {
		if (!valid) {
			throw new InvalidSpecException(what, value, allowed);
		}
	}

	/** For callers whose compiler does not check for null. */
	static void notNull(String what, @Nullable Object value, String allowed) {
		require(value != null, what, null, allowed);
	}

	/** An id: part of paths, and of one line of a log. */
	static String id(String what, String id) {
		notNull(what, id, ID);
		require(!id.isBlank() && id.indexOf('/') < 0 && id.chars().noneMatch(Character::isISOControl), what, id, ID);
		return id;
	}

	/** Nanoseconds, capped so that they can be added to a clock. */
	static long nanos(java.time.Duration duration) {
		return (duration.compareTo(LONGEST) < 0) ? duration.toNanos() : LONGEST.toNanos();
	}

}

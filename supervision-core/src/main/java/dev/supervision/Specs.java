package dev.supervision;

import java.util.Arrays;
import java.util.List;

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

	/** The elements of a list in a specification. */
	static <T> List<T> list(String what, List<T> elements) {
		for (Object element : elements) {
			notNull(what, element, "values that are not null");
		}
		return List.copyOf(elements);
	}

	/** The arguments of a start. */
	static List<Object> arguments(Object... arguments) {
		return list("arguments", Arrays.asList(arguments));
	}

	/** Nanoseconds, capped so that they can be added to a clock. */
	static long nanos(java.time.Duration duration) {
		return (duration.compareTo(LONGEST) < 0) ? duration.toNanos() : LONGEST.toNanos();
	}

}

package dev.supervision.spring.actuate;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.supervision.spring.Words;

/**
 * Reads parameters of a request; what cannot be read is refused with 400.
 */
final class Parameters {

	static final int DEFAULT_LIMIT = 100;

	static final int MAX_LIMIT = 1000;

	private Parameters() {
	}

	/** The size of a page, not beyond what is allowed. */
	static int limit(@Nullable String text) {
		return (int) Math.max(1, Math.min(MAX_LIMIT, number("limit", text, DEFAULT_LIMIT)));
	}

	static long number(String name, @Nullable String text, long otherwise) {
		if (text == null || text.isBlank()) {
			return otherwise;
		}
		try {
			return Long.parseLong(text.trim());
		}
		catch (NumberFormatException ex) {
			throw Refusal.badRequest("'" + name + "' is not a whole number");
		}
	}

	static boolean flag(String name, @Nullable String text) {
		if (text == null || text.isBlank() || text.equalsIgnoreCase("false")) {
			return false;
		}
		if (text.equalsIgnoreCase("true")) {
			return true;
		}
		throw Refusal.badRequest("'" + name + "' is neither true nor false", "true", "false");
	}

	static @Nullable Instant instant(String name, @Nullable String text) {
		if (text == null || text.isBlank()) {
			return null;
		}
		try {
			return Instant.parse(text.trim());
		}
		catch (DateTimeException ex) {
			throw Refusal.badRequest("'" + name + "' is not an instant such as 2026-01-31T12:00:00Z");
		}
	}

	/** A constant by its word, such as {@code one-for-one}. */
	static <E extends Enum<E>> @Nullable E word(String name, @Nullable String text, Class<E> type) {
		if (text == null || text.isBlank()) {
			return null;
		}
		List<E> constants = Arrays.asList(type.getEnumConstants());
		String wanted = text.trim().toLowerCase(Locale.ROOT);
		return constants.stream()
			.filter(constant -> Words.of(constant).equals(wanted))
			.findFirst()
			.orElseThrow(() -> Refusal.badRequest("'" + name + "' is not allowed",
					constants.stream().map(constant -> Words.of(constant)).toList()));
	}

	static @Nullable String text(@Nullable String text) {
		return (text == null || text.isBlank()) ? null : text;
	}

}

package dev.supervision.spring;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import dev.supervision.Shutdown;

import org.springframework.boot.convert.DurationStyle;

/**
 * Texts of the configuration that mean a duration, or something else instead.
 */
final class Durations {

	/** How long a worker may take to stop if nobody says otherwise. */
	static final String DEFAULT_SHUTDOWN = "5s";

	private Durations() {
	}

	/**
	 * How a child is stopped.
	 * @throws IllegalArgumentException if the text is neither a duration nor a word
	 */
	static Shutdown shutdown(String text) {
		return switch (text.trim().toLowerCase(Locale.ROOT).replace('_', '-')) {
			case "brutal-kill" -> Shutdown.BRUTAL_KILL;
			case "infinity" -> Shutdown.INFINITY;
			default -> Shutdown.within(duration(text));
		};
	}

	private static Duration duration(String text) {
		try {
			return DurationStyle.detectAndParse(text.trim(), ChronoUnit.SECONDS);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"'" + text + "' is neither a duration, such as 10s, nor brutal-kill, nor infinity", ex);
		}
	}

}

package dev.supervision.spring.actuate;

import org.jspecify.annotations.Nullable;

import dev.supervision.ExitReason;

/**
 * Why a process ended: what may be read by everybody who reads, apart from what is a
 * value.
 *
 * @param reason words and names of classes only
 * @param message the message of the exception, or what else the reason carries; a value
 */
record ReasonText(String reason, @Nullable String message) {

	private static final int MAX = 600;

	static ReasonText of(ExitReason reason, boolean values) {
		if (reason instanceof ExitReason.Failure failure) {
			String message = failure.message();
			return new ReasonText(SafeText.cap(failure.exceptionClass(), MAX),
					(values && message != null) ? SafeText.cap(message, MAX) : null);
		}
		if (reason instanceof ExitReason.Term term) {
			return value("", term.value(), values, "");
		}
		if (reason instanceof ExitReason.Shutdown shutdown) {
			Object detail = shutdown.detail();
			if (detail instanceof ExitReason.GaveUp gaveUp) {
				return of(gaveUp.last(), values).within("{shutdown, gave up on " + gaveUp.childId() + ": ");
			}
			if (detail instanceof ExitReason.FailedToStart failed) {
				return of(failed.reason(), values)
					.within("{shutdown, failed to start child " + failed.childId() + ": ");
			}
			return (detail != null) ? value("{shutdown, ", detail, values, "}") : new ReasonText("shutdown", null);
		}
		return new ReasonText(reason.toString(), null);
	}

	private static ReasonText value(String before, Object value, boolean values, String after) {
		// the core's rendering survives a hostile toString
		return new ReasonText(before + value.getClass().getName() + after,
				values ? ExitReason.of(value).toString() : null);
	}

	private ReasonText within(String before) {
		return new ReasonText(SafeText.cap(before + this.reason + "}", MAX), this.message);
	}

}

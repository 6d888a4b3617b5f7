package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * What those learn who wait for an answer of a process that has ended.
 *
 * @param reason why it ended
 * @param cause what was thrown, if anything was
 */
record Ended(ExitReason reason, @Nullable Throwable cause) {

	/** Where there is no memory for another. */
	private static final Ended WITHOUT_DETAILS = new Ended(ExitReason.of("out of memory"), null);

	static Ended of(ExitReason reason, @Nullable Throwable cause) {
		try {
			return new Ended(reason, cause);
		}
		catch (OutOfMemoryError ex) {
			return WITHOUT_DETAILS;
		}
	}

}

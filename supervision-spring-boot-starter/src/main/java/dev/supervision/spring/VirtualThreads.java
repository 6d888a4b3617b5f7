package dev.supervision.spring;

/**
 * Whether this Java has virtual threads, and what to say where it has not.
 */
final class VirtualThreads {

	private static final int FIRST_RELEASE = 21;

	private VirtualThreads() {
	}

	static boolean areAvailable() {
		return Runtime.version().feature() >= FIRST_RELEASE;
	}

	/** The end of a sentence about something that asks for them. */
	static String missing() {
		return "which needs virtual threads; they come with Java " + FIRST_RELEASE + ", and this is Java "
				+ Runtime.version().feature();
	}

}

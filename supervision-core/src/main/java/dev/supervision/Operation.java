package dev.supervision;

/**
 * What is asked of a process without a message of a user's, for errors.
 */
enum Operation {

	/** To end. */
	STOP("stop"),

	/** To be linked. */
	LINK("link"),

	/** To be looked into, or steered. */
	SYS("sys request"),

	/** To be there. */
	AWAIT_STARTED("awaitStarted");

	private final String word;

	Operation(String word) {
		this.word = word;
	}

	/** How an error speaks of a request. */
	static String describe(Object request) {
		return (request instanceof Operation operation) ? operation.word
				: "request " + CrashRenderer.className(request);
	}

}

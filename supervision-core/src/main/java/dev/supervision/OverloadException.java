package dev.supervision;

/**
 * The mailbox of the server is full; the message was not taken.
 */
public final class OverloadException extends CallException {

	private static final long serialVersionUID = 1L;

	OverloadException(Object target, int capacity) {
		super("The mailbox of " + target + " is full (" + capacity + " messages); the message was not taken",
				ExitReason.of("overload"), null);
	}

}

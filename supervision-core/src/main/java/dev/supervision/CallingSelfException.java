package dev.supervision;

/**
 * A server called itself, or a starting child called its supervisor: both would wait for
 * ever.
 */
public final class CallingSelfException extends CallException {

	private static final long serialVersionUID = 1L;

	CallingSelfException(Object target) {
		super("calling_self: " + target
				+ " would wait for itself: it is called by itself, or by a child whose init it is waiting for; call the method directly, cast, or continue after init",
				ExitReason.of("calling_self"), null);
	}

}

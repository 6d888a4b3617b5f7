package dev.supervision;

/**
 * The server answered with {@link From#fail}; the cause is what it gave. The server lives
 * on.
 */
public final class CallFailedException extends CallException {

	private static final long serialVersionUID = 1L;

	CallFailedException(Object target, Throwable cause) {
		super(target + " answered with a failure: " + CrashRenderer.summary(cause, true), ExitReason.of("failed"),
				cause);
	}

}

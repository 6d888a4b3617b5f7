package dev.supervision;

/**
 * Thrown out of a callback, ends the process with exactly the given reason (OTP:
 * {@code exit/1}).
 */
public final class ExitException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient ExitReason reason;

	public ExitException(ExitReason reason) {
		super(reason.toString());
		this.reason = reason;
	}

	/**
	 * The reason with which the process ends.
	 */
	public ExitReason reason() {
		return this.reason;
	}

}

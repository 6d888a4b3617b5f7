package dev.supervision;

/**
 * The calling thread was interrupted while it waited; its interrupt flag is set.
 */
public final class CallInterruptedException extends CallException {

	private static final long serialVersionUID = 1L;

	CallInterruptedException(Object target) {
		super("Interrupted while waiting for " + target, ExitReason.of("interrupted"), null);
	}

}

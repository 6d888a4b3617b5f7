package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * The server is not there: it has ended, or nobody is registered under that name.
 */
public final class NoProcessException extends CallException {

	private static final long serialVersionUID = 1L;

	NoProcessException(Object target, @Nullable Object request) {
		super("No process: " + target + ((request != null) ? " (" + Operation.describe(request) + ")" : "")
				+ ". It has ended, is being restarted, or was never started.", ExitReason.NO_PROCESS, null);
	}

}

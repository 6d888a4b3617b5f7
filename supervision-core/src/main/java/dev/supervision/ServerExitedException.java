package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * The server ended before it answered; {@link #reason()} says why, and the cause is what
 * it threw, if it threw.
 */
public final class ServerExitedException extends CallException {

	private static final long serialVersionUID = 1L;

	ServerExitedException(Object target, ExitReason reason, @Nullable Throwable cause) {
		super(target + " ended before it answered: " + reason, reason, cause);
	}

}

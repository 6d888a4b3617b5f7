package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * No answer came within the limit. The server may still handle the request; its answer
 * vanishes.
 */
public final class CallTimeoutException extends CallException {

	private static final long serialVersionUID = 1L;

	CallTimeoutException(Object target, @Nullable Object request, java.time.Duration limit) {
		super("No answer from " + target + " within " + limit
				+ ((request != null) ? " (" + Operation.describe(request) + ")" : ""), ExitReason.TIMEOUT, null);
	}

}

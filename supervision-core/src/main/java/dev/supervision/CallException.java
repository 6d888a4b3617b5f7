package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * A call, cast or stop had no answer; the kinds are the subclasses. Let out of a
 * callback, it crashes the calling server, as in OTP; only if the other server was shut
 * down, the caller ends with a shutdown, too.
 */
public abstract sealed class CallException extends RuntimeException
		permits NoProcessException, CallTimeoutException, CallingSelfException, ServerExitedException,
		CallFailedException, OverloadException, CallInterruptedException, FencedException {

	private static final long serialVersionUID = 1L;

	private final transient ExitReason reason;

	CallException(String message, ExitReason reason, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
	}

	/**
	 * The reason in OTP's terms, such as {@code noproc} or that of the server that ended.
	 */
	public ExitReason reason() {
		return this.reason;
	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * The behaviour of a server: callbacks that one process runs one at a time (OTP:
 * {@code gen_server}). Every throwable that a callback lets out ends the process.
 *
 * <p>
 * All callbacks run on the process's own activation, never two at once; they may block.
 *
 * @param <S> the state
 * @param <M> the messages: usually a sealed interface of records, in which a message that
 * wants an answer carries its {@link From}
 */
public interface GenServer<S extends @Nullable Object, M> {

	/**
	 * Makes the first state. The starter waits for it, at most the start limit.
	 */
	Init<S> init(ServerContext<M> self) throws Exception;

	/**
	 * Handles one call or cast.
	 */
	Next<S> handle(M message, S state, ServerContext<M> self) throws Exception;

	/**
	 * Handles what is not of the protocol. By default an untyped call or cast crashes the
	 * server, and anything else is logged.
	 */
	default Next<S> handleInfo(Info info, S state, ServerContext<M> self) throws Exception {
		return Callbacks.unhandled(info, state, self);
	}

	/**
	 * Runs right after the callback that asked for it, before anything that waits in the
	 * mailbox.
	 */
	default Next<S> handleContinue(Object continuation, S state, ServerContext<M> self) throws Exception {
		throw new UnsupportedOperationException(
				"handleContinue is not implemented, and was asked for with " + continuation.getClass().getName());
	}

	/**
	 * Runs when the server stops, crashes or is told to stop by its supervisor; not when
	 * it is killed, and not when it does not trap exits and somebody else's signal ends
	 * it.
	 * @param reason why it ends
	 */
	default void terminate(ExitReason reason, S state, ServerContext<M> self) throws Exception {
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * An address of a server, by pid or by name. By name it is resolved at each use, so it
 * outlives restarts (OTP: server reference).
 *
 * <p>
 * A call blocks the calling thread until the answer is there, the server has ended, or
 * the limit is over, which is 5 s by default. It throws a {@link CallException}: which
 * one says what happened.
 *
 * @param <M> the messages of the server
 */
public interface ServerRef<M> {

	/** How long a call waits by default. */
	Duration DEFAULT_CALL_LIMIT = Duration.ofSeconds(5);

	/**
	 * Sends a request and waits for its answer.
	 * @param request makes the message from the address of the answer
	 */
	default <R extends @Nullable Object> R call(Function<From<R>, ? extends M> request) {
		return call(request, DEFAULT_CALL_LIMIT);
	}

	/**
	 * As {@link #call(Function)}, with a limit; zero or more.
	 */
	<R extends @Nullable Object> R call(Function<From<R>, ? extends M> request, Duration limit);

	/**
	 * As {@link #call(Function)}, with the type of the answer written out, for
	 * {@code var} and chained calls, where javac cannot infer it.
	 */
	default <R> R call(Class<R> reply, Function<From<R>, ? extends M> request) {
		return call(request, DEFAULT_CALL_LIMIT);
	}

	/**
	 * As {@link #call(Class, Function)}, with a limit; zero or more.
	 */
	default <R> R call(Class<R> reply, Function<From<R>, ? extends M> request, Duration limit) {
		return call(request, limit);
	}

	/**
	 * Sends a request and does not wait (OTP: send_request). The future fails with a
	 * {@link CallException} as a call would; there is no limit but the life of the
	 * server.
	 */
	<R extends @Nullable Object> CompletableFuture<R> callAsync(Function<From<R>, ? extends M> request);

	/**
	 * Sends a message that nobody waits for. Does not block. A message to a server that
	 * is not there is dropped and counted.
	 * @throws OverloadException if the mailbox is full and its limit says reject
	 */
	void cast(M message);

	/**
	 * Stops the server with the reason {@code normal} and waits for its end, without
	 * limit.
	 */
	default void stop() {
		stop(ExitReason.NORMAL, null);
	}

	/**
	 * Stops the server and waits for its end, and within the limit until nothing of it
	 * runs any more. Queued messages are handled first; {@code terminate} runs.
	 * @param limit how long to wait; {@code null} means without limit
	 * @throws ServerExitedException if it ended with another reason
	 * @throws CallTimeoutException if it did not end in time; the order stands
	 */
	void stop(ExitReason reason, @Nullable Duration limit);

	/** The incarnation that this refers to now, if there is one. */
	java.util.Optional<Pid> pid();

}

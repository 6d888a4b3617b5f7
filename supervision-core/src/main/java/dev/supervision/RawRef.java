package dev.supervision;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * An untyped address of a server. What is sent arrives as {@link Info.Call} or
 * {@link Info.Cast}; a server that does not take it crashes.
 */
public interface RawRef {

	/**
	 * Sends a request and waits for its answer, at most 5 s. Throws as
	 * {@link ServerRef#call}.
	 */
	default @Nullable Object call(Object request) {
		return call(request, ServerRef.DEFAULT_CALL_LIMIT);
	}

	/**
	 * As {@link #call(Object)}, with a limit.
	 */
	@Nullable Object call(Object request, Duration limit);

	/**
	 * Sends a message that nobody waits for. Does not block. A message to a server that
	 * is not there is dropped and counted.
	 * @throws OverloadException if the mailbox is full and its limit says reject
	 */
	void cast(Object message);

	/** The incarnation that this refers to now, if there is one. */
	Optional<Pid> pid();

}

package dev.supervision;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What a callback answers: how the server goes on (OTP: {@code {noreply, ..}},
 * {@code {stop, ..}} with their options). Immutable.
 *
 * @param <S> the state
 */
public final class Next<S extends @Nullable Object> {

	final S state;

	/** Why the server stops; {@code null} if it does not. */
	final @Nullable ExitReason stop;

	final @Nullable Object continuation;

	final @Nullable EventTimeout timeout;

	final @Nullable StopReply stopReply;

	private Next(S state, @Nullable ExitReason stop, @Nullable Object continuation, @Nullable EventTimeout timeout,
			@Nullable StopReply stopReply) {
		this.state = state;
		this.stop = stop;
		this.continuation = continuation;
		this.timeout = timeout;
		this.stopReply = stopReply;
	}

	/**
	 * Goes on with this state.
	 */
	public static <S extends @Nullable Object> Next<S> with(S state) {
		return new Next<>(state, null, null, null, null);
	}

	/**
	 * Stops: {@code terminate} runs, then the process exits with this reason.
	 */
	public static <S extends @Nullable Object> Next<S> stop(ExitReason reason, S state) {
		return new Next<>(state, reason, null, null, null);
	}

	/**
	 * Calls {@link GenServer#handleContinue} before anything that waits in the mailbox. A
	 * timeout is then the business of what that returns; one that is set here is not
	 * started.
	 */
	public Next<S> thenContinue(Object continuation) {
		return new Next<>(this.state, this.stop, continuation, this.timeout, this.stopReply);
	}

	/**
	 * Delivers {@link Info.Timeout} if no message arrives within the limit; zero means as
	 * soon as the mailbox is empty (OTP: the integer timeout).
	 */
	public Next<S> timeout(Duration limit) {
		return withTimeout(limit, null);
	}

	/**
	 * Delivers {@link Info.Timeout} with the given name if no message arrives within the
	 * limit; zero means at once, before anything that waits in the mailbox (OTP 28:
	 * {@code {timeout, Time, Message}}).
	 */
	public Next<S> timeout(Duration limit, Object name) {
		return withTimeout(limit, name);
	}

	private Next<S> withTimeout(Duration limit, @Nullable Object name) {
		Specs.require(!limit.isNegative(), "timeout", limit, "a duration of 0 or more");
		return new Next<>(this.state, this.stop, this.continuation, new EventTimeout(limit, name), this.stopReply);
	}

	/**
	 * Answers a caller after {@code terminate} has run, even if that fails (OTP:
	 * {@code {stop, Reason, Reply, State}}). Only together with {@link #stop}; any other
	 * answer goes out with {@link From#reply} directly.
	 * @throws IllegalStateException if this does not stop the server
	 */
	public <R extends @Nullable Object> Next<S> reply(From<R> from, R reply) {
		if (this.stop == null) {
			throw new IllegalStateException(
					"Next.reply goes with Next.stop only: while the server goes on, answer with From.reply");
		}
		return new Next<>(this.state, this.stop, this.continuation, this.timeout,
				new StopReply(() -> from.reply(reply)));
	}

	@Override
	public String toString() {
		return (this.stop != null) ? "stop(" + this.stop + ")" : "next";
	}

	record EventTimeout(Duration limit, @Nullable Object name) {
	}

	record StopReply(Runnable send) {
	}

}

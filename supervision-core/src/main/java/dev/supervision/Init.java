package dev.supervision;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * What {@link GenServer#init} answers (OTP: {@code {ok, State}}, {@code ignore},
 * {@code {stop, Reason}}, {@code {error, Reason}}).
 *
 * @param <S> the state
 */
public sealed interface Init<S extends @Nullable Object> {

	/**
	 * The server runs with this state.
	 */
	static <S extends @Nullable Object> Started<S> ok(S state) {
		return new Started<>(Next.with(state), null);
	}

	/**
	 * The server is not wanted now: no process, no error.
	 */
	static <S extends @Nullable Object> Init<S> ignore() {
		return new Ignore<>();
	}

	/**
	 * The start fails with this reason, and the process exits with it.
	 */
	static <S extends @Nullable Object> Init<S> stop(ExitReason reason) {
		return new Stop<>(reason, reason);
	}

	/**
	 * The start fails with this reason, and the process exits normally: nothing is
	 * reported as a crash.
	 */
	static <S extends @Nullable Object> Init<S> error(ExitReason reason) {
		return new Stop<>(reason, ExitReason.NORMAL);
	}

	/**
	 * The server runs.
	 *
	 * @param info handed to whoever starts the child by hand (OTP: {@code {ok, Pid,
	 * Info}})
	 */
	record Started<S extends @Nullable Object>(Next<S> next, @Nullable Object info) implements Init<S> {

		/**
		 * Then calls {@link GenServer#handleContinue} before anything else.
		 */
		public Started<S> thenContinue(Object continuation) {
			return new Started<>(this.next.thenContinue(continuation), this.info);
		}

		/**
		 * As {@link Next#timeout(Duration)}.
		 */
		public Started<S> timeout(Duration limit) {
			return new Started<>(this.next.timeout(limit), this.info);
		}

		/**
		 * As {@link Next#timeout(Duration, Object)}.
		 */
		public Started<S> timeout(Duration limit, Object name) {
			return new Started<>(this.next.timeout(limit, name), this.info);
		}

		/**
		 * Hands some information to whoever starts the child by hand.
		 */
		public Started<S> info(Object info) {
			return new Started<>(this.next, info);
		}

	}

	/**
	 * Not wanted.
	 */
	record Ignore<S extends @Nullable Object>() implements Init<S> {
	}

	/**
	 * Failed.
	 *
	 * @param error what the starter is told
	 * @param exit the reason with which the process exits
	 */
	record Stop<S extends @Nullable Object>(ExitReason error, ExitReason exit) implements Init<S> {
	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * Why a process ended, or why somebody wants it to (OTP: exit reason). Three kinds are
 * clean: {@link #NORMAL}, {@link #SHUTDOWN} and a shutdown with a detail. Clean decides
 * about transient restarts and about what is reported; over a link only {@code NORMAL} is
 * harmless.
 */
public sealed interface ExitReason {

	/** The process had nothing more to do. */
	ExitReason NORMAL = Plain.NORMAL;

	/** The process was asked to stop. */
	ExitReason SHUTDOWN = new Shutdown(null);

	/**
	 * An order, never a result: whoever gets it in a signal dies with {@link #KILLED}.
	 */
	ExitReason KILL = Plain.KILL;

	/** The process was killed: {@code terminate} did not run. */
	ExitReason KILLED = Plain.KILLED;

	/** There was no such process. */
	ExitReason NO_PROCESS = Plain.NO_PROCESS;

	/** Something did not happen within its limit. */
	ExitReason TIMEOUT = Plain.TIMEOUT;

	/**
	 * Whether this is an orderly end.
	 */
	default boolean isClean() {
		return this == NORMAL || this instanceof Shutdown;
	}

	/**
	 * Whether this is what OTP calls plain {@code shutdown}: a supervisor that gave up
	 * ends with that there, only without saying so.
	 */
	default boolean isShutdown() {
		return this instanceof Shutdown shutdown && (shutdown.detail == null || shutdown.detail instanceof GaveUp);
	}

	/**
	 * A shutdown that says more; clean.
	 */
	static ExitReason shutdown(Object detail) {
		return new Shutdown(detail);
	}

	/**
	 * Any value as a reason; abnormal, unless it is one of the reasons of this type,
	 * which then is taken as it is.
	 */
	static ExitReason of(Object term) {
		return (term instanceof ExitReason reason) ? reason : new Term(term);
	}

	/**
	 * The reasons without content.
	 */
	enum Plain implements ExitReason {

		NORMAL, KILL, KILLED, NO_PROCESS, TIMEOUT;

		@Override
		public String toString() {
			return (this == NO_PROCESS) ? "noproc" : name().toLowerCase(java.util.Locale.ROOT);
		}

	}

	/**
	 * Asked to stop.
	 *
	 * @param detail what more there is to say, such as {@link GaveUp} or
	 * {@link FailedToStart}
	 */
	record Shutdown(@Nullable Object detail) implements ExitReason {
		@Override
		public String toString() {
			return (this.detail != null) ? "{shutdown, " + CrashRenderer.text(this.detail) + "}" : "shutdown";
		}
	}

	/**
	 * Any value.
	 */
	record Term(Object value) implements ExitReason {
		@Override
		public String toString() {
			return CrashRenderer.text(this.value);
		}
	}

	/**
	 * A callback threw. Holds text only, so that it keeps nothing alive and cannot do
	 * harm; waiting callers get the throwable itself, as cause.
	 *
	 * @param exceptionClass the name of the class
	 * @param message its message, capped; {@code null} if there was none
	 * @param stackTrace rendered once, capped, with causes
	 */
	record Failure(String exceptionClass, @Nullable String message, String stackTrace) implements ExitReason {
		@Override
		public String toString() {
			return (this.message != null) ? this.exceptionClass + ": " + this.message : this.exceptionClass;
		}
	}

	/**
	 * The detail of a supervisor that gave up, which tells it apart from one that was
	 * asked to stop.
	 *
	 * @param childId the child that was restarted too often
	 * @param last why it ended the last time
	 */
	record GaveUp(String childId, ExitReason last) {
		@Override
		public String toString() {
			return "gave up on " + this.childId + ": " + this.last;
		}
	}

	/**
	 * The detail of a supervisor whose child did not start.
	 *
	 * @param childId the child
	 * @param reason why it did not start
	 */
	record FailedToStart(String childId, ExitReason reason) {
		@Override
		public String toString() {
			return "failed to start child " + this.childId + ": " + this.reason;
		}
	}

}

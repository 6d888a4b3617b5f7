package dev.supervision;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What happened in a node (OTP: progress, crash and supervisor reports). Values that hold
 * text and pids only, so that they can be kept.
 */
public sealed interface SupervisionEvent {

	/** When it happened. */
	Instant time();

	/** Why a child was started. */
	enum StartCause {

		/** With its supervisor, or added to it. */
		INITIAL,

		/** By its supervisor, after it or a sibling had ended. */
		RESTART,

		/** By an administrative call. */
		MANUAL

	}

	/**
	 * The child that an event of a supervisor is about (OTP: offender).
	 *
	 * @param supervisor the supervisor that speaks
	 * @param id of the child; for a dynamic child the id of its start, or of its
	 * specification if it has none
	 * @param pid its process, if it has or had one
	 * @param spec its specification
	 */
	record Child(Pid supervisor, String id, @Nullable Pid pid, ChildSpec spec) {
	}

	/** A supervisor started a child (OTP: progress). */
	record ChildStarted(Instant time, Child child, StartCause cause) implements SupervisionEvent {
	}

	/**
	 * A process has ended, whatever its reason.
	 *
	 * @param crash what there is to know if it crashed, else {@code null}
	 */
	record ProcessExited(Instant time, Pid pid, String id, ExitReason reason,
			@Nullable CrashReport crash) implements SupervisionEvent {
	}

	/**
	 * A child ended by itself and this was not clean, or it is permanent (OTP:
	 * child_terminated).
	 *
	 * @param restarted whether the supervisor is going to start it again
	 */
	record ChildTerminated(Instant time, Child child, ExitReason reason,
			boolean restarted) implements SupervisionEvent {
	}

	/**
	 * A supervisor restarted children (once for a group).
	 *
	 * @param child the child whose end caused it
	 * @param restarted how many children were started
	 */
	record Restarted(Instant time, Child child, int restarted) implements SupervisionEvent {
	}

	/** A start or restart by a supervisor failed (OTP: start_error). */
	record StartFailed(Instant time, Child child, ExitReason reason, StartCause cause) implements SupervisionEvent {
	}

	/**
	 * A child did not end as it was asked to (OTP: shutdown_error).
	 *
	 * @param count how many dynamic children ended with this reason; otherwise 1
	 */
	record ShutdownError(Instant time, Child child, ExitReason reason, int count) implements SupervisionEvent {
	}

	/**
	 * A child was restarted too often (OTP: reached_max_restart_intensity).
	 *
	 * @param parked whether it was set aside; otherwise its supervisor gives up
	 */
	record LimitExceeded(Instant time, Child child, ExitReason reason, boolean parked) implements SupervisionEvent {
	}

	/** A supervisor has stopped all its children and itself. */
	record SupervisorStopped(Instant time, Pid supervisor, String id, ExitReason reason) implements SupervisionEvent {
	}

	/**
	 * A killed process did not leave its thread within the grace: its successor may start
	 * while the thread still runs; what it does goes nowhere.
	 *
	 * @param stack where the thread is
	 */
	record Disowned(Instant time, Pid pid, String id, List<String> stack) implements SupervisionEvent {
	}

	/**
	 * A callback has been running for long.
	 *
	 * @param seconds for how long
	 * @param stack where its thread is
	 */
	record Stuck(Instant time, Pid pid, String id, long seconds, List<String> stack) implements SupervisionEvent {
	}

	/** A server got a message that it does not handle (OTP: "unexpected message"). */
	record Unhandled(Instant time, Pid pid, String id, String message) implements SupervisionEvent {
	}

	/**
	 * A node was closed.
	 *
	 * @param late the paths of the processes that had to be killed because the limit was
	 * over
	 */
	record NodeClosed(Instant time, List<String> late) implements SupervisionEvent {
	}

}

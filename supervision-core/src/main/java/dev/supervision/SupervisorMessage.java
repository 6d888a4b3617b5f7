package dev.supervision;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What supervisors are told: administrative calls, and their own retries.
 */
sealed interface SupervisorMessage {

	/**
	 * Adds a child. The key identifies a dynamic child; static ones are known by their
	 * id.
	 */
	record StartChild(@Nullable String key, ChildSpec spec, List<Object> arguments,
			From<ChildResult> from) implements SupervisorMessage {
	}

	/** Stops a child. */
	record TerminateChild(String id, From<ChildResult> from) implements SupervisorMessage {
	}

	/** Stops a dynamic child by its process. */
	record TerminateProcess(Process process, From<ChildResult> from) implements SupervisorMessage {
	}

	/** Starts a child that has no process. */
	record RestartChild(String id, From<ChildResult> from) implements SupervisorMessage {
	}

	/** Starts a dynamic child again that was set aside, by its last process. */
	record RestartProcess(Process process, From<ChildResult> from) implements SupervisorMessage {
	}

	/** Stops the child that a process is, and perhaps starts it again in its place. */
	record EndIncarnation(Process process, boolean again, From<ChildResult> from) implements SupervisorMessage {
	}

	/** Forgets a child that has no process. */
	record DeleteChild(String id, From<ChildResult> from) implements SupervisorMessage {
	}

	/** Asks for one child. */
	record WhichChild(String id, From<Optional<ChildInfo>> from) implements SupervisorMessage {
	}

	/** Asks for all children. */
	record WhichChildren(From<List<ChildInfo>> from) implements SupervisorMessage {
	}

	/** Asks for numbers. */
	record CountChildren(From<ChildCounts> from) implements SupervisorMessage {
	}

	/**
	 * Tries to start a child again. Sent by the supervisor to itself, to the end of its
	 * mailbox, so that a stop or an operator gets in between.
	 *
	 * @param token void if the child's has changed since
	 * @param counts whether this attempt counts to the intensity
	 */
	record Retry(Child child, int token, ExitReason reason, boolean counts) implements SupervisorMessage {
	}

}

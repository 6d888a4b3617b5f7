package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * What an administrative call to a supervisor answers (OTP: the results and errors of
 * start_child, terminate_child, restart_child and delete_child).
 */
public sealed interface ChildResult {

	/** Terminated or deleted, or it was so already. */
	record Ok() implements ChildResult {
	}

	/**
	 * The child runs.
	 *
	 * @param info what its init handed out with {@link Init.Started#info}
	 */
	record Started(Pid pid, @Nullable Object info) implements ChildResult {
	}

	/** Its init said that it is not wanted. */
	record Ignored() implements ChildResult {
	}

	/** The id, or the name, belongs to a running process. */
	record AlreadyStarted(Pid pid) implements ChildResult {
	}

	/** The id is known, but has no running process: restart or delete it. */
	record AlreadyPresent() implements ChildResult {
	}

	/** The start failed; nothing is retried. */
	record Failed(ExitReason reason) implements ChildResult {
	}

	/** The child runs, so this cannot be done. */
	record Running() implements ChildResult {
	}

	/** The child is being restarted, so this cannot be done. */
	record Restarting() implements ChildResult {
	}

	/** There is no such child. */
	record NotFound() implements ChildResult {
	}

	/** The dynamic supervisor has as many children as it may have. */
	record MaxChildren(int maxChildren) implements ChildResult {
	}

	/**
	 * The process that was started.
	 * @param what names the child in the exception
	 * @throws StartException if it was not, and says why
	 */
	default Pid orThrow(String what) {
		if (this instanceof Started started) {
			return started.pid;
		}
		if (this instanceof AlreadyStarted already) {
			throw new StartException.AlreadyStarted(what, already.pid);
		}
		if (this instanceof MaxChildren max) {
			throw new StartException.MaxChildren(what, max.maxChildren);
		}
		if (this instanceof Ignored) {
			throw new StartException.Ignored(what);
		}
		throw new StartException.Failed(what,
				(this instanceof Failed failed) ? failed.reason : ExitReason.of(toString()));
	}

	/**
	 * The process, if one runs now.
	 * @throws IllegalStateException if it does not, with the result as text
	 */
	default Pid pid() {
		throw new IllegalStateException("No process: " + this);
	}

}

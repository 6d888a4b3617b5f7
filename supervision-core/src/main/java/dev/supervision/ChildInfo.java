package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * One child as its supervisor sees it (OTP: an entry of which_children).
 *
 * @param id of its specification; {@code null} for a dynamic child without id
 * @param pid the running process, if there is one
 * @param state whether it runs
 * @param type worker or supervisor
 * @param spec its specification
 * @param restarts how often its supervisor restarted it
 * @param lastExit why the last incarnation ended, if the child has stopped for good;
 * always {@code null} for dynamic children, which are forgotten then
 */
public record ChildInfo(@Nullable String id, @Nullable Pid pid, State state, ChildType type, ChildSpec spec,
		long restarts, @Nullable ExitReason lastExit) {

	/**
	 * Whether a child runs.
	 */
	public enum State {

		/** It has a process. */
		RUNNING,

		/** It ended and waits for its restart. */
		RESTARTING,

		/** It has no process, and nobody is going to start it. */
		STOPPED,

		/** It was restarted too often and set aside. */
		PARKED

	}

}

package dev.supervision;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * One process at a glance (OTP: process_info), read without asking it.
 *
 * @param pid its identity
 * @param parent who started it; {@code null} for one that nobody supervises
 * @param path where it stands, from its tree's id down
 * @param name its registered name, if any
 * @param type the class of its behaviour
 * @param kind worker or supervisor
 * @param state what it does
 * @param mailboxSize how many messages wait
 * @param handled how many messages it has handled
 * @param uptime how long it has lived
 * @param trapsExits whether it traps exits
 * @param spec the specification that it was started from
 */
public record ProcessInfo(Pid pid, @Nullable Pid parent, String path, @Nullable String name, String type,
		ChildType kind, State state, int mailboxSize, long handled, Duration uptime, boolean trapsExits,
		ChildSpec spec) {

	/**
	 * What a process does.
	 */
	public enum State {

		/** Its init runs. */
		STARTING,

		/** It handles messages, or waits for one. */
		RUNNING,

		/** It handles no messages until it is resumed. */
		SUSPENDED,

		/**
		 * It is ending: {@code terminate} runs, or what its state holds is being closed.
		 */
		STOPPING,

		/** It has been killed, and its thread has not left yet. */
		KILLED,

		/** It has been killed, and its thread did not leave within the grace. */
		DISOWNED

	}

}

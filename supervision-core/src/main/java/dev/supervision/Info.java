package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * A message that is not of a server's own protocol (OTP: what {@code handle_info}
 * receives, and untyped calls and casts).
 */
public sealed interface Info {

	/**
	 * A linked process has ended, or somebody sent an exit signal, and this process traps
	 * exits.
	 */
	record Exit(Pid from, ExitReason reason) implements Info {
	}

	/**
	 * A monitored process has ended.
	 *
	 * @param monitor the monitor that fired
	 * @param target the {@link Pid} or the name that was given to {@code monitor}
	 * @param reason why it ended; {@link ExitReason#NO_PROCESS} if there was none
	 */
	record Down(MonitorRef monitor, Object target, ExitReason reason) implements Info {
	}

	/**
	 * No message came in time.
	 *
	 * @param name what was given to {@link Next#timeout(java.time.Duration, Object)}, or
	 * {@code null}
	 */
	record Timeout(@Nullable Object name) implements Info {
	}

	/**
	 * An untyped call, from a {@link RawRef}. One that nobody takes crashes the server.
	 */
	record Call(Object request, From<@Nullable Object> from) implements Info {
	}

	/**
	 * An untyped cast, from a {@link RawRef}. One that nobody takes crashes the server.
	 */
	record Cast(Object request) implements Info {
	}

	/**
	 * Any other message, from {@link Node#send}. One that nobody takes is logged.
	 */
	record Message(Object message) implements Info {
	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * One entry of a mailbox, linked into it directly, so that sending costs one allocation.
 */
abstract class Envelope {

	/**
	 * In the inbox the entry below, in a taken batch the one after; see {@link Mailbox}.
	 */
	@Nullable Envelope next;

	/** How many entries the inbox holds up to and with this one. */
	int depth;

	/** Lets the process handle this, on its own activation. */
	abstract void deliver(Process process);

	/** Whether it is a user's message, which a capacity concerns. */
	boolean isUserMessage() {
		return true;
	}

	/** Whether it waits while the process is suspended. */
	boolean isSuspendable() {
		return true;
	}

	/** Whether a thread blocks until it is handled. */
	boolean isWaitedFor() {
		return false;
	}

	/** What it is counted as; {@code null} for what is the runtime's own. */
	Instrumentation.@Nullable MessageKind kind() {
		return null;
	}

	/** What the user sent, for reports; {@code null} if this is no message of a user. */
	@Nullable Object content() {
		return null;
	}

	/** What a user sent, without the wrapping of untyped messages. */
	static @Nullable Object unwrap(@Nullable Object message) {
		if (message instanceof Info.Call call) {
			return call.request();
		}
		if (message instanceof Info.Cast cast) {
			return cast.request();
		}
		return (message instanceof Info.Message info) ? info.message() : message;
	}

	/** Who waits for an answer; {@code null} if nobody does. */
	@Nullable Object client() {
		return null;
	}

	/**
	 * The process, or what became of it, will not handle this. May be told more than
	 * once, and of an entry that was handled.
	 */
	void undeliverable(Ended ended) {
	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * One monitor: each has its own reference and fires exactly once (OTP: monitor
 * reference). Compared by identity.
 */
public final class MonitorRef {

	final Process watcher;

	final @Nullable Process watched;

	/** What the watcher named: a {@link Pid} or a registered {@link Name}. */
	final Object target;

	private volatile boolean cancelled;

	MonitorRef(Process watcher, @Nullable Process watched, Object target) {
		this.watcher = watcher;
		this.watched = watched;
		this.target = target;
	}

	/** Also takes back a message that waits already. */
	void cancel() {
		this.cancelled = true;
	}

	boolean isCancelled() {
		return this.cancelled;
	}

	@Override
	public String toString() {
		return "monitor of " + this.target;
	}

}

package dev.supervision;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The timeout that a callback asked for; any message cancels it. Used by its process
 * only, except for firing.
 */
final class EventTimer {

	private final Process process;

	private final Duration limit;

	final @Nullable Object name;

	private Scheduler.@Nullable Cancellable scheduled;

	EventTimer(Process process, Next.EventTimeout timeout) {
		this.process = process;
		this.limit = timeout.limit();
		this.name = timeout.name();
	}

	/** Starts, or starts again. */
	void start() {
		cancel();
		if (this.limit.isZero()) {
			// behind what waits already: any of that cancels it
			fire();
		}
		else {
			this.scheduled = this.process.node.platform.scheduler().schedule(Specs.nanos(this.limit), this::fire);
		}
	}

	private void fire() {
		this.process.post(new Envelopes.EventTimeout(this));
	}

	void cancel() {
		if (this.scheduled != null) {
			this.scheduled.cancel();
		}
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

/**
 * A message that a process sends later; it ends with that process.
 */
final class ProcessTimer implements TimerRef {

	private final Process owner;

	private final Process target;

	private final Envelope message;

	private final long due;

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile Scheduler.@Nullable Cancellable scheduled;

	ProcessTimer(Process owner, Process target, Envelope message, Duration delay) {
		this.owner = owner;
		this.target = target;
		this.message = message;
		this.due = owner.node.platform.clock().nanoTime() + Specs.nanos(delay);
	}

	void start() {
		this.scheduled = this.owner.node.platform.scheduler()
			.schedule(this.due - this.owner.node.platform.clock().nanoTime(), this::fire);
		if (this.over.get()) {
			cancelScheduled();
		}
	}

	private void fire() {
		if (this.over.compareAndSet(false, true)) {
			Links.forgetTimer(this.owner, this);
			this.target.postOrDrop(this.message);
		}
	}

	@Override
	public Optional<Duration> cancel() {
		if (!this.over.compareAndSet(false, true)) {
			return Optional.empty();
		}
		cancelScheduled();
		Links.forgetTimer(this.owner, this);
		return Optional.of(left());
	}

	/** Its process has ended. */
	void discard() {
		if (this.over.compareAndSet(false, true)) {
			cancelScheduled();
		}
	}

	private void cancelScheduled() {
		Scheduler.Cancellable task = this.scheduled;
		if (task != null) {
			task.cancel();
		}
	}

	@Override
	public Optional<Duration> remaining() {
		return this.over.get() ? Optional.empty() : Optional.of(left());
	}

	private Duration left() {
		return Duration.ofNanos(Math.max(0, this.due - this.owner.node.platform.clock().nanoTime()));
	}

}

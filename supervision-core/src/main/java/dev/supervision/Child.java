package dev.supervision;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One place at a supervisor: a specification, and what runs there. Written by its
 * supervisor only; others may look.
 */
final class Child {

	/** Of a dynamic child that can be found; {@code null} for an anonymous one. */
	private final @Nullable String key;

	final ChildSpec spec;

	/** Not kept for a child that is never started again. */
	List<Object> arguments;

	/** The last incarnation that the supervisor knows of, alive or not. */
	volatile @Nullable Process process;

	volatile ChildInfo.State state = ChildInfo.State.STOPPED;

	volatile long restarts;

	/** Restarts in a row that a backoff has counted. */
	int attempts;

	/** Why the last incarnation ended, if nobody is going to start another. */
	volatile @Nullable ExitReason lastExit;

	/** When the last incarnation had started. */
	long startedAt;

	/** Changes with every decision about this child, so that an older one is void. */
	int token;

	@Nullable TimerRef backoff;

	volatile @Nullable Child older;

	volatile @Nullable Child newer;

	Child(@Nullable String key, ChildSpec spec, List<Object> arguments) {
		this.key = key;
		this.spec = spec;
		this.arguments = arguments;
	}

	String id() {
		return (this.key != null) ? this.key : this.spec.id();
	}

	@Nullable String key() {
		return this.key;
	}

	boolean isRunning() {
		return this.state == ChildInfo.State.RUNNING;
	}

	boolean isRestarting() {
		return this.state == ChildInfo.State.RESTARTING;
	}

	void running(Process started, long now) {
		if (this.process != started) {
			leave(this.process);
		}
		this.token++;
		this.startedAt = now;
		this.process = started;
		this.lastExit = null;
		this.state = ChildInfo.State.RUNNING;
	}

	/** An incarnation that ran for long enough makes up for those that did not. */
	void resetAttempts(long now) {
		Backoff limits = this.spec.backoff();
		if (limits != null && now - this.startedAt >= Specs.nanos(limits.resetAfter())) {
			this.attempts = 0;
		}
	}

	/** It waits for a retry; the process that ended still identifies it. */
	void restarting() {
		this.token++;
		this.state = ChildInfo.State.RESTARTING;
	}

	void stopped() {
		leave(this.process);
		this.process = null;
		cancelBackoff();
	}

	private static void leave(@Nullable Process last) {
		if (last != null) {
			last.leavePlace();
		}
	}

	/**
	 * The restart that was to come does not; until the next decision the child is
	 * stopped.
	 */
	void cancelBackoff() {
		this.token++;
		this.state = ChildInfo.State.STOPPED;
		TimerRef timer = this.backoff;
		if (timer != null) {
			timer.cancel();
			this.backoff = null;
		}
	}

	void parked() {
		cancelBackoff();
		this.state = ChildInfo.State.PARKED;
	}

	ChildInfo info() {
		return info(false);
	}

	/**
	 * @param renewed whether its group is being stopped to be started again
	 */
	ChildInfo info(boolean renewed) {
		Process current = this.process;
		ChildInfo.State seen = this.state;
		if (seen == ChildInfo.State.STOPPED && renewed) {
			seen = ChildInfo.State.RESTARTING;
		}
		return new ChildInfo(this.key, (seen == ChildInfo.State.RUNNING) ? current : null, seen, this.spec.type(),
				this.spec, this.restarts, this.lastExit);
	}

}

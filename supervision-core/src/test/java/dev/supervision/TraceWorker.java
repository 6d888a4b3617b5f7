package dev.supervision;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * A worker of a recorded script: starts as planned, stops when told, and does in
 * {@code terminate} what its specification says.
 */
final class TraceWorker implements GenServer<@Nullable Object, ExitReason> {

	private final TraceRecorder recorder;

	private final TraceIncarnation own;

	private final String outcome;

	private boolean decided;

	TraceWorker(TraceRecorder recorder, TraceIncarnation own, String outcome) {
		this.recorder = recorder;
		this.own = own;
		this.outcome = outcome;
	}

	private boolean traps() {
		return Boolean.TRUE.equals(this.own.spec.get("trap"));
	}

	@Override
	public Init<@Nullable Object> init(ServerContext<ExitReason> self) {
		self.trapExits(traps());
		return switch (this.outcome) {
			case "ok" -> Init.ok(null);
			case "ignore" -> Init.ignore();
			case "error" -> Init.stop(ExitReason.of("boom"));
			case "crash" -> throw new IllegalStateException("init_raised");
			default -> throw new IllegalArgumentException(this.outcome);
		};
	}

	/** Stops by its own decision, with the reason that it is sent. */
	@Override
	public Next<@Nullable Object> handle(ExitReason reason, @Nullable Object state, ServerContext<ExitReason> self) {
		this.decided = true;
		return Next.stop(reason, state);
	}

	@Override
	public Next<@Nullable Object> handleInfo(Info info, @Nullable Object state, ServerContext<ExitReason> self) {
		return Next.with(state);
	}

	@Override
	public void terminate(ExitReason reason, @Nullable Object state, ServerContext<ExitReason> self) {
		boolean asked = !this.decided && !this.own.signalled && reason.isShutdown();
		if (asked && !traps()) {
			this.recorder.differs(TraceDifference.TERMINATE_WITHOUT_TRAPPING);
			return;
		}
		this.recorder.terminated(this.own, reason);
		switch (this.own.word("terminate")) {
			case "ok" -> {
			}
			case "crash" -> throw new IllegalStateException("terminate_raised");
			case "other" -> throw new ExitException(ExitReason.of("other"));
			case "hang" -> {
				if (asked) {
					hang();
				}
			}
			default -> throw new IllegalArgumentException(this.own.word("terminate"));
		}
	}

	/** In virtual time, up to the kill. */
	private void hang() {
		this.recorder.platform.sleep(Duration.ofDays(1));
		if (!Thread.currentThread().isInterrupted()) {
			throw new IllegalStateException("nobody killed " + this.own + ", which hangs");
		}
	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * A process that is no relative of anybody, and sends exit signals. What a test's own
 * thread sends comes from the node's root, which is the parent of every tree.
 */
final class TraceStranger implements GenServer<@Nullable Object, TraceStranger.Signal> {

	@Override
	public Init<@Nullable Object> init(ServerContext<Signal> self) {
		return Init.ok(null);
	}

	@Override
	public Next<@Nullable Object> handle(Signal signal, @Nullable Object state, ServerContext<Signal> self) {
		self.exit(signal.target, signal.reason);
		return Next.with(state);
	}

	/**
	 * Whom to send which signal.
	 */
	record Signal(Pid target, ExitReason reason) {
	}

}

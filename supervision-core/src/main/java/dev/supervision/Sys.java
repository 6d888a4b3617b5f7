package dev.supervision;

import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * Looks into a process and steers it (OTP: {@code sys}). Requests are taken between
 * callbacks, in mailbox order, and also while the process is suspended. All block, at
 * most 5 s, and throw a {@link CallException} as a call does.
 */
public final class Sys {

	private final Process target;

	Sys(Process target) {
		this.target = target;
	}

	/** Makes the process handle no messages until it is resumed; idempotent. */
	public void suspend() {
		ask(process -> process.setSuspended(true));
	}

	/** Lets the process handle messages again; idempotent. */
	public void resume() {
		ask(process -> process.setSuspended(false));
	}

	/** The state, as it is between two messages. */
	public @Nullable Object getState() {
		return ask(Process::state);
	}

	/**
	 * Replaces the state; if the function throws, the state stays and the caller gets a
	 * {@link CallFailedException}.
	 * @return the new state
	 */
	public @Nullable Object replaceState(UnaryOperator<@Nullable Object> change) {
		return ask(process -> process.replaceState(change));
	}

	private @Nullable Object ask(Function<Process, @Nullable Object> operation) {
		Process caller = Process.unfenced();
		if (caller != null && caller.isAwaitedBy(this.target)) {
			throw new CallingSelfException(this.target.label());
		}
		SysCall call = new SysCall(this.target, caller, operation);
		if (this.target.post(call) == Mailbox.Posted.CLOSED) {
			throw new NoProcessException(this.target.label(), Operation.SYS);
		}
		return call.await(ServerRef.DEFAULT_CALL_LIMIT);
	}

	/** A request that the runtime answers, not the server. */
	private static final class SysCall extends Call<@Nullable Object> {

		private final Function<Process, @Nullable Object> operation;

		SysCall(Process target, @Nullable Process caller, Function<Process, @Nullable Object> operation) {
			super(target, caller, Thread.currentThread());
			this.operation = operation;
		}

		@Override
		void deliver(Process process) {
			try {
				reply(this.operation.apply(process));
			}
			catch (Throwable thrown) {
				fail(thrown);
			}
			process.restartTimeout();
		}

		@Override
		Instrumentation.@Nullable MessageKind kind() {
			return null;
		}

		@Override
		boolean isUserMessage() {
			return false;
		}

		@Override
		boolean isSuspendable() {
			return false;
		}

		@Override
		@Nullable Object content() {
			return Operation.SYS;
		}

	}

}

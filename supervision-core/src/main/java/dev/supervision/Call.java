package dev.supervision;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

import org.jspecify.annotations.Nullable;

/**
 * A call: message, address of the answer and waiting in one object.
 *
 * @param <R> the type of the answer
 */
class Call<R extends @Nullable Object> extends Request implements From<R> {

	/** Stands for an answer that is {@code null}. */
	private static final Object NULL = new Object();

	private final Process target;

	/** Who asks: a process, or the thread of somebody outside. */
	private final Object client;

	/**
	 * Set right after construction, because it usually holds this as its {@link From}.
	 */
	private @Nullable Object message;

	Call(Process target, @Nullable Process caller, @Nullable Thread waiter) {
		super(target.node.waiting, waiter);
		this.target = target;
		this.client = (caller != null) ? caller : Thread.currentThread();
	}

	void message(Object message) {
		this.message = message;
	}

	@Override
	public boolean reply(R reply) {
		return answer((reply != null) ? reply : NULL);
	}

	@Override
	public boolean fail(Throwable cause) {
		Specs.notNull("failure of a call", cause, "an exception");
		return answer(new Failed(cause));
	}

	private boolean answer(Object result) {
		if (Process.isFenced()) {
			this.target.node.counters.droppedFenced.increment();
			return false;
		}
		boolean first = complete(result);
		if (!first) {
			this.target.node.counters.lateReplies.increment();
		}
		return first;
	}

	/** Waits for the answer, and throws what there is instead of one. */
	R await(Duration limit) {
		Object result = await(this.target.node.wheel, Specs.nanos(limit));
		if (result == Missing.TIMEOUT) {
			throw new CallTimeoutException(this.target.label(), content(), limit);
		}
		return decode(result);
	}

	@SuppressWarnings({ "unchecked", "NullAway" }) // null is an answer where R admits it
	R decode(Object result) {
		if (result instanceof Missing) {
			throw new CallInterruptedException(this.target.label());
		}
		if (result instanceof Failed failed) {
			throw new CallFailedException(this.target.label(), failed.cause);
		}
		if (result instanceof Ended ended) {
			throw exception(ended);
		}
		return (R) ((result != NULL) ? result : null);
	}

	private CallException exception(Ended ended) {
		if (ended == DropOldestMailbox.OVERLOAD) {
			return new OverloadException(this.target.label(), this.target.spec.mailbox().capacity());
		}
		return new ServerExitedException(this.target.label(), ended.reason(), ended.cause());
	}

	@Override
	void deliver(Process process) {
		if (this.message instanceof Info.Call raw && raw.from() == this) {
			process.handleInfo(raw);
		}
		else {
			process.handle(this.message);
		}
		process.keepIfOpen(this);
	}

	@Override
	Instrumentation.@Nullable MessageKind kind() {
		return Instrumentation.MessageKind.CALL;
	}

	@Override
	boolean isUserMessage() {
		return true;
	}

	@Override
	@Nullable Object content() {
		return unwrap(this.message);
	}

	@Override
	@Nullable Object client() {
		return this.client;
	}

	@Override
	void undeliverable(Ended ended) {
		completeAtLast(ended);
	}

	private record Failed(Throwable cause) {
	}

	/**
	 * A call nobody blocks for.
	 */
	static final class Async<R extends @Nullable Object> extends Call<R> {

		private final CompletableFuture<R> future = new CompletableFuture<>();

		private final Executor executor;

		Async(Process target, @Nullable Process caller) {
			super(target, caller, null);
			this.executor = target.node.executor(ExecutorType.AUTO);
			// who cancels the future, or gives it a limit, does not wait any more
			this.future.whenComplete((reply, failure) -> complete(Missing.INTERRUPTED));
		}

		CompletableFuture<R> future() {
			return this.future;
		}

		@Override
		void wake() {
			Object result = outcome();
			if (result == null || this.future.isDone()) {
				return;
			}
			// what hangs on the future is user code: never on the thread that answers
			try {
				this.executor.execute(() -> completeFuture(result));
			}
			catch (Throwable ex) {
				// no thread any more: better here than never
				completeFuture(result);
			}
			this.woken = true;
		}

		private void completeFuture(Object result) {
			try {
				this.future.complete(decode(result));
			}
			catch (Throwable ex) {
				this.future.completeExceptionally(ex);
			}
		}

	}

}

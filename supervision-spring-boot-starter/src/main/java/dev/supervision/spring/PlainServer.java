package dev.supervision.spring;

import java.util.List;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

import dev.supervision.ExitReason;
import dev.supervision.GenServer;
import dev.supervision.Info;
import dev.supervision.Init;
import dev.supervision.Next;
import dev.supervision.ServerContext;

/**
 * Runs a bean that is a {@link GenServer} of the core itself: Spring makes and releases
 * it, the rest is its own.
 *
 * @param <S> its state
 */
final class PlainServer<S extends @Nullable Object> implements GenServer<S, Object>, AutoCloseable {

	private final ServerType type;

	private final BeanFactory beans;

	private final List<Object> arguments;

	private @Nullable GenServer<S, Object> server;

	private @Nullable Identity identity;

	PlainServer(ServerType type, BeanFactory beans, List<Object> arguments) {
		this.type = type;
		this.beans = beans;
		this.arguments = arguments;
	}

	@Override
	@SuppressWarnings("unchecked")
	public Init<S> init(ServerContext<Object> self) throws Exception {
		this.identity = Identity.of(self.pid());
		return run(() -> {
			GenServer<S, Object> made = (GenServer<S, Object>) this.beans.create(this.type, this.arguments,
					new ProcessContext(self));
			this.server = made;
			return made.init(self);
		});
	}

	@Override
	public Next<S> handle(Object message, S state, ServerContext<Object> self) throws Exception {
		return run(() -> server().handle(message, state, self));
	}

	@Override
	public Next<S> handleInfo(Info info, S state, ServerContext<Object> self) throws Exception {
		return run(() -> server().handleInfo(info, state, self));
	}

	@Override
	public Next<S> handleContinue(Object continuation, S state, ServerContext<Object> self) throws Exception {
		return run(() -> server().handleContinue(continuation, state, self));
	}

	@Override
	public void terminate(ExitReason reason, S state, ServerContext<Object> self) throws Exception {
		run(() -> {
			server().terminate(reason, state, self);
			return this;
		});
	}

	/** With the thread as a callback should find it, and leave it. */
	private <T> T run(Callable<T> callback) throws Exception {
		enter();
		try {
			return callback.call();
		}
		finally {
			LeftBehind.clear();
		}
	}

	private void enter() {
		Identity own = this.identity;
		if (own != null) {
			own.enter();
		}
	}

	private GenServer<S, Object> server() {
		GenServer<S, Object> made = this.server;
		if (made == null) {
			throw new IllegalStateException("not started");
		}
		return made;
	}

	@Override
	public void close() {
		GenServer<S, Object> made = this.server;
		if (made == null) {
			return;
		}
		enter();
		try {
			this.beans.destroy(this.type, made);
		}
		finally {
			LeftBehind.clear();
		}
	}

}

package dev.supervision.spring;

import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import dev.supervision.ExitReason;
import dev.supervision.From;
import dev.supervision.GenServer;
import dev.supervision.Info;
import dev.supervision.Init;
import dev.supervision.Next;

/**
 * Runs an annotated server: one bean for one incarnation.
 */
final class BeanServer implements GenServer<BeanState, Object> {

	private final ServerType type;

	private final BeanFactory beans;

	private final List<Object> arguments;

	private @Nullable ProcessContext context;

	private @Nullable Identity identity;

	BeanServer(ServerType type, BeanFactory beans, List<Object> arguments) {
		this.type = type;
		this.beans = beans;
		this.arguments = arguments;
	}

	@Override
	public Init<BeanState> init(dev.supervision.ServerContext<Object> self) throws Exception {
		ProcessContext own = new ProcessContext(self);
		this.context = own;
		Identity identity = Identity.of(self.pid());
		this.identity = identity;
		identity.enter();
		BeanState state;
		try {
			state = new BeanState(this.type, this.beans, this.beans.create(this.type, this.arguments, own), identity);
		}
		finally {
			LeftBehind.clear();
		}
		return own.init(state);
	}

	@Override
	public Next<BeanState> handle(Object message, BeanState state, dev.supervision.ServerContext<Object> self)
			throws Exception {
		Request request = (Request) message;
		return run(request.handler(), request.arguments(), request.from(), state);
	}

	@Override
	public Next<BeanState> handleInfo(Info info, BeanState state, dev.supervision.ServerContext<Object> self)
			throws Exception {
		Handler handler = this.type.handler(info);
		if (handler == null) {
			return GenServer.super.handleInfo(info, state, self);
		}
		if (info instanceof Info.Call call) {
			return run(handler, new Object[] { call.request() }, call.from(), state);
		}
		if (info instanceof Info.Cast cast) {
			return run(handler, new Object[] { cast.request() }, null, state);
		}
		Object message = (info instanceof Info.Message sent) ? sent.message() : info;
		return run(handler, new Object[] { message }, null, state);
	}

	@Override
	public Next<BeanState> handleContinue(Object continuation, BeanState state,
			dev.supervision.ServerContext<Object> self) throws Exception {
		Handler handler = this.type.continuation(continuation);
		if (handler == null) {
			return GenServer.super.handleContinue(continuation, state, self);
		}
		return run(handler, new Object[] { continuation }, null, state);
	}

	@Override
	public void terminate(ExitReason reason, BeanState state, dev.supervision.ServerContext<Object> self)
			throws Exception {
		Handler handler = this.type.terminateHandler();
		if (handler != null) {
			Object[] arguments = (handler.method().getParameterCount() == 0) ? null : new Object[] { reason };
			invoke(handler, arguments, state);
		}
	}

	private Next<BeanState> run(Handler handler, @Nullable Object @Nullable [] arguments,
			@Nullable From<@Nullable Object> from, BeanState state) throws Exception {
		Object result = invoke(handler, arguments, state);
		From<@Nullable Object> waiting = from;
		if (waiting != null && result instanceof CompletionStage<?> stage) {
			From<@Nullable Object> later = waiting;
			stage.whenComplete((reply, failure) -> {
				if (failure != null) {
					later.fail(cause(failure));
				}
				else {
					later.reply(reply);
				}
			});
			waiting = null;
		}
		return context().next(state, waiting, result);
	}

	/** A stage that depends on another wraps what that failed with. */
	private static Throwable cause(Throwable failure) {
		Throwable cause = failure.getCause();
		return (failure instanceof CompletionException && cause != null) ? cause : failure;
	}

	private @Nullable Object invoke(Handler handler, @Nullable Object @Nullable [] arguments, BeanState state)
			throws Exception {
		Identity own = this.identity;
		if (own != null) {
			own.enter();
		}
		try {
			return handler.invoke(state.bean(), arguments);
		}
		finally {
			LeftBehind.clear();
		}
	}

	private ProcessContext context() {
		ProcessContext own = this.context;
		if (own == null) {
			throw new IllegalStateException("not started");
		}
		return own;
	}

}

package dev.supervision.spring;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import org.jspecify.annotations.Nullable;

import dev.supervision.From;
import dev.supervision.NoProcessException;
import dev.supervision.ServerRef;

/**
 * What callers inject: sends each call of a method of the protocol through the mailbox of
 * whoever is the server at that moment.
 */
final class Client implements InvocationHandler {

	private final ServerType type;

	private final Class<?> protocol;

	private final ServerRef<Request> ref;

	private final Readiness readiness;

	private Client(ServerType type, Class<?> protocol, ServerRef<Request> ref, Readiness readiness) {
		this.type = type;
		this.protocol = protocol;
		this.ref = ref;
		this.readiness = readiness;
	}

	static Object create(ServerType type, ServerRef<Request> ref, Readiness readiness) {
		Class<?> protocol = type.protocol;
		if (protocol == null) {
			throw new IllegalStateException("Server '" + type + "' has no protocol that a client could implement");
		}
		return Proxy.newProxyInstance(type.beanClass.getClassLoader(), new Class<?>[] { protocol },
				new Client(type, protocol, ref, readiness));
	}

	@Override
	public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		Handler handler = this.type.handler(method);
		if (handler == null) {
			return invokeOther(proxy, method, arguments);
		}
		try {
			if (!handler.isCall) {
				this.ref.cast(request(handler, arguments, null));
				this.readiness.requireRunningUnlessFound(this.ref);
				return null;
			}
			if (CompletionStage.class.isAssignableFrom(method.getReturnType())) {
				return callAsync(handler, arguments);
			}
			return this.ref.<@Nullable Object>call(from -> request(handler, arguments, from));
		}
		catch (NoProcessException ex) {
			this.readiness.requireRunning(ex);
			throw ex;
		}
	}

	/**
	 * What is wrong with the trees is thrown here too, and not only said by the future.
	 */
	private CompletableFuture<@Nullable Object> callAsync(Handler handler, @Nullable Object @Nullable [] arguments) {
		CompletableFuture<@Nullable Object> future = this.ref.callAsync(from -> request(handler, arguments, from));
		if (future.isCompletedExceptionally()) {
			this.readiness.requireRunningUnlessFound(this.ref);
		}
		return future;
	}

	private Request request(Handler handler, @Nullable Object @Nullable [] arguments,
			@Nullable From<@Nullable Object> from) {
		return new Request(handler, arguments, from, this.type.showsValues);
	}

	private @Nullable Object invokeOther(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
			throws Throwable {
		if (method.getDeclaringClass() == Object.class) {
			return switch (method.getName()) {
				case "equals" -> arguments != null && proxy == arguments[0];
				case "hashCode" -> System.identityHashCode(proxy);
				default -> this.protocol.getSimpleName() + " client of " + this.ref;
			};
		}
		if (method.isDefault()) {
			return InvocationHandler.invokeDefault(proxy, method, arguments);
		}
		throw new UnsupportedOperationException(method + " is not a handler of server '" + this.type + "'");
	}

}

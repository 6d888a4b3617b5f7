package dev.supervision.spring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.aop.support.AopUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * One method of a server that handles messages.
 */
final class Handler {

	private static final Object[] NONE = {};

	private final Method method;

	/** Whether somebody waits for the result. */
	final boolean isCall;

	/** The method as it has to be called on a proxy, once there is one. */
	private volatile @Nullable Method invocable;

	Handler(Method method, boolean isCall) {
		this.method = method;
		this.isCall = isCall;
		ReflectionUtils.makeAccessible(method);
	}

	Method method() {
		return this.method;
	}

	boolean returnsVoid() {
		return this.method.getReturnType() == void.class;
	}

	/** The type that an untyped message must have: an int arrives as an Integer. */
	Class<?> messageType() {
		return ClassUtils.resolvePrimitiveIfNecessary(this.method.getParameterTypes()[0]);
	}

	boolean takes(Object message) {
		return messageType().isInstance(message);
	}

	/** Whether there may be a value that both take. */
	boolean overlaps(Handler other) {
		Class<?> one = messageType();
		Class<?> two = other.messageType();
		return one.isAssignableFrom(two) || two.isAssignableFrom(one) || one.isInterface() && isOpen(two)
				|| two.isInterface() && isOpen(one);
	}

	private static boolean isOpen(Class<?> type) {
		return !Modifier.isFinal(type.getModifiers());
	}

	/** Whether a subclass that Spring makes cannot pass it on. */
	boolean defiesProxy() {
		int modifiers = this.method.getModifiers();
		return Modifier.isPrivate(modifiers) || Modifier.isFinal(modifiers);
	}

	/**
	 * Runs it on the current thread.
	 * @throws Exception what it throws
	 */
	@Nullable Object invoke(Object bean, @Nullable Object @Nullable ... arguments) throws Exception {
		Method target = this.invocable;
		if (target == null || !target.getDeclaringClass().isInstance(bean)) {
			target = AopUtils.selectInvocableMethod(this.method, bean.getClass());
			ReflectionUtils.makeAccessible(target);
			this.invocable = target;
		}
		try {
			return target.invoke(bean, (arguments != null) ? arguments : NONE);
		}
		catch (InvocationTargetException ex) {
			Throwable thrown = ex.getTargetException();
			if (thrown instanceof Exception exception) {
				throw exception;
			}
			if (thrown instanceof Error error) {
				throw error;
			}
			throw ex;
		}
	}

	/** As a message of it looks in reports. */
	String describe(@Nullable Object @Nullable [] arguments, boolean values) {
		return this.method.getName() + Arrays.stream((arguments != null) ? arguments : NONE)
			.map(argument -> values ? String.valueOf(argument) : className(argument))
			.collect(Collectors.joining(", ", "(", ")"));
	}

	private static String className(@Nullable Object value) {
		return (value != null) ? value.getClass().getName() : "null";
	}

	@Override
	public String toString() {
		return this.method.getDeclaringClass().getSimpleName() + "." + this.method.getName()
				+ Arrays.stream(this.method.getParameterTypes())
					.map(Class::getSimpleName)
					.collect(Collectors.joining(", ", "(", ")"));
	}

}

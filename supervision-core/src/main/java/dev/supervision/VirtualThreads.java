package dev.supervision;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * The one class that knows of virtual threads, which Java 17 does not have. Reflection is
 * over when the class is loaded; what remains is a plain factory.
 */
final class VirtualThreads {

	/** The first release in which they are no preview. */
	private static final int FIRST_RELEASE = 21;

	private static final @Nullable ThreadFactory FACTORY = findFactory();

	/** A constant, so that it costs no more than the call. */
	private static final @Nullable MethodHandle IS_VIRTUAL = findIsVirtual();

	private VirtualThreads() {
	}

	static boolean isAvailable() {
		return FACTORY != null;
	}

	/**
	 * Makes virtual threads. They inherit nothing from the thread that asks, as that
	 * would be another one each time.
	 * @param contextClassLoader what each thread gets instead of the system class loader,
	 * which sees nothing of an application in an executable jar
	 * @throws UnsupportedOperationException if this runtime has no virtual threads
	 */
	static ThreadFactory factory(@Nullable ClassLoader contextClassLoader) {
		ThreadFactory factory = FACTORY;
		if (factory == null) {
			throw new UnsupportedOperationException("Virtual threads need Java " + FIRST_RELEASE
					+ " or later, and this is Java " + Runtime.version().feature()
					+ ": choose the executor 'auto', which takes them where they exist, or 'pool'");
		}
		if (contextClassLoader == ClassLoader.getSystemClassLoader()) {
			return factory;
		}
		return (task) -> {
			Thread thread = factory.newThread(task);
			thread.setContextClassLoader(contextClassLoader);
			return thread;
		};
	}

	static boolean isVirtual(Thread thread) {
		if (IS_VIRTUAL == null) {
			return false;
		}
		try {
			return (boolean) IS_VIRTUAL.invokeExact(thread);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static @Nullable MethodHandle findIsVirtual() {
		if (Runtime.version().feature() < FIRST_RELEASE) {
			return null;
		}
		try {
			return MethodHandles.publicLookup()
				.findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static @Nullable ThreadFactory findFactory() {
		if (Runtime.version().feature() < FIRST_RELEASE) {
			return null;
		}
		try {
			Method ofVirtual = Thread.class.getMethod("ofVirtual");
			Class<?> type = ofVirtual.getReturnType();
			Object builder = ofVirtual.invoke(null);
			// A constant name: a number for each activation would cost more than its
			// thread.
			type.getMethod("name", String.class).invoke(builder, "supervision-virtual");
			type.getMethod("inheritInheritableThreadLocals", boolean.class).invoke(builder, false);
			Thread.UncaughtExceptionHandler handler = (thread, ex) -> SystemPlatform.logEscaped(ex);
			type.getMethod("uncaughtExceptionHandler", Thread.UncaughtExceptionHandler.class).invoke(builder, handler);
			return (ThreadFactory) type.getMethod("factory").invoke(builder);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

}

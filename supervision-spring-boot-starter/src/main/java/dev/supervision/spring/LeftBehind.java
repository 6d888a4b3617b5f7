package dev.supervision.spring;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

import org.springframework.util.ClassUtils;

/**
 * What Spring keeps about a thread and a handler may leave behind, cleared after each: a
 * thread that goes on to another server must not carry somebody's identity or language.
 */
final class LeftBehind {

	private static final List<MethodHandle> CLEARING = find(
			"org.springframework.context.i18n.LocaleContextHolder#resetLocaleContext",
			"org.springframework.web.context.request.RequestContextHolder#resetRequestAttributes",
			"org.springframework.security.core.context.SecurityContextHolder#clearContext");

	private LeftBehind() {
	}

	private static List<MethodHandle> find(String... methods) {
		List<MethodHandle> found = new ArrayList<>();
		for (String method : methods) {
			int end = method.indexOf('#');
			String type = method.substring(0, end);
			ClassLoader loader = LeftBehind.class.getClassLoader();
			if (ClassUtils.isPresent(type, loader)) {
				try {
					found.add(MethodHandles.publicLookup()
						.findStatic(ClassUtils.resolveClassName(type, loader), method.substring(end + 1),
								MethodType.methodType(void.class)));
				}
				catch (ReflectiveOperationException ex) {
					throw new IllegalStateException("An unknown version of " + type, ex);
				}
			}
		}
		return List.copyOf(found);
	}

	static void clear() {
		for (MethodHandle holder : CLEARING) {
			try {
				holder.invokeExact();
			}
			catch (RuntimeException | Error ex) {
				throw ex;
			}
			catch (Throwable ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}

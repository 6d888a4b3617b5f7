package dev.supervision.spring.autoconfigure;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;

/**
 * Explains that a server is there and cannot be injected, where Boot's own analyzer would
 * tell to define it.
 */
@Order(0)
final class ServerInjectionFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

	private final @Nullable ListableBeanFactory beans;

	ServerInjectionFailureAnalyzer(BeanFactory beans) {
		this.beans = (beans instanceof ListableBeanFactory listable) ? listable : null;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause,
			@Nullable String description) {
		ResolvableType required = cause.getResolvableType();
		Class<?> type = (required != null) ? required.resolve() : null;
		List<String> servers = (type != null) ? servers(type) : List.of();
		if (type == null || servers.isEmpty() || cause.getNumberOfBeansFound() > 0) {
			return null;
		}
		String who = (description != null) ? description : "A bean";
		String names = (servers.size() == 1) ? "the server '" + servers.get(0) + "'" : "the servers " + servers;
		if (type.isInterface()) {
			return new FailureAnalysis(who + " required a client of " + type.getName() + ", but there is none: " + names
					+ (servers.size() == 1 ? " implements" : " implement") + " it, but no tree has a worker of it.",
					"Place it as a worker in a tree. If it is what a dynamic supervisor starts, inject Children<"
							+ type.getSimpleName() + ">.",
					cause);
		}
		return new FailureAnalysis(
				who + " required the class " + type.getName() + ", which is that of " + names
						+ ". A server lives in its process, one instance for each start, and cannot be injected.",
				"Inject " + protocols(type) + " instead: it gives a client, which goes through the mailbox.", cause);
	}

	/** The beans of that type that are servers. */
	private List<String> servers(Class<?> type) {
		ListableBeanFactory factory = this.beans;
		if (factory == null) {
			return List.of();
		}
		return Arrays.stream(factory.getBeanNamesForType(type, true, false))
			.filter(name -> factory.findAnnotationOnBean(name, GenServer.class, false) != null)
			.toList();
	}

	private static String protocols(Class<?> type) {
		GenServer annotation = AnnotatedElementUtils.findMergedAnnotation(type, GenServer.class);
		if (annotation != null && annotation.protocol() != void.class) {
			return "its protocol " + annotation.protocol().getName();
		}
		List<String> found = ClassUtils.getAllInterfacesForClassAsSet(type)
			.stream()
			.filter(candidate -> Arrays.stream(candidate.getMethods())
				.map(method -> ClassUtils.getMostSpecificMethod(method, type))
				.anyMatch(method -> AnnotatedElementUtils.hasAnnotation(method, HandleCall.class)
						|| AnnotatedElementUtils.hasAnnotation(method, HandleCast.class)))
			.map(Class::getName)
			.toList();
		return found.isEmpty() ? "a RawRef with @Qualifier(\"<its name>\")"
				: "its protocol " + String.join(" or ", found);
	}

}

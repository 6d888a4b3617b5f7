package dev.supervision.spring;

import java.lang.reflect.Executable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.OrderUtils;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;

/**
 * All beans that are servers, found in their definitions: no instance is made.
 */
final class Servers {

	private final Map<String, ServerType> types = new LinkedHashMap<>();

	private final Map<String, Supervised> placements = new LinkedHashMap<>();

	private final List<Problem> problems = new ArrayList<>();

	Servers(ConfigurableListableBeanFactory beans, boolean showsValues) {
		for (String name : beans.getBeanDefinitionNames()) {
			GenServer annotation = isBoots(beans, name) ? null
					: beans.findAnnotationOnBean(name, GenServer.class, false);
			if (annotation != null && !beans.getBeanDefinition(name).isAbstract()) {
				add(beans, name, annotation, showsValues);
			}
		}
	}

	/**
	 * Most beans are Boot's: to read the annotations of all of them takes a tenth of what
	 * the starter adds to a start. Other packages of Spring hold applications, too.
	 */
	private static boolean isBoots(ConfigurableListableBeanFactory beans, String name) {
		Class<?> type = beans.getType(name, false);
		if (type == null || !type.getName().startsWith("org.springframework.boot.")) {
			return false;
		}
		MethodMetadata method = (beans.getBeanDefinition(name) instanceof AnnotatedBeanDefinition annotated)
				? annotated.getFactoryMethodMetadata() : null;
		return method == null || !method.isAnnotated(GenServer.class.getName());
	}

	private void add(ConfigurableListableBeanFactory beans, String name, GenServer annotation, boolean showsValues) {
		BeanDefinition definition = beans.getBeanDefinition(name);
		Class<?> found = beans.getType(name, false);
		if (found == null) {
			return;
		}
		Class<?> type = ClassUtils.getUserClass(found);
		if (!definition.isPrototype()) {
			this.problems.add(new Problem(
					"Server '" + name + "' (" + type.getName() + ") has scope '"
							+ (definition.isSingleton() ? BeanDefinition.SCOPE_SINGLETON : definition.getScope())
							+ "'. Every start needs a new instance.",
					"Remove the scope: @GenServer on a class means prototype. A @Bean method needs @Scope(\"prototype\")."));
		}
		if (type.isInterface()) {
			this.problems.add(new Problem(
					"Server '" + name + "' is known as the interface " + type.getName() + ", which has no handlers.",
					"Let its @Bean method return the class of the server."));
			return;
		}
		ServerType server = new ServerType(name, type, factoryMethod(beans, name), annotation.protocol(), showsValues);
		this.problems.addAll(server.problems());
		this.types.put(name, server);
		Supervised placement = beans.findAnnotationOnBean(name, Supervised.class, false);
		if (placement != null) {
			this.placements.put(name, placement);
		}
	}

	/** Found when the type was. */
	private static @Nullable Executable factoryMethod(ConfigurableListableBeanFactory beans, String name) {
		return (beans.getMergedBeanDefinition(name) instanceof RootBeanDefinition root)
				? root.getResolvedFactoryMethod() : null;
	}

	/** By bean name. */
	Map<String, ServerType> types() {
		return this.types;
	}

	/** A server that is known. */
	ServerType get(String beanName) {
		ServerType type = this.types.get(beanName);
		if (type == null) {
			throw new IllegalArgumentException("There is no @GenServer bean '" + beanName + "'."
					+ Problem.didYouMean(beanName, this.types.keySet()) + " Servers are " + this.types.keySet());
		}
		return type;
	}

	/** By bean name: where annotations place servers. */
	Map<String, Supervised> placements() {
		return this.placements;
	}

	List<Problem> problems() {
		return this.problems;
	}

	static int order(ServerType type) {
		Integer order = OrderUtils.getOrder(type.beanClass);
		return (order != null) ? order : Ordered.LOWEST_PRECEDENCE;
	}

	static boolean isServer(Class<?> type) {
		return AnnotatedElementUtils.hasAnnotation(type, GenServer.class);
	}

}

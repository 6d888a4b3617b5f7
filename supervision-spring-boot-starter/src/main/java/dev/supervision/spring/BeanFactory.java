package dev.supervision.spring;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.core.MethodParameter;

/**
 * Makes and releases the beans of servers, on their own threads.
 */
final class BeanFactory {

	private final ConfigurableListableBeanFactory beans;

	BeanFactory(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * A new instance. The container does not mix what it injects with arguments that it
	 * is given, so if there are such, all parameters are resolved here.
	 */
	Object create(ServerType type, List<Object> arguments, ServerContext self) {
		Executable made = type.executable;
		if (made == null || !type.needsArguments()) {
			return this.beans.getBean(type.beanName);
		}
		Iterator<Object> given = arguments.iterator();
		Parameter[] parameters = made.getParameters();
		@Nullable Object[] values = new @Nullable Object[parameters.length];
		for (int i = 0; i < parameters.length; i++) {
			if (ServerType.isStartArgument(parameters[i])) {
				values[i] = given.hasNext() ? given.next() : null;
			}
			else if (parameters[i].getType() == ServerContext.class) {
				values[i] = self;
			}
			else {
				values[i] = this.beans.resolveDependency(new DependencyDescriptor(parameter(made, i), true),
						type.beanName);
			}
		}
		return this.beans.getBean(type.beanName, values);
	}

	private static MethodParameter parameter(Executable made, int index) {
		MethodParameter parameter = (made instanceof Constructor<?> constructor)
				? new MethodParameter(constructor, index) : new MethodParameter((Method) made, index);
		parameter.initParameterNameDiscovery(new org.springframework.core.DefaultParameterNameDiscoverer());
		return parameter;
	}

	void destroy(ServerType type, Object target) {
		this.beans.destroyBean(type.beanName, target);
	}

}

package dev.supervision.spring;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.StringJoiner;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.util.ReflectionUtils;

/**
 * The state of an annotated server: its bean, which is released with it.
 */
final class BeanState implements AutoCloseable {

	private final ServerType type;

	private final BeanFactory beans;

	private final Object bean;

	private final Identity identity;

	BeanState(ServerType type, BeanFactory beans, Object bean, Identity identity) {
		this.type = type;
		this.beans = beans;
		this.bean = bean;
		this.identity = identity;
	}

	/** Perhaps a proxy. */
	Object bean() {
		return this.bean;
	}

	private Object target() {
		Object target = AopProxyUtils.getSingletonTarget(this.bean);
		return (target != null) ? target : this.bean;
	}

	@Override
	public void close() {
		// perhaps on another thread than the last handler
		this.identity.enter();
		try {
			// of a proxy, private callbacks would run on the wrong object
			this.beans.destroy(this.type, target());
		}
		finally {
			LeftBehind.clear();
		}
	}

	/**
	 * For reports: what the bean says of itself, or its fields that Spring has not
	 * injected.
	 */
	@Override
	public String toString() {
		Object target = target();
		if (!this.type.showsValues) {
			return target.getClass().getName();
		}
		if (describesItself(target.getClass())) {
			return target.toString();
		}
		StringJoiner fields = new StringJoiner(", ", this.type.simpleName() + "[", "]");
		ReflectionUtils.doWithFields(target.getClass(), field -> {
			ReflectionUtils.makeAccessible(field);
			fields.add(field.getName() + "=" + field.get(target));
		}, field -> isState(field));
		return fields.toString();
	}

	private static boolean describesItself(Class<?> type) {
		Method method = ReflectionUtils.findMethod(type, "toString");
		return method != null && method.getDeclaringClass() != Object.class;
	}

	private boolean isState(Field field) {
		return !Modifier.isStatic(field.getModifiers()) && !field.isSynthetic() && !isInjected(field);
	}

	private boolean isInjected(Field field) {
		return field.isAnnotationPresent(Autowired.class) || field.isAnnotationPresent(Value.class)
				|| field.getType() == ServerContext.class || this.type.injects(field);
	}

}

package dev.supervision.spring;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.supervision.Info;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * A class of servers: what its methods handle, and what it is made of. Found out once, on
 * the class alone; everything that is wrong with it is told at once.
 */
final class ServerType {

	final String beanName;

	final Class<?> beanClass;

	/** What clients implement; {@code null} if there are only untyped handlers. */
	final @Nullable Class<?> protocol;

	/** Makes an instance; {@code null} where Spring has to choose the constructor. */
	final @Nullable Executable executable;

	final boolean showsValues;

	private final Map<Method, Handler> protocolHandlers = new HashMap<>();

	private final List<Handler> calls = new ArrayList<>();

	private final List<Handler> casts = new ArrayList<>();

	private final List<Handler> infos;

	private final List<Handler> continuations;

	private final @Nullable Handler terminate;

	private final List<Problem> problems = new ArrayList<>();

	ServerType(String beanName, Class<?> beanClass, @Nullable Executable factoryMethod, @Nullable Class<?> given,
			boolean showsValues) {
		this.beanName = beanName;
		this.beanClass = beanClass;
		this.showsValues = showsValues;
		this.executable = (factoryMethod != null) ? factoryMethod : constructor(beanClass);
		Map<Method, Handler> annotated = new HashMap<>();
		annotated(HandleCall.class).forEach(method -> annotated.put(method, new Handler(method, true)));
		annotated(HandleCast.class).forEach(method -> {
			Handler handler = new Handler(method, false);
			requireVoid(handler, HandleCast.class);
			if (annotated.put(method, handler) != null) {
				problem(handler + " is @HandleCall and @HandleCast",
						"Decide whether its caller waits, and remove one.");
			}
		});
		Map<Class<?>, Map<Method, Handler>> byInterface = byInterface(annotated);
		this.protocol = (given != null && given != void.class) ? given : onlyProtocol(byInterface.keySet());
		Map<Method, Handler> own = (this.protocol != null) ? byInterface.get(this.protocol) : null;
		if (own != null) {
			this.protocolHandlers.putAll(own);
		}
		Set<Handler> ofInterfaces = new LinkedHashSet<>();
		byInterface.values().forEach(handlers -> ofInterfaces.addAll(handlers.values()));
		requireComplete();
		for (Handler handler : annotated.values()) {
			if (!ofInterfaces.contains(handler)) {
				requireOneParameter(handler, handler.isCall ? HandleCall.class : HandleCast.class);
				(handler.isCall ? this.calls : this.casts).add(handler);
			}
		}
		this.infos = handlers(HandleInfo.class);
		this.continuations = handlers(HandleContinue.class);
		this.terminate = terminate();
		List.of(this.calls, this.casts, this.infos, this.continuations).forEach(this::requireDistinct);
	}

	List<Problem> problems() {
		return this.problems;
	}

	private void problem(String what, String action) {
		this.problems.add(new Problem(
				"Server '" + this.beanName + "' (" + this.beanClass.getName() + "): " + what + ".", action));
	}

	// ---- finding handlers

	private Set<Method> annotated(Class<? extends Annotation> annotation) {
		return MethodIntrospector.selectMethods(this.beanClass,
				(Method method) -> !method.isBridge() && AnnotatedElementUtils.hasAnnotation(method, annotation));
	}

	private List<Handler> handlers(Class<? extends Annotation> annotation) {
		List<Handler> handlers = new ArrayList<>();
		for (Method method : annotated(annotation)) {
			Handler handler = new Handler(method, false);
			requireVoid(handler, annotation);
			requireOneParameter(handler, annotation);
			handlers.add(handler);
		}
		return handlers;
	}

	private @Nullable Handler terminate() {
		List<Handler> handlers = annotated(Terminate.class).stream().map(method -> new Handler(method, false)).toList();
		handlers.forEach(handler -> {
			requireVoid(handler, Terminate.class);
			Class<?>[] types = handler.method().getParameterTypes();
			if (types.length > 1 || types.length == 1 && types[0] != dev.supervision.ExitReason.class) {
				problem(handler + " has other parameters than one ExitReason",
						"Give the @Terminate method no parameter, or one of type ExitReason.");
			}
		});
		if (handlers.size() > 1) {
			problem("it has " + handlers.size() + " @Terminate methods: " + handlers, "Keep one of them.");
		}
		return handlers.isEmpty() ? null : handlers.get(0);
	}

	/** Which method of which interface the given handlers implement. */
	private Map<Class<?>, Map<Method, Handler>> byInterface(Map<Method, Handler> annotated) {
		Map<Class<?>, Map<Method, Handler>> found = new HashMap<>();
		for (Class<?> type : ClassUtils.getAllInterfacesForClass(this.beanClass)) {
			for (Method declared : type.getMethods()) {
				if (Modifier.isStatic(declared.getModifiers())) {
					continue;
				}
				Method implementation = BridgeMethodResolver
					.findBridgedMethod(ClassUtils.getMostSpecificMethod(declared, this.beanClass));
				Handler handler = annotated.get(implementation);
				if (handler != null) {
					found.computeIfAbsent(type, key -> new HashMap<>()).put(declared, handler);
				}
			}
		}
		return found;
	}

	/** The one interface, or the one that extends all others. */
	private @Nullable Class<?> onlyProtocol(Collection<Class<?>> candidates) {
		for (Class<?> candidate : candidates) {
			if (candidates.stream().allMatch(other -> other.isAssignableFrom(candidate))) {
				return candidate;
			}
		}
		if (!candidates.isEmpty()) {
			problem("it handles methods of several interfaces: " + names(candidates),
					"Say which one is its protocol: @GenServer(protocol = ...).");
		}
		return null;
	}

	private static List<String> names(Collection<Class<?>> types) {
		return types.stream().map(Class::getName).sorted().toList();
	}

	private void requireComplete() {
		Class<?> type = this.protocol;
		if (type == null) {
			return;
		}
		if (!type.isInterface() || !type.isAssignableFrom(this.beanClass)) {
			problem("its protocol " + type.getName() + " is not an interface that it implements",
					"Name an interface of the class in @GenServer(protocol = ...).");
			return;
		}
		for (Method method : type.getMethods()) {
			if (Modifier.isAbstract(method.getModifiers()) && !this.protocolHandlers.containsKey(method)) {
				problem("method " + method.getName() + " of its protocol " + type.getName() + " is not a handler",
						"Annotate it with @HandleCall, if callers wait for it, or @HandleCast.");
			}
		}
	}

	private void requireVoid(Handler handler, Class<? extends Annotation> annotation) {
		if (!handler.returnsVoid()) {
			problem(handler + " is @" + annotation.getSimpleName() + " and returns a value, which nobody would get",
					"Make it void" + ((annotation == HandleCast.class) ? ", or @HandleCall." : "."));
		}
	}

	private void requireOneParameter(Handler handler, Class<? extends Annotation> annotation) {
		if (handler.method().getParameterCount() != 1) {
			problem(handler + " is @" + annotation.getSimpleName() + " and does not have one parameter",
					switch (annotation.getSimpleName()) {
						case "HandleCall", "HandleCast" ->
							"Declare it in the protocol, or give it one parameter: it would handle untyped messages by its type.";
						default -> "Give it one parameter: messages are handed out by its type.";
					});
		}
	}

	private void requireDistinct(List<Handler> handlers) {
		for (int i = 0; i < handlers.size(); i++) {
			for (int j = 0; j < i; j++) {
				Handler one = handlers.get(j);
				Handler other = handlers.get(i);
				if (hasOneParameter(one) && hasOneParameter(other) && one.overlaps(other)) {
					problem("both " + one + " and " + other + " could handle the same message",
							"Make the types of their parameters exclude each other, or handle both in one method.");
				}
			}
		}
	}

	private static boolean hasOneParameter(Handler handler) {
		return handler.method().getParameterCount() == 1;
	}

	// ---- making instances

	private static @Nullable Executable constructor(Class<?> type) {
		Constructor<?>[] constructors = type.getDeclaredConstructors();
		if (constructors.length == 1) {
			return constructors[0];
		}
		return Arrays.stream(constructors)
			.filter(candidate -> AnnotatedElementUtils.hasAnnotation(candidate, Autowired.class)
					|| Arrays.stream(candidate.getParameters()).anyMatch(ServerType::isStartArgument))
			.findFirst()
			.orElse(null);
	}

	static boolean isStartArgument(Parameter parameter) {
		return parameter.isAnnotationPresent(StartArgument.class);
	}

	/** Parameters that come from the starter, in order. */
	List<Parameter> startParameters() {
		Executable made = this.executable;
		return (made != null) ? Arrays.stream(made.getParameters()).filter(ServerType::isStartArgument).toList()
				: List.of();
	}

	/** Whether Spring cannot find all parameters on its own. */
	boolean needsArguments() {
		Executable made = this.executable;
		return made != null && Arrays.stream(made.getParameters())
			.anyMatch(parameter -> isStartArgument(parameter) || parameter.getType() == ServerContext.class);
	}

	/**
	 * Checks start arguments.
	 * @throws IllegalArgumentException if number or types are wrong
	 */
	void requireFitting(String what, @Nullable Object... arguments) {
		List<Parameter> parameters = startParameters();
		boolean fits = parameters.size() == arguments.length;
		for (int i = 0; fits && i < arguments.length; i++) {
			fits = arguments[i] != null && ClassUtils.isAssignableValue(parameters.get(i).getType(), arguments[i]);
		}
		if (!fits) {
			throw new IllegalArgumentException("Start arguments of '" + what + "' are "
					+ Arrays.stream(arguments).map(ServerType::typeName).toList() + ", but server '" + this.beanName
					+ "' (" + this.beanClass.getName() + ") wants "
					+ parameters.stream()
						.map(parameter -> parameter.getType().getSimpleName() + " " + parameter.getName())
						.toList());
		}
	}

	private static String typeName(@Nullable Object argument) {
		return (argument != null) ? argument.getClass().getSimpleName() : "null";
	}

	/**
	 * Whether a field is probably there to keep what was injected: a parameter of its
	 * name and type is not a start argument.
	 */
	boolean injects(Field field) {
		Executable made = this.executable;
		return made != null && Arrays.stream(made.getParameters())
			.anyMatch(parameter -> !isStartArgument(parameter) && parameter.getType() == field.getType()
					&& parameter.getName().equals(field.getName()));
	}

	/** Whether it is written in plain style, and Spring only makes it. */
	boolean isPlain() {
		return dev.supervision.GenServer.class.isAssignableFrom(this.beanClass);
	}

	// ---- dispatching

	/** The handler of a method of the protocol. */
	@Nullable Handler handler(Method method) {
		return this.protocolHandlers.get(method);
	}

	/** The handler of an untyped call, cast or other message. */
	@Nullable Handler handler(Info info) {
		if (info instanceof Info.Call call) {
			return find(this.calls, call.request());
		}
		if (info instanceof Info.Cast cast) {
			return find(this.casts, cast.request());
		}
		return find(this.infos, (info instanceof Info.Message message) ? message.message() : info);
	}

	@Nullable Handler continuation(Object continuation) {
		return find(this.continuations, continuation);
	}

	@Nullable Handler terminateHandler() {
		return this.terminate;
	}

	private static @Nullable Handler find(List<Handler> handlers, Object message) {
		for (Handler handler : handlers) {
			if (handler.takes(message)) {
				return handler;
			}
		}
		return null;
	}

	/** Handlers that a proxied instance would run on the wrong object. */
	List<Handler> handlersThatDefyProxies() {
		List<Handler> all = new ArrayList<>(this.protocolHandlers.values());
		List.of(this.calls, this.casts, this.infos, this.continuations).forEach(all::addAll);
		Handler last = this.terminate;
		if (last != null) {
			all.add(last);
		}
		return all.stream().distinct().filter(Handler::defiesProxy).toList();
	}

	/** The name that reports and meters use. */
	String simpleName() {
		return ClassUtils.getShortName(this.beanClass);
	}

	@Override
	public String toString() {
		return this.beanName;
	}

}

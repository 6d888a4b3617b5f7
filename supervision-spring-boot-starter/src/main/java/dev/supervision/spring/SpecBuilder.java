package dev.supervision.spring;

import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import dev.supervision.AutoShutdown;
import dev.supervision.Backoff;
import dev.supervision.ChildSpec;
import dev.supervision.DynamicSupervisorSpec;
import dev.supervision.ExecutorType;
import dev.supervision.InvalidSpecException;
import dev.supervision.MailboxLimit;
import dev.supervision.OnLimit;
import dev.supervision.Overflow;
import dev.supervision.Restart;
import dev.supervision.RestartIntensity;
import dev.supervision.Shutdown;
import dev.supervision.Strategy;
import dev.supervision.SupervisorSpec;

import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.core.convert.ConversionException;

/**
 * Turns merged entries into specifications of the core, which checks their values.
 */
final class SpecBuilder {

	private static final MailboxLimit DEFAULT_MAILBOX = new MailboxLimit(100_000, Overflow.REJECT);

	private static final int DEFAULT_MAX_CHILDREN = 10_000;

	private static final Duration DEFAULT_MAX_BACKOFF = Duration.ofMinutes(1);

	private final Servers servers;

	private final BeanFactory beans;

	SpecBuilder(Servers servers, BeanFactory beans) {
		this.servers = servers;
		this.beans = beans;
	}

	/**
	 * A tree, or {@code null} if nothing can be made of it.
	 * @param faults is told of every value that is not allowed
	 * @param places gets all that is in it
	 */
	@Nullable SupervisorSpec build(Entry entry, SupervisionProperties.Defaults defaults, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
		SupervisionProperties.Child keys = entry.keys;
		places.add(new Forest.Place(entry.id(), entry.path(), null, entry.id(), null));
		RestartIntensity intensity = intensity(entry, RestartIntensity.DEFAULT, faults);
		SupervisorSpec spec = attempt(entry, faults,
				() -> SupervisorSpec.of(entry.id())
					.name(entry.id())
					.strategy(or(keys.strategy(), Strategy.ONE_FOR_ONE))
					.intensity(intensity.maxRestarts(), intensity.within())
					.onLimit(or(keys.onLimit(), OnLimit.ESCALATE))
					.autoShutdown(or(keys.autoShutdown(), AutoShutdown.NEVER)));
		validate(entry, faults, spec);
		List<ChildSpec> children = new ArrayList<>();
		for (Entry child : entry.children) {
			ChildSpec childSpec = child(child, defaults, faults, places);
			if (spec != null && childSpec != null) {
				// alone, because the check ends at the first fault
				validate(child, faults, spec.child(withoutChildren(childSpec)));
				children.add(childSpec);
			}
		}
		return (spec != null) ? new SupervisorSpec(spec.id(), spec.strategy(), spec.intensity(), spec.onLimit(),
				spec.autoShutdown(), spec.name(), children) : null;
	}

	private static ChildSpec withoutChildren(ChildSpec child) {
		return child.supervisorSpec().isPresent() ? child.withSupervisor(SupervisorSpec.of(child.id())) : child;
	}

	private static void validate(Entry entry, TreeCompiler.Faults faults, @Nullable SupervisorSpec spec) {
		if (spec != null) {
			attempt(entry, faults, () -> {
				spec.validate();
				return spec;
			});
		}
	}

	private static RestartIntensity intensity(Entry entry, RestartIntensity defaults, TreeCompiler.Faults faults) {
		RestartIntensity wanted = attempt(entry, faults,
				() -> new RestartIntensity(or(entry.keys.maxRestarts(), defaults.maxRestarts()),
						or(entry.keys.within(), defaults.within())));
		return (wanted != null) ? wanted : defaults;
	}

	private @Nullable ChildSpec child(Entry entry, SupervisionProperties.Defaults defaults, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
		ChildSpec spec;
		if (entry.isWorker()) {
			spec = worker(entry, defaults, faults, places);
		}
		else if (entry.isDynamic()) {
			spec = dynamic(entry, defaults, faults, places);
		}
		else {
			SupervisorSpec nested = build(entry, defaults, faults, places);
			return (nested != null) ? overrideOptions(entry, faults, ChildSpec.supervisor(nested)) : null;
		}
		if (spec == null) {
			return null;
		}
		Restart restart = entry.keys.restart();
		spec = spec.significant(Boolean.TRUE.equals(entry.keys.significant()));
		return (restart != null) ? spec.restart(restart) : spec;
	}

	private @Nullable ChildSpec worker(Entry entry, SupervisionProperties.Defaults defaults, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
		ServerType type = this.servers.types().get(entry.keys.worker());
		if (type == null) {
			return null;
		}
		String name = registeredName(entry);
		places.add(new Forest.Place(entry.id(), entry.path(), type.beanName, name, null));
		List<Object> arguments = arguments(entry, type, faults);
		ChildSpec spec = attempt(entry, faults, () -> child(entry.id(), type, arguments).name(name));
		return (spec != null) ? options(entry, defaults, faults, spec) : null;
	}

	/** A worker with a name and nothing else. */
	ChildSpec child(String id, ServerType type, List<Object> arguments) {
		return ChildSpec.worker(id, () -> server(type, arguments)).serverType(type.beanClass.getName());
	}

	private dev.supervision.GenServer<?, ?> server(ServerType type, List<Object> arguments) {
		return type.isPlain() ? new PlainServer<>(type, this.beans, arguments)
				: new BeanServer(type, this.beans, arguments);
	}

	/** The name that a worker is going to have. */
	static String registeredName(Entry entry) {
		String name = entry.keys.name();
		return (name != null) ? name : or(entry.keys.worker(), entry.id());
	}

	private @Nullable ChildSpec dynamic(Entry entry, SupervisionProperties.Defaults defaults,
			TreeCompiler.Faults faults, List<Forest.Place> places) {
		ServerType type = this.servers.types().get(entry.keys.dynamic());
		if (type == null) {
			return null;
		}
		ChildSpec children = attempt(entry, faults,
				() -> ChildSpec.workerOf(entry.id(), arguments -> server(type, arguments))
					.serverType(type.beanClass.getName()));
		if (children == null) {
			return null;
		}
		children = options(entry, defaults, faults, children)
			.restart(or(entry.keys.childRestart(), defaults.restart()));
		places.add(new Forest.Place(entry.id(), entry.path(), type.beanName, entry.id(), children));
		RestartIntensity intensity = intensity(entry, RestartIntensity.DEFAULT, faults);
		return attempt(entry, faults,
				() -> ChildSpec.supervisor(DynamicSupervisorSpec.of(entry.id())
					.name(entry.id())
					.intensity(intensity.maxRestarts(), intensity.within())
					.onLimit(or(entry.keys.onLimit(), OnLimit.ESCALATE))
					.maxChildren(or(entry.keys.maxChildren(), DEFAULT_MAX_CHILDREN))));
	}

	private List<Object> arguments(Entry entry, ServerType type, TreeCompiler.Faults faults) {
		Map<String, String> given = or(entry.keys.arguments(), Map.of());
		List<Parameter> parameters = type.startParameters();
		List<String> names = parameters.stream().map(Parameter::getName).toList();
		given.keySet()
			.stream()
			.filter(name -> !names.contains(name))
			.forEach(name -> faults.add(entry,
					"server '" + type + "' has no start argument '" + name + "'." + Problem.didYouMean(name, names),
					names.isEmpty() ? "Remove arguments, or mark a constructor parameter with @StartArgument."
							: "Use " + names + "."));
		List<Object> values = new ArrayList<>();
		for (Parameter parameter : parameters) {
			String text = given.get(parameter.getName());
			if (text == null) {
				faults.add(entry, "server '" + type + "' needs the start argument '" + parameter.getName() + "'",
						"Add arguments." + parameter.getName() + ", a " + parameter.getType().getSimpleName() + ".");
				continue;
			}
			try {
				Object value = ApplicationConversionService.getSharedInstance().convert(text, parameter.getType());
				if (value != null) {
					values.add(value);
				}
			}
			catch (ConversionException ex) {
				faults.add(entry, "the argument '" + parameter.getName() + "' is '" + text + "'",
						"Write a " + parameter.getType().getSimpleName() + ".");
			}
		}
		return values;
	}

	// ---- options

	/** The given defaults, or those of nobody if there is something wrong with them. */
	static SupervisionProperties.Defaults requireValid(SupervisionProperties.Defaults defaults,
			TreeCompiler.Faults faults) {
		Entry entry = new Entry("supervision.defaults", null, SupervisionProperties.Child.supervisor("defaults"));
		List<String> found = new ArrayList<>();
		options(entry, defaults, (where, what, action) -> {
			found.add(what);
			faults.add(where, what, action);
		}, ChildSpec.worker("defaults", () -> {
			throw new IllegalStateException("never started");
		}));
		return found.isEmpty() ? defaults
				: new SupervisionProperties.Defaults(defaults.restart(), Durations.DEFAULT_SHUTDOWN,
						ChildSpec.DEFAULT_START_TIMEOUT, null, new SupervisionProperties.Mailbox(null, null),
						defaults.drain(), ExecutorType.AUTO);
	}

	/** A worker with all defaults of the configuration. */
	ChildSpec withDefaults(ChildSpec spec, SupervisionProperties.Defaults defaults) {
		Entry nothing = new Entry(spec.id(), null, SupervisionProperties.Child.supervisor(spec.id()));
		return options(nothing, defaults, (entry, what, action) -> {
			throw new IllegalArgumentException(what + ". " + action);
		}, spec);
	}

	/** What a worker says, or else the defaults. */
	private static ChildSpec options(Entry entry, SupervisionProperties.Defaults defaults, TreeCompiler.Faults faults,
			ChildSpec worker) {
		SupervisionProperties.Child keys = entry.keys;
		ChildSpec spec = worker.restart(defaults.restart()).drain(or(keys.drain(), defaults.drain()));
		spec = change(entry, faults, spec,
				given -> given.executor(available(or(keys.executor(), defaults.executor()))));
		spec = change(entry, faults, spec,
				given -> given.shutdown(Durations.shutdown(or(keys.shutdown(), defaults.shutdown()))));
		spec = change(entry, faults, spec,
				given -> given.startTimeout(or(keys.startTimeout(), defaults.startTimeout())));
		spec = change(entry, faults, spec, given -> given
			.mailbox(limit(SupervisionProperties.Mailbox.over(keys.mailbox(), defaults.mailbox()), DEFAULT_MAILBOX)));
		SupervisionProperties.Backoff backoff = SupervisionProperties.Backoff.over(keys.backoff(), defaults.backoff());
		return (backoff != null) ? change(entry, faults, spec, given -> given.backoff(backoff(backoff))) : spec;
	}

	private static ExecutorType available(ExecutorType executor) {
		if (executor == ExecutorType.VIRTUAL && !VirtualThreads.areAvailable()) {
			throw new IllegalArgumentException("executor is virtual, " + VirtualThreads.missing());
		}
		return executor;
	}

	/**
	 * Checks what the core would find out only at the start of a child.
	 * @throws IllegalArgumentException if a child cannot run on this Java
	 */
	static void requireAvailable(SupervisorSpec tree) {
		for (ChildSpec child : tree.children()) {
			available(child.executor());
			child.supervisorSpec().ifPresent(SpecBuilder::requireAvailable);
		}
	}

	private static MailboxLimit limit(SupervisionProperties.@Nullable Mailbox mailbox, MailboxLimit otherwise) {
		if (mailbox == null) {
			return otherwise;
		}
		String capacity = mailbox.capacity();
		Overflow onFull = or(mailbox.onFull(), otherwise.onFull());
		if (capacity == null) {
			return new MailboxLimit(otherwise.capacity(), onFull);
		}
		if (capacity.equalsIgnoreCase("unbounded")) {
			return MailboxLimit.UNBOUNDED;
		}
		try {
			return new MailboxLimit(Integer.parseInt(capacity.trim()), onFull);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(
					"mailbox.capacity is '" + capacity + "', which is neither a number of messages nor unbounded", ex);
		}
	}

	private static Backoff backoff(SupervisionProperties.Backoff keys) {
		Duration initial = keys.initial();
		if (initial == null) {
			throw new IllegalArgumentException("backoff has no initial, which is required");
		}
		Duration max = or(keys.max(), (initial.compareTo(DEFAULT_MAX_BACKOFF) > 0) ? initial : DEFAULT_MAX_BACKOFF);
		Backoff defaults = Backoff.between(initial, max);
		return new Backoff(initial, max, or(keys.multiplier(), defaults.multiplier()),
				or(keys.jitter(), defaults.jitter()), or(keys.resetAfter(), defaults.resetAfter()),
				or(keys.maxAttempts(), defaults.maxAttempts()));
	}

	/** Lets a change be made; if it is refused, tells of it and does without. */
	private static ChildSpec change(Entry entry, TreeCompiler.Faults faults, ChildSpec given,
			UnaryOperator<ChildSpec> change) {
		ChildSpec changed = attempt(entry, faults, () -> change.apply(given));
		return (changed != null) ? changed : given;
	}

	private static <T> @Nullable T attempt(Entry entry, TreeCompiler.Faults faults, Supplier<T> attempt) {
		try {
			return attempt.get();
		}
		catch (InvalidSpecException ex) {
			String message = String.valueOf(ex.getMessage());
			int end = message.indexOf(". Allowed is ");
			faults.add(entry, (end > 0) ? message.substring(0, end) : message, "Use " + ex.allowed() + ".");
		}
		catch (IllegalArgumentException ex) {
			faults.add(entry, String.valueOf(ex.getMessage()), "Correct that key.");
		}
		return null;
	}

	private static <T> T or(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

	// ---- specifications that are beans

	/**
	 * The same tree with what overrides say of it and its children.
	 * @param faults is told of every value that is not allowed
	 */
	static SupervisorSpec override(SupervisorSpec tree, Overrides overrides, TreeCompiler.Faults faults) {
		return override(tree, Entry.Kind.TREE, overrides, faults);
	}

	private static SupervisorSpec override(SupervisorSpec tree, Entry.Kind kind, Overrides overrides,
			TreeCompiler.Faults faults) {
		List<ChildSpec> children = tree.children()
			.stream()
			.map(child -> overrideChild(child, overrides, faults))
			.toList();
		SupervisorSpec spec = new SupervisorSpec(tree.id(), tree.strategy(), tree.intensity(), tree.onLimit(),
				tree.autoShutdown(), tree.name(), children);
		SupervisionProperties.Child keys = overrides.take(tree.id());
		if (keys == null) {
			return spec;
		}
		Entry entry = overrides.entry(tree.id(), keys, kind, faults);
		RestartIntensity intensity = intensity(entry, tree.intensity(), faults);
		return spec.strategy(or(keys.strategy(), tree.strategy()))
			.intensity(intensity.maxRestarts(), intensity.within())
			.onLimit(or(keys.onLimit(), tree.onLimit()))
			.autoShutdown(or(keys.autoShutdown(), tree.autoShutdown()));
	}

	private static ChildSpec overrideChild(ChildSpec child, Overrides overrides, TreeCompiler.Faults faults) {
		SupervisorSpec nested = child.supervisorSpec().orElse(null);
		ChildSpec spec = (nested != null)
				? child.withSupervisor(override(nested, Entry.Kind.SUPERVISOR, overrides, faults)) : child;
		SupervisionProperties.Child keys = overrides.take(child.id());
		if (keys == null) {
			return spec;
		}
		DynamicSupervisorSpec dynamic = child.dynamicSupervisorSpec().orElse(null);
		Entry entry = overrides.entry(child.id(), keys, (nested != null) ? Entry.Kind.SUPERVISOR
				: (dynamic != null) ? Entry.Kind.DYNAMIC_OF_BEAN : Entry.Kind.WORKER_OF_BEAN, faults);
		if (dynamic != null) {
			RestartIntensity intensity = intensity(entry, dynamic.intensity(), faults);
			spec = change(entry, faults, spec,
					given -> given.withSupervisor(dynamic.intensity(intensity.maxRestarts(), intensity.within())
						.onLimit(or(keys.onLimit(), dynamic.onLimit()))
						.maxChildren(or(keys.maxChildren(), dynamic.maxChildren()))));
		}
		return overrideOptions(entry, faults, spec);
	}

	private static ChildSpec overrideOptions(Entry entry, TreeCompiler.Faults faults, ChildSpec child) {
		SupervisionProperties.Child keys = entry.keys;
		ChildSpec spec = child.restart(or(keys.restart(), child.restart()))
			.significant(or(keys.significant(), child.significant()))
			.drain(or(keys.drain(), child.drain()));
		spec = change(entry, faults, spec, given -> given.executor(available(or(keys.executor(), child.executor()))));
		spec = change(entry, faults, spec, given -> given.startTimeout(or(keys.startTimeout(), child.startTimeout())));
		String shutdown = keys.shutdown();
		if (shutdown != null) {
			spec = change(entry, faults, spec, given -> given.shutdown(Durations.shutdown(shutdown)));
		}
		SupervisionProperties.Mailbox mailbox = keys.mailbox();
		if (mailbox != null) {
			spec = change(entry, faults, spec, given -> given.mailbox(limit(mailbox, child.mailbox())));
		}
		SupervisionProperties.Backoff backoff = SupervisionProperties.Backoff.over(keys.backoff(),
				keysOf(child.backoff()));
		return (keys.backoff() != null && backoff != null)
				? change(entry, faults, spec, given -> given.backoff(backoff(backoff))) : spec;
	}

	private static SupervisionProperties.@Nullable Backoff keysOf(@Nullable Backoff backoff) {
		return (backoff != null) ? new SupervisionProperties.Backoff(backoff.initial(), backoff.max(),
				backoff.multiplier(), backoff.jitter(), backoff.resetAfter(), backoff.maxAttempts()) : null;
	}

	/** Everything that a specification declares, with what is known of it. */
	static void places(SupervisorSpec tree, String path, Consumer<Forest.Place> places) {
		places.accept(new Forest.Place(tree.id(), path, null, tree.name(), null));
		for (ChildSpec child : tree.children()) {
			String below = path + "/" + child.id();
			child.supervisorSpec()
				.ifPresentOrElse(nested -> places(nested, below, places),
						() -> places.accept(new Forest.Place(child.id(), below, null, child.name(), null)));
		}
	}

	/** How long a tree may take to stop at worst; {@code null} means for ever. */
	static @Nullable Duration worstStop(SupervisorSpec tree) {
		Duration sum = Duration.ZERO;
		for (ChildSpec child : tree.children()) {
			Duration own = worstStop(child);
			if (own == null) {
				return null;
			}
			sum = sum.plus(own);
		}
		return sum;
	}

	private static @Nullable Duration worstStop(ChildSpec child) {
		if (child.shutdown() instanceof Shutdown.Within within) {
			return within.limit();
		}
		if (child.shutdown() instanceof Shutdown.BrutalKill) {
			return Duration.ZERO;
		}
		SupervisorSpec nested = child.supervisorSpec().orElse(null);
		if (nested != null) {
			return worstStop(nested);
		}
		// children of a dynamic supervisor are stopped all at once; each has a limit
		return child.dynamicSupervisorSpec().isPresent() ? Duration.ZERO : null;
	}

}

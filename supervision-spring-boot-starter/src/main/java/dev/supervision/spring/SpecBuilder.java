package dev.supervision.spring;

import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

	private static final int DEFAULT_CAPACITY = 100_000;

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
	@Nullable SupervisorSpec build(Entry tree, SupervisionProperties properties, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
		SupervisorSpec spec = supervisor(tree, properties, faults, places);
		if (spec == null) {
			return null;
		}
		return attempt(tree, faults, () -> {
			// the rest of the checks
			spec.validate();
			return spec;
		});
	}

	private @Nullable SupervisorSpec supervisor(Entry entry, SupervisionProperties properties,
			TreeCompiler.Faults faults, List<Forest.Place> places) {
		SupervisionProperties.Child keys = entry.keys;
		SupervisorSpec spec = attempt(entry, faults, () -> SupervisorSpec.of(entry.id()).name(entry.id()));
		places.add(new Forest.Place(entry.id(), entry.path(), null, entry.id(), null));
		for (Entry child : entry.children) {
			ChildSpec childSpec = child(child, properties, faults, places);
			if (spec != null && childSpec != null) {
				spec = spec.child(childSpec);
			}
		}
		if (spec == null) {
			return null;
		}
		RestartIntensity intensity = intensity(entry, RestartIntensity.DEFAULT, faults);
		Strategy strategy = or(keys.strategy(), Strategy.ONE_FOR_ONE);
		return spec.strategy(strategy)
			.intensity(intensity.maxRestarts(), intensity.within())
			.onLimit(or(keys.onLimit(), OnLimit.ESCALATE))
			.autoShutdown(or(keys.autoShutdown(), AutoShutdown.NEVER));
	}

	private static RestartIntensity intensity(Entry entry, RestartIntensity defaults, TreeCompiler.Faults faults) {
		RestartIntensity wanted = attempt(entry, faults,
				() -> new RestartIntensity(or(entry.keys.maxRestarts(), defaults.maxRestarts()),
						or(entry.keys.within(), defaults.within())));
		return (wanted != null) ? wanted : defaults;
	}

	private @Nullable ChildSpec child(Entry entry, SupervisionProperties properties, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
		ChildSpec spec;
		if (entry.isWorker()) {
			spec = worker(entry, properties, faults, places);
		}
		else if (entry.isDynamic()) {
			spec = dynamic(entry, properties, faults, places);
		}
		else {
			SupervisorSpec nested = supervisor(entry, properties, faults, places);
			spec = (nested != null) ? ChildSpec.supervisor(nested) : null;
			String shutdown = entry.keys.shutdown();
			if (spec != null && shutdown != null) {
				spec = change(entry, faults, spec, given -> given.shutdown(Durations.shutdown(shutdown)));
			}
		}
		if (spec == null) {
			return null;
		}
		Restart restart = entry.keys.restart();
		spec = spec.significant(Boolean.TRUE.equals(entry.keys.significant()));
		return (restart != null) ? spec.restart(restart) : spec;
	}

	private @Nullable ChildSpec worker(Entry entry, SupervisionProperties properties, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
		ServerType type = this.servers.types().get(entry.keys.worker());
		if (type == null) {
			return null;
		}
		String name = registeredName(entry);
		places.add(new Forest.Place(entry.id(), entry.path(), type.beanName, name, null));
		List<Object> arguments = arguments(entry, type, faults);
		ChildSpec spec = attempt(entry, faults, () -> child(entry.id(), type, arguments).name(name));
		return (spec != null) ? options(entry, properties.defaults(), faults, spec) : null;
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

	private @Nullable ChildSpec dynamic(Entry entry, SupervisionProperties properties, TreeCompiler.Faults faults,
			List<Forest.Place> places) {
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
		children = options(entry, properties.defaults(), faults, children)
			.restart(or(entry.keys.childRestart(), properties.defaults().restart()));
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

	/** A worker with all defaults of the configuration. */
	ChildSpec withDefaults(ChildSpec spec, SupervisionProperties.Defaults defaults) {
		Entry nothing = new Entry("supervision.defaults", null, SupervisionProperties.Child.supervisor(spec.id()));
		return options(nothing, defaults, (entry, what, action) -> {
			throw new InvalidTreesException(List.of(new Problem(entry + ": " + what + ".", action)));
		}, spec);
	}

	/** What a worker says, or else the defaults. */
	private static ChildSpec options(Entry entry, SupervisionProperties.Defaults defaults, TreeCompiler.Faults faults,
			ChildSpec worker) {
		SupervisionProperties.Child keys = entry.keys;
		ChildSpec spec = worker.restart(defaults.restart())
			.drain(or(keys.drain(), defaults.drain()))
			.executor(or(keys.executor(), defaults.executor()));
		spec = change(entry, faults, spec,
				given -> given.shutdown(Durations.shutdown(or(keys.shutdown(), defaults.shutdown()))));
		spec = change(entry, faults, spec,
				given -> given.startTimeout(or(keys.startTimeout(), defaults.startTimeout())));
		spec = change(entry, faults, spec,
				given -> given.mailbox(limit(SupervisionProperties.Mailbox.over(keys.mailbox(), defaults.mailbox()))));
		SupervisionProperties.Backoff backoff = SupervisionProperties.Backoff.over(keys.backoff(), defaults.backoff());
		return (backoff != null) ? change(entry, faults, spec, given -> given.backoff(backoff(backoff))) : spec;
	}

	private static MailboxLimit limit(SupervisionProperties.@Nullable Mailbox mailbox) {
		String capacity = (mailbox != null) ? mailbox.capacity() : null;
		Overflow onFull = (mailbox != null) ? or(mailbox.onFull(), Overflow.REJECT) : Overflow.REJECT;
		if (capacity == null) {
			return new MailboxLimit(DEFAULT_CAPACITY, onFull);
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
			faults.add(entry, ex.what() + " is not allowed: " + ex.getMessage(), "Use " + ex.allowed() + ".");
		}
		catch (IllegalArgumentException ex) {
			faults.add(entry, String.valueOf(ex.getMessage()), "Correct it.");
		}
		return null;
	}

	private static <T> T or(@Nullable T value, T otherwise) {
		return (value != null) ? value : otherwise;
	}

	// ---- specifications that are beans

	/** The same tree with what overrides say of its children. */
	SupervisorSpec override(SupervisorSpec tree, Map<String, SupervisionProperties.Child> overrides, Set<String> used,
			List<Problem> problems) {
		TreeCompiler.Faults faults = (entry, what, action) -> problems
			.add(new Problem("supervision.overrides." + entry.id() + ": " + what + ".", action));
		SupervisorSpec result = new SupervisorSpec(tree.id(), tree.strategy(), tree.intensity(), tree.onLimit(),
				tree.autoShutdown(), tree.name(),
				tree.children().stream().map(child -> override(child, overrides, used, problems, faults)).toList());
		SupervisionProperties.Child keys = take(tree.id(), overrides, used);
		if (keys == null) {
			return result;
		}
		Entry entry = new Entry(tree.id(), null, keys);
		RestartIntensity intensity = intensity(entry, tree.intensity(), faults);
		return result.strategy(or(keys.strategy(), tree.strategy()))
			.intensity(intensity.maxRestarts(), intensity.within())
			.onLimit(or(keys.onLimit(), tree.onLimit()))
			.autoShutdown(or(keys.autoShutdown(), tree.autoShutdown()));
	}

	private ChildSpec override(ChildSpec child, Map<String, SupervisionProperties.Child> overrides, Set<String> used,
			List<Problem> problems, TreeCompiler.Faults faults) {
		ChildSpec spec = child.supervisorSpec()
			.map(nested -> child.withSupervisor(override(nested, overrides, used, problems)))
			.orElse(child);
		SupervisionProperties.Child keys = take(child.id(), overrides, used);
		if (keys == null) {
			return spec;
		}
		Entry entry = new Entry(child.id(), null, keys);
		DynamicSupervisorSpec dynamic = child.dynamicSupervisorSpec().orElse(null);
		if (dynamic != null) {
			RestartIntensity intensity = intensity(entry, dynamic.intensity(), faults);
			spec = spec.withSupervisor(dynamic.intensity(intensity.maxRestarts(), intensity.within())
				.onLimit(or(keys.onLimit(), dynamic.onLimit()))
				.maxChildren(or(keys.maxChildren(), dynamic.maxChildren())));
		}
		spec = spec.restart(or(keys.restart(), spec.restart()))
			.significant(or(keys.significant(), spec.significant()))
			.drain(or(keys.drain(), spec.drain()))
			.executor(or(keys.executor(), spec.executor()))
			.startTimeout(or(keys.startTimeout(), spec.startTimeout()));
		String shutdown = keys.shutdown();
		if (shutdown != null) {
			spec = change(entry, faults, spec, given -> given.shutdown(Durations.shutdown(shutdown)));
		}
		SupervisionProperties.Mailbox mailbox = keys.mailbox();
		if (mailbox != null) {
			spec = change(entry, faults, spec, given -> given.mailbox(limit(mailbox)));
		}
		SupervisionProperties.Backoff backoff = keys.backoff();
		return (backoff != null) ? change(entry, faults, spec, given -> given.backoff(backoff(backoff))) : spec;
	}

	private static SupervisionProperties.@Nullable Child take(String id,
			Map<String, SupervisionProperties.Child> overrides, Set<String> used) {
		String key = Entry.normalized(id);
		SupervisionProperties.Child keys = overrides.get(key);
		if (keys != null) {
			used.add(key);
		}
		return keys;
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

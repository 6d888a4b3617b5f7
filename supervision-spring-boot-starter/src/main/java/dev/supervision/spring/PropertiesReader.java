package dev.supervision.spring;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.ClassUtils;

/**
 * Reads {@code supervision.*} before there are beans, and finds all that is wrong with
 * it, not only the first.
 */
final class PropertiesReader {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("supervision");

	private static final ConfigurationPropertyName TREES = ROOT.append("trees");

	private static final ConfigurationPropertyName OVERRIDES = ROOT.append("overrides");

	/** Keys whose values are words that somebody chose. */
	private static final Set<String> NAMES = Set.of("id", "name", "worker", "dynamic");

	private static final Set<String> KEYS = keys();

	private final ConfigurableEnvironment environment;

	private final List<Problem> problems = new ArrayList<>();

	private boolean treesAreAmbiguous;

	PropertiesReader(ConfigurableEnvironment environment) {
		this.environment = environment;
	}

	/**
	 * The properties.
	 * @throws InvalidTreesException if there is an unknown key, or a value that cannot be
	 * what it should
	 */
	SupervisionProperties read() {
		requireOneSourceOfTrees();
		Collecting handler = new Collecting();
		Binder binder = Binder.get(this.environment);
		SupervisionProperties bound = binder.bindOrCreate(ROOT, Bindable.of(SupervisionProperties.class), handler);
		requireKnownKeys(handler);
		if (bound.threads() == SupervisionProperties.Threads.VIRTUAL && !VirtualThreads.areAvailable()) {
			String name = ROOT + ".threads";
			this.problems.add(new Problem(name + origin(name) + " is virtual, " + VirtualThreads.missing() + ".",
					"Use auto, which takes virtual threads where there are any, or platform; or run a later Java."));
		}
		requireMoreThanNothing("close-timeout", bound.closeTimeout());
		requireMoreThanNothing("kill-grace", bound.killGrace());
		requireAtLeast(0, "crash.max-reports", bound.crash().maxReports());
		requireAtLeast(1, "metrics.max-groups", bound.metrics().maxGroups());
		if (!this.problems.isEmpty()) {
			throw new InvalidTreesException(this.problems);
		}
		return bound;
	}

	private void requireMoreThanNothing(String key, Duration value) {
		if (value.isNegative() || value.isZero()) {
			outOfRange(key, DurationStyle.SIMPLE.print(value, ChronoUnit.MILLIS), "a duration of more than 0");
		}
	}

	private void requireAtLeast(int least, String key, int value) {
		if (value < least) {
			outOfRange(key, String.valueOf(value), "a number of " + least + " or more");
		}
	}

	private void outOfRange(String key, String value, String allowed) {
		String name = ROOT + "." + key;
		this.problems
			.add(new Problem(name + origin(name) + " is " + value + ", which is not allowed.", "Use " + allowed + "."));
	}

	/** A list of a higher source silently replaces that of a lower one. */
	private void requireOneSourceOfTrees() {
		List<String> sources = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable
					&& iterable.stream().anyMatch(TREES::isAncestorOf)) {
				sources.add((source.getUnderlyingSource() instanceof PropertySource<?> underlying)
						? underlying.getName() : String.valueOf(source.getUnderlyingSource()));
			}
		}
		if (sources.size() > 1) {
			this.treesAreAmbiguous = true;
			this.problems.add(new Problem(
					"supervision.trees is defined by " + sources.size() + " sources: " + String.join(" and ", sources)
							+ ". The list of the first would silently replace that of the others.",
					"Keep one list; change single keys elsewhere with supervision.overrides.<id>.<key>."));
		}
	}

	/** In which file and line a property, or the first one below it, stands. */
	String origin(String property) {
		if (!ConfigurationPropertyName.isValid(property)) {
			return "";
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			Stream<ConfigurationPropertyName> names = (source instanceof IterableConfigurationPropertySource iterable)
					? iterable.stream().filter(candidate -> name.equals(candidate) || name.isAncestorOf(candidate))
					: Stream.of(name);
			String found = names.map(source::getConfigurationProperty)
				.map(Origin::from)
				.filter(origin -> origin != null)
				.findFirst()
				.map(origin -> " at " + origin)
				.orElse(null);
			if (found != null) {
				return found;
			}
		}
		return "";
	}

	/**
	 * Boot's own check passes over whatever stands below a list in a list, such as all
	 * children of a tree.
	 */
	private void requireKnownKeys(Collecting handler) {
		UnboundElementsSourceFilter isChecked = new UnboundElementsSourceFilter();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable && isChecked.apply(source)) {
				iterable.stream()
					.filter(name -> ROOT.isAncestorOf(name) && !handler.knows(name)
							&& !(this.treesAreAmbiguous && TREES.isAncestorOf(name)))
					.distinct()
					.forEach(name -> this.problems.add(unknown(name)));
			}
		}
	}

	private Problem unknown(ConfigurationPropertyName name) {
		String hint = "";
		for (int i = 1; i < name.getNumberOfElements() && hint.isEmpty(); i++) {
			String element = name.getElement(i, ConfigurationPropertyName.Form.DASHED);
			boolean isId = OVERRIDES.isAncestorOf(name) && i == OVERRIDES.getNumberOfElements();
			hint = (name.isNumericIndex(i) || isId || KEYS.contains(element)) ? "" : Problem.didYouMean(element, KEYS);
		}
		return new Problem(name + origin(name.toString()) + ": there is no such key." + hint,
				"Correct the key, or remove it. All keys are described in the configuration metadata and in "
						+ "doc/configuration.md.");
	}

	/** All words that are keys somewhere. */
	private static Set<String> keys() {
		Set<String> keys = new TreeSet<>();
		List<Class<?>> records = new ArrayList<>(List.of(SupervisionProperties.class.getDeclaredClasses()));
		records.add(SupervisionProperties.class);
		records.stream()
			.filter(Class::isRecord)
			.flatMap(type -> Stream.of(type.getRecordComponents()))
			.forEach(component -> keys.add(DataObjectPropertyName.toDashedForm(component.getName())));
		return keys;
	}

	/** Notes what fails, and goes on without it. */
	private final class Collecting extends AbstractBindHandler {

		private final Set<ConfigurationPropertyName> bound = new HashSet<>();

		private final Set<ConfigurationPropertyName> failed = new HashSet<>();

		boolean knows(ConfigurationPropertyName name) {
			return this.bound.contains(name)
					|| this.failed.stream().anyMatch(other -> other.equals(name) || other.isAncestorOf(name));
		}

		@Override
		public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Object result) {
			this.bound.add(name);
			ConfigurationProperty property = context.getConfigurationProperty();
			Object value = (property != null) ? property.getValue() : null;
			if (value instanceof Boolean && isName(name)) {
				PropertiesReader.this.problems.add(new Problem(
						name + origin(name.toString()) + " is read as '" + result
								+ "': for YAML, words such as no, off, yes and on are truth values.",
						"Put the word in quotes."));
			}
			if (value instanceof Number given && differs(given, result)) {
				PropertiesReader.this.problems.add(notWanted(name, target, value));
			}
			return super.onSuccess(name, target, context, result);
		}

		@Override
		public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Exception error) {
			this.failed.add(name);
			ConfigurationProperty property = context.getConfigurationProperty();
			PropertiesReader.this.problems
				.add(notWanted(name, target, (property != null) ? property.getValue() : null));
			return null;
		}

		/** Spring takes 1.5 for 1, and 1 for the second constant of an enum. */
		private static boolean differs(Number given, Object result) {
			return result instanceof Enum
					|| result instanceof Integer taken && given.doubleValue() != taken.doubleValue();
		}

		private Problem notWanted(ConfigurationPropertyName name, Bindable<?> target, @Nullable Object value) {
			return new Problem(name + origin(name.toString()) + ((value != null) ? " is '" + value + "'" : "")
					+ ", which is not " + wanted(target) + ".", "Use " + wanted(target) + ".");
		}

		private static boolean isName(ConfigurationPropertyName name) {
			return NAMES.contains(name.getLastElement(ConfigurationPropertyName.Form.DASHED))
					&& (TREES.isAncestorOf(name) || OVERRIDES.isAncestorOf(name))
					&& !name.getParent().getLastElement(ConfigurationPropertyName.Form.DASHED).equals("arguments");
		}

		private static String wanted(Bindable<?> target) {
			Class<?> type = target.getType().resolve(Object.class);
			if (type.isEnum()) {
				List<String> names = new ArrayList<>();
				for (Object constant : type.getEnumConstants()) {
					names.add(Words.of((Enum<?>) constant));
				}
				return "one of " + String.join(", ", names);
			}
			if (type == Duration.class) {
				return "a duration such as 500ms, 10s or 1m";
			}
			if (type == Boolean.class || type == boolean.class) {
				return "true or false";
			}
			if (type == Integer.class || type == int.class) {
				return "a whole number";
			}
			return Number.class.isAssignableFrom(ClassUtils.resolvePrimitiveIfNecessary(type)) ? "a number"
					: "a value of type " + type.getSimpleName();
		}

	}

}

package dev.supervision.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;

/**
 * Reads {@code supervision.*} before there are beans, and finds all that is wrong with
 * it, not only the first.
 */
final class PropertiesReader {

	private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("supervision");

	private static final ConfigurationPropertyName TREES = ROOT.append("trees");

	private final ConfigurableEnvironment environment;

	private final List<Problem> problems = new ArrayList<>();

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
		if (!this.problems.isEmpty()) {
			throw new InvalidTreesException(this.problems);
		}
		return bound;
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

	/** Notes what fails, and goes on without it. */
	private final class Collecting extends AbstractBindHandler {

		private @Nullable Object bound;

		Collecting() {
			super(new NoUnboundElementsBindHandler(DEFAULT, new UnboundElementsSourceFilter()));
		}

		@Override
		public @Nullable Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Object result) {
			if (name.equals(ROOT)) {
				this.bound = result;
			}
			return super.onSuccess(name, target, context, result);
		}

		@Override
		public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				Exception error) {
			if (error instanceof UnboundConfigurationPropertiesException unbound) {
				unbound.getUnboundProperties()
					.forEach(property -> PropertiesReader.this.problems.add(unknown(property)));
				return this.bound;
			}
			ConfigurationProperty property = context.getConfigurationProperty();
			String value = (property != null) ? " is '" + property.getValue() + "'" : "";
			PropertiesReader.this.problems
				.add(new Problem(name + origin(name.toString()) + value + ", which is not " + wanted(target) + ".",
						"Use " + wanted(target) + "."));
			return null;
		}

		private Problem unknown(ConfigurationProperty property) {
			Origin origin = property.getOrigin();
			return new Problem(
					property.getName() + ((origin != null) ? " at " + origin : "") + ": there is no such key.",
					"Correct the key, or remove it. All keys are described in the configuration metadata and in "
							+ "doc/configuration.md.");
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
			if (type == java.time.Duration.class) {
				return "a duration such as 500ms, 10s or 1m";
			}
			return "of type " + type.getSimpleName();
		}

	}

}

package dev.supervision.spring;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.supervision.ChildSpec;
import dev.supervision.SupervisorSpec;
import dev.supervision.spring.Football.KeyValueStoreServer;
import dev.supervision.spring.SupervisionProperties.Child;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The metadata from which an IDE completes and explains every key, and the page of all
 * keys, {@code doc/configuration.md}, which is generated from it: run this test with
 * {@code -Dconfiguration.write=true}.
 */
class ConfigurationMetadataTest {

	private static final String PAGE = "doc/configuration.md";

	private static final String BEGIN = "<!-- generated: %s -->";

	private static final String END = "<!-- end -->";

	private static final Pattern DEFAULT = Pattern.compile(" ?Default: (.*?)\\.(?= |$)");

	/** What the design says there is, for the whole application. */
	private static final List<String> KEYS = List.of("supervision.close-timeout", "supervision.crash.include-values",
			"supervision.crash.max-reports", "supervision.enabled", "supervision.kill-grace",
			"supervision.management.anonymous-writes", "supervision.metrics.enabled", "supervision.metrics.max-groups",
			"supervision.on-root-failure", "supervision.overrides", "supervision.threads", "supervision.trees",
			"supervision.unplaced");

	private static final List<String> DEFAULTS = List.of("backoff.initial", "backoff.jitter", "backoff.max",
			"backoff.max-attempts", "backoff.multiplier", "backoff.reset-after", "drain", "executor",
			"mailbox.capacity", "mailbox.on-full", "restart", "shutdown", "start-timeout");

	private static final List<String> OF_THE_ENDPOINT = List.of("management.endpoint.supervision.access",
			"management.endpoint.supervision.cache.time-to-live", "management.endpoint.supervision.roles",
			"management.endpoint.supervision.show-values", "management.health.supervision.enabled");

	/** Of a child, a supervisor or a tree, beside those that have a default for all. */
	private static final List<String> OF_AN_ENTRY = List.of("arguments", "auto-shutdown", "child-restart", "children",
			"dynamic", "id", "max-children", "max-restarts", "name", "on-limit", "significant", "strategy", "within",
			"worker");

	private final Map<String, Property> properties = properties(read("META-INF/spring-configuration-metadata.json"));

	/** The processor writes the keys of an element of a list to a file of its type. */
	private final Map<String, Property> child = properties(
			read("META-INF/spring/configuration-metadata/" + Child.class.getName() + ".json"));

	// ---- the metadata

	@Test
	void everyKeyIsThere() {
		Set<String> expected = new TreeSet<>(KEYS);
		expected.addAll(OF_THE_ENDPOINT);
		DEFAULTS.forEach(key -> expected.add("supervision.defaults." + key));
		assertThat(this.properties.keySet()).containsExactlyElementsOf(expected);
	}

	@Test
	void everyKeyOfAnEntryIsThereForTreesAndOverrides() {
		Set<String> expected = new TreeSet<>(OF_AN_ENTRY);
		expected.addAll(DEFAULTS);
		assertThat(this.child.keySet()).containsExactlyElementsOf(expected);
		assertThat(this.properties.get("supervision.trees").type())
			.isEqualTo("java.util.List<" + Child.class.getName() + ">");
		assertThat(this.properties.get("supervision.overrides").type())
			.isEqualTo("java.util.Map<java.lang.String," + Child.class.getName() + ">");
		assertThat(this.child.get("children").type()).isEqualTo("java.util.List<" + Child.class.getName() + ">");
	}

	@Test
	void everyKeyIsExplained() {
		assertThat(all()).allSatisfy(property -> assertThat(property.description()).as(property.name())
			.matches("(?s)[A-Z].*\\.")
			.doesNotContain("{@")
			.doesNotContain("<p>"));
	}

	@Test
	void everyWordOfAnEnumAndEveryWordBesideADurationIsAHint() {
		Map<String, List<String>> hints = new TreeMap<>();
		for (Map<String, Object> hint : list(read("META-INF/spring-configuration-metadata.json"), "hints")) {
			List<String> words = new ArrayList<>();
			for (Map<String, Object> value : list(hint, "values")) {
				assertThat((String) value.get("description")).matches("[A-Z].*\\.");
				words.add((String) value.get("value"));
			}
			hints.put((String) hint.get("name"), words);
		}
		Map<String, List<String>> expected = new TreeMap<>();
		this.properties.values()
			.stream()
			.filter(property -> property.name().startsWith("supervision."))
			.filter(property -> !property.words().isEmpty())
			.forEach(property -> expected.put(property.name(), property.words()));
		expected.put("supervision.defaults.shutdown", List.of("brutal-kill", "infinity"));
		expected.put("supervision.defaults.mailbox.capacity", List.of("unbounded"));
		assertThat(hints).isEqualTo(expected);
	}

	// ---- defaults

	@Test
	void theDefaultsAreThoseThatHold() {
		Map<String, Object> explicit = new LinkedHashMap<>();
		this.properties.values()
			.stream()
			.filter(property -> property.name().startsWith("supervision.") && property.defaultValue() != null)
			.filter(property -> !property.name().contains(".mailbox."))
			.forEach(property -> explicit.put(property.name(), property.defaultValue()));
		assertThat(explicit).hasSizeGreaterThan(10);
		assertThat(bind(explicit)).isEqualTo(bind(Map.of()));
	}

	private static SupervisionProperties bind(Map<String, Object> values) {
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("supervision",
				Bindable.of(SupervisionProperties.class));
	}

	@Test
	void whatHasNoDefaultIsSaidToHaveNone() {
		assertThat(
				this.properties.values().stream().filter(property -> defaultOf(property).isEmpty()).map(Property::name))
			.containsExactlyInAnyOrder("management.endpoint.supervision.roles", "supervision.defaults.backoff.initial",
					"supervision.overrides", "supervision.trees");
	}

	@Test
	void theDefaultsOfMailboxesAreThoseThatHold() {
		assertSameWorker("supervision.defaults.mailbox.capacity="
				+ this.properties.get("supervision.defaults.mailbox.capacity").defaultValue());
		assertSameWorker("supervision.defaults.mailbox.on-full="
				+ this.properties.get("supervision.defaults.mailbox.on-full").defaultValue());
		assertSameWorker("supervision.overrides.store.significant=" + defaultOf(this.child.get("significant")));
	}

	private void assertSameWorker(String property) {
		assertThat(worker(property)).isEqualTo(worker("supervision.enabled=false"));
	}

	/** All options of a worker. */
	private static String worker(String property) {
		String[] found = new String[1];
		tree(property, tree -> {
			ChildSpec store = tree.children().get(0);
			found[0] = store.mailbox() + " " + store.significant() + " " + store.restart() + " " + store.shutdown();
		});
		return found[0];
	}

	@ParameterizedTest
	@CsvSource({ "football, strategy", "football, max-restarts", "football, within", "football, on-limit",
			"football, auto-shutdown", "matches, max-restarts", "matches, within", "matches, on-limit",
			"matches, max-children" })
	void theDefaultsOfSupervisorsAreThoseThatHold(String id, String key) {
		String value = defaultOf(this.child.get(key));
		assertThat(value).isNotEmpty();
		assertThat(supervisors("supervision.overrides." + id + "." + key + "=" + value))
			.isEqualTo(supervisors("supervision.enabled=false"));
	}

	@Test
	void theDefaultsOfNestedSupervisorsAreThoseThatHold() {
		tree("supervision.enabled=false", tree -> {
			ChildSpec nested = tree.children().get(2);
			assertThat(nested.startTimeout()).isEqualTo(Duration.ofSeconds(30));
			assertThat(defaultOf(this.child.get("start-timeout"))).endsWith("of a supervisor with children 30s");
			assertThat(nested.shutdown().toString()).containsIgnoringCase("infinity");
			assertThat(defaultOf(this.child.get("shutdown"))).endsWith("of a supervisor with children infinity");
			assertThat(nested.restart().name()).isEqualTo("PERMANENT");
			assertThat(defaultOf(this.child.get("restart"))).endsWith("of a supervisor permanent");
		});
	}

	/** All options of a tree and of a dynamic supervisor. */
	private static String supervisors(String property) {
		String[] found = new String[1];
		tree(property, tree -> found[0] = tree.strategy() + " " + tree.intensity() + " " + tree.onLimit() + " "
				+ tree.autoShutdown() + " " + tree.children().get(1).dynamicSupervisorSpec().orElseThrow());
		return found[0];
	}

	private static void tree(String property, java.util.function.Consumer<SupervisorSpec> test) {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: store, worker: primary-key-value-store }
				        - { id: matches, dynamic: primary-key-value-store }
				        - { id: nested, children: [] }
				""", KeyValueStoreServer.class).withPropertyValues(property).run(context -> {
			assertThat(context).hasNotFailed();
			test.accept(TestTrees.tree(context, "football"));
		});
	}

	// ---- the page

	@Test
	void thePageOfAllKeysIsUpToDate() throws IOException {
		Path page = page();
		String written = Files.readString(page);
		String current = written;
		current = replace(current, "application", applicationTable());
		current = replace(current, "entries", entryTable());
		current = replace(current, "management", managementTable());
		if (Boolean.getBoolean("configuration.write")) {
			Files.writeString(page, current);
		}
		else {
			assertThat(written).as("%s; write it anew with -Dconfiguration.write=true", PAGE).isEqualTo(current);
		}
	}

	private static Path page() {
		Path directory = Path.of("").toAbsolutePath();
		while (directory != null && !Files.exists(directory.resolve(PAGE))) {
			directory = directory.getParent();
		}
		assertThat(directory).as("a directory with %s", PAGE).isNotNull();
		return directory.resolve(PAGE);
	}

	private static String replace(String page, String table, String content) {
		String begin = BEGIN.formatted(table);
		int from = page.indexOf(begin);
		int to = page.indexOf(END, from);
		assertThat(from).as(begin).isNotNegative();
		assertThat(to).as(END).isGreaterThan(from);
		return page.substring(0, from) + begin + "\n" + content + page.substring(to);
	}

	private String applicationTable() {
		return table(List.of("Key", "Type", "Default", "Meaning"),
				this.properties.values()
					.stream()
					.filter(property -> property.name().startsWith("supervision."))
					.map(property -> List.of("`" + property.name() + "`", type(property), defaultText(property),
							meaning(property))));
	}

	private String managementTable() {
		return table(List.of("Key", "Type", "Default", "Meaning"),
				this.properties.values()
					.stream()
					.filter(property -> property.name().startsWith("management."))
					.map(property -> List.of("`" + property.name() + "`", type(property), defaultText(property),
							meaning(property))));
	}

	private String entryTable() {
		return table(List.of("Key", "Of", "Type", "Default", "Meaning"),
				this.child.values()
					.stream()
					.map(property -> List.of("`" + property.name() + "`", kinds(property.name()), type(property),
							defaultText(property), meaning(property))));
	}

	private static String table(List<String> head, Stream<List<String>> rows) {
		String line = head.stream().map(column -> "---").collect(Collectors.joining(" | ", "| ", " |\n"));
		return row(head) + line + rows.map(ConfigurationMetadataTest::row).collect(Collectors.joining());
	}

	private static String row(List<String> cells) {
		return cells.stream().map(String::strip).collect(Collectors.joining(" | ", "| ", " |\n"));
	}

	private static String defaultText(Property property) {
		String value = defaultOf(property);
		boolean isLiteral = property.defaultValue() != null || value.matches("[a-z0-9.-]+");
		return value.isEmpty() || !isLiteral ? value : "`" + value + "`";
	}

	private static String defaultOf(Property property) {
		if (property.defaultValue() != null) {
			return property.defaultValue().toString().replace('_', '-');
		}
		Matcher matcher = DEFAULT.matcher(property.description());
		return matcher.find() ? matcher.group(1) : "";
	}

	private static String meaning(Property property) {
		return DEFAULT.matcher(property.description()).replaceAll("").replace("|", "\\|");
	}

	private static String type(Property property) {
		if (!property.words().isEmpty()) {
			return property.words().stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
		}
		if (property.name().endsWith("shutdown")) {
			return "duration, `brutal-kill`, `infinity`";
		}
		if (property.name().endsWith("mailbox.capacity")) {
			return "whole number, `unbounded`";
		}
		return switch (property.type().replaceAll("<.*", "")) {
			case "java.time.Duration" -> "duration";
			case "java.lang.Boolean" -> "`true`, `false`";
			case "java.lang.Integer" -> "whole number";
			case "java.lang.Double" -> "number";
			case "java.lang.String" -> "text";
			case "java.util.Set" -> "list of texts";
			case "java.util.List" -> "list of entries";
			case "java.util.Map" -> property.type().contains("Child") ? "keys of an entry, by id" : "texts, by name";
			default -> throw new IllegalStateException("no word for the type of " + property);
		};
	}

	/** Asks the compiler of trees where a key may stand. */
	private static String kinds(String key) {
		Map<Entry.Kind, String> kinds = new EnumMap<>(Entry.Kind.class);
		kinds.put(Entry.Kind.WORKER, "worker");
		kinds.put(Entry.Kind.DYNAMIC, "dynamic");
		kinds.put(Entry.Kind.SUPERVISOR, "supervisor");
		kinds.put(Entry.Kind.TREE, "tree");
		String component = key.replaceAll("\\..*", "");
		switch (component) {
			case "worker" -> kinds.keySet().retainAll(Set.of(Entry.Kind.WORKER));
			case "dynamic" -> kinds.keySet().retainAll(Set.of(Entry.Kind.DYNAMIC));
			case "children" -> kinds.keySet().retainAll(Set.of(Entry.Kind.SUPERVISOR, Entry.Kind.TREE));
			default -> kinds.keySet().removeIf(kind -> isMisplaced(component, kind));
		}
		return String.join(", ", kinds.values());
	}

	private static boolean isMisplaced(String key, Entry.Kind kind) {
		List<String> faults = new ArrayList<>();
		Entry entry = new Entry("test", null, with(key));
		entry.requireFitting(kind, (where, what, action) -> faults.add(what));
		return !faults.isEmpty();
	}

	private static Child with(String key) {
		RecordComponent[] components = Child.class.getRecordComponents();
		Object[] values = Stream.of(components)
			.map(component -> DataObjectPropertyName.toDashedForm(component.getName()).equals(key)
					? sample(component.getType()) : null)
			.toArray();
		Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
		try {
			return Child.class.getDeclaredConstructor(types).newInstance(values);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Object sample(Class<?> type) {
		if (type.isEnum()) {
			return type.getEnumConstants()[0];
		}
		return switch (type.getSimpleName()) {
			case "String" -> "text";
			case "Boolean" -> true;
			case "Integer" -> 1;
			case "Duration" -> Duration.ofSeconds(1);
			case "Map" -> Map.of();
			case "List" -> List.of();
			case "Backoff" -> new SupervisionProperties.Backoff(null, null, null, null, null, null);
			case "Mailbox" -> new SupervisionProperties.Mailbox(null, null);
			default -> throw new IllegalStateException("no sample of " + type);
		};
	}

	// ---- reading

	private List<Property> all() {
		List<Property> all = new ArrayList<>(this.properties.values());
		all.addAll(this.child.values());
		return all;
	}

	private static Map<String, Property> properties(Map<String, Object> metadata) {
		Map<String, Property> properties = new TreeMap<>();
		for (Map<String, Object> each : list(metadata, "properties")) {
			Property property = new Property((String) each.get("name"), String.valueOf(each.get("type")),
					String.valueOf(each.get("description")), each.get("defaultValue"));
			assertThat(properties.put(property.name(), property)).as("twice").isNull();
		}
		return properties;
	}

	/** As it was built, because other jars have files of that name. */
	private static Map<String, Object> read(String file) {
		try {
			Path classes = Path
				.of(SupervisionProperties.class.getProtectionDomain().getCodeSource().getLocation().toURI());
			return JsonParserFactory.getJsonParser().parseMap(Files.readString(classes.resolve(file)));
		}
		catch (IOException | URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> list(Map<String, Object> json, String key) {
		return (List<Map<String, Object>>) json.getOrDefault(key, List.of());
	}

	/** One key. */
	private record Property(String name, String type, String description, @Nullable Object defaultValue) {

		/** As the configuration spells the constants, if it is an enum. */
		List<String> words() {
			Class<?> found = ClassUtils.isPresent(this.type, null) ? ClassUtils.resolveClassName(this.type, null)
					: Object.class;
			return found.isEnum()
					? Arrays.stream(found.getEnumConstants()).map(word -> Words.of((Enum<?>) word)).toList()
					: List.of();
		}

	}

}

package dev.supervision.spring;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.supervision.InvalidSpecException;
import dev.supervision.SupervisorSpec;

import org.springframework.util.StringUtils;

/**
 * Merges what annotations, {@code SupervisorSpec} beans, configuration and overrides say
 * into the trees of the application. Everything that is wrong is found before anything
 * starts, and told at once.
 */
final class TreeCompiler {

	private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]{0,63}");

	private static final String ID_RULE = "lower-case letters, digits and '-', at most 64, beginning with a letter";

	private static final int MAX_DEPTH = 32;

	private final SupervisionProperties properties;

	private final Servers servers;

	private final SpecBuilder specs;

	/** Says in which file and line a property stands, as a suffix. */
	private final UnaryOperator<String> origin;

	private final List<Problem> problems = new ArrayList<>();

	private final Map<String, Entry> trees = new LinkedHashMap<>();

	private final Overrides overrides;

	private final SupervisionProperties.Defaults defaults;

	TreeCompiler(SupervisionProperties properties, Servers servers, SpecBuilder specs, UnaryOperator<String> origin) {
		this.properties = properties;
		this.servers = servers;
		this.specs = specs;
		this.origin = origin;
		this.overrides = new Overrides(properties.overrides());
		this.defaults = SpecBuilder.requireValid(properties.defaults(), this::problem);
	}

	/**
	 * Reads everything but the {@code SupervisorSpec} beans, of which there are no
	 * instances yet.
	 * @param beansFollow whether there are going to be some
	 */
	Forest compileDeclarations(boolean beansFollow) {
		this.problems.addAll(this.servers.problems());
		readConfiguration();
		readAnnotations(beansFollow);
		if (!beansFollow) {
			placeTheRest(Set.of());
		}
		override();
		check();
		if (!beansFollow) {
			Set<String> known = new LinkedHashSet<>();
			all().map(Entry::id).forEach(known::add);
			requireAllOverridesUsed(known);
		}
		return grow();
	}

	private void problem(Entry entry, String what, String action) {
		String changed = (entry.override != null) ? ", changed by " + entry.override + this.origin.apply(entry.override)
				: "";
		String end = what.endsWith("?") || what.endsWith(".") ? "" : ".";
		this.problems.add(new Problem(entry + this.origin.apply(entry.source) + changed + ": " + what + end, action));
	}

	// ---- sources

	private void readConfiguration() {
		List<SupervisionProperties.Child> declared = this.properties.trees();
		for (int i = 0; i < declared.size(); i++) {
			Entry tree = new Entry("supervision.trees[" + i + "]", null, declared.get(i));
			if (tree.isWorker() || tree.isDynamic()) {
				problem(tree, "a tree is a supervisor, and not a worker or a dynamic supervisor",
						"Give the tree an id, and put this entry into its children.");
			}
			if (this.trees.put(tree.id(), tree) != null) {
				problem(tree, "another tree has that id", "Give each tree an id of its own.");
			}
		}
	}

	private void readAnnotations(boolean beansFollow) {
		Map<Entry, List<Entry>> placed = new LinkedHashMap<>();
		boolean nothingElse = this.trees.isEmpty() && !beansFollow;
		Map<String, Entry> supervisors = new LinkedHashMap<>();
		all().filter(Entry::isSupervisor).forEach(entry -> supervisors.put(entry.id(), entry));
		List<Map.Entry<String, Supervised>> annotated = this.servers.placements()
			.entrySet()
			.stream()
			.sorted(Comparator.<Map.Entry<String, Supervised>>comparingInt(
					entry -> Servers.order(this.servers.get(entry.getKey())))
				.thenComparing(Map.Entry::getKey))
			.toList();
		for (Map.Entry<String, Supervised> each : annotated) {
			String worker = each.getKey();
			Supervised annotation = each.getValue();
			SupervisionProperties.Child keys = keys(worker, annotation);
			List<Entry> configured = all().filter(entry -> worker.equals(entry.keys.worker())).toList();
			String source = "@Supervised " + this.servers.get(worker).beanClass.getName();
			if (!configured.isEmpty()) {
				mergeInto(configured, source, annotation, keys);
				continue;
			}
			Entry supervisor = supervisors.get(annotation.in());
			if (supervisor == null && (nothingElse || annotation.in().equals(SupervisionProperties.DEFAULT_TREE))) {
				supervisor = new Entry(source, null, SupervisionProperties.Child.supervisor(annotation.in()));
				supervisors.put(annotation.in(), supervisor);
				this.trees.put(annotation.in(), supervisor);
			}
			if (supervisor == null) {
				this.problems.add(new Problem(
						source + ": there is no tree or supervisor with the id '" + annotation.in() + "'."
								+ Problem.didYouMean(annotation.in(), supervisors.keySet()),
						"Use one of " + supervisors.keySet() + " in @Supervised(in = ...), or declare that tree."));
				continue;
			}
			Entry child = new Entry(source, supervisor, keys);
			child.after = List.of(annotation.after());
			placed.computeIfAbsent(supervisor, key -> new ArrayList<>()).add(child);
		}
		placed.forEach((supervisor, children) -> supervisor.children.addAll(sorted(supervisor, children)));
	}

	private static SupervisionProperties.Child keys(String worker, Supervised annotation) {
		return SupervisionProperties.Child.worker(worker,
				annotation.id().isEmpty() ? Entry.idOf(worker) : annotation.id(), annotation.restart(),
				annotation.shutdown().isEmpty() ? null : annotation.shutdown(), annotation.significant());
	}

	/**
	 * The configuration places the same server: what it leaves open, the annotation says.
	 */
	private void mergeInto(List<Entry> configured, String source, Supervised annotation,
			SupervisionProperties.Child keys) {
		for (Entry entry : configured) {
			Entry supervisor = entry.parent;
			if (supervisor != null && !annotation.in().equals(SupervisionProperties.DEFAULT_TREE)
					&& !annotation.in().equals(supervisor.id())) {
				problem(entry, source + " places this server in '" + annotation.in() + "', and this in '"
						+ supervisor.id() + "'", "Remove one of the two, or make them agree.");
			}
			entry.keys = entry.keys.over(keys);
		}
	}

	private List<Entry> sorted(Entry supervisor, List<Entry> children) {
		List<Entry> sorted = new ArrayList<>();
		Deque<Entry> waiting = new ArrayDeque<>(children);
		Set<String> present = new HashSet<>();
		supervisor.children.forEach(child -> present.add(child.id()));
		Set<String> known = new LinkedHashSet<>(present);
		children.forEach(child -> known.add(child.id()));
		children
			.forEach(
					child -> child.after.stream()
						.filter(id -> !known.contains(id))
						.forEach(id -> problem(child, "after names '" + id + "', which is no child of '"
								+ supervisor.id() + "'." + Problem.didYouMean(id, known),
								"Use one of " + known + ".")));
		int passed = 0;
		while (!waiting.isEmpty() && passed < waiting.size()) {
			Entry child = waiting.removeFirst();
			if (child.after.stream().filter(known::contains).allMatch(present::contains)) {
				sorted.add(child);
				present.add(child.id());
				passed = 0;
			}
			else {
				waiting.addLast(child);
				passed++;
			}
		}
		if (!waiting.isEmpty()) {
			List<String> cycle = waiting.stream().map(Entry::id).toList();
			problem(waiting.getFirst(),
					"the children " + cycle + " of '" + supervisor.id()
							+ "' are each to be started after another of them, which is a cycle",
					"Remove one of their after.");
		}
		return sorted;
	}

	/** Servers that nobody has placed. */
	private void placeTheRest(Set<String> placedElsewhere) {
		Set<String> placed = new HashSet<>(placedElsewhere);
		all().forEach(entry -> {
			if (entry.keys.worker() != null) {
				placed.add(entry.keys.worker());
			}
			if (entry.keys.dynamic() != null) {
				placed.add(entry.keys.dynamic());
			}
		});
		List<String> unplaced = this.servers.types().keySet().stream().filter(name -> !placed.contains(name)).toList();
		if (unplaced.isEmpty() || this.properties.unplaced() == SupervisionProperties.Unplaced.IGNORE) {
			return;
		}
		if (this.properties.unplaced() == SupervisionProperties.Unplaced.FAIL) {
			unplaced.forEach(name -> this.problems.add(new Problem(
					"Server '" + name + "' (" + this.servers.get(name).beanClass.getName() + ") is in no tree.",
					"Place it in supervision.trees, or with @Supervised; or set supervision.unplaced=default-tree.")));
			return;
		}
		Entry tree = this.trees.computeIfAbsent(SupervisionProperties.DEFAULT_TREE,
				id -> new Entry("supervision.unplaced", null, SupervisionProperties.Child.supervisor(id)));
		for (String name : unplaced) {
			ServerType type = this.servers.get(name);
			if (!type.startParameters().isEmpty()) {
				this.problems.add(new Problem(
						"Server '" + name + "' (" + type.beanClass.getName()
								+ ") is in no tree, and cannot go to the default tree, because it has start arguments.",
						"Place it in supervision.trees, as a worker with arguments or under a dynamic supervisor with "
								+ "dynamic: " + name + "."));
				continue;
			}
			tree.children.add(new Entry("@GenServer " + type.beanClass.getName(), tree,
					SupervisionProperties.Child.worker(name, Entry.idOf(name), null, null, null)));
		}
	}

	private Stream<Entry> all() {
		return List.copyOf(this.trees.values()).stream().flatMap(Entry::stream);
	}

	// ---- overrides

	private void override() {
		all().forEach(entry -> {
			SupervisionProperties.Child keys = this.overrides.take(entry.id());
			if (keys != null) {
				entry.override = this.overrides.property(entry.id());
				if (Overrides.requireKeysOnly(entry, keys, this::problem)) {
					entry.keys = keys.over(entry.keys);
				}
			}
		});
	}

	private void requireAllOverridesUsed(Set<String> known) {
		for (String id : this.overrides.unused()) {
			String property = this.overrides.property(id);
			this.problems.add(new Problem(property + this.origin.apply(property)
					+ ": there is no child, supervisor or tree with that id." + Problem.didYouMean(id, known),
					"Use one of " + known + "."));
		}
	}

	// ---- checks

	private void check() {
		Map<String, Entry> ids = new HashMap<>();
		Map<String, List<Entry>> workers = new LinkedHashMap<>();
		all().forEach(entry -> {
			checkKind(entry);
			checkId(entry, ids);
			checkServer(entry, entry.keys.worker(), "worker");
			checkServer(entry, entry.keys.dynamic(), "dynamic");
			if (entry.keys.worker() != null) {
				workers.computeIfAbsent(entry.keys.worker(), key -> new ArrayList<>()).add(entry);
			}
		});
		workers.forEach((worker, entries) -> {
			if (entries.size() > 1) {
				entries.stream()
					.filter(entry -> entry.keys.name() == null)
					.forEach(entry -> problem(entry,
							"server '" + worker + "' is placed " + entries.size()
									+ " times, so its bean name cannot be the name of each",
							"Give each of these children a name of its own, with the key name."));
			}
		});
		checkNames(ids);
	}

	private void checkKind(Entry entry) {
		SupervisionProperties.Child keys = entry.keys;
		int kinds = ((keys.worker() != null) ? 1 : 0) + ((keys.dynamic() != null) ? 1 : 0)
				+ (entry.children.isEmpty() ? 0 : 1);
		if (kinds > 1) {
			problem(entry, "it has more than one of worker, dynamic and children",
					"An entry is a worker, a dynamic supervisor, or a supervisor with children.");
		}
		if (kinds == 0 && entry.parent != null && keys.children() == null) {
			problem(entry, "it has none of worker, dynamic and children",
					"Name the bean of a server with worker, or that of its children with dynamic; or give it children.");
		}
		if (depth(entry) > MAX_DEPTH) {
			problem(entry, "it is more than " + MAX_DEPTH + " levels deep", "Make the tree flatter.");
		}
		entry.requireFitting(entry.kind(), this::problem);
	}

	private static int depth(Entry entry) {
		return (entry.parent != null) ? depth(entry.parent) + 1 : 1;
	}

	private void checkId(Entry entry, Map<String, Entry> ids) {
		String id = entry.id();
		if (!StringUtils.hasText(id)) {
			problem(entry, "it has no id", "Give it an id of " + ID_RULE + ".");
			return;
		}
		if (!ID.matcher(id).matches()) {
			problem(entry, "'" + id + "' is no id", "Use " + ID_RULE + ".");
		}
		Entry other = ids.putIfAbsent(Entry.normalized(id), entry);
		if (other != null) {
			problem(entry, "the id '" + id + "' is taken by " + other,
					"Give it another id: ids are unique in the application, ignoring case and dashes.");
		}
	}

	private void checkServer(Entry entry, @Nullable String name, String key) {
		if (name == null) {
			return;
		}
		ServerType type = this.servers.types().get(name);
		if (type == null) {
			Set<String> known = this.servers.types().keySet();
			problem(entry,
					key + " names '" + name + "', which is no @GenServer bean." + Problem.didYouMean(name, known),
					known.isEmpty() ? "Annotate a class with @GenServer(\"" + name + "\")." : "Use one of the servers "
							+ known + ", or annotate a class with @GenServer(\"" + name + "\").");
		}
	}

	private void checkNames(Map<String, Entry> ids) {
		Map<String, Entry> names = new HashMap<>();
		all().filter(Entry::isWorker).forEach(entry -> {
			String name = SpecBuilder.registeredName(entry);
			Entry other = names.putIfAbsent(name, entry);
			if (other != null && entry.keys.name() != null) {
				problem(entry, "the name '" + name + "' is taken by " + other, "Give it another name.");
			}
			Entry supervisor = ids.get(Entry.normalized(name));
			if (supervisor != null && !supervisor.isWorker()) {
				problem(entry, "its name '" + name + "' is the id of the supervisor " + supervisor
						+ ", which is registered under that", "Give it another name.");
			}
		});
	}

	// ---- results

	private Forest grow() {
		List<SupervisorSpec> grown = new ArrayList<>();
		List<Forest.Place> places = new ArrayList<>();
		for (Entry tree : this.trees.values()) {
			SupervisorSpec spec = this.specs.build(tree, this.defaults, this::problem, places);
			if (spec != null) {
				grown.add(spec);
			}
		}
		if (!this.problems.isEmpty()) {
			throw new InvalidTreesException(this.problems);
		}
		return new Forest(grown, places);
	}

	/**
	 * Adds the {@code SupervisorSpec} beans to what was declared.
	 * @param placed servers for which those beans have made children
	 */
	Forest compile(List<SupervisorSpec> beans, Set<String> placed) {
		List<SupervisorSpec> trees = new ArrayList<>();
		List<Forest.Place> places = new ArrayList<>();
		placeTheRest(placed);
		override();
		check();
		for (SupervisorSpec bean : beans) {
			SupervisorSpec spec = SpecBuilder.override(bean, this.overrides, this::problem);
			requireValid(spec);
			trees.add(spec);
			SpecBuilder.places(bean, bean.id(), places::add);
		}
		requireUnique(places);
		Set<String> known = new LinkedHashSet<>();
		all().map(Entry::id).forEach(known::add);
		places.forEach(place -> known.add(place.id()));
		requireAllOverridesUsed(known);
		Forest declared = grow();
		trees.addAll(declared.trees());
		places.addAll(declared.places());
		return new Forest(trees, places);
	}

	private void requireValid(SupervisorSpec bean) {
		try {
			bean.validate();
			SpecBuilder.requireAvailable(bean);
		}
		catch (InvalidSpecException ex) {
			this.problems.add(new Problem("SupervisorSpec bean '" + bean.id() + "': " + ex.getMessage(),
					"Use " + ex.allowed() + "."));
		}
		catch (IllegalArgumentException ex) {
			this.problems.add(new Problem("SupervisorSpec bean '" + bean.id() + "': " + ex.getMessage() + ".",
					"Use auto, which takes virtual threads where there are any; or run a later Java."));
		}
	}

	/**
	 * Neither an id nor a name of a bean is one of the configuration, or of another bean.
	 */
	private void requireUnique(List<Forest.Place> places) {
		Map<String, String> ids = new HashMap<>();
		Map<String, String> names = new HashMap<>();
		all().forEach(entry -> {
			ids.put(Entry.normalized(entry.id()), entry.toString());
			names.put(SpecBuilder.registeredName(entry), entry.toString());
		});
		for (Forest.Place place : places) {
			String who = "SupervisorSpec bean (" + place.path() + ")";
			String other = ids.putIfAbsent(Entry.normalized(place.id()), who);
			if (other != null) {
				this.problems.add(new Problem(who + ": the id '" + place.id() + "' is taken by " + other + ".",
						"Give it another id: ids are unique in the application, ignoring case and dashes."));
			}
			String name = place.name();
			String holder = (name != null) ? names.putIfAbsent(name, who) : null;
			if (holder != null) {
				this.problems.add(new Problem(who + ": the name '" + name + "' is taken by " + holder + ".",
						"Place that server once, or give each of its children a name of its own."));
			}
		}
	}

	/** Told of a fault in an entry. */
	interface Faults {

		void add(Entry entry, String what, String action);

	}

}

package dev.supervision.spring;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What {@code supervision.overrides} says, by id.
 */
final class Overrides {

	private final Map<String, SupervisionProperties.Child> byId = new LinkedHashMap<>();

	/** How the ids are written. */
	private final Map<String, String> written = new LinkedHashMap<>();

	private final Set<String> used = new HashSet<>();

	Overrides(Map<String, SupervisionProperties.Child> declared) {
		declared.forEach((id, keys) -> {
			// an environment variable has no dashes where a file has; the higher comes
			// first
			this.byId.merge(Entry.normalized(id), keys, SupervisionProperties.Child::over);
			this.written.putIfAbsent(Entry.normalized(id), id);
		});
	}

	/** The property that begins all keys for an id. */
	String property(String id) {
		return "supervision.overrides." + this.written.getOrDefault(Entry.normalized(id), id);
	}

	/** What is to be changed of an entry with that id, if anything is. */
	SupervisionProperties.@Nullable Child take(String id) {
		String key = Entry.normalized(id);
		SupervisionProperties.Child keys = this.byId.get(key);
		if (keys != null) {
			this.used.add(key);
		}
		return keys;
	}

	/** As {@link #take}, as an entry of its own, for a specification made in Java. */
	Entry entry(String id, SupervisionProperties.Child keys, Entry.Kind kind, TreeCompiler.Faults faults) {
		Entry entry = new Entry(property(id), null, keys);
		requireKeysOnly(entry, keys, faults);
		entry.requireFitting(kind, faults);
		return entry;
	}

	/** Whether there are only keys that an override may have. */
	static boolean requireKeysOnly(Entry entry, SupervisionProperties.Child keys, TreeCompiler.Faults faults) {
		if (keys.children() == null && keys.id() == null && keys.worker() == null && keys.dynamic() == null) {
			return true;
		}
		faults.add(entry, "an override changes single keys, and not what something is",
				"Change id, worker, dynamic and children in supervision.trees.");
		return false;
	}

	/** Ids that nothing has, as they are written. */
	List<String> unused() {
		return this.written.entrySet()
			.stream()
			.filter(id -> !this.used.contains(id.getKey()))
			.map(Map.Entry::getValue)
			.toList();
	}

}

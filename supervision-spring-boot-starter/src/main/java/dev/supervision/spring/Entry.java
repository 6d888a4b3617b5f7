package dev.supervision.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * One place in a declared tree, while the sources are being merged.
 */
final class Entry {

	/** Where it was declared: a property, or an annotated class. */
	final String source;

	final @Nullable Entry parent;

	final List<Entry> children = new ArrayList<>();

	/** Declared by an annotation: ids of siblings that come first. */
	List<String> after = List.of();

	SupervisionProperties.Child keys;

	Entry(String source, @Nullable Entry parent, SupervisionProperties.Child keys) {
		this.source = source;
		this.parent = parent;
		this.keys = keys;
		List<SupervisionProperties.Child> nested = (keys.children() != null) ? keys.children() : List.of();
		for (int i = 0; i < nested.size(); i++) {
			this.children.add(new Entry(source + ".children[" + i + "]", this, nested.get(i)));
		}
	}

	/** What was declared, or the name of the server in the form of an id. */
	String id() {
		String id = this.keys.id();
		if (id != null) {
			return id;
		}
		String server = (this.keys.worker() != null) ? this.keys.worker() : this.keys.dynamic();
		return (server != null) ? idOf(server) : "";
	}

	/** The name of a bean in the form of an id. */
	static String idOf(String beanName) {
		return beanName.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
			.replaceAll("[^A-Za-z0-9]+", "-")
			.toLowerCase(Locale.ROOT);
	}

	/** As ids are compared: environment variables know neither case nor dashes. */
	static String normalized(String id) {
		return id.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
	}

	String path() {
		return (this.parent != null) ? this.parent.path() + "/" + id() : id();
	}

	boolean isWorker() {
		return this.keys.worker() != null;
	}

	boolean isDynamic() {
		return this.keys.dynamic() != null;
	}

	boolean isSupervisor() {
		return !isWorker() && !isDynamic();
	}

	/** This and all below. */
	Stream<Entry> stream() {
		return Stream.concat(Stream.of(this), this.children.stream().flatMap(Entry::stream));
	}

	@Override
	public String toString() {
		return this.source + " (" + path() + ")";
	}

}

package dev.supervision.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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

	/** The property that changed single keys of it. */
	@Nullable String override;

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

	Kind kind() {
		return isWorker() ? Kind.WORKER
				: isDynamic() ? Kind.DYNAMIC : (this.parent != null) ? Kind.SUPERVISOR : Kind.TREE;
	}

	/** Tells of keys that mean nothing here. */
	void requireFitting(Kind kind, TreeCompiler.Faults faults) {
		kind.misplaced(this.keys)
			.forEach((key, where) -> faults.add(this, "the key " + key + " belongs to " + where, "Remove it here."));
	}

	/** This and all below. */
	Stream<Entry> stream() {
		return Stream.concat(Stream.of(this), this.children.stream().flatMap(Entry::stream));
	}

	@Override
	public String toString() {
		return this.source + (path().isEmpty() || this.source.endsWith(path()) ? "" : " (" + path() + ")");
	}

	/** What an entry can be, and so which keys it may have. */
	enum Kind {

		WORKER, DYNAMIC, SUPERVISOR, TREE,

		/** Made in Java, where it is said what they run. */
		WORKER_OF_BEAN, DYNAMIC_OF_BEAN;

		private boolean isWorker() {
			return this == WORKER || this == WORKER_OF_BEAN;
		}

		private boolean isDynamic() {
			return this == DYNAMIC || this == DYNAMIC_OF_BEAN;
		}

		/** Keys that mean nothing here, and where they would. */
		private Map<String, String> misplaced(SupervisionProperties.Child keys) {
			Map<String, String> misplaced = new LinkedHashMap<>();
			if (this != WORKER) {
				String where = (this == WORKER_OF_BEAN) ? "the bean method that makes it" : "a worker";
				present(misplaced, "name", keys.name(), where);
				present(misplaced, "arguments", keys.arguments(), where);
			}
			if (isWorker()) {
				present(misplaced, "max-restarts", keys.maxRestarts(), "a supervisor");
				present(misplaced, "within", keys.within(), "a supervisor");
				present(misplaced, "on-limit", keys.onLimit(), "a supervisor");
			}
			if (this != DYNAMIC) {
				present(misplaced, "child-restart", keys.childRestart(), "a dynamic supervisor of the configuration");
			}
			if (!isDynamic()) {
				present(misplaced, "max-children", keys.maxChildren(), "a dynamic supervisor");
			}
			if (isWorker() || isDynamic()) {
				present(misplaced, "strategy", keys.strategy(), "a supervisor with children");
				present(misplaced, "auto-shutdown", keys.autoShutdown(), "a supervisor with children");
			}
			if (!isWorker() && this != DYNAMIC) {
				present(misplaced, "drain", keys.drain(), "a worker");
				present(misplaced, "executor", keys.executor(), "a worker");
				present(misplaced, "mailbox", keys.mailbox(), "a worker");
			}
			if (this == TREE) {
				present(misplaced, "restart", keys.restart(), "a child");
				present(misplaced, "significant", keys.significant(), "a child");
				present(misplaced, "shutdown", keys.shutdown(), "a child");
				present(misplaced, "start-timeout", keys.startTimeout(), "a child");
				present(misplaced, "backoff", keys.backoff(), "a child");
			}
			return misplaced;
		}

		private static void present(Map<String, String> misplaced, String key, @Nullable Object value, String where) {
			if (value != null) {
				misplaced.put(key, where);
			}
		}

	}

}

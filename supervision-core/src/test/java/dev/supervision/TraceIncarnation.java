package dev.supervision;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * One start attempt of a recorded script, and the process that came of it.
 */
final class TraceIncarnation {

	final String path;

	final long number;

	final Map<String, @Nullable Object> spec;

	final @Nullable TraceIncarnation parent;

	final Process process;

	/** Whether the plan lets it start. */
	final boolean planned;

	/** Of a supervisor: whether its first children run, too. */
	boolean up;

	/** Whether a stranger sent it a signal that may end it. */
	boolean signalled;

	/** Why it ended; {@code null} while it has not. */
	@Nullable Object ended;

	/** The step in which it ended. */
	int endedIn = -1;

	TraceIncarnation(String path, long number, Map<String, @Nullable Object> spec, @Nullable TraceIncarnation parent,
			Process process, boolean planned) {
		this.path = path;
		this.number = number;
		this.spec = spec;
		this.parent = parent;
		this.process = process;
		this.planned = planned;
	}

	boolean isSupervisor() {
		return this.spec.containsKey("strategy");
	}

	boolean isDynamic() {
		return this.spec.containsKey("template");
	}

	boolean isAlive() {
		return this.ended == null;
	}

	/** A word of the specification, such as what {@code terminate} does. */
	String word(String key) {
		return String.valueOf(this.spec.get(key));
	}

	@Override
	public String toString() {
		return this.path + " #" + this.number;
	}

}

package dev.supervision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What a process has to do with others, made when there is something; guarded by the
 * monitor of its {@link Process}. Sets keep their order, so that a run can be repeated.
 */
final class Relations {

	/** Linked processes other than the parent and the children. */
	final Set<Process> links = new LinkedHashSet<>(2);

	/** Monitors on this process. */
	final Set<MonitorRef> watchers = new LinkedHashSet<>(2);

	/** Monitors of this process. */
	final Set<MonitorRef> monitors = new LinkedHashSet<>(2);

	final List<String> names = new ArrayList<>(1);

	final Set<ProcessTimer> timers = new LinkedHashSet<>(2);

	/** Calls that were handled, but not answered yet. */
	private List<Call<?>> open = new ArrayList<>(2);

	private int pruneAt = 16;

	/** What came while the process was suspended; the first may be in work. */
	final Deque<Envelope> held = new ArrayDeque<>(2);

	/** Told when the process has left, or was disowned. */
	final List<Runnable> whenLeft = new ArrayList<>(1);

	/** The newest of the linked children, which are chained through their siblings. */
	@Nullable Process newestChild;

	void addOpen(Call<?> call) {
		if (this.open.size() >= this.pruneAt) {
			this.open.removeIf(Request::isDone);
			this.pruneAt = Math.max(16, 2 * this.open.size());
		}
		this.open.add(call);
	}

	/** Without a copy, because there may be no memory. */
	List<Call<?>> takeOpen() {
		List<Call<?>> taken = this.open;
		this.open = List.of();
		return taken;
	}

}

package dev.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Links, monitors, names and timers of processes. Each side's part is guarded by that
 * process's monitor, and no two are ever held at once: whoever adds something looks at
 * the other's exit afterwards, so that either the end sees the relation or the relation
 * sees the end.
 */
final class Links {

	private Links() {
	}

	// ---- parent and child: a chain through the children, because a parent may have
	// millions

	/**
	 * Links a new child with its parent.
	 * @return whether the parent is still alive
	 */
	static boolean adopt(Process parent, Process child) {
		synchronized (parent) {
			if (parent.hasExited()) {
				return false;
			}
			Relations relations = parent.relations();
			Process newest = relations.newestChild;
			child.olderSibling = newest;
			if (newest != null) {
				newest.newerSibling = child;
			}
			relations.newestChild = child;
			child.linkedToParent = true;
			return true;
		}
	}

	/**
	 * Removes the link of a child with its parent.
	 * @return whether there was one
	 */
	static boolean release(Process child) {
		Process parent = child.parent;
		if (parent == null) {
			return false;
		}
		synchronized (parent) {
			if (!child.linkedToParent) {
				return false;
			}
			child.linkedToParent = false;
			Process older = child.olderSibling;
			Process newer = child.newerSibling;
			if (newer != null) {
				newer.olderSibling = older;
			}
			else {
				parent.relations().newestChild = older;
			}
			if (older != null) {
				older.newerSibling = newer;
			}
			child.olderSibling = null;
			child.newerSibling = null;
			return true;
		}
	}

	private static boolean areFamily(Process a, Process b) {
		return a.parent == b || b.parent == a;
	}

	private static boolean isFamilyLink(Process a, Process b) {
		Process child = (a.parent == b) ? a : b;
		Process parent = (a.parent == b) ? b : a;
		if (child.parent != parent) {
			return false;
		}
		synchronized (parent) {
			return child.linkedToParent;
		}
	}

	// ---- links

	/**
	 * Links two processes. Both sides change together, so that they never differ: one
	 * that has ended tells those that were linked to it then, and nobody else.
	 * @return whether the other one is alive, or its exit signal is on its way
	 */
	static boolean link(Process self, Process other) {
		if (self == other || isFamilyLink(self, other)) {
			return true;
		}
		synchronized (elder(self, other)) {
			synchronized (younger(self, other)) {
				if (self.hasExited()) {
					return true;
				}
				Set<Process> links = self.relations().links;
				if (other.hasExited()) {
					return links.contains(other);
				}
				links.add(other);
				other.relations().links.add(self);
				return true;
			}
		}
	}

	/** Monitors of two processes are taken in the order of their numbers. */
	private static Process elder(Process a, Process b) {
		return (a.number() < b.number()) ? a : b;
	}

	private static Process younger(Process a, Process b) {
		return (a.number() < b.number()) ? b : a;
	}

	static void unlink(Process self, Process other) {
		if (areFamily(self, other)) {
			Process child = (self.parent == other) ? self : other;
			synchronized (child) {
				child.unlinkedFromParent = true;
			}
			release(child);
		}
		synchronized (elder(self, other)) {
			synchronized (younger(self, other)) {
				removeLink(self, other);
				removeLink(other, self);
			}
		}
	}

	/** Under the monitor of the holder. */
	private static boolean removeLink(Process holder, Process other) {
		Relations relations = holder.relations;
		return relations != null && relations.links.remove(other);
	}

	// ---- monitors

	/**
	 * Makes a monitor; one on a process that has ended fires at once.
	 */
	static MonitorRef monitor(Process watcher, @Nullable Process watched, Object target) {
		MonitorRef monitor = new MonitorRef(watcher, watched, target);
		if (watched == watcher) {
			return monitor;
		}
		synchronized (watcher) {
			if (watcher.hasExited()) {
				return monitor;
			}
			watcher.relations().monitors.add(monitor);
		}
		boolean alive = false;
		if (watched != null) {
			synchronized (watched) {
				alive = !watched.hasExited();
				if (alive) {
					watched.relations().watchers.add(monitor);
				}
			}
		}
		if (!alive) {
			fire(monitor, ExitReason.NO_PROCESS);
		}
		else if (watcher.hasExited()) {
			forgetWatcher(monitor);
		}
		return monitor;
	}

	/** Ends a monitor; a message of it that waits already is taken back. */
	static void demonitor(Process watcher, MonitorRef monitor) {
		if (monitor.watcher != watcher) {
			return;
		}
		monitor.cancel();
		synchronized (watcher) {
			watcher.relations().monitors.remove(monitor);
		}
		forgetWatcher(monitor);
	}

	private static void forgetWatcher(MonitorRef monitor) {
		Process watched = monitor.watched;
		if (watched != null) {
			synchronized (watched) {
				Relations relations = watched.relations;
				if (relations != null) {
					relations.watchers.remove(monitor);
				}
			}
		}
	}

	private static void fire(MonitorRef monitor, ExitReason reason) {
		Process watcher = monitor.watcher;
		boolean active;
		synchronized (watcher) {
			active = watcher.relations().monitors.remove(monitor);
		}
		if (active) {
			watcher.postOrDrop(new Envelopes.Down(monitor, reason));
		}
	}

	// ---- names

	/**
	 * Gives a process a name.
	 * @return {@code null} if that worked, else the living process that has the name
	 */
	static @Nullable Process register(Process process, String name) {
		Process holder = process.node.names.compute(name,
				(key, current) -> (current == null || current.hasExited()) ? process : current);
		if (holder != process) {
			return holder;
		}
		synchronized (process) {
			if (!process.hasExited()) {
				List<String> names = process.relations().names;
				if (!names.contains(name)) {
					names.add(name);
				}
				return null;
			}
		}
		process.node.names.remove(name, process);
		return null;
	}

	static void unregister(Process process, String name) {
		process.node.names.remove(name, process);
		synchronized (process) {
			process.relations().names.remove(name);
		}
	}

	static void freeNames(Process process) {
		List<String> names;
		synchronized (process) {
			Relations relations = process.relations;
			if (relations == null) {
				return;
			}
			names = List.copyOf(relations.names);
		}
		names.forEach(name -> process.node.names.remove(name, process));
	}

	// ---- timers

	static void addTimer(Process owner, ProcessTimer timer) {
		boolean dead;
		synchronized (owner) {
			dead = owner.hasExited();
			if (!dead) {
				owner.relations().timers.add(timer);
			}
		}
		if (dead) {
			timer.discard();
		}
		else {
			timer.start();
		}
	}

	static void forgetTimer(Process owner, ProcessTimer timer) {
		synchronized (owner) {
			Relations relations = owner.relations;
			if (relations != null) {
				relations.timers.remove(timer);
			}
		}
	}

	// ---- the end

	/**
	 * Tells everybody who has to do with a process that it has ended: first its children,
	 * then links and monitors, last its parent, so that a supervisor that starts a
	 * successor has the best chance to find the names of the grandchildren free. Whether
	 * a link is still there is decided under the receiver's monitor together with what
	 * the signal does, so that nothing arrives after an unlink has returned.
	 * @param tellParent whether the parent gets an exit signal: not after a failed start
	 */
	static void tell(Process process, ExitReason reason, boolean tellParent) {
		List<Process> children = new ArrayList<>();
		List<Process> peers = List.of();
		List<MonitorRef> watchers = List.of();
		List<MonitorRef> monitors = List.of();
		List<ProcessTimer> timers = List.of();
		synchronized (process) {
			Relations relations = process.relations;
			if (relations != null) {
				for (Process child = relations.newestChild; child != null; child = child.olderSibling) {
					child.linkedToParent = false;
					children.add(child);
				}
				relations.newestChild = null;
				peers = List.copyOf(relations.links);
				relations.links.clear();
				watchers = List.copyOf(relations.watchers);
				relations.watchers.clear();
				monitors = List.copyOf(relations.monitors);
				relations.monitors.clear();
				timers = List.copyOf(relations.timers);
				relations.timers.clear();
			}
		}
		timers.forEach(ProcessTimer::discard);
		monitors.forEach(Links::forgetWatcher);
		for (Process child : children) {
			child.olderSibling = null;
			child.newerSibling = null;
			boolean told = child.signalIf(() -> !child.unlinkedFromParent, process, reason);
			if (told && (reason != ExitReason.NORMAL || child.isTrapping())) {
				process.endsAfter(child);
			}
		}
		for (Process peer : peers) {
			peer.signalIf(() -> removeLink(peer, process), process, reason);
		}
		watchers.forEach(monitor -> fire(monitor, reason));
		Process parent = process.parent;
		if (parent != null) {
			if (process.leavesLate()) {
				parent.endsAfter(process);
			}
			parent.signalIf(() -> release(process) && tellParent, process, reason);
		}
	}

}

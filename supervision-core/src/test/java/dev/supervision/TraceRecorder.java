package dev.supervision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens in a tree, in the words of the recorded scripts and in one
 * order: the workers and the starts tell it directly, and the node's events reach it at
 * once, because {@link TracePlatform} delivers them where they are emitted. Keeps the
 * plans, too.
 */
final class TraceRecorder implements SupervisionListener {

	final DeterministicPlatform platform;

	private final Map<String, Queue<String>> plans = new HashMap<>();

	private final Map<String, Long> attempts = new HashMap<>();

	private final Map<Pid, TraceIncarnation> byPid = new IdentityHashMap<>();

	private final Map<String, TraceIncarnation> byName = new HashMap<>();

	/** The supervisors that run, by path. */
	private final Map<String, TraceIncarnation> running = new TreeMap<>();

	private final Set<TraceDifference> differences = EnumSet.noneOf(TraceDifference.class);

	private List<Entry> entries = new ArrayList<>();

	private Set<TraceIncarnation> targets = new HashSet<>();

	private int step;

	TraceRecorder(DeterministicPlatform platform) {
		this.platform = platform;
	}

	// ---- the script

	void beginStep(int step) {
		this.step = step;
		this.entries = new ArrayList<>();
		this.targets = new HashSet<>();
	}

	void plan(String path, List<?> outcomes) {
		Queue<String> plan = new ArrayDeque<>();
		outcomes.forEach(outcome -> plan.add(String.valueOf(outcome)));
		this.plans.put(path, plan);
	}

	void target(TraceIncarnation target) {
		this.targets.add(target);
	}

	void differs(TraceDifference difference) {
		this.differences.add(difference);
	}

	Set<TraceDifference> differences() {
		return this.differences;
	}

	TraceIncarnation incarnation(String path, Object number) {
		TraceIncarnation found = this.byName.get(path + " #" + number);
		if (found == null) {
			throw new AssertionError("There never was " + path + " #" + number);
		}
		return found;
	}

	boolean hasEnded(String name) {
		TraceIncarnation found = this.byName.get(name);
		return found != null && !found.isAlive();
	}

	/** Why the root ended; {@code null} if it could not be started. */
	@Nullable Object rootEnded() {
		TraceIncarnation root = this.byName.get("root #1");
		return (root != null && root.up) ? root.ended : null;
	}

	/** Whether this is a living dynamic supervisor that would stop itself in OTP 25. */
	boolean couldStopItselfInOtp(String name) {
		TraceIncarnation found = this.byName.get(name);
		return found != null && found.isAlive() && found.isDynamic() && !"never".equals(found.word("auto_shutdown"))
				&& Boolean.TRUE.equals(TraceTree.map(found.spec.get("template")).get("significant"));
	}

	@Nullable Long number(@Nullable Pid pid) {
		return (pid != null) ? of(pid).number : null;
	}

	TraceIncarnation of(Pid pid) {
		TraceIncarnation found = this.byPid.get(pid);
		if (found == null) {
			throw new AssertionError("Unknown process " + pid);
		}
		return found;
	}

	Map<String, TraceIncarnation> running() {
		return this.running;
	}

	TraceIncarnation running(Object path) {
		TraceIncarnation found = this.running.get(path);
		if (found == null) {
			throw new AssertionError("There is no supervisor at " + path + ", but there are " + this.running.keySet());
		}
		return found;
	}

	/** The events of this step that have one order. */
	List<List<@Nullable Object>> ordered() {
		return entries(false);
	}

	/** The events of this step whose order OTP leaves open. */
	List<List<@Nullable Object>> unordered() {
		return entries(true);
	}

	private List<List<@Nullable Object>> entries(boolean free) {
		return this.entries.stream().filter(entry -> isFree(entry) == free).map(Entry::words).toList();
	}

	/** README of the scripts, section 4.2. */
	private boolean isFree(Entry entry) {
		TraceIncarnation subject = entry.subject;
		if (subject == null) {
			return false;
		}
		for (TraceIncarnation above = subject.parent; above != null; above = above.parent) {
			if (endedNow(above) && "killed".equals(above.ended)) {
				return true;
			}
		}
		Object word = entry.words.get(0);
		if ("stop".equals(word) || "terminate".equals(word)) {
			TraceIncarnation above = subject.parent;
			return above != null && above.isDynamic() && endedNow(above) && !this.targets.contains(subject);
		}
		return "report".equals(word) && "shutdown_error".equals(entry.words.get(2)) && subject.isDynamic()
				&& endedNow(subject);
	}

	private boolean endedNow(TraceIncarnation incarnation) {
		return incarnation.endedIn == this.step;
	}

	// ---- what the children tell

	/** A start attempt begins on the new process's own thread. */
	TraceIncarnation attempt(String path, Map<String, @Nullable Object> spec, String outcome) {
		Process process = Process.current();
		if (process == null) {
			throw new AssertionError("A factory runs outside of its process: " + path);
		}
		TraceIncarnation parent = (process.parent != null) ? this.byPid.get(process.parent) : null;
		TraceIncarnation own = new TraceIncarnation(path, this.attempts.merge(path, 1L, Long::sum), spec, parent,
				process, "ok".equals(outcome));
		this.byPid.put(process, own);
		this.byName.put(own.toString(), own);
		add(null, "start", path, own.number, outcome);
		return own;
	}

	/** What the plan says of the next attempt. */
	String outcome(String path) {
		Queue<String> plan = this.plans.get(path);
		String outcome = (plan != null) ? plan.poll() : null;
		return (outcome != null) ? outcome : "ok";
	}

	void terminated(TraceIncarnation worker, ExitReason reason) {
		add(worker, "terminate", worker.path, worker.number, TraceReasons.write(reason));
	}

	// ---- what the node tells

	@Override
	public void onEvent(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.ProcessExited exited) {
			exited(exited);
		}
		else if (event instanceof SupervisionEvent.ChildStarted started) {
			started(started.child().pid());
		}
		else if (event instanceof SupervisionEvent.ChildTerminated terminated) {
			report(terminated.child(), "child_terminated", terminated.reason(), null);
		}
		else if (event instanceof SupervisionEvent.StartFailed failed) {
			// OTP reports only what its supervisor does by itself
			if (failed.cause() != SupervisionEvent.StartCause.MANUAL) {
				report(failed.child(), "start_error", failed.reason(), null);
			}
		}
		else if (event instanceof SupervisionEvent.ShutdownError error) {
			TraceIncarnation supervisor = this.byPid.get(error.child().supervisor());
			boolean all = supervisor != null && supervisor.isDynamic() && isStopping(supervisor);
			report(error.child(), "shutdown_error", error.reason(), all ? Long.valueOf(error.count()) : null);
		}
		else if (event instanceof SupervisionEvent.LimitExceeded exceeded) {
			TraceIncarnation supervisor = this.byPid.get(exceeded.child().supervisor());
			if (supervisor != null) {
				add(supervisor, "gave_up", supervisor.path, supervisor.number, exceeded.child().id());
			}
		}
		else if (event instanceof SupervisionEvent.Disowned || event instanceof SupervisionEvent.Stuck
				|| event instanceof SupervisionEvent.Unhandled) {
			add(null, "unexpected", event.toString());
		}
	}

	private static boolean isStopping(TraceIncarnation supervisor) {
		return supervisor.process.info().state() == ProcessInfo.State.STOPPING;
	}

	private void exited(SupervisionEvent.ProcessExited exited) {
		TraceIncarnation own = this.byPid.get(exited.pid());
		if (own == null || !own.planned) {
			return;
		}
		Object reason = TraceReasons.write(exited.reason());
		own.ended = reason;
		if (own.isSupervisor() && !own.up) {
			add(null, "failed", own.path, own.number, reason);
			return;
		}
		own.endedIn = this.step;
		this.running.remove(own.path, own);
		add(own, "stop", own.path, own.number, reason);
	}

	private void started(@Nullable Pid pid) {
		TraceIncarnation own = this.byPid.get(pid);
		if (own != null && own.isSupervisor()) {
			own.up = true;
			this.running.put(own.path, own);
			add(null, "up", own.path, own.number);
		}
	}

	private void report(SupervisionEvent.Child child, String kind, ExitReason reason, @Nullable Long count) {
		TraceIncarnation supervisor = this.byPid.get(child.supervisor());
		if (supervisor == null) {
			return;
		}
		Object written = TraceReasons.write(reason);
		if (count != null) {
			add(supervisor, "report", supervisor.path, kind, child.id(), written, count);
		}
		else {
			add(supervisor, "report", supervisor.path, kind, child.id(), written);
		}
	}

	private void add(@Nullable TraceIncarnation subject, Object... words) {
		this.entries.add(new Entry(subject, List.of(words)));
	}

	/**
	 * An event, and whom it concerns where its order may be open.
	 */
	private record Entry(@Nullable TraceIncarnation subject, List<@Nullable Object> words) {
	}

}

package dev.supervision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What one supervisor has to do, written from OTP's contract and not from the shipped
 * code: plain lists, no threads, no processes. All that it does is written into a
 * journal.
 */
class SupervisorModel {

	/** The period in which restarts count, in seconds. */
	static final int PERIOD = 5;

	private final Setup setup;

	private final List<Slot> slots = new ArrayList<>();

	private final Deque<Runnable> mailbox = new ArrayDeque<>();

	private final Map<String, Deque<Outcome>> plans = new HashMap<>();

	private final List<Long> restarts = new ArrayList<>();

	private final List<String> journal = new ArrayList<>();

	private final List<String> results = new ArrayList<>();

	private long now;

	private boolean suspended;

	private @Nullable String ended;

	SupervisorModel(Setup setup) {
		this.setup = setup;
	}

	// ---- the decisions that a wrong model may get wrong

	/** Whether a child of this type is started again after this end. */
	boolean restarts(Restart restart, boolean clean) {
		return restart == Restart.PERMANENT || restart == Restart.TRANSIENT && !clean;
	}

	/** Whether a group restart starts a child that is stopped. */
	boolean revivesStopped() {
		return true;
	}

	/** Whether a restart that was done so many nanoseconds ago still counts. */
	boolean counts(long age) {
		return age < PERIOD * 1_000_000_000L;
	}

	// ---- commands

	void start() {
		for (ChildSetup child : this.setup.children()) {
			Slot slot = new Slot(child);
			this.slots.add(slot);
			if (!begin(slot)) {
				for (int i = this.slots.size() - 1; i >= 0; i--) {
					stop(this.slots.get(i));
				}
				end("failed to start " + child.id());
				return;
			}
			if (!slot.running && child.restart() == Restart.TEMPORARY) {
				this.slots.remove(slot);
			}
		}
	}

	void plan(String id, Outcome outcome) {
		this.plans.computeIfAbsent(id, key -> new ArrayDeque<>()).add(outcome);
	}

	void advance(int seconds) {
		this.now += seconds * 1_000_000_000L;
	}

	/** From now on messages wait. */
	void suspend() {
		this.suspended = true;
	}

	void resume() {
		this.suspended = false;
		work();
	}

	/** A child ends by itself or is killed. */
	void childEnds(String id, String reason) {
		Slot slot = find(id);
		if (slot == null || !slot.running || !slot.alive) {
			return;
		}
		slot.alive = false;
		this.journal.add("end " + id + " " + reason);
		long incarnation = slot.incarnation;
		this.mailbox.add(() -> {
			if (slot.running && !slot.alive && slot.incarnation == incarnation && this.slots.contains(slot)) {
				childEnded(slot, reason);
			}
		});
		work();
	}

	void startChild(ChildSetup child) {
		ask(() -> {
			Slot known = find(child.id());
			if (known != null) {
				return known.running ? "AlreadyStarted" : "AlreadyPresent";
			}
			if (this.setup.dynamic() && this.slots.size() >= this.setup.maxChildren()) {
				return "MaxChildren";
			}
			Slot slot = new Slot(child);
			if (!begin(slot)) {
				return "Failed";
			}
			if (slot.running || !this.setup.dynamic() && child.restart() != Restart.TEMPORARY) {
				this.slots.add(slot);
			}
			return slot.running ? "Started" : "Ignored";
		});
	}

	void terminateChild(String id) {
		ask(() -> {
			Slot slot = find(id);
			if (slot == null) {
				return "NotFound";
			}
			stop(slot);
			forget(slot);
			return "Ok";
		});
	}

	void restartChild(String id) {
		ask(() -> {
			Slot slot = find(id);
			if (slot == null) {
				return "NotFound";
			}
			if (slot.restarting || slot.running) {
				return slot.restarting ? "Restarting" : "Running";
			}
			boolean parked = slot.parked;
			boolean failed = !begin(slot);
			// set aside is a child until it runs again
			slot.parked = parked && !slot.running;
			if (failed) {
				return "Failed";
			}
			if (!slot.running && this.setup.dynamic()) {
				forget(slot);
			}
			return slot.running ? "Started" : "Ignored";
		});
	}

	void deleteChild(String id) {
		ask(() -> {
			Slot slot = find(id);
			if (slot == null) {
				return "NotFound";
			}
			if (slot.restarting || slot.running) {
				return slot.restarting ? "Restarting" : "Running";
			}
			this.slots.remove(slot);
			return "Ok";
		});
	}

	/** The order of the parent. */
	void stop() {
		if (this.ended == null) {
			stopAll("shutdown");
		}
	}

	// ---- views

	/** Since the last look: what was started and what ended, in order. */
	List<String> journal() {
		List<String> since = List.copyOf(this.journal);
		this.journal.clear();
		return since;
	}

	/** Since the last look: what administrative calls were answered. */
	List<String> results() {
		List<String> since = List.copyOf(this.results);
		this.results.clear();
		return since;
	}

	/** The children in start order, such as {@code a RUNNING}. */
	List<String> children() {
		return this.slots.stream().map(slot -> slot.child.id() + " " + slot.state()).toList();
	}

	ChildCounts counts() {
		int active = (int) this.slots.stream().filter(slot -> slot.running).count();
		return new ChildCounts(this.slots.size(), active, 0, this.slots.size());
	}

	/** Why the supervisor has ended, if it has. */
	@Nullable String ended() {
		return this.ended;
	}

	// ---- the algorithm

	private void ask(Answer answer) {
		if (this.ended != null) {
			this.results.add("NoProcess");
			return;
		}
		int place = this.results.size();
		this.results.add("ServerExited");
		this.mailbox.add(() -> this.results.set(place, answer.get()));
		work();
	}

	private void work() {
		while (!this.suspended && this.ended == null && !this.mailbox.isEmpty()) {
			this.mailbox.remove().run();
		}
	}

	private void childEnded(Slot slot, String reason) {
		boolean clean = reason.equals("normal") || reason.equals("shutdown");
		if (restarts(slot.child.restart(), clean)) {
			restart(slot);
			return;
		}
		forget(slot);
		boolean over = slot.child.significant() && switch (this.setup.autoShutdown()) {
			case NEVER -> false;
			case ANY_SIGNIFICANT -> true;
			case ALL_SIGNIFICANT -> this.slots.stream()
				.noneMatch(other -> other.child.significant() && (other.running || other.restarting));
		};
		if (over) {
			stopAll("shutdown");
		}
	}

	private void restart(Slot slot) {
		this.restarts.removeIf(time -> !counts(this.now - time));
		if (this.restarts.size() >= this.setup.intensity()) {
			limitExceeded(slot);
			return;
		}
		this.restarts.add(this.now);
		if (this.setup.dynamic() || this.setup.strategy() == Strategy.ONE_FOR_ONE) {
			if (!begin(slot)) {
				retry(slot);
			}
			else if (!slot.running && this.setup.dynamic()) {
				forget(slot);
			}
			return;
		}
		int first = (this.setup.strategy() == Strategy.REST_FOR_ONE) ? this.slots.indexOf(slot) : 0;
		slot.vacate();
		List<Slot> group = new ArrayList<>(this.slots.subList(first, this.slots.size()));
		List<Slot> stopped = group.stream().filter(other -> !other.running && other != slot).toList();
		for (int i = group.size() - 1; i >= 0; i--) {
			stop(group.get(i));
			forget(group.get(i));
		}
		for (Slot other : group) {
			if (!this.slots.contains(other) || !revivesStopped() && stopped.contains(other)) {
				continue;
			}
			if (!begin(other)) {
				retry(other);
				return;
			}
		}
	}

	private void limitExceeded(Slot slot) {
		if (this.setup.park()) {
			slot.vacate();
			slot.parked = true;
			// what it used up is not the fault of its siblings
			this.restarts.clear();
			return;
		}
		String id = slot.child.id();
		forget(slot);
		stopAll("gave up on " + id);
	}

	private void retry(Slot slot) {
		slot.restarting = true;
		slot.incarnation++;
		long incarnation = slot.incarnation;
		this.mailbox.add(() -> {
			if (slot.restarting && slot.incarnation == incarnation && this.slots.contains(slot)) {
				restart(slot);
			}
		});
	}

	/** Returns false if the start fails; after ignore the slot is not running. */
	private boolean begin(Slot slot) {
		slot.vacate();
		Deque<Outcome> plan = this.plans.get(slot.child.id());
		Outcome outcome = (plan != null && !plan.isEmpty()) ? plan.remove() : Outcome.OK;
		this.journal.add(outcome.verb + " " + slot.child.id());
		if (outcome == Outcome.OK) {
			slot.incarnation++;
			slot.running = true;
			slot.alive = true;
		}
		return outcome != Outcome.FAIL;
	}

	private void stop(Slot slot) {
		if (slot.running && slot.alive) {
			slot.alive = false;
			this.journal.add("end " + slot.child.id() + " shutdown");
		}
	}

	private void forget(Slot slot) {
		slot.vacate();
		if (this.setup.dynamic() || slot.child.restart() == Restart.TEMPORARY) {
			this.slots.remove(slot);
		}
	}

	private void stopAll(String reason) {
		for (int i = this.slots.size() - 1; i >= 0; i--) {
			stop(this.slots.get(i));
		}
		end(reason);
	}

	private void end(String reason) {
		this.slots.clear();
		this.mailbox.clear();
		this.ended = reason;
	}

	private @Nullable Slot find(String id) {
		return this.slots.stream().filter(slot -> slot.child.id().equals(id)).findFirst().orElse(null);
	}

	/**
	 * What a start does.
	 */
	enum Outcome {

		OK("start"), FAIL("fail"), IGNORE("ignore");

		final String verb;

		Outcome(String verb) {
			this.verb = verb;
		}

	}

	/**
	 * A supervisor.
	 *
	 * @param park whether a child that was restarted too often is set aside
	 */
	record Setup(boolean dynamic, Strategy strategy, int intensity, boolean park, AutoShutdown autoShutdown,
			int maxChildren, List<ChildSetup> children) {
	}

	/**
	 * A child.
	 */
	record ChildSetup(String id, Restart restart, boolean significant) {
	}

	private interface Answer {

		String get();

	}

	private static final class Slot {

		private final ChildSetup child;

		/** Whether the supervisor thinks that a process runs here. */
		private boolean running;

		/** Whether it is right about that. */
		private boolean alive;

		private boolean restarting;

		private boolean parked;

		private long incarnation;

		private Slot(ChildSetup child) {
			this.child = child;
		}

		private void vacate() {
			this.running = false;
			this.alive = false;
			this.restarting = false;
			this.parked = false;
		}

		private ChildInfo.State state() {
			if (this.parked) {
				return ChildInfo.State.PARKED;
			}
			if (this.restarting) {
				return ChildInfo.State.RESTARTING;
			}
			return this.running ? ChildInfo.State.RUNNING : ChildInfo.State.STOPPED;
		}

	}

}

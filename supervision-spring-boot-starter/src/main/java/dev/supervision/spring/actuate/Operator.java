package dev.supervision.spring.actuate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.ChildResult;
import dev.supervision.ChildType;
import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.Restart;
import dev.supervision.Strategy;
import dev.supervision.SupervisorSpec;

/**
 * Does by hand what supervisors do by themselves. Blocks for as long as that takes.
 */
final class Operator {

	/** How long to wait at most before looking again, whatever events say. */
	private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

	private final Node node;

	private final SupervisionHistory history;

	Operator(Node node, SupervisionHistory history) {
		this.node = node;
		this.history = history;
	}

	/**
	 * What is to be done, once it is known that it may be.
	 */
	@FunctionalInterface
	interface Action {

		/**
		 * Does it.
		 * @param limit how long it may wait for what is not part of it
		 */
		Effect run(Duration limit) throws InterruptedException;

	}

	/**
	 * What came of it.
	 *
	 * @param complete whether that was all
	 * @param newId the process that runs there now
	 * @param affected those that ended
	 */
	record Effect(boolean complete, @Nullable Pid newId, List<Pid> affected) {
	}

	// ---- one process

	/** Kills a process; its supervisor decides what follows. */
	Action kill(Pid pid) {
		ProcessInfo info = alive(pid);
		requireNotRoot(pid, "killed");
		Optional<ChildInfo> child = this.node.child(pid);
		return limit -> {
			List<Pid> concerned = concerned(info, true);
			this.node.exit(pid, ExitReason.KILL);
			Pid parent = info.parent();
			String id = child.map(ChildInfo::id).orElse(null);
			boolean comesBack = info.spec().restart() != Restart.TEMPORARY;
			if (parent == null || id == null || !comesBack) {
				return effect(true, null, concerned);
			}
			return awaitSuccessor(parent, id, pid, limit, concerned);
		};
	}

	private Effect awaitSuccessor(Pid parent, String id, Pid before, Duration limit, List<Pid> concerned)
			throws InterruptedException {
		long until = System.nanoTime() + limit.toNanos();
		while (true) {
			long seen = this.history.revision();
			ChildInfo child = this.node.isAlive(parent) ? child(parent, id) : null;
			if (child == null || child.state() == ChildInfo.State.STOPPED || child.state() == ChildInfo.State.PARKED) {
				return effect(true, null, concerned);
			}
			Pid current = child.pid();
			if (current != null && current != before && isRunning(current)) {
				return effect(true, current, concerned);
			}
			long remaining = until - System.nanoTime();
			if (remaining <= 0) {
				return effect(false, null, concerned);
			}
			this.history.events().awaitAfter(seen, Math.min(remaining, LOOK_AGAIN.toNanos()));
		}
	}

	private @Nullable ChildInfo child(Pid parent, String id) {
		return this.node.children(parent).stream().filter(child -> id.equals(child.id())).findFirst().orElse(null);
	}

	private boolean isRunning(Pid pid) {
		return this.node.info(pid).filter(info -> info.state() != ProcessInfo.State.STARTING).isPresent();
	}

	/** Stops a process in an orderly way; it is not started again. */
	Action stop(Pid pid) {
		ProcessInfo info = alive(pid);
		requireNotRoot(pid, "stopped");
		return limit -> {
			List<Pid> concerned = concerned(info, false);
			Pid parent = info.parent();
			if (parent == null) {
				this.node.ref(pid).stop(ExitReason.SHUTDOWN, null);
			}
			else {
				requireFound(this.node.supervisor(parent).terminateIncarnation(pid), pid);
			}
			return effect(true, null, concerned);
		};
	}

	/** Stops a process and starts it again in its place; that counts to nothing. */
	Action restart(Pid pid) {
		ProcessInfo info = alive(pid);
		requireNotRoot(pid, "restarted");
		Pid parent = info.parent();
		if (parent == null) {
			throw Refusal.conflict(pid + " has no supervisor that could start it again");
		}
		if (info.spec().restart() == Restart.TEMPORARY && isDynamic(parent)) {
			throw Refusal.conflict(pid + " is a temporary child of a dynamic supervisor, which has not kept the "
					+ "arguments of its start");
		}
		return limit -> {
			List<Pid> concerned = concerned(info, false);
			ChildResult result = this.node.supervisor(parent).restartIncarnation(pid);
			requireFound(result, pid);
			return effect(true, started(result, info.path()), concerned);
		};
	}

	private ProcessInfo alive(Pid pid) {
		return this.node.info(pid)
			.filter(info -> this.node.isAlive(pid))
			.orElseThrow(() -> ProcessReader.unknown(pid.toString()));
	}

	private void requireNotRoot(Pid pid, String done) {
		if (this.node.trees().pid().filter(root -> root == pid).isPresent()) {
			throw Refusal.conflict(pid + " is the supervisor of all trees, which cannot be " + done
					+ "; choose a tree, or stop the application");
		}
	}

	private boolean isDynamic(Pid supervisor) {
		return this.node.info(supervisor).filter(info -> info.spec().dynamicSupervisorSpec().isPresent()).isPresent();
	}

	private static void requireFound(ChildResult result, Pid pid) {
		if (result instanceof ChildResult.NotFound) {
			throw ProcessReader.unknown(pid.toString());
		}
	}

	// ---- children of a supervisor

	/**
	 * Starts a child that has no process: one that was stopped or parked, waits for its
	 * backoff, or is a tree that gave up.
	 */
	Action restartChild(Pid supervisor, String id) {
		String what = requireChild(supervisor, id);
		return limit -> {
			ChildResult result = isDynamic(supervisor) ? this.node.dynamicSupervisor(supervisor).restartChild(id)
					: this.node.supervisor(supervisor).restartChild(id);
			if (result instanceof ChildResult.NotFound) {
				throw noChild(supervisor, id);
			}
			return new Effect(true, started(result, what), List.of());
		};
	}

	/** Stops a child in an orderly way; it is not started again. */
	Action terminateChild(Pid supervisor, String id) {
		requireChild(supervisor, id);
		return limit -> {
			List<Pid> concerned = Optional.ofNullable(child(supervisor, id))
				.map(ChildInfo::pid)
				.flatMap(this.node::info)
				.map(info -> concerned(info, false))
				.orElse(List.of());
			ChildResult result = isDynamic(supervisor) ? this.node.dynamicSupervisor(supervisor).terminateChild(id)
					: this.node.supervisor(supervisor).terminateChild(id);
			if (result instanceof ChildResult.NotFound) {
				throw noChild(supervisor, id);
			}
			return effect(true, null, concerned);
		};
	}

	/** The path of a child, which exists. */
	private String requireChild(Pid supervisor, String id) {
		ProcessInfo info = alive(supervisor);
		if (info.kind() != ChildType.SUPERVISOR) {
			throw Refusal.notFound(supervisor + " is a worker; there is no such supervisor");
		}
		if (child(supervisor, id) == null) {
			throw noChild(supervisor, id);
		}
		return info.path() + "/" + id;
	}

	private static Refusal noChild(Pid supervisor, String id) {
		return Refusal.notFound("Supervisor " + supervisor + " has no child '" + SafeText.of(id) + "'");
	}

	/** The process that was started, if one was wanted. */
	private static @Nullable Pid started(ChildResult result, String what) {
		if (result instanceof ChildResult.Started started) {
			return started.pid();
		}
		if (result instanceof ChildResult.Running) {
			throw Refusal.conflict("The child runs; 'restart' of its process stops and starts it");
		}
		if (result instanceof ChildResult.Restarting) {
			throw Refusal.conflict("The child is being restarted already");
		}
		if (result instanceof ChildResult.Failed failed) {
			throw Refusal
				.conflict(SafeText.of(what) + " did not start: " + ReasonText.of(failed.reason(), false).reason());
		}
		if (result instanceof ChildResult.Ignored) {
			return null;
		}
		throw Refusal.conflict(SafeText.of(what) + " did not start: " + result.getClass().getSimpleName());
	}

	// ---- who else is concerned

	/**
	 * Those that may end together with a process: what is below it, and its siblings if
	 * it crashes under a strategy that restarts them.
	 */
	private List<Pid> concerned(ProcessInfo info, boolean siblings) {
		List<Pid> found = new ArrayList<>();
		collect(info.pid(), found);
		Pid parent = info.parent();
		if (siblings && parent != null && restartsSiblings(parent)) {
			for (ChildInfo sibling : this.node.children(parent)) {
				Pid pid = sibling.pid();
				if (pid != null && pid != info.pid()) {
					collect(pid, found);
				}
			}
		}
		return found;
	}

	private boolean restartsSiblings(Pid supervisor) {
		return this.node.info(supervisor)
			.flatMap(info -> info.spec().supervisorSpec())
			.map(SupervisorSpec::strategy)
			.filter(strategy -> strategy != Strategy.ONE_FOR_ONE)
			.isPresent();
	}

	private void collect(Pid pid, List<Pid> found) {
		if (found.size() >= Describer.MAX_INLINE) {
			return;
		}
		found.add(pid);
		for (ChildInfo child : this.node.children(pid)) {
			Pid below = child.pid();
			if (below != null) {
				collect(below, found);
			}
		}
	}

	private Effect effect(boolean complete, @Nullable Pid newId, List<Pid> concerned) {
		return new Effect(complete, newId, concerned.stream().filter(pid -> !this.node.isAlive(pid)).toList());
	}

}

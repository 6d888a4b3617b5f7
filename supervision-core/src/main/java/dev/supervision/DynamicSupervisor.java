package dev.supervision;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A supervisor whose children come and go (Elixir: {@code DynamicSupervisor}).
 */
final class DynamicSupervisor extends Supervision {

	private final DynamicSupervisorSpec spec;

	DynamicSupervisor(DynamicSupervisorSpec spec) {
		super(spec.intensity(), spec.onLimit());
		this.spec = spec;
	}

	@Override
	Init<Children> startChildren() {
		return Init.ok(this.children);
	}

	@Override
	List<Object> arguments(Child child) {
		if (this.spec.extraArguments().isEmpty()) {
			return child.arguments;
		}
		List<Object> all = new ArrayList<>(this.spec.extraArguments());
		all.addAll(child.arguments);
		return all;
	}

	@Override
	void forget(Child child) {
		retire(child);
		this.children.remove(child);
	}

	@Override
	boolean endsWith(Child child) {
		return false;
	}

	@Override
	void restartByStrategy(Child child, ExitReason reason) {
		StartOutcome outcome = restartNow(child, reason);
		if (outcome instanceof StartOutcome.Started) {
			emitRestarted(child, 1);
		}
		else if (outcome instanceof StartOutcome.Ignored) {
			forget(child);
		}
	}

	/** All are asked at once and waited for together. */
	@Override
	void stopChildren() {
		Process own = process();
		List<Child> asked = new ArrayList<>();
		this.children.forEach(child -> {
			Process running = child.process;
			if (!child.isRunning()) {
				stop(child);
			}
			else if (running != null) {
				asked.add(child);
				if (child.spec.shutdown() instanceof Shutdown.BrutalKill) {
					running.forceExit(ExitReason.KILLED);
				}
				else {
					running.order(ExitReason.SHUTDOWN);
				}
			}
		});
		long asking = own.node.nanoTime();
		for (Child child : asked) {
			Process running = child.process;
			if (running != null && child.spec.shutdown() instanceof Shutdown.Within within
					&& !running.awaitLeft(asking + Specs.nanos(within.limit()) - own.node.nanoTime())) {
				running.forceExit(ExitReason.KILLED);
			}
		}
		// by text: hashing or comparing a reason may be a user's code
		Map<String, Errors> errors = new LinkedHashMap<>();
		for (Child child : asked) {
			Process running = child.process;
			if (running != null) {
				running.awaitLeft();
				ExitReason reason = running.exitReason();
				if (!isAsAsked(child, reason)) {
					errors.computeIfAbsent(reason.toString(), key -> new Errors(child, reason)).count++;
				}
			}
			forget(child);
		}
		errors.values()
			.forEach(found -> emit(
					new SupervisionEvent.ShutdownError(now(), offender(found.first), found.reason, found.count)));
	}

	// ---- administrative calls

	@Override
	Next<Children> administer(SupervisorMessage message) {
		if (message instanceof SupervisorMessage.StartChild start) {
			start.from().reply(startChild(start));
		}
		else if (message instanceof SupervisorMessage.TerminateProcess terminate) {
			terminate.from().reply(terminateChild(mine(terminate.process())));
		}
		else if (message instanceof SupervisorMessage.RestartProcess restart) {
			restart.from().reply(restartChild(mine(restart.process())));
		}
		else if (message instanceof SupervisorMessage.TerminateChild terminate) {
			terminate.from().reply(terminateChild(this.children.find(terminate.id())));
		}
		else if (message instanceof SupervisorMessage.RestartChild restart) {
			restart.from().reply(restartChild(this.children.find(restart.id())));
		}
		else if (message instanceof SupervisorMessage.CountChildren count) {
			count.from().reply(this.children.counts(false));
		}
		else if (message instanceof SupervisorMessage.DeleteChild delete) {
			delete.from().reply(new ChildResult.NotFound());
		}
		return goOn();
	}

	@Override
	boolean canStartAgain(Child child) {
		// its arguments are not kept
		return child.spec.restart() != Restart.TEMPORARY;
	}

	@Override
	void notStartedAgain(Child child, StartOutcome outcome) {
		if (outcome instanceof StartOutcome.Ignored) {
			forget(child);
		}
		else {
			// there is nothing like a stopped dynamic child
			child.parked();
		}
	}

	private ChildResult startChild(SupervisorMessage.StartChild start) {
		String key = start.key();
		Child known = (key != null) ? this.children.find(key) : null;
		if (known != null) {
			Process running = known.process;
			return (known.isRunning() && running != null) ? new ChildResult.AlreadyStarted(running)
					: new ChildResult.AlreadyPresent();
		}
		if (this.children.size() >= this.spec.maxChildren()) {
			return new ChildResult.MaxChildren(this.spec.maxChildren());
		}
		Child child = new Child(key, start.spec(), start.arguments());
		StartOutcome outcome = start(child, SupervisionEvent.StartCause.MANUAL);
		if (outcome instanceof StartOutcome.Started) {
			if (start.spec().restart() == Restart.TEMPORARY) {
				child.arguments = List.of();
			}
			this.children.add(child);
		}
		return outcome.toResult();
	}

	private ChildResult terminateChild(@Nullable Child child) {
		if (child == null) {
			return new ChildResult.NotFound();
		}
		stop(child);
		forget(child);
		return new ChildResult.Ok();
	}

	private ChildResult restartChild(@Nullable Child child) {
		if (child == null) {
			return new ChildResult.NotFound();
		}
		ChildResult refusal = refuseRestart(child);
		if (refusal != null) {
			return refusal;
		}
		StartOutcome outcome = start(child, SupervisionEvent.StartCause.MANUAL);
		if (!(outcome instanceof StartOutcome.Started)) {
			notStartedAgain(child, outcome);
		}
		return outcome.toResult();
	}

	/** Children that ended with the same wrong reason. */
	private static final class Errors {

		private final Child first;

		private final ExitReason reason;

		private int count;

		Errors(Child first, ExitReason reason) {
			this.first = first;
			this.reason = reason;
		}

	}

}

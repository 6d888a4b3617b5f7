package dev.supervision;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A supervisor with fixed children and three strategies (OTP: {@code supervisor}).
 */
final class Supervisor extends Supervision {

	private final SupervisorSpec spec;

	Supervisor(SupervisorSpec spec) {
		super(spec.intensity(), spec.onLimit());
		this.spec = spec;
	}

	@Override
	Init<Children> startChildren() {
		for (ChildSpec childSpec : this.spec.children()) {
			Child child = new Child(childSpec.id(), childSpec, List.of());
			this.children.add(child);
			StartOutcome outcome = start(child, SupervisionEvent.StartCause.INITIAL);
			if (outcome instanceof StartOutcome.Ignored) {
				if (childSpec.restart() == Restart.TEMPORARY) {
					this.children.remove(child);
				}
			}
			else if (!(outcome instanceof StartOutcome.Started)) {
				stopChildren();
				return Init.stop(ExitReason.shutdown(new ExitReason.FailedToStart(childSpec.id(), outcome.failure())));
			}
		}
		return Init.ok(this.children);
	}

	@Override
	void stopChildren() {
		this.children.forEachBackTo(null, this::stopAndVacate);
	}

	/** Stops a child; a temporary one is forgotten, any other keeps its place. */
	private void stopAndVacate(Child child) {
		stop(child);
		forget(child);
	}

	@Override
	void forget(Child child) {
		Process last = child.process;
		if (last != null && last.hasExited()) {
			child.lastExit = last.exitReason();
		}
		retire(child);
		if (child.spec.restart() == Restart.TEMPORARY) {
			this.children.remove(child);
		}
	}

	@Override
	boolean endsWith(Child child) {
		return child.spec.significant() && switch (this.spec.autoShutdown()) {
			case NEVER -> false;
			case ANY_SIGNIFICANT -> true;
			case ALL_SIGNIFICANT -> !hasSignificant();
		};
	}

	private boolean hasSignificant() {
		for (Child child = this.children.oldest(); child != null; child = child.newer) {
			if (child.spec.significant() && (child.isRunning() || child.isRestarting())) {
				return true;
			}
		}
		return false;
	}

	// ---- the strategies

	@Override
	void restartByStrategy(Child child, ExitReason reason) {
		if (this.spec.strategy() == Strategy.ONE_FOR_ONE) {
			if (restartNow(child, reason) instanceof StartOutcome.Started) {
				emitRestarted(child, 1);
			}
			return;
		}
		Child first = (this.spec.strategy() == Strategy.REST_FOR_ONE) ? child : this.children.oldest();
		Process before = child.process;
		this.children.renewed(first);
		if (child.isRunning() || child.isRestarting()) {
			// its end is what this is about: it is not stopped again, nor reported
			child.stopped();
		}
		this.children.forEachBackTo(first, this::stopAndVacate);
		if (before != null && !hasLeft(before)) {
			child.process = before;
			retryWhenLeft(child, before, reason);
		}
		else {
			startGroup(child, first);
		}
		this.children.renewed(null);
	}

	private void startGroup(Child cause, @Nullable Child first) {
		int started = 0;
		for (Child child = firstLeft(first); child != null; child = child.newer) {
			StartOutcome outcome = restartNow(child, ExitReason.SHUTDOWN);
			if (outcome instanceof StartOutcome.Started) {
				started++;
			}
			else if (!(outcome instanceof StartOutcome.Ignored)) {
				return;
			}
		}
		emitRestarted(cause, started);
	}

	/** The oldest child of a group may have been temporary, and is gone then. */
	private @Nullable Child firstLeft(@Nullable Child first) {
		return (this.spec.strategy() == Strategy.REST_FOR_ONE) ? first : this.children.oldest();
	}

	// ---- administrative calls

	@Override
	Next<Children> administer(SupervisorMessage message) {
		if (message instanceof SupervisorMessage.StartChild start) {
			startChild(start);
		}
		else if (message instanceof SupervisorMessage.TerminateChild terminate) {
			terminate.from().reply(terminateChild(terminate.id()));
		}
		else if (message instanceof SupervisorMessage.RestartChild restart) {
			restart.from().reply(restartChild(restart.id()));
		}
		else if (message instanceof SupervisorMessage.DeleteChild delete) {
			delete.from().reply(deleteChild(delete.id()));
		}
		else if (message instanceof SupervisorMessage.CountChildren count) {
			count.from().reply(this.children.counts(true));
		}
		else if (message instanceof SupervisorMessage.TerminateProcess terminate) {
			terminate.from().reply(new ChildResult.NotFound());
		}
		else if (message instanceof SupervisorMessage.RestartProcess restart) {
			restart.from().reply(new ChildResult.NotFound());
		}
		return goOn();
	}

	@Override
	boolean canStartAgain(Child child) {
		return true;
	}

	@Override
	void notStartedAgain(Child child, StartOutcome outcome) {
		forget(child);
	}

	private void startChild(SupervisorMessage.StartChild start) {
		ChildSpec childSpec = start.spec();
		try {
			Specs.require(start.key() == null && start.arguments().isEmpty(), process().path() + ": startChild",
					start.key(), "no id of its own and no arguments: this supervisor has fixed children");
			// only this supervisor knows whether a significant child makes sense here
			childSpec.validate(process().path(), this.spec.autoShutdown());
		}
		catch (InvalidSpecException ex) {
			start.from().fail(ex);
			return;
		}
		Child known = this.children.find(childSpec.id());
		if (known != null) {
			Process running = known.process;
			start.from()
				.reply((known.isRunning() && running != null) ? new ChildResult.AlreadyStarted(running)
						: new ChildResult.AlreadyPresent());
			return;
		}
		Child child = new Child(childSpec.id(), childSpec, List.of());
		StartOutcome outcome = start(child, SupervisionEvent.StartCause.MANUAL);
		boolean keep = outcome instanceof StartOutcome.Started
				|| outcome instanceof StartOutcome.Ignored && childSpec.restart() != Restart.TEMPORARY;
		if (keep) {
			this.children.add(child);
		}
		start.from().reply(outcome.toResult());
	}

	private ChildResult terminateChild(String id) {
		Child child = this.children.find(id);
		if (child == null) {
			return new ChildResult.NotFound();
		}
		stopAndVacate(child);
		return new ChildResult.Ok();
	}

	private ChildResult restartChild(String id) {
		Child child = this.children.find(id);
		if (child == null) {
			return new ChildResult.NotFound();
		}
		ChildResult refusal = refuseRestart(child);
		if (refusal != null) {
			return refusal;
		}
		return start(child, SupervisionEvent.StartCause.MANUAL).toResult();
	}

	private ChildResult deleteChild(String id) {
		Child child = this.children.find(id);
		if (child == null) {
			return new ChildResult.NotFound();
		}
		if (child.isRestarting()) {
			return new ChildResult.Restarting();
		}
		if (child.isRunning()) {
			return new ChildResult.Running();
		}
		retire(child);
		this.children.remove(child);
		return new ChildResult.Ok();
	}

}

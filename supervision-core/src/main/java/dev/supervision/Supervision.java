package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What all supervisors share: a server whose state is its children. The algorithm is
 * OTP's: first decide (restart type and reason, then intensity), then act (strategy).
 */
abstract sealed class Supervision implements GenServer<Children, SupervisorMessage>
		permits Supervisor, DynamicSupervisor {

	private RestartWindow window;

	private final RestartIntensity intensity;

	private final OnLimit onLimit;

	final Children children = new Children();

	private static final int FIRST_PURGE = 16;

	/** Children that have ended and are forgotten, but may still be on their threads. */
	private final List<Process> leaving = new ArrayList<>(0);

	private int purgeAt = FIRST_PURGE;

	private @Nullable Process process;

	Supervision(RestartIntensity intensity, OnLimit onLimit) {
		this.window = new RestartWindow(intensity);
		this.intensity = intensity;
		this.onLimit = onLimit;
	}

	/** Acts on the end of a child that is to be restarted. */
	abstract void restartByStrategy(Child child, ExitReason reason);

	/** A child has ended and is not restarted. */
	abstract void forget(Child child);

	/** Whether the supervisor stops itself because this child has ended for good. */
	abstract boolean endsWith(Child child);

	abstract Init<Children> startChildren();

	abstract Next<Children> administer(SupervisorMessage message);

	/** Stops all children. */
	abstract void stopChildren();

	/** Whether what a start needs is still known. */
	abstract boolean canStartAgain(Child child);

	/** A child was stopped by hand, and did not start again. */
	abstract void notStartedAgain(Child child, StartOutcome outcome);

	// ---- the server

	@Override
	public Init<Children> init(ServerContext<SupervisorMessage> self) {
		this.process = (Process) self.pid();
		self.trapExits(true);
		return startChildren();
	}

	@Override
	public Next<Children> handle(SupervisorMessage message, Children state, ServerContext<SupervisorMessage> self) {
		if (message instanceof SupervisorMessage.Retry retry) {
			return retry(retry);
		}
		if (message instanceof SupervisorMessage.WhichChildren which) {
			which.from().reply(this.children.infos());
			return goOn();
		}
		if (message instanceof SupervisorMessage.WhichChild which) {
			which.from().reply(Optional.ofNullable(this.children.find(which.id())).map(Child::info));
			return goOn();
		}
		if (message instanceof SupervisorMessage.EndIncarnation end) {
			end.from().reply(endIncarnation(end));
			return goOn();
		}
		return administer(message);
	}

	@Override
	public Next<Children> handleInfo(Info info, Children state, ServerContext<SupervisorMessage> self) {
		if (info instanceof Info.Exit exit) {
			Process ended = (Process) exit.from();
			Child child = ended.child();
			// anybody else is a stranger, or a child that was stopped or replaced on
			// purpose
			if (child != null && child.isRunning() && child.process == ended && ended.parent == process()) {
				return ended(child, exit.reason());
			}
			return goOn();
		}
		if (info instanceof Info.Call call) {
			call.from()
				.fail(new UnsupportedOperationException(
						"A supervisor does not handle " + CrashRenderer.className(call.request())));
			return goOn();
		}
		// an unknown cast must not take a tree down; OTP logs it, too
		return Callbacks.unhandled((info instanceof Info.Cast cast) ? new Info.Message(cast.request()) : info, state,
				self);
	}

	@Override
	public void terminate(ExitReason reason, Children state, ServerContext<SupervisorMessage> self) {
		stopChildren();
		this.leaving.forEach(Process::awaitLeft);
		Process own = process();
		own.node.emit(new SupervisionEvent.SupervisorStopped(own.node.now(), own, own.id(), reason));
	}

	Next<Children> goOn() {
		return Next.with(this.children);
	}

	Process process() {
		Process own = this.process;
		if (own == null) {
			throw new IllegalStateException("not started");
		}
		return own;
	}

	// ---- decide

	private Next<Children> ended(Child child, ExitReason reason) {
		Restart restart = child.spec.restart();
		boolean again = restart.restartsAfter(reason);
		if (restart == Restart.PERMANENT || !reason.isClean()) {
			emit(new SupervisionEvent.ChildTerminated(now(), offender(child), reason, again));
		}
		if (again) {
			child.resetAttempts(process().node.nanoTime());
			return restart(child, reason);
		}
		forget(child);
		return endsWith(child) ? Next.stop(ExitReason.SHUTDOWN, this.children) : goOn();
	}

	private Next<Children> retry(SupervisorMessage.Retry retry) {
		Child child = retry.child();
		if (child.token != retry.token() || !child.isRestarting()) {
			return goOn();
		}
		child.backoff = null;
		if (retry.counts()) {
			return restart(child, retry.reason());
		}
		restartByStrategy(child, retry.reason());
		return goOn();
	}

	private Next<Children> restart(Child child, ExitReason reason) {
		Backoff backoff = child.spec.backoff();
		if (backoff != null) {
			return restartLater(child, backoff, reason);
		}
		if (this.window.exceededBy(process().node.nanoTime())) {
			return limitExceeded(child, reason);
		}
		restartByStrategy(child, reason);
		return goOn();
	}

	private Next<Children> restartLater(Child child, Backoff backoff, ExitReason reason) {
		if (child.attempts >= backoff.maxAttempts()) {
			return limitExceeded(child, reason);
		}
		child.attempts++;
		child.restarting();
		Duration delay = Duration.ofNanos(backoff.delayNanos(child.attempts, process().node.platform.random()));
		child.backoff = process().sendInternalAfter(delay,
				new SupervisorMessage.Retry(child, child.token, reason, false));
		return goOn();
	}

	private Next<Children> limitExceeded(Child child, ExitReason reason) {
		boolean park = this.onLimit == OnLimit.PARK;
		emit(new SupervisionEvent.LimitExceeded(now(), offender(child), reason, park));
		process().node.counters.gaveUp.increment();
		String id = child.id();
		if (park) {
			child.parked();
			// its restarts are not the siblings' fault
			this.window = new RestartWindow(this.intensity);
			return goOn();
		}
		process().node.count(counting -> counting.gaveUp(process()));
		forget(child);
		return Next.stop(ExitReason.shutdown(new ExitReason.GaveUp(id, reason)), this.children);
	}

	/** How much of the intensity is used up, from 0 to 1. */
	double utilization() {
		int max = this.intensity.maxRestarts();
		return (max == 0) ? 0 : (double) this.window.used(process().node.nanoTime()) / max;
	}

	// ---- act

	/**
	 * Starts a child; the caller keeps or forgets it.
	 */
	StartOutcome start(Child child, SupervisionEvent.StartCause cause) {
		Process own = process();
		awaitPredecessors(child);
		StartOutcome outcome = Process.start(own.node, child.spec, arguments(child), own, child);
		Process.unfenced();
		if (outcome instanceof StartOutcome.Started started) {
			child.running(started.process(), own.node.nanoTime());
			started.process().count(group -> group.started(cause));
			emit(new SupervisionEvent.ChildStarted(now(), offender(child), cause));
		}
		else if (!(outcome instanceof StartOutcome.Ignored)) {
			emit(new SupervisionEvent.StartFailed(now(), offender(child), outcome.failure(), cause));
		}
		return outcome;
	}

	/**
	 * Two incarnations of a child never run side by side, unless the first was disowned.
	 */
	private void awaitPredecessors(Child child) {
		Process last = child.process;
		if (last != null) {
			last.awaitLeft();
		}
		if (!this.leaving.isEmpty()) {
			String key = child.key();
			this.leaving.stream().filter(process -> process.id().equals(key)).forEach(Process::awaitLeft);
			this.leaving.removeIf(Process::hasLeft);
		}
	}

	/** A child is going to be forgotten; what is left of it is not. */
	void retire(Child child) {
		Process last = child.process;
		if (last != null && !last.hasLeft()) {
			if (this.leaving.size() >= this.purgeAt) {
				this.leaving.removeIf(Process::hasLeft);
				this.purgeAt = Math.max(FIRST_PURGE, 2 * this.leaving.size());
			}
			this.leaving.add(last);
		}
		child.stopped();
	}

	List<Object> arguments(Child child) {
		return child.arguments;
	}

	/**
	 * Starts a child again. If its last incarnation is still on its thread, only later,
	 * when that has left; the supervisor serves others meanwhile.
	 * @return whether it was tried, and what came of it
	 */
	@Nullable StartOutcome restartNow(Child child, ExitReason reason) {
		Process before = child.process;
		if (before != null && !hasLeft(before)) {
			retryWhenLeft(child, before, reason);
			return null;
		}
		StartOutcome outcome = start(child, SupervisionEvent.StartCause.RESTART);
		if (outcome instanceof StartOutcome.Started started) {
			started.process().count(Instrumentation.Group::restarted);
			child.restarts++;
			process().node.counters.restarted.increment();
		}
		else if (outcome instanceof StartOutcome.Ignored) {
			child.stopped();
		}
		else {
			retryAtOnce(child, outcome.failure());
		}
		return outcome;
	}

	/** A process that ended on its own is about to leave: no need to come back later. */
	static boolean hasLeft(Process ended) {
		if (ended.leavesSoon()) {
			ended.awaitLeft();
		}
		return ended.hasLeft();
	}

	/**
	 * Prepares a restart by hand, which does not wait for a backoff and forgets its
	 * attempts.
	 * @return why there can be none
	 */
	static @Nullable ChildResult refuseRestart(Child child) {
		if (child.isRunning()) {
			return new ChildResult.Running();
		}
		if (child.isRestarting() && child.backoff == null) {
			return new ChildResult.Restarting();
		}
		if (child.isRestarting()) {
			child.cancelBackoff();
		}
		child.attempts = 0;
		return null;
	}

	/** The child that a process is, or was the last incarnation of. */
	@Nullable Child mine(Process process) {
		Child child = process.child();
		boolean mine = child != null && child.process == process && process.parent == process()
				&& child.state != ChildInfo.State.STOPPED;
		return mine ? child : null;
	}

	private ChildResult endIncarnation(SupervisorMessage.EndIncarnation end) {
		Child child = mine(end.process());
		if (child == null || !child.isRunning()) {
			return new ChildResult.NotFound();
		}
		if (!end.again()) {
			stop(child);
			forget(child);
			return new ChildResult.Ok();
		}
		if (!canStartAgain(child)) {
			return new ChildResult.Failed(ExitReason.of("the arguments of a temporary child are not kept"));
		}
		stop(child);
		// the process stays known: its successor waits until it has left
		child.cancelBackoff();
		child.attempts = 0;
		StartOutcome outcome = start(child, SupervisionEvent.StartCause.MANUAL);
		if (!(outcome instanceof StartOutcome.Started)) {
			notStartedAgain(child, outcome);
		}
		return outcome.toResult();
	}

	/** To the end of the mailbox, and counted again. */
	private void retryAtOnce(Child child, ExitReason reason) {
		child.restarting();
		send(new SupervisorMessage.Retry(child, child.token, reason, true));
	}

	void retryWhenLeft(Child child, Process before, ExitReason reason) {
		child.restarting();
		SupervisorMessage.Retry retry = new SupervisorMessage.Retry(child, child.token, reason, false);
		before.whenLeft(() -> send(retry));
	}

	private void send(SupervisorMessage message) {
		process().postOrDrop(new Envelopes.Internal(message));
	}

	/**
	 * Stops what runs at a place, waits for it, and reports an end that was not asked
	 * for.
	 */
	void stop(Child child) {
		Process running = child.process;
		if (running == null) {
			return;
		}
		if (!child.isRunning()) {
			// it has ended, but it may still be on its thread
			running.awaitLeft();
			return;
		}
		ExitReason reason = process().stopProcess(running, child.spec.shutdown());
		if (!isAsAsked(child, reason)) {
			emit(new SupervisionEvent.ShutdownError(now(), offender(child), reason, 1));
		}
	}

	/** Whether a child that was told to stop ended as it should. */
	static boolean isAsAsked(Child child, ExitReason reason) {
		boolean asked = (child.spec.shutdown() instanceof Shutdown.BrutalKill) ? reason == ExitReason.KILLED
				: reason.isShutdown();
		return asked || reason.isClean() && child.spec.restart() != Restart.PERMANENT;
	}

	// ---- tell

	SupervisionEvent.Child offender(Child child) {
		return new SupervisionEvent.Child(process(), child.id(), child.process, child.spec);
	}

	void emit(SupervisionEvent event) {
		process().node.emit(event);
	}

	Instant now() {
		return process().node.now();
	}

	void emitRestarted(Child child, int count) {
		emit(new SupervisionEvent.Restarted(now(), offender(child), count));
	}

}

package dev.supervision;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The end of a process, for all who wait for something of it: callers, links and
 * monitors, its starter, and whoever starts a successor. What leads to the end is decided
 * elsewhere.
 *
 * <p>
 * The exit is set once, under the monitor, and from then on the process is fenced.
 * Whoever set it publishes it: names are freed, then callers fail, then links and
 * monitors are told. A process has <em>left</em> when nothing of it is on a thread any
 * more, and is <em>disowned</em> if that takes longer than the grace. Left or disowned,
 * with its publication over and without children that still end with it, it is
 * <em>settled</em>. That is final, and what a successor waits for, so that it meets
 * neither its predecessor nor a name of it. No waiter is told under the monitor.
 */
abstract sealed class Ending extends Pid permits Self {

	final Node node;

	final ChildSpec spec;

	final Mailbox mailbox;

	// ---- written under the monitor of this

	volatile @Nullable Relations relations;

	private volatile @Nullable ExitReason exit;

	private volatile boolean left;

	private volatile boolean disowned;

	/**
	 * Ended from outside in the middle of something, which may take its time to leave.
	 */
	private volatile boolean forced;

	/**
	 * What an end has to wait for: its own publication, and children that have not left.
	 */
	private int pending;

	/** Ended, gone or given up, and nothing is pending. */
	private volatile boolean settled;

	/** Kills or disowns this process unless it has gone on by then. */
	private @Nullable Deadline deadline;

	// ---- written by the activation

	/**
	 * The entry being handled: reports show it, and it does not count as dropped.
	 */
	@Nullable Envelope inWork;

	Ending(Node node, ChildSpec spec) {
		this.node = node;
		this.spec = spec;
		this.mailbox = newMailbox(spec.mailbox(), node.counters);
	}

	private static Mailbox newMailbox(MailboxLimit limit, Counters counters) {
		if (!limit.isBounded()) {
			return new Mailbox();
		}
		return (limit.onFull() == Overflow.DROP_OLDEST) ? new DropOldestMailbox(limit.capacity(), counters)
				: new BoundedMailbox(limit);
	}

	/** This process, as all others know it. */
	public abstract Process pid();

	/** Ends this process from outside, at once. */
	abstract void forceExit(ExitReason reason);

	/** The thread that it is on, if it is. */
	abstract @Nullable Thread runner();

	/** Whether its starter has been told that it runs. */
	abstract boolean hasStarted();

	/** Its starter, if there is still one, learns that there is no such process. */
	abstract void failStart();

	/** Lets go of what only a process that has not left needs. */
	abstract void release();

	// ---- the exit

	boolean hasExited() {
		return this.exit != null;
	}

	/** Why this process has ended; only after that. */
	ExitReason exitReason() {
		ExitReason reason = this.exit;
		if (reason == null) {
			throw new IllegalStateException(pid().label() + " has not ended");
		}
		return reason;
	}

	/** What a killed process still wants goes nowhere. */
	void checkFence() {
		if (this.exit != null) {
			throw new FencedException(pid().label());
		}
	}

	/**
	 * The reason is final now.
	 * @return whether nobody was faster; then the caller has to publish it
	 */
	boolean setExit(ExitReason reason) {
		synchronized (this) {
			if (this.exit != null) {
				return false;
			}
			this.exit = reason;
			this.pending++;
			return true;
		}
	}

	/** Whatever fails on the way, links and monitors are told. */
	void publish(ExitReason reason, @Nullable Throwable cause, @Nullable CrashReport report) {
		try {
			Links.freeNames(pid());
			failCallers(reason, cause);
			this.node.counters.exited.increment();
			if (report != null) {
				this.node.counters.crashed.increment();
			}
			pid().count(group -> group.exited(reason, report != null));
			this.node.emit(new SupervisionEvent.ProcessExited(this.node.now(), this, pid().id(), reason, report));
		}
		finally {
			try {
				Links.tell(pid(), reason, hasStarted());
			}
			finally {
				onePendingLess();
			}
		}
	}

	// ---- who waits for an answer

	/** A call was handled, but perhaps not answered: if so, it has to learn of an end. */
	void keepIfOpen(Call<?> call) {
		if (call.isDone()) {
			// the handler may have caught what kept its reply from arriving
			call.wakeUnlessWoken();
			return;
		}
		synchronized (this) {
			if (this.exit == null) {
				relations().addOpen(call);
				return;
			}
		}
		call.undeliverable(Ended.of(exitReason(), null));
	}

	private void failCallers(ExitReason reason, @Nullable Throwable cause) {
		Ended ended = Ended.of(reason, cause);
		List<Call<?>> open;
		synchronized (this) {
			Relations own = this.relations;
			open = (own != null) ? own.takeOpen() : List.of();
		}
		Mailbox.Unhandled unhandled = this.mailbox.close();
		for (Call<?> call : open) {
			tell(call, ended);
		}
		// the batch belongs to the activation, which counts what it leaves behind
		for (Envelope entry = unhandled.batch(); entry != null; entry = this.mailbox.after(entry)) {
			tell(entry, ended);
		}
		drop(unhandled.waiting(), ended);
		drop(takeHeld(), ended);
	}

	/**
	 * One of them whom nobody can tell, for want of memory, does not take the others
	 * along.
	 */
	private static void tell(Envelope entry, Ended ended) {
		try {
			entry.undeliverable(ended);
		}
		catch (Throwable ex) {
			SystemPlatform.logEscaped(ex);
		}
	}

	/** What the activation had taken and not handled is dropped. */
	void abandon() {
		Ended ended = Ended.of(exitReason(), null);
		drop(this.mailbox.taken(), ended);
		drop(takeHeld(), ended);
	}

	private void drop(@Nullable Envelope first, Ended ended) {
		for (Envelope entry = first; entry != null; entry = entry.next) {
			tell(entry, ended);
			if (entry.isUserMessage()) {
				this.node.counters.droppedNoProcess.increment();
			}
		}
	}

	private void drop(List<Envelope> entries, Ended ended) {
		for (Envelope entry : entries) {
			tell(entry, ended);
			if (entry.isUserMessage() && entry != this.inWork) {
				this.node.counters.droppedNoProcess.increment();
			}
		}
	}

	private List<Envelope> takeHeld() {
		synchronized (this) {
			Relations own = this.relations;
			if (own == null || own.held.isEmpty()) {
				return List.of();
			}
			List<Envelope> held = List.copyOf(own.held);
			own.held.clear();
			return held;
		}
	}

	// ---- the limits of an end

	/**
	 * From now on the end has the time that the specification gives it, and not more.
	 */
	void limitEnd() {
		setDeadline(endLimit(), () -> forceExit(ExitReason.KILLED));
	}

	/**
	 * It was ended in the middle of something, which has a grace to leave. Only under the
	 * monitor.
	 */
	void limitLeaving() {
		this.forced = true;
		setDeadline(Specs.nanos(this.node.killGrace), this::disown);
	}

	private long endLimit() {
		Shutdown shutdown = this.spec.shutdown();
		if (shutdown instanceof Shutdown.Within within) {
			return Specs.nanos(within.limit());
		}
		return (shutdown instanceof Shutdown.Infinity) ? Long.MAX_VALUE : Specs.nanos(Node.DEFAULT_END_LIMIT);
	}

	private void setDeadline(long limit, Runnable action) {
		synchronized (this) {
			Deadline before = this.deadline;
			if (before != null) {
				this.node.wheel.remove(before);
			}
			this.deadline = null;
			if (limit != Long.MAX_VALUE && !this.left) {
				try {
					this.deadline = new Deadline(this.node.waiting, action);
					this.node.wheel.add(this.deadline, limit);
				}
				catch (Throwable ex) {
					// an end without a limit is better than no end, or one half told
					SystemPlatform.logEscaped(ex);
				}
			}
		}
	}

	// ---- left, disowned, settled

	/**
	 * This process does not count as gone before the given child is: one that ends with
	 * it, or has ended and is still on its thread. So a successor meets neither the names
	 * of its grandchildren nor a second incarnation of them.
	 */
	void endsAfter(Process child) {
		synchronized (this) {
			if (this.settled) {
				return;
			}
			this.pending++;
		}
		child.whenLeft(this::onePendingLess);
	}

	/** Whether this process has ended, but may take its time to leave. */
	boolean leavesLate() {
		synchronized (this) {
			return this.forced || this.pending > 1;
		}
	}

	private void onePendingLess() {
		synchronized (this) {
			this.pending--;
		}
		settle();
	}

	/** Nothing of this process is on a thread any more. */
	void markLeft() {
		synchronized (this) {
			if (this.left) {
				return;
			}
			this.left = true;
		}
		setDeadline(Long.MAX_VALUE, () -> {
		});
		release();
		settle();
	}

	private void disown() {
		Thread thread;
		synchronized (this) {
			if (this.left) {
				return;
			}
			this.disowned = true;
			thread = runner();
		}
		this.node.counters.disowned.increment();
		this.node.emit(new SupervisionEvent.Disowned(this.node.now(), this, pid().id(),
				(thread != null) ? CrashRenderer.frames(thread.getStackTrace()) : List.of()));
		settle();
	}

	/** Tells those who wait for the end of the end. */
	private void settle() {
		List<Runnable> waiters = List.of();
		boolean gone;
		synchronized (this) {
			gone = this.left && this.pending == 0;
			if (!this.settled && this.pending == 0 && (this.left || this.disowned)) {
				this.settled = true;
				waiters = takeWhenLeft();
			}
		}
		if (gone) {
			this.node.remove(pid());
		}
		if (this.settled) {
			failStart();
		}
		waiters.forEach(Runnable::run);
	}

	private List<Runnable> takeWhenLeft() {
		Relations own = this.relations;
		if (own == null) {
			return List.of();
		}
		List<Runnable> waiters = List.copyOf(own.whenLeft);
		own.whenLeft.clear();
		return waiters;
	}

	/** Runs a task when this process has left or was disowned; at once if that is so. */
	void whenLeft(Runnable task) {
		synchronized (this) {
			if (!this.settled) {
				relations().whenLeft.add(task);
				return;
			}
		}
		task.run();
	}

	/**
	 * Whether nothing of this process runs any more, or nobody waits for that.
	 */
	boolean hasLeft() {
		return this.settled;
	}

	/** Waits without limit until this process has left or was disowned. */
	void awaitLeft() {
		boolean interrupted = false;
		while (!awaitLeft(Long.MAX_VALUE)) {
			interrupted |= Thread.interrupted();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Waits until this process has left or was disowned.
	 * @return whether that was within the limit
	 */
	boolean awaitLeft(long limitNanos) {
		if (hasLeft() || limitNanos <= 0) {
			return hasLeft();
		}
		Envelopes.Wait wait = new Envelopes.Wait(this.node.waiting);
		whenLeft(wait);
		wait.await(this.node.wheel, limitNanos);
		Process.unfenced();
		return hasLeft();
	}

	/** As {@link #hasLeft}, but neither a disowning nor its children count. */
	boolean hasLeftItsThread() {
		return this.left;
	}

	/**
	 * Whether it is worth waiting for this process to leave: nothing of it was
	 * interrupted, so that at most it stops children as a supervisor does.
	 */
	boolean leavesSoon() {
		return !this.forced;
	}

	boolean isDisowned() {
		return this.disowned && !this.left;
	}

	/** Whether it was disowned once, even if it has left since. */
	boolean wasDisowned() {
		return this.disowned;
	}

	/** Only under the monitor. */
	Relations relations() {
		Relations own = this.relations;
		if (own == null) {
			own = new Relations();
			this.relations = own;
		}
		return own;
	}

}

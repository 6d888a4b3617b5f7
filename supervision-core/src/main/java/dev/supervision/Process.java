package dev.supervision;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One incarnation of a server: how it gets a thread, and what others do to it from
 * theirs.
 *
 * <p>
 * An idle process holds no thread. Whoever makes its mailbox non-empty hands it to its
 * executor; that activation ({@link #run}) owns the behaviour and the state until it lets
 * go. There is never more than one, and a wake-up is never lost. A signal takes effect
 * after the current message at the latest; a kill does at once, whatever the thread does:
 * the exit is set under the monitor ({@link Ending}), by the activation itself or by a
 * killer on another thread, and from then on the process is fenced.
 *
 * <p>
 * A process is one object, because there may be millions, in layers of one theme each:
 * its {@link Ending}, what it is to its own server ({@link Self}), and the
 * {@link Callbacks} of that. Fields are private to their layer where they can be.
 */
final class Process extends Callbacks implements Runnable {

	/** Messages of one activation before others get a turn. */
	private static final int BATCH = 256;

	private static final ExitReason RUNTIME_FAILURE = new ExitReason.Failure(Error.class.getName(),
			"the runtime failed, and could not say why", "");

	/**
	 * The process whose callback the thread runs: nothing else that changes is static.
	 */
	private static final ThreadLocal<@Nullable Process> CURRENT = new ThreadLocal<>();

	private final Executor executor;

	// ---- written under the monitor of this

	/**
	 * Active, but without a thread yet. Set before anything is called that could fail: if
	 * the stack of a sender ends right there, the {@link Watchdog} finds the process by
	 * this.
	 */
	private volatile boolean awaitsThread;

	/** The thread of the current activation; only this one is ever interrupted. */
	private volatile @Nullable Thread runner;

	/** The first signal that ends this process; taken after the current message. */
	private volatile @Nullable Signal signal;

	private Process(Node node, ChildSpec spec, List<Object> arguments, @Nullable Process parent, @Nullable Child child,
			Envelopes.Start start) {
		super(node, spec, arguments, parent, child, start);
		this.executor = node.executor(spec.executor());
	}

	/** A relative of nobody, which never runs. */
	static Process outside(Node node) {
		return new Process(node, ChildSpec.supervisor(SupervisorSpec.of("outside")), List.of(), null, null,
				new Envelopes.Start(node.waiting));
	}

	@Override
	public Process pid() {
		return this;
	}

	// ---- who runs on this thread

	/** The process whose callback runs on this thread. */
	static @Nullable Process current() {
		return CURRENT.get();
	}

	/** Whether this thread belongs to an incarnation that has been killed. */
	static boolean isFenced() {
		Process current = CURRENT.get();
		return current != null && current.hasExited();
	}

	/** As {@link #current}; throws if that has been killed. */
	static @Nullable Process unfenced() {
		Process current = CURRENT.get();
		if (current != null) {
			current.checkFence();
		}
		return current;
	}

	// ---- starting

	/**
	 * Starts a process and waits until its init has returned. A parent calls this on its
	 * own activation, and both are linked before the first user code runs. When a failed
	 * start returns, the process has left, or was disowned.
	 */
	static StartOutcome start(Node node, ChildSpec spec, List<Object> arguments, @Nullable Process parent,
			@Nullable Child child) {
		Envelopes.Start start = new Envelopes.Start(node.waiting);
		Process process = new Process(node, spec, arguments, parent, child, start);
		// before anybody can know of it: nothing is handled before init
		process.mailbox.post(start);
		String name = spec.name();
		if (name != null) {
			Process holder = Links.register(process, name);
			if (holder != null) {
				return new StartOutcome.NameTaken(holder);
			}
		}
		node.add(process);
		if (parent != null && !Links.adopt(parent, process)) {
			process.forceExit(ExitReason.KILLED);
			throw new FencedException(parent.label());
		}
		if (process.hasExited()) {
			// killed by its name before it was in the table and among its siblings
			Links.release(process);
			if (process.hasLeft()) {
				node.remove(process);
			}
		}
		process.awaitsThread = true;
		process.schedule();
		StartOutcome outcome = process.awaitStart(start);
		if (!(outcome instanceof StartOutcome.Started)) {
			process.leavePlace();
		}
		return outcome;
	}

	private StartOutcome awaitStart(Envelopes.Start request) {
		Object outcome = request.await(this.node.wheel, Specs.nanos(this.spec.startTimeout()));
		if (outcome instanceof StartOutcome result) {
			return result;
		}
		// too late, or the starter was interrupted: nobody would know of this process
		forceExit(ExitReason.KILLED);
		unfenced();
		awaitLeft();
		return new StartOutcome.Failed(
				(outcome == Request.Missing.TIMEOUT) ? ExitReason.TIMEOUT : ExitReason.of("interrupted"));
	}

	/**
	 * Whether the given process waits for this one, so that a call to it would wait for
	 * ever: it is this one, or it is starting this one.
	 */
	boolean isAwaitedBy(Process other) {
		Process waited = this;
		while (waited != other && waited.phase() == Phase.STARTING && waited.parent != null) {
			waited = waited.parent;
		}
		return waited == other;
	}

	// ---- sending

	/** Adds an entry to the mailbox, and sees to it that it will be handled. */
	Mailbox.Posted post(Envelope entry) {
		Mailbox.Posted posted = this.mailbox.post(entry);
		if (posted == Mailbox.Posted.WAKE) {
			this.awaitsThread = true;
			schedule(entry.isWaitedFor() ? Place.OWN : Place.AFTER_SENDER);
		}
		return posted;
	}

	/** As {@link #post}, for a sender that does not care what becomes of it. */
	void postOrDrop(Envelope entry) {
		switch (post(entry)) {
			case CLOSED -> {
				if (entry.isUserMessage()) {
					this.node.counters.droppedNoProcess.increment();
				}
			}
			case FULL, DROPPED -> this.node.counters.droppedMailboxFull.increment();
			case WAKE, QUEUED -> {
			}
		}
	}

	/** Hands this process to its executor; once too often does no harm. */
	void schedule() {
		schedule(Place.OWN);
	}

	private void schedule(Place place) {
		try {
			if (place == Place.OWN || !(this.executor instanceof VirtualExecutor virtual)) {
				this.executor.execute(this);
			}
			else if (place == Place.AFTER_SENDER) {
				virtual.handOn(this);
			}
			else {
				virtual.again(this);
			}
		}
		catch (StackOverflowError overflow) {
			// the fault of the sender, not of this process, which the watchdog will find
			throw overflow;
		}
		catch (Throwable thrown) {
			// without a thread nothing can be handled: end here, so that the supervisor
			// learns
			forceExit(CrashRenderer.failure(thrown, this.node.showsMessages));
			// no activation will come: whoever wanted this one is the owner
			abandon();
		}
	}

	// ---- the activation

	@Override
	public void run() {
		if (!enter()) {
			// else another activation runs, or has just let go
			if (hasExited() && this.runner == null) {
				abandon();
			}
			return;
		}
		try {
			work();
		}
		catch (Throwable thrown) {
			CURRENT.set(null);
			MDC.clear();
			try {
				// elsewhere, because the stack here may be at its end
				this.executor.execute(() -> collapse(thrown));
			}
			catch (Throwable refused) {
				collapse(thrown);
			}
		}
	}

	/** An error of the runtime itself, or no memory while it handled another. */
	private void collapse(Throwable thrown) {
		try {
			ExitReason reason = RUNTIME_FAILURE;
			try {
				reason = CrashRenderer.failure(thrown, this.node.showsMessages);
			}
			finally {
				if (setExit(reason)) {
					publish(reason, thrown, null);
				}
			}
		}
		finally {
			leaveDead();
		}
	}

	private void work() {
		int budget = this.node.simulated ? 1 : BATCH;
		while (true) {
			if (hasExited()) {
				leaveDead();
				return;
			}
			Signal taken = this.signal;
			if (taken != null) {
				end(taken.reason, taken.terminate, null, null, false);
			}
			else if (budget-- == 0) {
				if (leave()) {
					this.awaitsThread = true;
					schedule(Place.AGAIN);
				}
				else {
					leaveDead();
				}
				return;
			}
			else if (!handleNext()) {
				if (!leave()) {
					leaveDead();
					return;
				}
				if (letGo() || !enter()) {
					return;
				}
			}
		}
	}

	private boolean handleNext() {
		Relations own = this.relations;
		if (own != null && !isSuspended() && !own.held.isEmpty()) {
			handleHeld();
			return true;
		}
		Envelope entry = this.mailbox.peek();
		if (entry == null) {
			return false;
		}
		if (hasExited()) {
			return true;
		}
		if (isSuspended() && entry.isSuspendable()) {
			synchronized (this) {
				relations().held.add(entry);
			}
		}
		else {
			deliver(entry);
		}
		this.mailbox.done();
		return true;
	}

	/** As from the mailbox, the entry stays where an end finds it until it is handled. */
	private void handleHeld() {
		Envelope entry;
		synchronized (this) {
			entry = relations().held.peek();
		}
		if (entry != null) {
			deliver(entry);
			synchronized (this) {
				relations().held.poll();
			}
		}
	}

	private void deliver(Envelope entry) {
		this.mailbox.started(entry);
		this.inWork = entry;
		Instrumentation.MessageKind kind = (this.group != null) ? entry.kind() : null;
		if (kind == null) {
			entry.deliver(this);
		}
		else {
			long begin = this.node.nanoTime();
			entry.deliver(this);
			long nanos = this.node.nanoTime() - begin;
			count(group -> group.handled(kind, nanos, hasExited() ? exitReason() : null));
		}
		this.inWork = null;
		// what a callback did to its thread ends with it
		Thread.interrupted();
	}

	/**
	 * Becomes idle, unless something came in the meantime.
	 * @return whether this activation is over
	 */
	private boolean letGo() {
		if (!this.mailbox.idle()) {
			return false;
		}
		// a signal that came before the mailbox was idle has not woken anybody
		return this.signal == null || !this.mailbox.wake();
	}

	private boolean enter() {
		boolean entered = false;
		// before anything is changed: memory or the stack may end here
		CURRENT.set(this);
		try {
			synchronized (this) {
				if (!hasExited() && this.runner == null) {
					this.runner = Thread.currentThread();
					this.awaitsThread = false;
					entered = true;
				}
			}
		}
		finally {
			if (!entered) {
				CURRENT.set(null);
			}
		}
		return entered;
	}

	/**
	 * Gives the thread back.
	 * @return whether the process is alive; if not, it ended while it still had the
	 * thread, and whoever ended it relies on the activation to leave for good
	 */
	@Override
	boolean leave() {
		boolean alive;
		synchronized (this) {
			this.runner = null;
			alive = !hasExited();
		}
		// not removed: a pool's thread would make a new entry for each activation
		CURRENT.set(null);
		// neither an interrupt that was meant for this process nor what it said about
		// itself for the log may reach the next one
		Thread.interrupted();
		MDC.clear();
		return alive;
	}

	// ---- signals

	/**
	 * Somebody sends an exit signal. Any thread; does not block.
	 */
	void signal(Process from, ExitReason reason) {
		if (reason == ExitReason.KILL) {
			// of two signals the first decides; an order only asks, so a kill overrules
			// it
			Signal first = this.signal;
			forceExit((first != null && !first.terminate) ? first.reason : ExitReason.KILLED);
		}
		else {
			signalIf(() -> true, from, reason);
		}
	}

	/**
	 * An exit signal arrives over a link, or somebody sent it. Any thread; does not
	 * block.
	 * @param condition whether it still may, decided under the monitor of this process
	 * @return whether it did
	 */
	boolean signalIf(BooleanSupplier condition, Process from, ExitReason reason) {
		Then then;
		synchronized (this) {
			if (!condition.getAsBoolean()) {
				return false;
			}
			then = receive(from, reason);
		}
		go(then);
		return true;
	}

	/** The parent orders this process to stop; {@code terminate} will run. */
	void order(ExitReason reason) {
		Then then;
		synchronized (this) {
			then = receiveOrder(reason);
		}
		go(then);
	}

	private Then receive(Process from, ExitReason reason) {
		if (from == this.parent && reason instanceof ExitReason.Shutdown) {
			return receiveOrder(reason);
		}
		if (isTrapping()) {
			boolean last = from == this.parent;
			if (last && !hasExited() && phase() != Phase.ENDING) {
				limitEnd();
			}
			return queue(new Envelopes.Exit(from, reason, last));
		}
		if (reason != ExitReason.NORMAL || from == this) {
			return accept(new Signal(reason, false));
		}
		return Then.NOTHING;
	}

	private Then receiveOrder(ExitReason reason) {
		return this.spec.drain() ? queue(new Envelopes.StopOrder(reason)) : accept(new Signal(reason, true));
	}

	private Then queue(Envelope entry) {
		return (this.mailbox.post(entry) == Mailbox.Posted.WAKE) ? Then.SCHEDULE : Then.NOTHING;
	}

	private Then accept(Signal arrived) {
		if (hasExited() || this.signal != null) {
			return Then.NOTHING;
		}
		if (!arrived.terminate && endsWithoutUserCode()) {
			setExit(arrived.reason);
			return Then.PUBLISH;
		}
		this.signal = arrived;
		if (!this.mailbox.isIdle() && phase() != Phase.ENDING) {
			// a busy process may finish its message, but not for ever
			limitEnd();
		}
		return this.mailbox.wake() ? Then.SCHEDULE : Then.NOTHING;
	}

	/** What a signal leads to, outside the monitor. */
	private void go(Then then) {
		if (then == Then.SCHEDULE) {
			this.awaitsThread = true;
			schedule();
		}
		else if (then == Then.PUBLISH) {
			// an end may end others, and those others again: one after the other, not
			// nested
			this.node.oneAfterTheOther(() -> {
				try {
					publish(exitReason(), null, null);
				}
				finally {
					markLeft();
				}
			});
		}
	}

	/** Nothing runs, nothing is about to, and nothing has to be closed. */
	private boolean endsWithoutUserCode() {
		return this.runner == null && phase() == Phase.RUNNING && this.mailbox.isIdle() && !holdsCloseable();
	}

	@Override
	@Nullable ExitReason signalled() {
		Signal arrived = this.signal;
		return (arrived != null) ? arrived.reason : null;
	}

	// ---- the end from outside

	/**
	 * Ends this process from outside, at once and without {@code terminate}. Any thread;
	 * does not block.
	 */
	@Override
	void forceExit(ExitReason reason) {
		Thread victim;
		boolean closing;
		synchronized (this) {
			if (!setExit(reason)) {
				return;
			}
			victim = this.runner;
			closing = victim == null && holdsCloseable();
			if (victim != null) {
				this.node.waiting.interrupt(victim);
			}
			if (victim != null || closing) {
				limitLeaving();
			}
		}
		try {
			publish(reason, null, null);
		}
		finally {
			if (closing) {
				closeElsewhere();
			}
			else if (victim == null) {
				markLeft();
			}
		}
	}

	/** An idle process has no thread on which what it holds could be closed. */
	private void closeElsewhere() {
		try {
			this.executor.execute(this::leaveDead);
		}
		catch (Throwable thrown) {
			note("not closed, because there is no thread: " + CrashRenderer.summary(thrown, this.node.showsMessages));
			markLeft();
		}
	}

	/**
	 * The activation of a process that has ended is over; it closes what is left to
	 * close.
	 */
	private void leaveDead() {
		abandon();
		if (hasLeftItsThread()) {
			return;
		}
		synchronized (this) {
			this.runner = Thread.currentThread();
			// the killer interrupts under the monitor, so that this is over now
			Thread.interrupted();
		}
		try {
			CURRENT.set(this);
			Throwable failure = close();
			if (failure != null) {
				note("closing failed: " + CrashRenderer.summary(failure, this.node.showsMessages));
			}
		}
		finally {
			try {
				leave();
			}
			finally {
				// whatever fails here: who waits for this must not wait for ever
				markLeft();
			}
		}
	}

	// ---- what the runtime asks about a process

	boolean awaitsThread() {
		return this.awaitsThread && !hasExited();
	}

	@Override
	@Nullable Thread runner() {
		return this.runner;
	}

	ProcessInfo info() {
		return new ProcessInfo(this, this.parent, path(), registeredName(), type(), this.spec.type(), infoState(),
				this.mailbox.size(), handled(), uptime(), isTrapping(), this.spec);
	}

	/**
	 * Where an activation may run.
	 */
	private enum Place {

		/** On a thread of its own, at once. */
		OWN,

		/** Where the sender does, if that is a process, which does not wait for it. */
		AFTER_SENDER,

		/** Here, when others had their turn. */
		AGAIN

	}

	/**
	 * What a signal leads to.
	 */
	private enum Then {

		NOTHING, SCHEDULE, PUBLISH

	}

	/**
	 * What ends a process that does not expect it.
	 *
	 * @param terminate whether it was an order, after which {@code terminate} runs
	 */
	private record Signal(ExitReason reason, boolean terminate) {
	}

}

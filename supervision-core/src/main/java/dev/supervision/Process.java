package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * One incarnation of a server: a mailbox, a behaviour and a state, and how it ends.
 *
 * <p>
 * An idle process holds no thread. Whoever makes its mailbox non-empty hands it to its
 * executor; that activation ({@link #run}) owns the behaviour and the state until it lets
 * go. The end has one decisive moment, when {@link #exit} is set under the monitor:
 * whoever sets it, the activation itself or a killer on another thread, publishes it.
 * From then on the process is fenced: what its old thread still does goes nowhere.
 */
final class Process extends Pid implements Runnable, ServerContext<Object> {

	/** Messages of one activation before others get a turn. */
	private static final int BATCH = 256;

	private static final ExitReason RUNTIME_FAILURE = new ExitReason.Failure(Error.class.getName(),
			"the runtime failed, and could not say why", "");

	/**
	 * The process whose callback the thread runs: nothing else that changes is static.
	 */
	private static final ThreadLocal<@Nullable Process> CURRENT = new ThreadLocal<>();

	final Node node;

	private final long number;

	final ChildSpec spec;

	final @Nullable Process parent;

	/** The place at the supervisor that this process fills; {@code null} elsewhere. */
	final @Nullable Child child;

	final Mailbox mailbox;

	private final Executor executor;

	private final long startedAt;

	// ---- guarded by the monitor of the parent

	@Nullable Process olderSibling;

	@Nullable Process newerSibling;

	boolean linkedToParent;

	/**
	 * Written under the monitor of this: signals of the parent are not wanted any more.
	 */
	boolean unlinkedFromParent;

	// ---- written under the monitor of this

	volatile @Nullable Relations relations;

	private volatile @Nullable ExitReason exit;

	/**
	 * Active, but without a thread yet. Set before anything is called that could fail: if
	 * the stack of a sender ends right there, the {@link Watchdog} finds the process by
	 * this.
	 */
	private volatile boolean awaitsThread;

	/** The thread of the current activation; only this one is ever interrupted. */
	private volatile @Nullable Thread runner;

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

	/** The first signal that ends this process; taken after the current message. */
	private volatile @Nullable Signal signal;

	/** Kills or disowns this process unless it has gone on by then. */
	private @Nullable Deadline deadline;

	// ---- written by the activation

	private volatile Phase phase = Phase.STARTING;

	private volatile boolean trapping;

	private volatile boolean suspended;

	private @Nullable List<Object> arguments;

	private @Nullable GenServer<@Nullable Object, Object> behavior;

	private @Nullable Object state;

	/** Who waits for this process to start; {@code null} as soon as that is known. */
	private Envelopes.@Nullable Start start;

	/** What the starter is told if init itself says that there is to be no process. */
	private @Nullable StartOutcome refusal;

	private @Nullable EventTimer timeout;

	/** The entry being handled, for reports. */
	private @Nullable Envelope inWork;

	private long handled;

	private Process(Node node, ChildSpec spec, List<Object> arguments, @Nullable Process parent,
			@Nullable Child child) {
		this.node = node;
		this.number = node.nextNumber();
		this.spec = spec;
		this.arguments = arguments;
		this.parent = parent;
		this.child = child;
		this.mailbox = newMailbox(spec.mailbox(), node.counters);
		this.executor = node.executor(spec.executor());
		this.startedAt = node.nanoTime();
		this.start = new Envelopes.Start(node.waiting);
	}

	private static Mailbox newMailbox(MailboxLimit limit, Counters counters) {
		if (!limit.isBounded()) {
			return new Mailbox();
		}
		return (limit.onFull() == Overflow.DROP_OLDEST) ? new DropOldestMailbox(limit.capacity(), counters)
				: new BoundedMailbox(limit);
	}

	/** A relative of nobody, which never runs. */
	static Process outside(Node node) {
		return new Process(node, ChildSpec.supervisor(SupervisorSpec.of("outside")), List.of(), null, null);
	}

	// ---- who runs on this thread

	/** The process whose callback runs on this thread. */
	static @Nullable Process current() {
		return CURRENT.get();
	}

	/** Whether this thread belongs to an incarnation that has been killed. */
	static boolean isFenced() {
		Process current = CURRENT.get();
		return current != null && current.exit != null;
	}

	/** As {@link #current}; throws if that has been killed. */
	static @Nullable Process unfenced() {
		Process current = CURRENT.get();
		if (current != null) {
			current.checkFence();
		}
		return current;
	}

	private void checkFence() {
		if (this.exit != null) {
			throw new FencedException(label());
		}
	}

	// ---- starting

	/**
	 * Starts a process and waits until its init has returned. A parent calls this on its
	 * own activation, and both are linked before the first user code runs. When a failed
	 * start returns, the process has left, or was disowned.
	 */
	static StartOutcome start(Node node, ChildSpec spec, List<Object> arguments, @Nullable Process parent,
			@Nullable Child child) {
		Process process = new Process(node, spec, arguments, parent, child);
		Envelopes.Start start = Objects.requireNonNull(process.start);
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
		return process.awaitStart(start);
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

	@SuppressWarnings("unchecked")
	void init(Envelopes.Start request) {
		Init<@Nullable Object> result;
		try {
			List<Object> given = this.arguments;
			this.arguments = null;
			GenServer<@Nullable Object, Object> created = (GenServer<@Nullable Object, Object>) this.spec.factory()
				.create((given != null) ? given : List.of());
			this.behavior = created;
			result = created.init(this);
		}
		catch (Throwable thrown) {
			end(null, false, null, thrown, true);
			return;
		}
		if (result instanceof Init.Started<@Nullable Object> started) {
			// whatever happens now, what the state holds will be closed
			this.state = started.next().state;
			run(request, started);
		}
		else if (result instanceof Init.Stop<@Nullable Object> stop) {
			this.refusal = new StartOutcome.Failed(stop.error());
			end(stop.exit(), false, null, null, true);
		}
		else if (result instanceof Init.Ignore<@Nullable Object>) {
			this.refusal = new StartOutcome.Ignored();
			end(ExitReason.NORMAL, false, null, null, true);
		}
		else {
			end(null, false, null, badReturn("init"), true);
		}
	}

	private void run(Envelopes.Start request, Init.Started<@Nullable Object> started) {
		Signal early;
		synchronized (this) {
			early = this.signal;
			if (this.exit == null && early == null) {
				// before the starter knows: it may look at once
				this.phase = Phase.RUNNING;
				if (request.complete(new StartOutcome.Started(this, started.info()))) {
					this.start = null;
				}
				else {
					this.phase = Phase.STARTING;
				}
			}
		}
		if (this.phase == Phase.RUNNING) {
			apply(started.next());
		}
		else {
			// told to end, or too late: its starter does not wait any more
			end((early != null) ? early.reason : ExitReason.KILLED, false, null, null, false);
		}
	}

	private IllegalStateException badReturn(String callback) {
		return new IllegalStateException("bad_return_value: " + callback + " of " + type() + " returned null");
	}

	// ---- sending

	/** Adds an entry to the mailbox, and sees to it that it will be handled. */
	Mailbox.Posted post(Envelope entry) {
		Mailbox.Posted posted = this.mailbox.post(entry);
		if (posted == Mailbox.Posted.WAKE) {
			this.awaitsThread = true;
			schedule();
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
		try {
			this.executor.execute(this);
		}
		catch (StackOverflowError overflow) {
			// the fault of the sender, not of this process, which the watchdog will find
			throw overflow;
		}
		catch (Throwable thrown) {
			// without a thread nothing can be handled: end here, so that the supervisor
			// learns
			forceExit(CrashRenderer.failure(thrown));
			// no activation will come: whoever wanted this one is the owner
			abandon();
		}
	}

	// ---- the activation

	@Override
	public void run() {
		if (!enter()) {
			if (this.runner == null) {
				abandon();
			}
			return;
		}
		try {
			work();
		}
		catch (Throwable thrown) {
			CURRENT.remove();
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
				reason = CrashRenderer.failure(thrown);
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
			if (this.exit != null) {
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
					schedule();
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
		if (own != null && !this.suspended && !own.held.isEmpty()) {
			handleHeld();
			return true;
		}
		Envelope entry = this.mailbox.peek();
		if (entry == null) {
			return false;
		}
		if (this.exit != null) {
			return true;
		}
		if (this.suspended && entry.isSuspendable()) {
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
		entry.deliver(this);
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
		synchronized (this) {
			if (this.exit != null || this.runner != null) {
				return false;
			}
			this.runner = Thread.currentThread();
			this.awaitsThread = false;
		}
		CURRENT.set(this);
		return true;
	}

	/**
	 * Gives the thread back.
	 * @return whether the process is alive; if not, it ended while it still had the
	 * thread, and whoever ended it relies on the activation to leave for good
	 */
	private boolean leave() {
		boolean alive;
		synchronized (this) {
			this.runner = null;
			alive = this.exit == null;
		}
		CURRENT.remove();
		// neither an interrupt that was meant for this process nor what it said about
		// itself for
		// the log may reach the next one
		Thread.interrupted();
		MDC.clear();
		return alive;
	}

	// ---- callbacks

	void handle(@Nullable Object message) {
		beforeMessage();
		Next<@Nullable Object> next;
		try {
			next = behavior().handle(asMessage(message), this.state, this);
		}
		catch (Throwable thrown) {
			crash(thrown);
			return;
		}
		apply(next);
	}

	@SuppressWarnings("NullAway") // null comes from a caller whose message type admits it
	private static Object asMessage(@Nullable Object message) {
		return message;
	}

	void handleInfo(Info info) {
		beforeMessage();
		Next<@Nullable Object> next;
		try {
			next = behavior().handleInfo(info, this.state, this);
		}
		catch (Throwable thrown) {
			crash(thrown);
			return;
		}
		apply(next);
	}

	void handleExit(Process from, ExitReason reason) {
		if (from == this.parent) {
			stop(reason);
		}
		else {
			handleInfo(new Info.Exit(from, reason));
		}
	}

	void handleTimeout(EventTimer timer) {
		if (this.timeout == timer) {
			handleInfo(new Info.Timeout(timer.name));
		}
	}

	/** Somebody who may do so makes this process stop now. */
	void stop(ExitReason reason) {
		end(reason, true, null, null, true);
	}

	private void beforeMessage() {
		this.handled++;
		EventTimer timer = this.timeout;
		if (timer != null) {
			timer.cancel();
			this.timeout = null;
		}
	}

	private void apply(@Nullable Next<@Nullable Object> answer) {
		@Nullable Next<@Nullable Object> next = answer;
		while (!isDead()) {
			if (next == null) {
				crash(badReturn("a callback"));
				return;
			}
			this.state = next.state;
			if (next.stop != null) {
				end(next.stop, true, next.stopReply, null, true);
				return;
			}
			Next.EventTimeout wanted = next.timeout;
			try {
				if (next.continuation != null) {
					next = behavior().handleContinue(next.continuation, this.state, this);
				}
				else if (wanted != null && wanted.limit().isZero() && wanted.name() != null) {
					next = behavior().handleInfo(new Info.Timeout(wanted.name()), this.state, this);
				}
				else {
					if (wanted != null) {
						this.timeout = new EventTimer(this, wanted);
						this.timeout.start();
					}
					return;
				}
			}
			catch (Throwable thrown) {
				crash(thrown);
				return;
			}
		}
	}

	/**
	 * After user code: whether this process was killed meanwhile. Clears what interrupts
	 * that code may have left behind; a kill that comes later interrupts again.
	 */
	private boolean isDead() {
		Thread.interrupted();
		return this.exit != null;
	}

	private GenServer<@Nullable Object, Object> behavior() {
		GenServer<@Nullable Object, Object> current = this.behavior;
		if (current == null) {
			throw new FencedException(label());
		}
		return current;
	}

	static <S extends @Nullable Object> Next<S> unhandled(Info info, S state, ServerContext<?> self) {
		if (info instanceof Info.Call call) {
			throw new UnsupportedOperationException(
					"invalid_call: no handler for " + CrashRenderer.className(call.request()));
		}
		if (info instanceof Info.Cast cast) {
			throw new UnsupportedOperationException(
					"invalid_cast: no handler for " + CrashRenderer.className(cast.request()));
		}
		Process process = (Process) self.pid();
		process.note("unexpected message: " + process.node.values(info));
		return Next.with(state);
	}

	private void note(String text) {
		this.node.emit(new SupervisionEvent.Unhandled(this.node.now(), this, id(), text));
	}

	/** A call was handled, but perhaps not answered: if so, it has to learn of an end. */
	void keepIfOpen(Call<?> call) {
		if (call.isDone()) {
			return;
		}
		synchronized (this) {
			if (this.exit == null) {
				relations().addOpen(call);
				return;
			}
		}
		call.undeliverable(exitReason(), null);
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
		if (this.trapping) {
			boolean last = from == this.parent;
			if (last && this.exit == null && this.phase != Phase.ENDING) {
				setDeadline(endLimit(), () -> forceExit(ExitReason.KILLED));
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
		if (this.exit != null || this.signal != null) {
			return Then.NOTHING;
		}
		if (!arrived.terminate && endsWithoutUserCode()) {
			setExit(arrived.reason);
			return Then.PUBLISH;
		}
		this.signal = arrived;
		if (!this.mailbox.isIdle() && this.phase != Phase.ENDING) {
			// a busy process may finish its message, but not for ever
			setDeadline(endLimit(), () -> forceExit(ExitReason.KILLED));
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
		return this.runner == null && this.phase == Phase.RUNNING && this.mailbox.isIdle() && !holdsCloseable();
	}

	private boolean holdsCloseable() {
		return this.state instanceof AutoCloseable || this.behavior instanceof AutoCloseable;
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
				this.deadline = new Deadline(this.node.waiting, action);
				this.node.wheel.add(this.deadline, limit);
			}
		}
	}

	// ---- the end

	private void crash(Throwable thrown) {
		end(null, true, null, thrown, true);
	}

	private static ExitReason reasonOf(Throwable thrown) {
		if (thrown instanceof ServerExitedException called && called.reason().isShutdown()) {
			// OTP: {shutdown, {gen_server, call, ..}}: whoever waited for a server that
			// was shut
			// down has not crashed
			return ExitReason.shutdown(CrashRenderer.summary(thrown));
		}
		return (thrown instanceof ExitException exit) ? exit.reason() : CrashRenderer.failure(thrown);
	}

	/**
	 * Ends this process on its own activation.
	 * @param wanted the reason; {@code null} if it follows from what was thrown
	 * @param own whether this is its own doing, so that an abnormal reason is a crash
	 */
	private void end(@Nullable ExitReason wanted, boolean terminate, Next.@Nullable StopReply reply,
			@Nullable Throwable thrown, boolean own) {
		boolean ran;
		// from here on there is a limit, because rendering what was thrown may be a
		// user's code, too
		synchronized (this) {
			if (this.exit != null) {
				return;
			}
			ran = this.phase == Phase.RUNNING;
			this.phase = Phase.ENDING;
			setDeadline(endLimit(), () -> forceExit(ExitReason.KILLED));
		}
		Throwable cause = thrown;
		ExitReason reason = (wanted != null) ? wanted : reasonOf(Objects.requireNonNull(thrown));
		CrashReport report = (own && !reason.isClean()) ? report(reason) : null;
		if (isDead()) {
			return;
		}
		if (terminate && ran) {
			try {
				behavior().terminate(reason, this.state, this);
			}
			catch (Throwable failure) {
				cause = failure;
				reason = reasonOf(failure);
				report = reason.isClean() ? null : report(reason);
			}
		}
		if (isDead()) {
			return;
		}
		if (reply != null) {
			reply.send().run();
		}
		Throwable closing = close();
		if (closing != null && reason.isClean()) {
			cause = closing;
			reason = reasonOf(closing);
			report = report(reason);
		}
		else if (closing != null) {
			note("closing failed: " + CrashRenderer.summary(closing));
		}
		if (setExit(reason)) {
			publish(reason, cause, report);
		}
		leave();
		markLeft();
	}

	/** Closes what the state and the behaviour hold, on the activation's own thread. */
	private @Nullable Throwable close() {
		Object held = this.state;
		Object server = this.behavior;
		Throwable failure = close(held);
		Throwable second = (server != held) ? close(server) : null;
		return (failure != null) ? failure : second;
	}

	private static @Nullable Throwable close(@Nullable Object resource) {
		if (resource instanceof AutoCloseable closeable) {
			try {
				closeable.close();
			}
			catch (Throwable failure) {
				return failure;
			}
		}
		return null;
	}

	/**
	 * The reason is final now.
	 * @return whether nobody was faster; then the caller has to publish it
	 */
	private boolean setExit(ExitReason reason) {
		synchronized (this) {
			if (this.exit != null) {
				return false;
			}
			this.exit = reason;
			this.pending++;
			return true;
		}
	}

	/**
	 * Ends this process from outside, at once and without {@code terminate}. Any thread;
	 * does not block.
	 */
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
				this.forced = true;
				setDeadline(Specs.nanos(this.node.killGrace), this::disown);
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
			note("not closed, because there is no thread: " + CrashRenderer.summary(thrown));
			markLeft();
		}
	}

	/**
	 * The activation of a process that has ended is over; it closes what is left to
	 * close.
	 */
	private void leaveDead() {
		abandon();
		if (this.left) {
			return;
		}
		synchronized (this) {
			this.runner = Thread.currentThread();
			// the killer interrupts under the monitor, so that this is over now
			Thread.interrupted();
		}
		CURRENT.set(this);
		try {
			Throwable failure = close();
			if (failure != null) {
				note("closing failed: " + CrashRenderer.summary(failure));
			}
		}
		finally {
			leave();
			markLeft();
		}
	}

	/** What the activation had taken and not handled is dropped. */
	private void abandon() {
		ExitReason reason = exitReason();
		Envelope rest = this.mailbox.taken();
		drop(rest, reason, null);
		drop(takeHeld(), reason, null);
	}

	private void drop(@Nullable Envelope first, ExitReason reason, @Nullable Throwable cause) {
		for (Envelope entry = first; entry != null; entry = entry.next) {
			entry.undeliverable(reason, cause);
			if (entry.isUserMessage()) {
				this.node.counters.droppedNoProcess.increment();
			}
		}
	}

	private void drop(List<Envelope> entries, ExitReason reason, @Nullable Throwable cause) {
		for (Envelope entry : entries) {
			entry.undeliverable(reason, cause);
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

	/** Whatever fails on the way, links and monitors are told. */
	private void publish(ExitReason reason, @Nullable Throwable cause, @Nullable CrashReport report) {
		try {
			Links.freeNames(this);
			failCallers(reason, cause);
			this.node.counters.exited.increment();
			if (report != null) {
				this.node.counters.crashed.increment();
			}
			this.node.emit(new SupervisionEvent.ProcessExited(this.node.now(), this, id(), reason, report));
		}
		finally {
			try {
				Links.tell(this, reason, this.start == null);
			}
			finally {
				onePendingLess();
			}
		}
	}

	private void failCallers(ExitReason reason, @Nullable Throwable cause) {
		List<Call<?>> open = List.of();
		synchronized (this) {
			Relations own = this.relations;
			if (own != null) {
				open = List.copyOf(own.open);
				own.open.clear();
			}
		}
		Mailbox.Unhandled unhandled = this.mailbox.close();
		open.forEach(call -> call.undeliverable(reason, cause));
		// the batch belongs to the activation, which counts what it leaves behind
		for (Envelope entry = unhandled.batch(); entry != null; entry = entry.next) {
			entry.undeliverable(reason, cause);
		}
		drop(unhandled.waiting(), reason, cause);
		drop(takeHeld(), reason, cause);
	}

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

	private void markLeft() {
		synchronized (this) {
			if (this.left) {
				return;
			}
			this.left = true;
		}
		setDeadline(Long.MAX_VALUE, () -> {
		});
		this.phase = Phase.LEFT;
		this.behavior = null;
		this.state = null;
		EventTimer timer = this.timeout;
		if (timer != null) {
			timer.cancel();
		}
		settle();
	}

	private void disown() {
		Thread thread;
		synchronized (this) {
			if (this.left) {
				return;
			}
			this.disowned = true;
			thread = this.runner;
		}
		this.node.counters.disowned.increment();
		this.node.emit(new SupervisionEvent.Disowned(this.node.now(), this, id(),
				(thread != null) ? CrashRenderer.frames(thread.getStackTrace()) : List.of()));
		settle();
	}

	boolean isTrapping() {
		return this.trapping;
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
			this.node.remove(this);
		}
		if (this.settled) {
			failStart();
		}
		waiters.forEach(Runnable::run);
	}

	private void failStart() {
		Envelopes.Start waiting = this.start;
		if (waiting != null) {
			StartOutcome refused = this.refusal;
			waiting.complete((refused != null) ? refused : new StartOutcome.Failed(exitReason()));
		}
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

	// ---- what the runtime asks about a process

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
		Envelopes.LeftWait wait = new Envelopes.LeftWait(this.node.waiting);
		whenLeft(wait);
		wait.await(this.node.wheel, limitNanos);
		unfenced();
		return hasLeft();
	}

	/**
	 * Whether the given process waits for this one, so that a call to it would wait for
	 * ever: it is this one, or it is starting this one.
	 */
	boolean isAwaitedBy(Process other) {
		Process waited = this;
		while (waited != other && waited.phase == Phase.STARTING && waited.parent != null) {
			waited = waited.parent;
		}
		return waited == other;
	}

	/** Whether its init has returned, and it has not ended. */
	boolean isRunning() {
		return this.phase != Phase.STARTING && this.exit == null;
	}

	/**
	 * Whether it is worth waiting for this process to leave: nothing of it was
	 * interrupted, so that at most it stops children as a supervisor does.
	 */
	boolean leavesSoon() {
		return !this.forced;
	}

	boolean hasExited() {
		return this.exit != null;
	}

	/** Why this process has ended; only after that. */
	ExitReason exitReason() {
		ExitReason reason = this.exit;
		if (reason == null) {
			throw new IllegalStateException(label() + " has not ended");
		}
		return reason;
	}

	boolean isDisowned() {
		return this.disowned && !this.left;
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

	/** The supervisor that this process runs, if it does. */
	@Nullable Supervision supervision() {
		Object server = this.behavior;
		return (server instanceof Supervision supervision) ? supervision : null;
	}

	boolean awaitsThread() {
		return this.awaitsThread && this.exit == null;
	}

	@Nullable Thread runner() {
		return this.runner;
	}

	long handled() {
		return this.handled;
	}

	long number() {
		return this.number;
	}

	String type() {
		Object server = this.behavior;
		return (server != null) ? server.getClass().getName() : "unknown";
	}

	@Nullable String registeredName() {
		synchronized (this) {
			Relations own = this.relations;
			return (own == null || own.names.isEmpty()) ? null : own.names.get(0);
		}
	}

	/** How errors speak of this process. */
	String label() {
		return path() + " (" + this + ")";
	}

	@Override
	String path() {
		Process above = this.parent;
		return (above == null || above.parent == null && above.isRoot()) ? id() : above.path() + "/" + id();
	}

	private boolean isRoot() {
		return this == this.node.root();
	}

	ProcessInfo info() {
		return new ProcessInfo(this, this.parent, path(), registeredName(), type(), this.spec.type(), infoState(),
				this.mailbox.size(), this.handled, Duration.ofNanos(this.node.nanoTime() - this.startedAt),
				this.trapping);
	}

	private ProcessInfo.State infoState() {
		if (this.exit != null) {
			return this.disowned ? ProcessInfo.State.DISOWNED : ProcessInfo.State.KILLED;
		}
		return switch (this.phase) {
			case STARTING -> ProcessInfo.State.STARTING;
			case RUNNING -> this.suspended ? ProcessInfo.State.SUSPENDED : ProcessInfo.State.RUNNING;
			case ENDING, LEFT -> ProcessInfo.State.STOPPING;
		};
	}

	private CrashReport report(ExitReason reason) {
		Envelope entry = this.inWork;
		Object message = (entry != null) ? entry.content() : null;
		Object client = (entry != null) ? entry.client() : null;
		Object current = this.state;
		return new CrashReport(this, path(), registeredName(), type(), reason,
				(message != null) ? this.node.values(message) : null,
				(current != null) ? this.node.values(current) : null,
				(client instanceof Thread thread) ? CrashRenderer.text(thread.getName())
						: (client != null) ? client.toString() : null,
				ancestors(), this.mailbox.size(), this.handled,
				Duration.ofNanos(this.node.nanoTime() - this.startedAt));
	}

	// ---- sys: handled between callbacks, also while suspended

	Object setSuspended(boolean suspend) {
		this.suspended = suspend;
		return Boolean.TRUE;
	}

	@Nullable Object state() {
		return this.state;
	}

	@Nullable Object replaceState(UnaryOperator<@Nullable Object> change) {
		this.state = change.apply(this.state);
		return this.state;
	}

	/** A request of sys restarts a timeout, but does not cancel it. */
	void restartTimeout() {
		EventTimer timer = this.timeout;
		if (timer != null) {
			timer.start();
		}
	}

	// ---- what the server may ask

	@Override
	public Pid pid() {
		return this;
	}

	@Override
	public String id() {
		Child place = this.child;
		return (place != null) ? place.id() : this.spec.id();
	}

	@Override
	public ServerRef<Object> self() {
		return new Ref<>(Address.of(this));
	}

	@Override
	public Node node() {
		return this.node;
	}

	@Override
	public List<Pid> ancestors() {
		List<Pid> ancestors = new ArrayList<>();
		for (Process above = this.parent; above != null; above = above.parent) {
			ancestors.add(above);
		}
		return List.copyOf(ancestors);
	}

	@Override
	public void link(Pid pid) {
		checkFence();
		if (!Links.link(this, process(pid))) {
			if (!this.trapping) {
				throw new NoProcessException(pid, "link");
			}
			postOrDrop(new Envelopes.Exit((Process) pid, ExitReason.NO_PROCESS, false));
		}
	}

	private Process process(Pid pid) {
		return this.node.own(pid);
	}

	@Override
	public void unlink(Pid pid) {
		checkFence();
		Links.unlink(this, process(pid));
	}

	@Override
	public MonitorRef monitor(Pid pid) {
		checkFence();
		return Links.monitor(this, process(pid), pid);
	}

	@Override
	public MonitorRef monitor(Name<?> name) {
		checkFence();
		return Links.monitor(this, this.node.named(name.value()), name);
	}

	@Override
	public void demonitor(MonitorRef monitor) {
		checkFence();
		Links.demonitor(this, monitor);
	}

	@Override
	public boolean trapExits(boolean trap) {
		checkFence();
		boolean before = this.trapping;
		this.trapping = trap;
		return before;
	}

	@Override
	public void exit(Pid pid, ExitReason reason) {
		checkFence();
		process(pid).signal(this, reason);
	}

	@Override
	public Pid startLink(ChildSpec spec, Object... arguments) {
		requireOwnThread("startLink");
		spec.validate(path(), AutoShutdown.ANY_SIGNIFICANT);
		StartOutcome outcome = start(this.node, spec, Specs.arguments(arguments), this, null);
		checkFence();
		return outcome.orThrow(path() + "/" + spec.id());
	}

	@Override
	public ExitReason stopChild(Pid pid, Shutdown shutdown) {
		requireOwnThread("stopChild");
		return stopProcess(process(pid), shutdown);
	}

	/** Stops a process as its parent, and waits until it has left or was disowned. */
	ExitReason stopProcess(Process process, Shutdown shutdown) {
		if (shutdown instanceof Shutdown.BrutalKill) {
			process.forceExit(ExitReason.KILLED);
		}
		else {
			process.order(ExitReason.SHUTDOWN);
			if (shutdown instanceof Shutdown.Within within && !process.awaitLeft(Specs.nanos(within.limit()))) {
				process.forceExit(ExitReason.KILLED);
			}
		}
		process.awaitLeft();
		return process.exitReason();
	}

	private void requireOwnThread(String method) {
		checkFence();
		if (current() != this) {
			throw new IllegalStateException(
					method + " of " + label() + " was called from another thread; call it from its own callbacks only");
		}
	}

	@Override
	public boolean register(Name<?> name) {
		checkFence();
		return Links.register(this, name.value()) == null;
	}

	@Override
	public void unregister(Name<?> name) {
		checkFence();
		Links.unregister(this, name.value());
	}

	@Override
	public TimerRef sendAfter(Duration delay, Object message) {
		return timer(delay, this, new Envelopes.Cast(message));
	}

	@Override
	public TimerRef sendInfoAfter(Duration delay, Pid target, Object message) {
		return timer(delay, process(target), new Envelopes.InfoMessage(new Info.Message(message)));
	}

	/** As {@link #sendAfter}, for a message that no capacity concerns. */
	TimerRef sendInternalAfter(Duration delay, Object message) {
		return timer(delay, this, new Envelopes.Internal(message));
	}

	private TimerRef timer(Duration delay, Process target, Envelope message) {
		checkFence();
		ProcessTimer timer = new ProcessTimer(this, target, message, delay);
		Links.addTimer(this, timer);
		return timer;
	}

	@Override
	public String toString() {
		return this.node.name() + "." + Long.toString(this.number, Character.MAX_RADIX);
	}

	/**
	 * Where a process is in its life.
	 */
	private enum Phase {

		STARTING, RUNNING, ENDING, LEFT

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

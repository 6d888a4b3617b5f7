package dev.supervision;

import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

/**
 * The behaviour of a process, its state, and where it is in its life: runs the callbacks
 * from {@code init} to {@code terminate} and does what they answer (OTP: the loop of
 * gen_server).
 *
 * <p>
 * Only the current activation touches behaviour and state, and no lock is held while user
 * code runs. Whatever a callback throws ends the process. After each callback the exit is
 * looked at: what a killed process answers goes nowhere.
 */
abstract sealed class Callbacks extends Self permits Process {

	// ---- written by the activation

	private volatile Phase phase = Phase.STARTING;

	private volatile boolean suspended;

	private @Nullable List<Object> arguments;

	private @Nullable GenServer<@Nullable Object, Object> behavior;

	private @Nullable Object state;

	/** Who waits for this process to start; {@code null} as soon as that is known. */
	private Envelopes.@Nullable Start start;

	/** What the starter is told if init itself says that there is to be no process. */
	private @Nullable StartOutcome refusal;

	private @Nullable EventTimer timeout;

	private long handled;

	Callbacks(Node node, ChildSpec spec, List<Object> arguments, @Nullable Process parent, @Nullable Child child,
			Envelopes.Start start) {
		super(node, spec, parent, child);
		this.arguments = arguments;
		this.start = start;
	}

	/** Why this process is to end, if a signal has said so that was not taken yet. */
	abstract @Nullable ExitReason signalled();

	/** Gives the thread back. */
	abstract boolean leave();

	// ---- starting

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
		ExitReason early;
		synchronized (this) {
			early = signalled();
			if (!hasExited() && early == null) {
				// before the starter knows: it may look at once
				this.phase = Phase.RUNNING;
				if (request.complete(new StartOutcome.Started(pid(), started.info()))) {
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
			end((early != null) ? early : ExitReason.KILLED, false, null, null, false);
		}
	}

	private IllegalStateException badReturn(String callback) {
		return new IllegalStateException("bad_return_value: " + callback + " of " + type() + " returned null");
	}

	@Override
	boolean hasStarted() {
		return this.start == null;
	}

	@Override
	void failStart() {
		Envelopes.Start waiting = this.start;
		if (waiting != null) {
			StartOutcome refused = this.refusal;
			waiting.complete((refused != null) ? refused : new StartOutcome.Failed(exitReason()));
		}
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
						this.timeout = new EventTimer(pid(), wanted);
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
		return hasExited();
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

	void note(String text) {
		this.node.emit(new SupervisionEvent.Unhandled(this.node.now(), this, id(), text));
	}

	// ---- the end

	private void crash(Throwable thrown) {
		end(null, true, null, thrown, true);
	}

	/**
	 * Ends this process on its own activation.
	 * @param wanted the reason; {@code null} if it follows from what was thrown
	 * @param own whether this is its own doing, so that an abnormal reason is a crash
	 */
	void end(@Nullable ExitReason wanted, boolean terminate, Next.@Nullable StopReply reply, @Nullable Throwable thrown,
			boolean own) {
		boolean ran;
		// from here on there is a limit, because rendering what was thrown may be a
		// user's code, too
		synchronized (this) {
			if (hasExited()) {
				return;
			}
			ran = this.phase == Phase.RUNNING;
			this.phase = Phase.ENDING;
			limitEnd();
		}
		Throwable cause = thrown;
		ExitReason reason = (wanted != null) ? wanted
				: CrashRenderer.reason(Objects.requireNonNull(thrown), this.node.showsMessages);
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
				reason = CrashRenderer.reason(failure, this.node.showsMessages);
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
			reason = CrashRenderer.reason(closing, this.node.showsMessages);
			report = report(reason);
		}
		else if (closing != null) {
			note("closing failed: " + CrashRenderer.summary(closing, this.node.showsMessages));
		}
		if (setExit(reason)) {
			publish(reason, cause, report);
		}
		leave();
		markLeft();
	}

	/** Closes what the state and the behaviour hold, on the activation's own thread. */
	@Nullable Throwable close() {
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

	boolean holdsCloseable() {
		return this.state instanceof AutoCloseable || this.behavior instanceof AutoCloseable;
	}

	@Override
	void release() {
		this.phase = Phase.LEFT;
		this.behavior = null;
		this.state = null;
		EventTimer timer = this.timeout;
		if (timer != null) {
			timer.cancel();
		}
	}

	private CrashReport report(ExitReason reason) {
		return CrashRenderer.report(pid(), reason, this.inWork, this.state);
	}

	// ---- sys: handled between callbacks, also while suspended

	Object setSuspended(boolean suspend) {
		this.suspended = suspend;
		return Boolean.TRUE;
	}

	boolean isSuspended() {
		return this.suspended;
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

	// ---- what the runtime asks

	Phase phase() {
		return this.phase;
	}

	/** Whether its init has returned, and it has not ended. */
	boolean isRunning() {
		return this.phase != Phase.STARTING && !hasExited();
	}

	/** The supervisor that this process runs, if it does. */
	@Nullable Supervision supervision() {
		Object server = this.behavior;
		return (server instanceof Supervision supervision) ? supervision : null;
	}

	long handled() {
		return this.handled;
	}

	String type() {
		String given = this.spec.serverType();
		if (given != null) {
			return given;
		}
		Object server = this.behavior;
		return (server != null) ? server.getClass().getName() : "unknown";
	}

	/** How this process looks from outside. */
	ProcessInfo.State infoState() {
		if (hasExited()) {
			return wasDisowned() ? ProcessInfo.State.DISOWNED : ProcessInfo.State.KILLED;
		}
		return switch (this.phase) {
			case STARTING -> ProcessInfo.State.STARTING;
			case RUNNING -> this.suspended ? ProcessInfo.State.SUSPENDED : ProcessInfo.State.RUNNING;
			case ENDING, LEFT -> ProcessInfo.State.STOPPING;
		};
	}

	/**
	 * Where a process is in its life.
	 */
	enum Phase {

		STARTING, RUNNING, ENDING, LEFT

	}

}

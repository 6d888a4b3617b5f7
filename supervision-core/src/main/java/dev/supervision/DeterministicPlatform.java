package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * A platform for tests: one thread runs at a time, in an order that a seed decides, and
 * time moves only when told. The same seed gives the same run, on every Java version, as
 * long as what runs is deterministic itself: it must not look at the real clock, at
 * identity hash codes or at threads, nor wait anywhere but in the seam
 * ({@link Waiting#park}, {@link #yield}, {@link #sleep}). Any other wait fails the run
 * and names the thread.
 *
 * <p>
 * A test steers it from one thread that is not part of it: {@link #runUntilIdle},
 * {@link #advance} and their like block until the simulation is where it was asked to go,
 * and throw an {@link AssertionError} if a body let out a {@code Throwable}, did not come
 * back, or something runs for ever. If that thread itself waits in the seam, for instance
 * for the answer to a call, the simulation goes on meanwhile, and time moves whenever
 * nothing else is left to do.
 *
 * <p>
 * A step of a body costs a fraction of a microsecond; a change of the thread, as at each
 * call of a method that steers or at each wait, costs some microseconds. So a test of
 * many events is fastest if it submits its actions to an {@link #executor} and then
 * steers once.
 */
public final class DeterministicPlatform implements Platform {

	private static final Instant START = Instant.parse("2000-01-01T00:00:00Z");

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** So many steps in one go, without time moving, are taken for an endless loop. */
	private static final long STEP_LIMIT = 10_000_000;

	/** So many looks at a step, spread over the patience, tell that it does not end. */
	private static final int LOOKS = 10;

	private static final long CLOSE_MILLIS = 5_000;

	private final long seed;

	private final long patienceNanos;

	private final Random order;

	private final Random random;

	private final Clock clock = new VirtualClock();

	private final Waiting waiting = new Seam();

	/**
	 * Activations ({@link Runnable}) and threads that may go on ({@link Participant}).
	 */
	private final List<Object> runnable = new ArrayList<>();

	private final TreeSet<Timer> timers = new TreeSet<>();

	private final List<Worker> workers = new ArrayList<>();

	private final ArrayDeque<Participant> idle = new ArrayDeque<>();

	private final Map<Thread, Participant> outsiders = new HashMap<>();

	/** Read by the waiting test thread, to see whether the simulation still moves. */
	private final AtomicLong steps = new AtomicLong();

	/**
	 * The one thread that may touch any of this; null while the test's own code runs. The
	 * rest needs no lock: it is published with {@link Participant#turn}.
	 */
	private volatile @Nullable Participant active;

	private volatile @Nullable Failure failure;

	private volatile boolean closed;

	/** The test's thread while it steers or waits. */
	private @Nullable Participant driver;

	/** How far time may move when nothing is left to run. */
	private long horizon;

	/** The number of steps after which the driver goes on in any case. */
	private long lastStep;

	private long now;

	private long timerSequence;

	private long hash;

	/**
	 * A simulation that fails if one step takes ten seconds of real time.
	 * @param seed decides all choices
	 */
	public DeterministicPlatform(long seed) {
		this(seed, PATIENCE);
	}

	/**
	 * A simulation.
	 * @param seed decides all choices
	 * @param patience the real time after which a step that has not ended fails the run
	 */
	public DeterministicPlatform(long seed, Duration patience) {
		this.seed = seed;
		this.patienceNanos = patience.toNanos();
		this.order = new Random(scramble(seed));
		this.random = new Random(scramble(~seed));
	}

	/**
	 * Consecutive seeds of a {@link Random} begin with nearly the same number.
	 */
	private static long scramble(long seed) {
		long z = seed + 0x9E3779B97F4A7C15L;
		z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
		z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
		return z ^ (z >>> 31);
	}

	/**
	 * Virtual time: from zero, and from a fixed instant.
	 */
	@Override
	public Clock clock() {
		return this.clock;
	}

	/**
	 * Timers in virtual time. Those that are due at the same instant run in the order in
	 * which they were scheduled, each as a step of its own, in between others.
	 */
	@Override
	public Scheduler scheduler() {
		return this::schedule;
	}

	@Override
	public Waiting waiting() {
		return this.waiting;
	}

	/**
	 * Numbers that the seed decides, apart from those that decide the order.
	 */
	@Override
	public Random random() {
		return this.random;
	}

	/**
	 * The same executor for all types: it only notes the task, which runs when the seed
	 * chooses it.
	 */
	@Override
	public Executor executor(ExecutorType type) {
		return this::execute;
	}

	@Override
	public boolean isSimulated() {
		return true;
	}

	/**
	 * Runs what can run, without moving time, until nothing is left; what waits in the
	 * seam stays there. Blocks the calling thread, which must not be part of the
	 * simulation.
	 * @throws AssertionError if the run fails
	 */
	public void runUntilIdle() {
		steer(this.now, STEP_LIMIT);
	}

	/**
	 * Runs one step: a body up to its end or its next wait, or a timer that is due.
	 * Blocks the calling thread, which must not be part of the simulation.
	 * @return false if there was none
	 * @throws AssertionError if the run fails
	 */
	public boolean runOneStep() {
		if (isIdle()) {
			return false;
		}
		steer(this.now, 1);
		return true;
	}

	/**
	 * Lets time pass: runs until idle, moves to the next timer, and so on, up to the end
	 * of the given duration. Blocks the calling thread, which must not be part of the
	 * simulation.
	 * @throws AssertionError if the run fails
	 */
	public void advance(Duration duration) {
		steer(after(nanos(duration)), STEP_LIMIT);
	}

	/**
	 * Runs until idle, lets time pass up to the next timer, and runs until idle again.
	 * Blocks the calling thread, which must not be part of the simulation.
	 * @return false if no timer was left
	 * @throws AssertionError if the run fails
	 */
	public boolean advanceToNextTimer() {
		runUntilIdle();
		if (this.timers.isEmpty()) {
			return false;
		}
		steer(this.timers.first().deadline, STEP_LIMIT);
		return true;
	}

	/**
	 * Whether nothing can run before time moves.
	 */
	public boolean isIdle() {
		return this.runnable.isEmpty() && dueTimer() == null;
	}

	/**
	 * The number of timers and sleepers that wait for time to move.
	 */
	public int pendingTimers() {
		return this.timers.size();
	}

	/**
	 * The number of steps up to now.
	 */
	public long steps() {
		return this.steps.get();
	}

	/**
	 * A hash over all choices up to now, their virtual times, and what was mixed in:
	 * equal for two runs of a seed.
	 */
	public long traceHash() {
		return this.hash;
	}

	/**
	 * Adds an observation of the test's own to {@link #traceHash}.
	 */
	public void mix(long observation) {
		this.hash = (this.hash ^ observation) * 0x9E3779B97F4A7C15L;
		this.hash ^= this.hash >>> 32;
	}

	/**
	 * A place inside a body where the seed may let others run first. Elsewhere it does
	 * nothing.
	 */
	public void yield() {
		Participant self = self();
		if (self != null) {
			requireTurn();
			enqueue(self);
			leave(self);
		}
	}

	/**
	 * Blocks a body for the given virtual time, or until it is interrupted, which leaves
	 * the interrupt flag set. On the test's own thread it is {@link #advance}.
	 */
	public void sleep(Duration duration) {
		Participant self = self();
		if (self == null) {
			advance(duration);
			return;
		}
		requireTurn();
		if (!self.thread.isInterrupted()) {
			Sleep sleep = new Sleep(Duration.ofNanos(after(nanos(duration))));
			Scheduler.Cancellable timer = schedule(nanos(duration), () -> {
				if (self.blocker == sleep) {
					enqueue(self);
				}
			});
			self.blocker = sleep;
			leave(self);
			timer.cancel();
		}
	}

	/**
	 * Ends the simulation: what is runnable or scheduled is dropped, and each blocked
	 * body gets an {@link Error} out of its wait. Blocks until all threads of the
	 * simulation have ended, at most some five seconds. A second call does nothing.
	 */
	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		requireTurn();
		this.closed = true;
		this.runnable.clear();
		this.timers.clear();
		long budget = CLOSE_MILLIS;
		boolean interrupted = false;
		for (Worker worker : this.workers) {
			if (worker != Thread.currentThread()) {
				long millis = Math.max(1, Math.min(budget, CLOSE_MILLIS / 5));
				worker.self.resume();
				try {
					// In turn, as what they do on their way out must not overlap.
					worker.join(millis);
				}
				catch (InterruptedException ex) {
					interrupted = true;
				}
				budget -= worker.isAlive() ? millis : 0;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public String toString() {
		return "seed " + this.seed + ", step " + this.steps + ", " + Duration.ofNanos(this.now);
	}

	private void execute(Runnable task) {
		requireOpen();
		requireTurn();
		this.runnable.add(task);
	}

	private Scheduler.Cancellable schedule(long delayNanos, Runnable task) {
		requireOpen();
		requireTurn();
		Timer timer = new Timer(after(delayNanos), this.timerSequence++, task);
		this.timers.add(timer);
		return timer;
	}

	private static long nanos(Duration duration) {
		return TimeUnit.NANOSECONDS.convert(duration);
	}

	private long after(long delayNanos) {
		long deadline = this.now + Math.max(0, delayNanos);
		return (deadline < 0) ? Long.MAX_VALUE : deadline;
	}

	private @Nullable Timer dueTimer() {
		if (this.timers.isEmpty()) {
			return null;
		}
		Timer first = this.timers.first();
		return (first.deadline <= this.now) ? first : null;
	}

	private void enqueue(Participant participant) {
		participant.blocker = null;
		participant.queued = true;
		this.runnable.add(participant);
	}

	private void steer(long horizon, long limit) {
		if (self() != null) {
			throw new IllegalStateException("A body cannot steer the simulation that it is part of");
		}
		requireTurn();
		drive(outsider(Thread.currentThread()), horizon, limit);
		if (limit > 1 && this.steps.get() == this.lastStep) {
			throw endless("it is not idle");
		}
	}

	/**
	 * Lets the simulation run until the calling thread's goal is reached or its own entry
	 * is chosen.
	 */
	private void drive(Participant self, long horizon, long limit) {
		throwFailure();
		this.horizon = horizon;
		this.lastStep = this.steps.get() + limit;
		this.driver = self;
		this.active = self;
		try {
			Object next = next();
			if (next != self) {
				give(next);
				awaitSimulation(self);
			}
			if (self.queued) {
				self.queued = false;
				this.runnable.remove(self);
			}
		}
		finally {
			this.driver = null;
			this.active = null;
		}
		throwFailure();
	}

	/**
	 * What the seed lets run next, or the driver if its goal is reached.
	 */
	private Object next() {
		while (this.failure == null && !this.closed && this.steps.getPlain() < this.lastStep) {
			Timer due = dueTimer();
			int size = this.runnable.size();
			int count = (due != null) ? size + 1 : size;
			if (count > 0) {
				int index = (count > 1) ? this.order.nextInt(count) : 0;
				this.steps.setRelease(this.steps.getPlain() + 1);
				mix(((long) index << 32) | count);
				mix(this.now);
				if (due != null && index == size) {
					this.timers.pollFirst();
					return due;
				}
				return take(index, size - 1);
			}
			if (this.timers.isEmpty() || this.timers.first().deadline > this.horizon) {
				if (this.horizon != Long.MAX_VALUE) {
					this.now = this.horizon;
				}
				break;
			}
			this.now = this.timers.first().deadline;
			if (this.horizon != Long.MAX_VALUE) {
				this.lastStep = this.steps.getPlain() + STEP_LIMIT;
			}
		}
		return Objects.requireNonNull(this.driver);
	}

	private Object take(int index, int last) {
		Object entry = this.runnable.get(index);
		this.runnable.set(index, this.runnable.get(last));
		this.runnable.remove(last);
		if (entry instanceof Participant participant) {
			participant.queued = false;
		}
		return entry;
	}

	/**
	 * Lets another thread go on. From here to its next turn the caller must touch
	 * nothing.
	 */
	private void give(Object next) {
		Participant to;
		if (next instanceof Participant participant) {
			to = participant;
		}
		else {
			to = this.idle.isEmpty() ? newWorker() : this.idle.pop();
			to.task = (Runnable) next;
		}
		this.active = to;
		to.resume();
	}

	private Participant newWorker() {
		Worker worker = new Worker(this, this.workers.size() + 1);
		worker.start();
		this.workers.add(worker);
		return worker.self;
	}

	/**
	 * Leaves a body's thread to others until its entry is chosen. Tasks never run on top
	 * of a waiting body: the two would share thread locals, and the upper would keep the
	 * lower from going on.
	 */
	private void leave(Participant self) {
		Object next = next();
		if (next != self) {
			give(next);
			self.awaitTurn();
		}
		if (this.closed) {
			throw new Ended();
		}
		self.applyInterrupt();
	}

	private void work(Participant self) {
		self.awaitTurn();
		while (!this.closed) {
			Object next = Objects.requireNonNull(self.task, "a turn comes with a task");
			self.task = null;
			while (next instanceof Runnable task) {
				run(task, self);
				if (this.active != self) {
					return;
				}
				next = next();
			}
			this.idle.push(self);
			give(next);
			if (this.closed) {
				return;
			}
			self.awaitTurn();
		}
	}

	private void run(Runnable task, Participant self) {
		self.inTimer = task instanceof Timer;
		try {
			task.run();
		}
		catch (Throwable ex) {
			if (this.active == self) {
				this.failure = new Failure("A body let out " + ex.getClass().getName(), ex);
			}
		}
		self.interrupted = false;
		Thread.interrupted();
	}

	private void awaitSimulation(Participant driver) {
		boolean interrupted = false;
		long seen = -1;
		int looks = 0;
		long since = 0;
		while (!driver.turn) {
			long step = this.steps.get();
			looks = (step != seen) ? 0 : looks + 1;
			since = (looks == 0) ? System.nanoTime() : since;
			seen = step;
			Participant active = this.active;
			// looks alone: parking may return too early; time alone: this thread, or the
			// whole machine, may have been stopped
			boolean late = looks >= LOOKS && System.nanoTime() - since >= this.patienceNanos;
			if (late && active != null && active != driver) {
				this.failure = stuck(active.thread);
				active.thread.interrupt();
				break;
			}
			LockSupport.parkNanos(this, this.patienceNanos / LOOKS);
			interrupted |= Thread.interrupted();
		}
		driver.turn = false;
		if (interrupted) {
			driver.thread.interrupt();
		}
	}

	private Failure stuck(Thread thread) {
		Throwable stack = new Throwable("Stack of " + thread.getName());
		stack.setStackTrace(thread.getStackTrace());
		String place = (stack.getStackTrace().length > 0) ? " at " + stack.getStackTrace()[0] : "";
		return new Failure("A step has not ended for " + Duration.ofNanos(this.patienceNanos) + " of real time: thread "
				+ thread.getName() + " is " + thread.getState() + place + ", outside the seam", stack);
	}

	private void parkOutsider(Participant self, Object blocker) {
		if (this.closed) {
			throw new AssertionError("Would wait for ever, as the platform is closed: " + describe(blocker));
		}
		self.blocker = blocker;
		try {
			drive(self, Long.MAX_VALUE, STEP_LIMIT);
			if (self.blocker != null) {
				throw waitsForEver(blocker);
			}
		}
		finally {
			self.blocker = null;
		}
		self.applyInterrupt();
	}

	private AssertionError waitsForEver(Object blocker) {
		if (this.closed) {
			return new AssertionError("The platform was closed by a body while waiting for " + describe(blocker));
		}
		if (this.steps.get() == this.lastStep) {
			return endless("the test still waits for " + describe(blocker));
		}
		StringBuilder text = new StringBuilder("Would wait for ever: ").append(describe(blocker));
		for (Worker worker : this.workers) {
			if (worker.self.blocker != null) {
				text.append("; ").append(worker.getName()).append(" waits for ").append(describe(worker.self.blocker));
			}
		}
		return new AssertionError(text.append(" (").append(this).append(')').toString());
	}

	private AssertionError endless(String what) {
		return new AssertionError("After " + STEP_LIMIT + " steps in a row " + what + " (" + this + ")");
	}

	private static String describe(Object blocker) {
		try {
			return String.valueOf(blocker);
		}
		catch (RuntimeException ex) {
			return blocker.getClass().getName();
		}
	}

	private void throwFailure() {
		Failure failure = this.failure;
		if (failure != null) {
			throw new AssertionError(failure.text + " (" + this + ")", failure.cause);
		}
	}

	private void requireOpen() {
		if (this.closed) {
			throw new RejectedExecutionException("The platform is closed");
		}
	}

	/**
	 * Sees to it that nothing runs beside the simulation.
	 */
	private void requireTurn() {
		Participant active = this.active;
		Thread thread = Thread.currentThread();
		if ((active != null) ? active.thread != thread : self() != null) {
			if (self() != null) {
				throw new Ended();
			}
			IllegalStateException ex = new IllegalStateException(
					"Thread " + thread.getName() + " runs beside the simulation (" + this + ")");
			this.failure = new Failure("A thread from outside interfered", ex);
			throw ex;
		}
	}

	/**
	 * The calling thread as part of the simulation; null for a thread from outside.
	 */
	private @Nullable Participant self() {
		return (Thread.currentThread() instanceof Worker worker && worker.platform == this) ? worker.self : null;
	}

	private Participant participant(Thread thread) {
		return (thread instanceof Worker worker && worker.platform == this) ? worker.self : outsider(thread);
	}

	private Participant outsider(Thread thread) {
		return this.outsiders.computeIfAbsent(thread, Participant::new);
	}

	private final class VirtualClock implements Clock {

		@Override
		public long nanoTime() {
			return DeterministicPlatform.this.now;
		}

		@Override
		public Instant instant() {
			return START.plusNanos(DeterministicPlatform.this.now);
		}

	}

	private final class Seam implements Waiting {

		@Override
		public void park(Object blocker) {
			Participant self = participant(Thread.currentThread());
			if (DeterministicPlatform.this.closed && self() != null) {
				throw new Ended();
			}
			requireTurn();
			if (self.inTimer) {
				throw new IllegalStateException("A task of the scheduler must not block: " + describe(blocker));
			}
			if (self.permit || self.thread.isInterrupted()) {
				self.permit = false;
			}
			else if (self() == null) {
				parkOutsider(self, blocker);
			}
			else {
				self.blocker = blocker;
				leave(self);
			}
		}

		@Override
		public void unpark(Thread thread) {
			if (!DeterministicPlatform.this.closed) {
				requireTurn();
				Participant participant = participant(thread);
				if (participant.blocker != null && !(participant.blocker instanceof Sleep)) {
					enqueue(participant);
				}
				else {
					participant.permit = true;
				}
			}
		}

		@Override
		public void interrupt(Thread thread) {
			if (DeterministicPlatform.this.closed) {
				thread.interrupt();
				return;
			}
			requireTurn();
			Participant participant = participant(thread);
			if (participant.blocker != null) {
				enqueue(participant);
			}
			// The flag of a thread that is not running is set when it goes on: to
			// interrupt it
			// here would wake it for nothing.
			if (participant.queued) {
				participant.interrupted = true;
			}
			else {
				thread.interrupt();
			}
		}

	}

	/**
	 * A thread that takes part, and the baton that it waits for.
	 */
	private static final class Participant {

		private final Thread thread;

		private volatile boolean turn;

		/** What it waits for in the seam, if it does. */
		private @Nullable Object blocker;

		/** Whether it is among the runnable. */
		private boolean queued;

		private boolean permit;

		private boolean interrupted;

		private boolean inTimer;

		private @Nullable Runnable task;

		private Participant(Thread thread) {
			this.thread = thread;
		}

		private void resume() {
			this.turn = true;
			LockSupport.unpark(this.thread);
		}

		private void awaitTurn() {
			boolean interrupted = false;
			while (!this.turn) {
				LockSupport.park(this);
				// A flag that is set would make the next park return at once.
				interrupted |= Thread.interrupted();
			}
			this.turn = false;
			this.interrupted |= interrupted;
		}

		private void applyInterrupt() {
			if (this.interrupted) {
				this.interrupted = false;
				this.thread.interrupt();
			}
		}

	}

	private static final class Worker extends Thread {

		private final DeterministicPlatform platform;

		private final Participant self = new Participant(this);

		private Worker(DeterministicPlatform platform, int number) {
			super(null, null, "supervision-deterministic-" + number, 0, false);
			this.platform = platform;
			setDaemon(true);
			setContextClassLoader(Thread.currentThread().getContextClassLoader());
		}

		@Override
		public void run() {
			this.platform.work(this.self);
		}

	}

	private final class Timer implements Runnable, Scheduler.Cancellable, Comparable<Timer> {

		private final long deadline;

		private final long sequence;

		private final Runnable task;

		private Timer(long deadline, long sequence, Runnable task) {
			this.deadline = deadline;
			this.sequence = sequence;
			this.task = task;
		}

		@Override
		public void run() {
			this.task.run();
		}

		@Override
		public boolean cancel() {
			if (DeterministicPlatform.this.closed) {
				return false;
			}
			requireTurn();
			return DeterministicPlatform.this.timers.remove(this);
		}

		@Override
		public int compareTo(Timer other) {
			int byDeadline = Long.compare(this.deadline, other.deadline);
			return (byDeadline != 0) ? byDeadline : Long.compare(this.sequence, other.sequence);
		}

	}

	private record Sleep(Duration until) {
	}

	private record Failure(String text, Throwable cause) {
	}

	/**
	 * Ends a body whose simulation is over.
	 */
	@SuppressWarnings("serial")
	private static final class Ended extends Error {

		private Ended() {
			super("The simulation has ended", null, false, false);
		}

	}

}

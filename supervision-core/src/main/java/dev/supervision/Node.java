package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * One running runtime: processes, names, trees. Several may live in one Java virtual
 * machine and do not know of each other (OTP: node, with its kernel).
 *
 * <p>
 * Trees are children of the node's root supervisor, which never gives up: a tree that did
 * can be seen there and revived with {@link #trees()}. All methods may be called from any
 * thread.
 */
public final class Node implements AutoCloseable {

	/** How long an end may take where no specification says another: 5 s. */
	static final Duration DEFAULT_END_LIMIT = Duration.ofSeconds(5);

	final Platform platform;

	final Waiting waiting;

	final boolean simulated;

	final DeadlineWheel wheel;

	final Counters counters = new Counters();

	final Duration killGrace;

	final Map<String, Process> names = new ConcurrentHashMap<>();

	private final String name;

	private final Duration closeTimeout;

	private final boolean ownsPlatform;

	/** {@code null} if nobody counts. */
	final @Nullable Instrumentation instrumentation;

	/** Whether reports have messages of exceptions. */
	final boolean showsMessages;

	private final Function<Object, String> renderer;

	private final Events events;

	private final Map<ExecutorType, Executor> executors = new EnumMap<>(ExecutorType.class);

	/** By number: the process is its own key, which saves one for each. */
	private final Map<Object, Process> processes = new ConcurrentHashMap<>();

	private final ThreadLocal<@Nullable Deque<Runnable>> endings = new ThreadLocal<>();

	private final AtomicLong lastNumber = new AtomicLong();

	private final @Nullable Watchdog watchdog;

	/** Stands for threads that are no processes, where a signal needs a sender. */
	private final Process outside;

	private volatile @Nullable Process root;

	private volatile boolean closed;

	private Node(Builder builder) {
		Platform given = builder.platform;
		this.platform = (given != null) ? given : new SystemPlatform(builder.auto, builder.maxPoolSize);
		this.ownsPlatform = given == null;
		this.name = builder.name;
		this.closeTimeout = builder.closeTimeout;
		this.killGrace = builder.killGrace;
		this.renderer = builder.renderer;
		this.showsMessages = builder.showsMessages;
		this.waiting = this.platform.waiting();
		this.simulated = this.platform.isSimulated();
		this.wheel = new DeadlineWheel(this.platform);
		this.events = new Events(builder.listener, this.platform.executor(ExecutorType.PLATFORM), this.counters,
				this.platform.isSimulated() ? null : this.platform.scheduler());
		for (ExecutorType type : ExecutorType.values()) {
			this.executors.put(type, new LazyExecutor(this.platform, type));
		}
		this.executors.put(ExecutorType.AUTO, this.platform.executor(ExecutorType.AUTO));
		this.outside = Process.outside(this);
		// after that, because it is no process to be counted
		this.instrumentation = builder.instrumentation;
		this.watchdog = this.simulated ? null : new Watchdog(this, builder.stuckAfter);
	}

	/** A node with all defaults. */
	public static Node create() {
		return builder().build();
	}

	/** Sets up a node. */
	public static Builder builder() {
		return new Builder();
	}

	private Node open() {
		SupervisorSpec spec = SupervisorSpec.of("root").onLimit(OnLimit.PARK);
		StartOutcome outcome = Process.start(this, ChildSpec.supervisor(spec), List.of(), null, null);
		if (!(outcome instanceof StartOutcome.Started started)) {
			throw new IllegalStateException("The node's root did not start: " + outcome);
		}
		this.root = started.process();
		if (this.watchdog != null) {
			this.watchdog.start();
		}
		return this;
	}

	// ---- trees and processes

	/**
	 * Starts a tree and waits until all its first children run. A tree is started again
	 * if it is killed, but not if it gave up.
	 * @throws InvalidSpecException if the specification is wrong; nothing has started
	 * then
	 * @throws StartException if a child did not start; all others are stopped again then
	 */
	public SupervisorRef start(SupervisorSpec tree) {
		tree.validate(tree.id());
		return new Administration(Address.of(startTree(ChildSpec.supervisor(tree))));
	}

	/**
	 * Starts a tree that is one dynamic supervisor.
	 */
	public DynamicSupervisorRef start(DynamicSupervisorSpec tree) {
		return new Administration(Address.of(startTree(ChildSpec.supervisor(tree))));
	}

	/**
	 * Starts several trees in order. All are checked before the first starts; if one does
	 * not start, those before it are stopped again, in reverse.
	 */
	public List<SupervisorRef> start(List<SupervisorSpec> trees) {
		Set<String> ids = new HashSet<>();
		for (SupervisorSpec tree : trees) {
			tree.validate(tree.id());
			if (!ids.add(tree.id())) {
				throw new InvalidSpecException("tree id", tree.id(), "an id that no other tree has").at(tree.id());
			}
		}
		List<SupervisorRef> started = new ArrayList<>();
		try {
			trees.forEach(tree -> started.add(start(tree)));
		}
		catch (RuntimeException ex) {
			for (int i = started.size() - 1; i >= 0; i--) {
				trees().terminateChild(trees.get(i).id());
				trees().deleteChild(trees.get(i).id());
			}
			throw ex;
		}
		return List.copyOf(started);
	}

	private Process startTree(ChildSpec spec) {
		requireOpen();
		ChildResult result = trees().startChild(spec.restart(Restart.TRANSIENT));
		if (result instanceof ChildResult.Started started) {
			return (Process) started.pid();
		}
		if (result instanceof ChildResult.Failed failed) {
			throw new StartException.Failed("tree " + spec.id(), failed.reason());
		}
		if (result instanceof ChildResult.AlreadyStarted already) {
			throw new StartException.AlreadyStarted("tree " + spec.id(), already.pid());
		}
		throw new StartException.Failed("tree " + spec.id(),
				ExitReason.of("a tree of that id is known and stopped; restart or delete it"));
	}

	/** The root supervisor, whose children are the trees. */
	public SupervisorRef trees() {
		return new Administration(Address.of(rootOrThrow()));
	}

	/**
	 * Starts a process that nobody supervises (OTP: start). Blocks until its init has
	 * returned, at most its start limit.
	 * @throws StartException if it did not start
	 */
	public Pid spawn(ChildSpec spec, Object... arguments) {
		requireOpen();
		Process.unfenced();
		spec.validate("process", AutoShutdown.ANY_SIGNIFICANT);
		return Process.start(this, spec, Specs.arguments(arguments), null, null).orThrow(spec.id());
	}

	// ---- references

	/** A reference to one incarnation. */
	public <M> ServerRef<M> ref(Pid pid) {
		return new Ref<>(Address.of(own(pid)));
	}

	/** A reference to whoever has the name when it is used. */
	public <M> ServerRef<M> ref(Name<M> name) {
		return new Ref<>(Address.of(this, name.value()));
	}

	/** An untyped reference to one incarnation. */
	public RawRef raw(Pid pid) {
		return new Raw(Address.of(own(pid)));
	}

	/** An untyped reference to whoever has the name when it is used. */
	public RawRef raw(String name) {
		return new Raw(Address.of(this, new Name<>(name).value()));
	}

	/** A supervisor with fixed children. */
	public SupervisorRef supervisor(Pid pid) {
		return new Administration(Address.of(requireSupervisor(pid)));
	}

	/** A supervisor with fixed children, by its registered name. */
	public SupervisorRef supervisor(String name) {
		return new Administration(Address.of(this, new Name<>(name).value()));
	}

	/** A dynamic supervisor. */
	public DynamicSupervisorRef dynamicSupervisor(Pid pid) {
		return new Administration(Address.of(requireSupervisor(pid)));
	}

	/** A dynamic supervisor, by its registered name. */
	public DynamicSupervisorRef dynamicSupervisor(String name) {
		return new Administration(Address.of(this, new Name<>(name).value()));
	}

	private Process requireSupervisor(Pid pid) {
		Process process = own(pid);
		Specs.require(process.spec.type() == ChildType.SUPERVISOR, "supervisor", process.label(),
				"the pid of a supervisor");
		return process;
	}

	/** The living process that has a name (OTP: whereis). */
	public Optional<Pid> whereis(String name) {
		return Address.of(this, name).pid();
	}

	/**
	 * Waits until a process that is registered under a name has started.
	 * @throws CallTimeoutException if none was within the limit
	 */
	public Pid awaitStarted(String name, Duration limit) {
		Process.unfenced();
		long until = nanoTime() + Specs.nanos(limit);
		while (true) {
			Process process = named(name);
			if (process != null && process.isRunning()) {
				return process;
			}
			long remaining = until - nanoTime();
			if (remaining <= 0) {
				throw new CallTimeoutException("'" + name + "'", Operation.AWAIT_STARTED, limit);
			}
			requireOpen();
			pause(Math.min(remaining, DeadlineWheel.TICK_NANOS));
			if (Thread.currentThread().isInterrupted()) {
				throw new CallInterruptedException("'" + name + "'");
			}
		}
	}

	private void pause(long nanos) {
		Envelopes.Wait wait = new Envelopes.Wait(this.waiting);
		wait.await(this.wheel, nanos);
	}

	// ---- signals

	/**
	 * Sends an exit signal to a process (OTP: exit/2): {@link ExitReason#KILL} kills it
	 * at once; another reason ends it after its current message unless it traps exits.
	 * Does not block.
	 */
	public void exit(Pid pid, ExitReason reason) {
		Process target = own(pid);
		if (Process.isFenced()) {
			this.counters.droppedFenced.increment();
			return;
		}
		Process sender = Process.current();
		target.signal((sender != null) ? sender : this.outside, reason);
	}

	/**
	 * Sends a message that is not of the server's protocol; it arrives as
	 * {@link Info.Message}. Does not block; to a process that is not there it is dropped
	 * and counted.
	 * @throws OverloadException if the mailbox is full and its limit says reject
	 */
	public void send(Pid pid, Object message) {
		new Ref<>(Address.of(own(pid))).cast(new Envelopes.InfoMessage(new Info.Message(message)));
	}

	/** Looks into a process and steers it. */
	public Sys sys(Pid pid) {
		return new Sys(own(pid));
	}

	// ---- looking, without asking anybody

	/** Whether a process is alive. */
	public boolean isAlive(Pid pid) {
		return !own(pid).hasExited();
	}

	/** A process by the text form of its pid, if it is there. */
	public Optional<Pid> pid(String text) {
		String prefix = this.name + ".";
		if (!text.startsWith(prefix)) {
			return Optional.empty();
		}
		try {
			return Optional.ofNullable(this.processes
				.get(new ByNumber(Long.parseLong(text.substring(prefix.length()), Character.MAX_RADIX))));
		}
		catch (NumberFormatException ex) {
			return Optional.empty();
		}
	}

	/** A process at a glance, if it is there. */
	public Optional<ProcessInfo> info(Pid pid) {
		Process process = own(pid);
		return this.processes.containsKey(process) ? Optional.of(process.info()) : Optional.empty();
	}

	/** All processes at a glance, in no order, those that are being killed included. */
	public Stream<ProcessInfo> processes() {
		return this.processes.values().stream().map(Process::info);
	}

	/** The children of a supervisor as it would say itself, the newest first. */
	public List<ChildInfo> children(Pid supervisor) {
		Supervision supervision = own(supervisor).supervision();
		return (supervision != null) ? supervision.children.infos() : List.of();
	}

	/**
	 * What its supervisor says of the child that a process is; empty if it is nobody's
	 * child, or not any more.
	 */
	public Optional<ChildInfo> child(Pid pid) {
		Process process = own(pid);
		Child child = process.child();
		return (child != null && child.process == process) ? Optional.of(child.info()) : Optional.empty();
	}

	/** How much of a supervisor's restart intensity is used up, from 0 to 1. */
	public double intensityUtilization(Pid supervisor) {
		Supervision supervision = own(supervisor).supervision();
		return (supervision != null) ? supervision.utilization() : 0;
	}

	/** What was counted since the node was created. */
	public NodeStatistics statistics() {
		return this.counters.snapshot(this.processes.size());
	}

	/** The name of this node, which its pids begin with. */
	public String name() {
		return this.name;
	}

	// ---- the end

	/**
	 * Stops the trees in reverse order, then what nobody supervises, within the limit of
	 * this node. What is late is killed and named in {@link SupervisionEvent.NodeClosed}.
	 * Blocks; a second call returns at once.
	 * @throws IllegalStateException if called from a process of this node, which it would
	 * wait for
	 */
	@Override
	public void close() {
		Process caller = Process.current();
		if (caller != null && caller.node == this) {
			throw new IllegalStateException("A process cannot close its own node, because that waits for the process. "
					+ "Let another thread do it: " + caller.label());
		}
		synchronized (this.names) {
			if (this.closed) {
				return;
			}
			this.closed = true;
		}
		Patience patience = new Patience();
		List<String> late = stopAll(patience);
		if (this.watchdog != null) {
			this.watchdog.close();
		}
		emit(new SupervisionEvent.NodeClosed(now(), late));
		awaitEvents(patience);
		if (this.ownsPlatform) {
			// who still waits on a thread of its own would wait for ever
			this.wheel.close();
			this.platform.close();
		}
		patience.end();
	}

	/**
	 * Stops the trees in reverse order within the limit of this node, and forgets them;
	 * what is late is killed. The node stays usable: other trees, or the same, may be
	 * started. Blocks.
	 * @return the paths of the processes that were late
	 */
	public List<String> stopTrees() {
		requireOpen();
		Patience patience = new Patience();
		long until = nanoTime() + Specs.nanos(this.closeTimeout);
		Process top = rootOrThrow();
		List<ChildInfo> trees = children(top);
		// by the root, which then does not take a killed tree for one that crashed
		ServerRef<SupervisorMessage> root = new Ref<>(Address.of(top));
		trees.forEach(
				tree -> root.<ChildResult>callAsync(from -> new SupervisorMessage.TerminateChild(treeId(tree), from)));
		trees.stream()
			.map(ChildInfo::pid)
			.filter(Objects::nonNull)
			.forEach(tree -> awaitLeft((Process) tree, until, patience));
		List<String> late = kill(alive().stream().filter(process -> isBelow(top, process)).toList(), patience);
		for (ChildInfo tree : trees) {
			trees().terminateChild(treeId(tree));
			trees().deleteChild(treeId(tree));
		}
		// who listens may be gone as soon as this returns
		awaitEvents(patience);
		patience.end();
		return late;
	}

	private static String treeId(ChildInfo tree) {
		return Objects.requireNonNull(tree.id());
	}

	private static boolean isBelow(Process ancestor, Process process) {
		Process above = process.parent;
		while (above != null && above != ancestor) {
			above = above.parent;
		}
		return above != null;
	}

	private List<String> stopAll(Patience patience) {
		long until = nanoTime() + Specs.nanos(this.closeTimeout);
		Process top = rootOrThrow();
		top.order(ExitReason.SHUTDOWN);
		awaitLeft(top, until, patience);
		List<Process> loose = alive();
		loose.forEach(process -> process.order(ExitReason.SHUTDOWN));
		loose.forEach(process -> awaitLeft(process, until, patience));
		return kill(alive(), patience);
	}

	private List<String> kill(List<Process> late, Patience patience) {
		List<String> paths = late.stream().map(Process::label).toList();
		late.forEach(process -> process.forceExit(ExitReason.KILLED));
		// bounded in any case: a process that does not even get to be disowned must not
		// hold us
		long last = nanoTime() + Specs.nanos(this.killGrace) + Duration.ofSeconds(1).toNanos();
		this.processes.values()
			.stream()
			.filter(Process::hasExited)
			.forEach(process -> awaitLeft(process, last, patience));
		return paths;
	}

	/** Who closes may be interrupted; the limit is what counts. */
	private void awaitLeft(Process process, long until, Patience patience) {
		long remaining = until - nanoTime();
		while (remaining > 0 && !process.awaitLeft(remaining)) {
			patience.clear();
			remaining = until - nanoTime();
		}
	}

	private List<Process> alive() {
		return this.processes.values()
			.stream()
			.filter(process -> !process.hasExited())
			.sorted(Comparator.comparingLong(Process::number))
			.toList();
	}

	/** A listener that is slow gets a little time, one that blocks does not get more. */
	private void awaitEvents(Patience patience) {
		long until = nanoTime() + Duration.ofSeconds(1).toNanos();
		long remaining = until - nanoTime();
		while (remaining > 0 && !this.events.isEmpty()) {
			Envelopes.Wait wait = new Envelopes.Wait(this.waiting);
			this.events.whenEmpty(wait);
			this.events.kick();
			wait.await(this.wheel, remaining);
			this.events.forget(wait);
			patience.clear();
			remaining = until - nanoTime();
		}
	}

	private void requireOpen() {
		if (this.closed) {
			throw new IllegalStateException("Node " + this.name + " is closed");
		}
	}

	private Process rootOrThrow() {
		Process top = this.root;
		if (top == null) {
			throw new IllegalStateException("Node " + this.name + " has not started");
		}
		return top;
	}

	// ---- for the processes

	/** The process of a pid, which must be of this node. */
	Process own(Pid pid) {
		Specs.notNull("pid", pid, "a pid of node " + this.name);
		Process process = (Process) pid;
		Specs.require(process.node == this, "pid", pid, "a pid of this node, and not of another one");
		return process;
	}

	@Nullable Process root() {
		return this.root;
	}

	long nextNumber() {
		return this.lastNumber.incrementAndGet();
	}

	void add(Process process) {
		this.processes.put(process, process);
		if (process.parent == null && this.closed) {
			// who closes either saw it, or is seen here; those with a parent learn it
			// from that
			this.processes.remove(process);
			Links.freeNames(process);
			requireOpen();
		}
		this.counters.started.increment();
	}

	void remove(Process process) {
		this.processes.remove(process);
	}

	Iterable<Process> table() {
		return this.processes.values();
	}

	@Nullable Process named(String registered) {
		return this.names.get(registered);
	}

	/**
	 * Runs a task of the runtime now, or after the one of the same kind that this thread
	 * is in.
	 */
	void oneAfterTheOther(Runnable task) {
		Deque<Runnable> queue = this.endings.get();
		if (queue != null) {
			queue.add(task);
			return;
		}
		queue = new ArrayDeque<>(2);
		this.endings.set(queue);
		try {
			runAll(task, queue);
		}
		finally {
			this.endings.remove();
		}
	}

	/** One that fails does not keep the others from being run. */
	private static void runAll(Runnable first, Deque<Runnable> queue) {
		Throwable failure = null;
		for (Runnable next = first; next != null; next = queue.poll()) {
			try {
				next.run();
			}
			catch (RuntimeException | Error ex) {
				failure = (failure != null) ? failure : ex;
			}
		}
		if (failure instanceof Error error) {
			throw error;
		}
		if (failure instanceof RuntimeException exception) {
			throw exception;
		}
	}

	Executor executor(ExecutorType type) {
		Executor executor = this.executors.get(type);
		if (executor == null) {
			throw new IllegalStateException("no executor " + type);
		}
		return executor;
	}

	long nanoTime() {
		return this.platform.clock().nanoTime();
	}

	Instant now() {
		return this.platform.clock().instant();
	}

	/**
	 * Sees to it that events which wait are told, and limits looked at, although somebody
	 * could not care for it.
	 */
	void kick() {
		this.events.kick();
		this.wheel.kick();
	}

	void emit(SupervisionEvent event) {
		this.events.emit(event);
	}

	/** Who counts a new process. */
	Instrumentation.@Nullable Group group(@Nullable Process parent, ChildSpec spec) {
		Instrumentation counting = this.instrumentation;
		if (counting == null) {
			return null;
		}
		try {
			return counting.group(parent, spec);
		}
		catch (Throwable thrown) {
			this.counters.listenerFailures.increment();
			return null;
		}
	}

	/** Tells who counts; what that throws harms nobody. */
	void count(Consumer<Instrumentation> counted) {
		Instrumentation counting = this.instrumentation;
		if (counting != null) {
			try {
				counted.accept(counting);
			}
			catch (Throwable thrown) {
				this.counters.listenerFailures.increment();
			}
		}
	}

	/** A value in a report. */
	String values(Object value) {
		return CrashRenderer.text(value, this.renderer);
	}

	/** Of a thread that goes on waiting when it is interrupted, and remembers that. */
	private static final class Patience {

		private boolean interrupted = Thread.interrupted();

		void clear() {
			this.interrupted |= Thread.interrupted();
		}

		void end() {
			if (this.interrupted) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/** Finds a process in the table by its number. */
	private record ByNumber(long value) {

		@Override
		public int hashCode() {
			return Long.hashCode(this.value);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Process process && process.number() == this.value;
		}

	}

	/** Platforms make their threads when they are first asked for. */
	private record LazyExecutor(Platform platform, ExecutorType type) implements Executor {
		@Override
		public void execute(Runnable task) {
			this.platform.executor(this.type).execute(task);
		}
	}

	/**
	 * Sets up a node.
	 */
	public static final class Builder {

		private String name = "n1";

		private @Nullable Platform platform;

		private SupervisionListener listener = new LoggingListener();

		private Duration closeTimeout = Duration.ofSeconds(25);

		private Duration killGrace = Duration.ofSeconds(1);

		private Duration stuckAfter = Duration.ofSeconds(10);

		private Function<Object, String> renderer = String::valueOf;

		private boolean showsMessages = true;

		private @Nullable Instrumentation instrumentation;

		private ExecutorType auto = ExecutorType.AUTO;

		private int maxPoolSize = SystemPlatform.DEFAULT_MAX_POOL_SIZE;

		private Builder() {
		}

		/** What pids begin with: letters and digits. Default: {@code n1}. */
		public Builder name(String name) {
			Specs.require(name.matches("[A-Za-z0-9-]{1,32}"), "node name", name, "1 to 32 letters, digits or dashes");
			this.name = name;
			return this;
		}

		/**
		 * Time, threads, waiting and chance; the caller closes it. Default: a
		 * {@link Platform#system()} of its own.
		 */
		public Builder platform(Platform platform) {
			this.platform = platform;
			return this;
		}

		/**
		 * Which threads run servers whose specification leaves it open
		 * ({@link ExecutorType#AUTO}), where the node has a platform of its own. Default:
		 * virtual threads on Java 21 and later, else the pool.
		 */
		public Builder defaultExecutor(ExecutorType type) {
			this.auto = type;
			return this;
		}

		/**
		 * How many threads {@link ExecutorType#POOL} grows to while all of them are
		 * blocked, where the node has a platform of its own. Default: 256.
		 */
		public Builder maxPoolSize(int threads) {
			Specs.require(threads >= 1, "maxPoolSize", threads, "a number of 1 or more");
			this.maxPoolSize = threads;
			return this;
		}

		/** Who gets the events. Default: a log through SLF4J, rate-limited per cause. */
		public Builder listener(SupervisionListener listener) {
			this.listener = listener;
			return this;
		}

		/** How long {@link Node#close} may take. Default: 25 s. */
		public Builder closeTimeout(Duration limit) {
			Specs.require(!limit.isNegative() && !limit.isZero(), "close-timeout", limit, "a duration of more than 0");
			this.closeTimeout = limit;
			return this;
		}

		/**
		 * How long a killed process may take to leave its thread before its supervisor
		 * does not wait any longer. Default: 1 s.
		 */
		public Builder killGrace(Duration grace) {
			Specs.require(!grace.isNegative() && !grace.isZero(), "kill-grace", grace, "a duration of more than 0");
			this.killGrace = grace;
			return this;
		}

		/** After which time a callback that runs is reported. Default: 10 s. */
		public Builder stuckAfter(Duration limit) {
			Specs.require(!limit.isNegative() && !limit.isZero(), "stuck-after", limit, "a duration of more than 0");
			this.stuckAfter = limit;
			return this;
		}

		/**
		 * How reports show messages and states. Called by the dying process; the text is
		 * capped, and if it throws, the class is named instead. Default: their
		 * {@code toString}, as OTP does. {@code value -> value.getClass().getName()}
		 * keeps secrets out of logs.
		 */
		public Builder valueRenderer(Function<Object, String> renderer) {
			this.renderer = renderer;
			return this;
		}

		/** Who counts and times at the source. Default: nobody. */
		public Builder instrumentation(Instrumentation instrumentation) {
			this.instrumentation = instrumentation;
			return this;
		}

		/**
		 * Whether reports show messages of exceptions, or only their classes and stacks.
		 * Waiting callers get the exception itself in any case. Default: yes.
		 */
		public Builder showsMessages(boolean shows) {
			this.showsMessages = shows;
			return this;
		}

		/**
		 * Starts the node.
		 */
		public Node build() {
			return new Node(this).open();
		}

	}

}

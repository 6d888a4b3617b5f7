package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * A process as its own server sees it: who it is, where it stands, and what it may do to
 * others.
 *
 * <p>
 * Whatever concerns others passes the fence first, so that a process that has been killed
 * touches nobody any more. Each side's part of a relation is the business of
 * {@link Links}.
 */
abstract sealed class Self extends Ending implements ServerContext<Object> permits Callbacks {

	private final long number;

	final @Nullable Process parent;

	/**
	 * The {@link Child} that this process is; after that only its id, so that a kept pid
	 * keeps no siblings. {@code null} for nobody's child. Written by the supervisor.
	 */
	private @Nullable Object place;

	/** Who counts what this process does; {@code null} if nobody does. */
	final Instrumentation.@Nullable Group group;

	private final long startedAt;

	// ---- guarded by the monitor of the parent

	@Nullable Process olderSibling;

	@Nullable Process newerSibling;

	boolean linkedToParent;

	/**
	 * Written under the monitor of this: signals of the parent are not wanted any more.
	 */
	boolean unlinkedFromParent;

	/**
	 * Written by the activation: exit signals become messages instead of ending this
	 * process.
	 */
	private volatile boolean trapping;

	Self(Node node, ChildSpec spec, @Nullable Process parent, @Nullable Child child) {
		super(node, spec);
		this.number = node.nextNumber();
		this.parent = parent;
		this.place = child;
		this.group = node.group(parent, spec);
		this.startedAt = node.nanoTime();
	}

	/** That of its number, for the table of the node; equal is only what is the same. */
	@Override
	public final int hashCode() {
		return Long.hashCode(this.number);
	}

	@Override
	public final boolean equals(@Nullable Object other) {
		return this == other;
	}

	// ---- who it is, and where it stands

	/** The place at the supervisor that this process fills, or was the last to fill. */
	@Nullable Child child() {
		return (this.place instanceof Child child) ? child : null;
	}

	@Override
	void markLeft() {
		if (this.parent != null && this.parent.hasExited()) {
			// nobody else takes it from its place
			leavePlace();
		}
		super.markLeft();
	}

	/** Another process has the place now, or nobody. */
	void leavePlace() {
		if (this.place instanceof Child child) {
			this.place = child.id();
		}
	}

	@Override
	public String id() {
		Object known = this.place;
		if (known instanceof Child child) {
			return child.id();
		}
		return (known instanceof String id) ? id : this.spec.id();
	}

	@Override
	public ServerRef<Object> self() {
		return new Ref<>(Address.of(pid()));
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

	long number() {
		return this.number;
	}

	@Nullable String registeredName() {
		synchronized (this) {
			Relations own = this.relations;
			return (own == null || own.names.isEmpty()) ? null : own.names.get(0);
		}
	}

	/** Tells who counts this process; what that throws harms nobody. */
	void count(Consumer<Instrumentation.Group> counted) {
		Instrumentation.Group counting = this.group;
		if (counting != null) {
			try {
				counted.accept(counting);
			}
			catch (Throwable thrown) {
				this.node.counters.listenerFailures.increment();
			}
		}
	}

	/** How errors speak of this process. */
	String label() {
		return path() + " (" + this + ")";
	}

	@Override
	public String path() {
		Self above = this.parent;
		return (above == null || above.parent == null && above.isRoot()) ? id() : above.path() + "/" + id();
	}

	private boolean isRoot() {
		return this == this.node.root();
	}

	Duration uptime() {
		return Duration.ofNanos(this.node.nanoTime() - this.startedAt);
	}

	@Override
	public String toString() {
		return this.node.name() + "." + Long.toString(this.number, Character.MAX_RADIX);
	}

	// ---- links, monitors, signals

	@Override
	public void link(Pid pid) {
		checkFence();
		if (!Links.link(pid(), process(pid))) {
			if (!this.trapping) {
				throw new NoProcessException(pid, Operation.LINK);
			}
			pid().postOrDrop(new Envelopes.Exit((Process) pid, ExitReason.NO_PROCESS, false));
		}
	}

	private Process process(Pid pid) {
		return this.node.own(pid);
	}

	@Override
	public void unlink(Pid pid) {
		checkFence();
		Links.unlink(pid(), process(pid));
	}

	@Override
	public MonitorRef monitor(Pid pid) {
		checkFence();
		return Links.monitor(pid(), process(pid), pid);
	}

	@Override
	public MonitorRef monitor(Name<?> name) {
		checkFence();
		return Links.monitor(pid(), this.node.named(name.value()), name);
	}

	@Override
	public void demonitor(MonitorRef monitor) {
		checkFence();
		Links.demonitor(pid(), monitor);
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
		process(pid).signal(pid(), reason);
	}

	boolean isTrapping() {
		return this.trapping;
	}

	// ---- children

	@Override
	public Pid startLink(ChildSpec spec, Object... arguments) {
		requireOwnThread("startLink");
		spec.validate(path(), AutoShutdown.ANY_SIGNIFICANT);
		StartOutcome outcome = Process.start(this.node, spec, Specs.arguments(arguments), pid(), null);
		checkFence();
		return outcome.orThrow(path() + "/" + spec.id());
	}

	@Override
	public ExitReason stopChild(Pid pid, Shutdown shutdown) {
		requireOwnThread("stopChild");
		Process child = process(pid);
		Specs.require(child.parent == this, "stopChild", pid, "a process that " + label() + " started");
		return stopProcess(child, shutdown);
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
		if (Process.current() != this) {
			throw new IllegalStateException(
					method + " of " + label() + " was called from another thread; call it from its own callbacks only");
		}
	}

	// ---- names and timers

	@Override
	public boolean register(Name<?> name) {
		checkFence();
		return Links.register(pid(), name.value()) == null;
	}

	@Override
	public void unregister(Name<?> name) {
		checkFence();
		Links.unregister(pid(), name.value());
	}

	@Override
	public TimerRef sendAfter(Duration delay, Object message) {
		return timer(delay, pid(), new Envelopes.Cast(message));
	}

	@Override
	public TimerRef sendInfoAfter(Duration delay, Pid target, Object message) {
		return timer(delay, process(target), new Envelopes.InfoMessage(new Info.Message(message)));
	}

	/** As {@link #sendAfter}, for a message that no capacity concerns. */
	TimerRef sendInternalAfter(Duration delay, Object message) {
		return timer(delay, pid(), new Envelopes.Internal(message));
	}

	private TimerRef timer(Duration delay, Process target, Envelope message) {
		checkFence();
		ProcessTimer timer = new ProcessTimer(pid(), target, message, delay);
		Links.addTimer(pid(), timer);
		return timer;
	}

}

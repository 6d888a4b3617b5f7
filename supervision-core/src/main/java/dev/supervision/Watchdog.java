package dev.supervision;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reports callbacks that run for long: whether they block or spin, their processes handle
 * nothing else, and spinning ones starve others of carriers. It compares what it saw
 * before, so that running costs nothing.
 */
final class Watchdog {

	private static final Duration INTERVAL = Duration.ofSeconds(1);

	/** A look may cost this part of the time at the most. */
	private static final int RESTRAINT = 100;

	private static final int TRIES = 10;

	private final Node node;

	private final long stuckAfter;

	private Map<Process, Sighting> sightings = new HashMap<>();

	private Scheduler.@Nullable Cancellable next;

	private boolean closed;

	Watchdog(Node node, Duration stuckAfter) {
		this.node = node;
		this.stuckAfter = Specs.nanos(stuckAfter);
	}

	synchronized void start() {
		schedule(Math.min(INTERVAL.toNanos(), this.stuckAfter / 2));
	}

	private synchronized void schedule(long delay) {
		if (!this.closed) {
			this.next = this.node.platform.scheduler().schedule(delay, () -> lookElsewhere(delay));
		}
	}

	/** A look at a million processes takes longer than the scheduler's thread has. */
	private void lookElsewhere(long delay) {
		try {
			this.node.executor(ExecutorType.PLATFORM).execute(this::lookAndGoOn);
		}
		catch (Throwable ex) {
			// no thread now: there may be one next time
			insist(delay);
		}
	}

	private synchronized void lookAndGoOn() {
		long before = this.node.nanoTime();
		try {
			look();
		}
		finally {
			long cost = this.node.nanoTime() - before;
			insist(Math.max(Math.min(INTERVAL.toNanos(), this.stuckAfter / 2), cost * RESTRAINT));
		}
	}

	/** There is nobody who would look after this one: each try may have freed memory. */
	private void insist(long delay) {
		boolean complete = false;
		for (int tries = 0; !complete && tries < TRIES; tries++) {
			try {
				schedule(delay);
				complete = true;
			}
			catch (Throwable ex) {
				SystemPlatform.logEscaped(ex);
			}
		}
	}

	/** Looks at every process once. */
	synchronized void look() {
		long now = this.node.nanoTime();
		Map<Process, Sighting> seen = new HashMap<>();
		for (Process process : this.node.table()) {
			rescue(process, now, seen);
			Thread runner = process.runner();
			if (runner != null && process.spec.type() == ChildType.WORKER) {
				Sighting before = this.sightings.get(process);
				boolean same = before != null && before.runner == runner && before.handled == process.handled();
				Sighting current = (same && before != null) ? before : new Sighting(runner, process.handled(), now);
				seen.put(process, current);
				report(process, current, now);
			}
		}
		this.sightings = seen;
		this.node.kick();
	}

	/**
	 * A sender whose stack ended between waking a process and handing it to its executor
	 * has left it without a thread.
	 */
	private void rescue(Process process, long now, Map<Process, Sighting> seen) {
		if (process.awaitsThread()) {
			Sighting before = this.sightings.get(process);
			if (before == null || before.runner != null || before.handled != process.handled()) {
				before = new Sighting(null, process.handled(), now);
			}
			else if (!before.reported) {
				// once: it may as well stand in a long queue
				before.reported = true;
				process.schedule();
			}
			seen.put(process, before);
		}
	}

	private void report(Process process, Sighting sighting, long now) {
		long running = now - sighting.since;
		Thread runner = sighting.runner;
		if (running >= this.stuckAfter && !sighting.reported && runner != null) {
			sighting.reported = true;
			this.node.emit(new SupervisionEvent.Stuck(this.node.now(), process, process.id(),
					Duration.ofNanos(running).toSeconds(), CrashRenderer.frames(runner.getStackTrace())));
		}
	}

	synchronized void close() {
		this.closed = true;
		if (this.next != null) {
			this.next.cancel();
		}
	}

	/** A process that was in the middle of something. */
	private static final class Sighting {

		/** {@code null} while it waits for one. */
		private final @Nullable Thread runner;

		private final long handled;

		private final long since;

		/** Whether it was told, or given a thread. */
		private boolean reported;

		Sighting(@Nullable Thread runner, long handled, long since) {
			this.runner = runner;
			this.handled = handled;
			this.since = since;
		}

	}

}

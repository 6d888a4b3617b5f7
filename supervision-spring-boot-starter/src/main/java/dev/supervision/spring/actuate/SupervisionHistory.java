package dev.supervision.spring.actuate;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import dev.supervision.CrashReport;
import dev.supervision.SupervisionEvent;
import dev.supervision.SupervisionListener;

/**
 * What the endpoint remembers: the last crashes and events, as text and bounded. There is
 * one only where the endpoint is available.
 */
public final class SupervisionHistory implements SupervisionListener {

	static final int MAX_EVENTS = 1000;

	private final CrashRing crashes;

	private final EventRing events = new EventRing(MAX_EVENTS);

	private final RecentCount recentCrashes = new RecentCount();

	private final RecentCount recentRestarts = new RecentCount();

	private final boolean values;

	/**
	 * Creates an empty history.
	 * @param maxReports how many crashes are kept
	 * @param values whether reports have values at all, other than names of classes
	 */
	public SupervisionHistory(int maxReports, boolean values) {
		this.crashes = new CrashRing(Math.max(0, maxReports));
		this.values = values;
	}

	CrashRing crashes() {
		return this.crashes;
	}

	EventRing events() {
		return this.events;
	}

	/** Changes with everything that happens. */
	long revision() {
		return this.events.last();
	}

	/** Whether reports have values at all. */
	boolean hasValues() {
		return this.values;
	}

	long crashesWithin(Duration period, Instant now) {
		return this.recentCrashes.within(period, now);
	}

	long restartsWithin(Duration period, Instant now) {
		return this.recentRestarts.within(period, now);
	}

	@Override
	public void onEvent(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.Restarted restarted) {
			this.recentRestarts.add(event.time(), restarted.restarted());
		}
		this.events.add(describe(event));
	}

	private EventEntry.Builder describe(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.ChildStarted e) {
			return entry(e, "child-started").child(e.child()).cause(e.cause());
		}
		if (event instanceof SupervisionEvent.ProcessExited e) {
			return entry(e, "process-exited").process(e.pid()).reason(e.reason()).crash(crash(e));
		}
		if (event instanceof SupervisionEvent.ChildTerminated e) {
			return entry(e, "child-terminated").child(e.child())
				.reason(e.reason())
				.detail(e.restarted() ? "restarting" : "not restarted");
		}
		if (event instanceof SupervisionEvent.Restarted e) {
			return entry(e, "restarted").child(e.child()).count(e.restarted());
		}
		if (event instanceof SupervisionEvent.StartFailed e) {
			return entry(e, "start-failed").child(e.child()).cause(e.cause()).reason(e.reason());
		}
		if (event instanceof SupervisionEvent.ShutdownError e) {
			return entry(e, "shutdown-error").child(e.child()).reason(e.reason()).count(e.count());
		}
		if (event instanceof SupervisionEvent.LimitExceeded e) {
			return entry(e, "limit-exceeded").child(e.child())
				.reason(e.reason())
				.detail(e.parked() ? "child parked" : "supervisor gives up");
		}
		return describeRest(event);
	}

	private EventEntry.Builder describeRest(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.SupervisorStopped e) {
			return entry(e, "supervisor-stopped").process(e.supervisor()).reason(e.reason());
		}
		if (event instanceof SupervisionEvent.Disowned e) {
			return entry(e, "disowned").process(e.pid()).stack(e.stack());
		}
		if (event instanceof SupervisionEvent.Stuck e) {
			return entry(e, "stuck").process(e.pid()).detail("for " + e.seconds() + " s").stack(e.stack());
		}
		if (event instanceof SupervisionEvent.Unhandled e) {
			return entry(e, "unhandled").process(e.pid()).message(e.message());
		}
		if (event instanceof SupervisionEvent.NodeClosed e) {
			return entry(e, "node-closed").count(e.late().size());
		}
		return entry(event, event.getClass().getSimpleName());
	}

	private EventEntry.Builder entry(SupervisionEvent event, String type) {
		return new EventEntry.Builder(event.time(), type, this.values);
	}

	private @Nullable String crash(SupervisionEvent.ProcessExited exited) {
		CrashReport report = exited.crash();
		if (report == null) {
			return null;
		}
		this.recentCrashes.add(exited.time(), 1);
		return this.crashes.add(exited.time(), report, this.values).id();
	}

	/** What somebody did, or wanted to do, by hand. */
	void attempted(Instant time, Attempt attempt, String outcome) {
		this.events.add(new EventEntry.Builder(time, "admin", this.values)
			.target(SafeText.of(attempt.target()), attempt.safeChild())
			.reason(attempt.safeReason())
			.detail(attempt.safeAction() + " by " + attempt.safePrincipal() + ": " + outcome));
	}

}

package dev.supervision;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The default log: crashes and escalations as errors, ends of children as warnings,
 * progress for debugging. At most {@value #PER_MINUTE} lines a minute for each cause,
 * then one line that says how many were left out.
 */
final class LoggingListener implements SupervisionListener {

	static final int PER_MINUTE = 10;

	private static final int MAX_CAUSES = 200;

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private final Logger crash = LoggerFactory.getLogger("supervision.crash");

	private final Logger supervisor = LoggerFactory.getLogger("supervision.supervisor");

	private final Logger progress = LoggerFactory.getLogger("supervision.progress");

	private final Logger process = LoggerFactory.getLogger("supervision.process");

	/** By cause; the one that was quiet for longest goes first. */
	private final Map<String, Rate> rates = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.@Nullable Entry<String, Rate> eldest) {
			return size() > MAX_CAUSES;
		}

	};

	@Override
	public void onEvent(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.ProcessExited exited) {
			CrashReport report = exited.crash();
			if (report != null) {
				limited(exited.time(), report.fingerprint(), () -> this.crash.error("{}", text(report)));
			}
		}
		else if (event instanceof SupervisionEvent.ChildTerminated e) {
			limited(e.time(), "terminated|" + place(e.child()),
					() -> this.supervisor.warn("Child terminated: {}, reason {}, {}", place(e.child()), e.reason(),
							e.restarted() ? "restarting" : "not restarted"));
		}
		else if (event instanceof SupervisionEvent.StartFailed e) {
			limited(e.time(), "start|" + place(e.child()), () -> this.supervisor
				.warn("Child did not start: {}, cause {}, reason {}", place(e.child()), e.cause(), e.reason()));
		}
		else if (event instanceof SupervisionEvent.ShutdownError e) {
			limited(e.time(), "shutdown|" + place(e.child()), () -> this.supervisor
				.warn("Child did not stop as asked: {}, reason {}, times {}", place(e.child()), e.reason(), e.count()));
		}
		else if (event instanceof SupervisionEvent.LimitExceeded e) {
			this.supervisor.error("Restarted too often: {}, last reason {}. {}", place(e.child()), e.reason(),
					e.parked() ? "The child is set aside; restart it by hand." : "The supervisor gives up.");
		}
		else {
			logRest(event);
		}
	}

	private void logRest(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.ChildStarted e) {
			this.progress.debug("Started {} as {} ({})", place(e.child()), e.child().pid(), e.cause());
		}
		else if (event instanceof SupervisionEvent.Restarted e) {
			this.progress.debug("Restarted {} children because of {}", e.restarted(), place(e.child()));
		}
		else if (event instanceof SupervisionEvent.SupervisorStopped e) {
			this.progress.debug("Supervisor {} stopped, reason {}", e.supervisor().path(), e.reason());
		}
		else if (event instanceof SupervisionEvent.Disowned e) {
			this.process.error("{} ({}) was killed, but its thread does not leave; it is disowned. It is at\n\t{}",
					e.pid().path(), e.pid(), String.join("\n\t", e.stack()));
		}
		else if (event instanceof SupervisionEvent.Stuck e) {
			this.process.warn("{} ({}) has been in one callback for {} s. It is at\n\t{}", e.pid().path(), e.pid(),
					e.seconds(), String.join("\n\t", e.stack()));
		}
		else if (event instanceof SupervisionEvent.Unhandled e) {
			limited(e.time(), "unhandled|" + e.pid().path(),
					() -> this.process.warn("{} ({}): {}", e.pid().path(), e.pid(), e.message()));
		}
		else if (event instanceof SupervisionEvent.NodeClosed e && !e.late().isEmpty()) {
			this.supervisor.error("Closing took too long; killed were {}", e.late());
		}
	}

	private static String place(SupervisionEvent.Child child) {
		return child.supervisor().path() + "/" + child.id();
	}

	private static String text(CrashReport report) {
		ExitReason reason = report.reason();
		return "Server " + report.path() + " (" + report.pid() + ", " + report.type()
				+ ") terminating\n** Last message: " + report.lastMessage() + "\n** State: " + report.state()
				+ ((report.client() != null) ? "\n** Client: " + report.client() : "") + "\n** Ancestors: "
				+ report.ancestors() + "\n** Mailbox: " + report.mailboxSize() + " waiting, " + report.handled()
				+ " handled, up " + report.uptime() + "\n** Reason: "
				+ ((reason instanceof ExitReason.Failure failure) ? failure.stackTrace() : reason);
	}

	private void limited(Instant now, String cause, Runnable log) {
		Rate rate = this.rates.computeIfAbsent(cause, key -> new Rate(now));
		if (Duration.between(rate.since, now).compareTo(MINUTE) >= 0) {
			if (rate.count > PER_MINUTE) {
				this.supervisor.warn("{} more lines were left out for the same cause: {}", rate.count - PER_MINUTE,
						cause);
			}
			rate.since = now;
			rate.count = 0;
		}
		if (++rate.count <= PER_MINUTE) {
			log.run();
		}
	}

	/** Lines in the current minute. */
	private static final class Rate {

		private Instant since;

		private int count;

		Rate(Instant since) {
			this.since = since;
		}

	}

}

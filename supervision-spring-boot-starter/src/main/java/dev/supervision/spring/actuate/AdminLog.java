package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Records every attempt to do something by hand, allowed or refused: one line of the log,
 * an audit event, and an entry in the history.
 */
final class AdminLog {

	/** The type of the audit events. */
	static final String TYPE = "SUPERVISION_ADMIN";

	private static final Logger logger = LoggerFactory.getLogger("supervision.admin");

	private final AtomicLong last = new AtomicLong();

	private final SupervisionHistory history;

	private final ApplicationEventPublisher publisher;

	AdminLog(SupervisionHistory history, ApplicationEventPublisher publisher) {
		this.history = history;
		this.publisher = publisher;
	}

	/** Where an attempt is going to be recorded. */
	String nextId() {
		return "a-" + this.last.incrementAndGet();
	}

	/** It was done, or is being done. */
	void allowed(String audit, Attempt attempt, String outcome, @Nullable String newId) {
		logger.info("{} by {}: {} {}{}, reason \"{}\": {}{}", audit, attempt.safePrincipal(), attempt.safeAction(),
				attempt.safeTarget(), child(attempt), attempt.safeReason(), outcome,
				(newId != null) ? ", new process " + newId : "");
		publish(audit, attempt, outcome, "200", null);
	}

	/** It was not done. */
	void refused(String audit, Attempt attempt, Refusal refusal) {
		String outcome = (refusal.status() == Refusal.CONFLICT) ? "NOT_POSSIBLE" : "REFUSED";
		logger.warn("{} by {}: {} {}{}, reason \"{}\": {} with {}, {}", audit, attempt.safePrincipal(),
				attempt.safeAction(), attempt.safeTarget(), child(attempt), attempt.safeReason(), outcome,
				refusal.status(), SafeText.of(refusal.text()));
		publish(audit, attempt, outcome, String.valueOf(refusal.status()), refusal);
	}

	/** It went wrong. */
	void failed(String audit, Attempt attempt, RuntimeException failure) {
		logger.warn("{} by {}: {} {}{}, reason \"{}\": FAILED with {}", audit, attempt.safePrincipal(),
				attempt.safeAction(), attempt.safeTarget(), child(attempt), attempt.safeReason(),
				failure.getClass().getName());
		publish(audit, attempt, "FAILED", "500", null);
	}

	/** What came of it after the answer was given. */
	void finished(String audit, String outcome) {
		logger.info("{} has finished: {}", audit, SafeText.of(outcome));
	}

	private static String child(Attempt attempt) {
		return (attempt.child() != null) ? " child " + attempt.safeChild() : "";
	}

	private void publish(String audit, Attempt attempt, String outcome, String status, @Nullable Refusal refusal) {
		this.history.attempted(Instant.now(), attempt, outcome);
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("id", audit);
		data.put("action", attempt.safeAction());
		data.put("target", attempt.safeTarget());
		put(data, "child", attempt.safeChild());
		put(data, "reason", attempt.safeReason());
		data.put("outcome", outcome);
		data.put("status", status);
		put(data, "error", (refusal != null) ? SafeText.of(refusal.text()) : null);
		try {
			this.publisher.publishEvent(new AuditApplicationEvent(attempt.safePrincipal(), TYPE, data));
		}
		catch (RuntimeException ex) {
			// the line of the log is there, and what is done is done
			logger.error("{} was not audited: a listener failed", audit, ex);
		}
	}

	private static void put(Map<String, Object> data, String key, @Nullable String value) {
		if (value != null) {
			data.put(key, value);
		}
	}

}

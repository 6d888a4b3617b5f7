package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Records every attempt to do something by hand, allowed or refused: one line of the log,
 * an audit event, and, if whoever it is may act at all, an entry in the history.
 */
final class AdminLog {

	/** The type of the audit events. */
	static final String TYPE = "SUPERVISION_ADMIN";

	/** It was done. */
	static final String DONE = "DONE";

	/** It is being done, and takes longer than whoever wants it waits. */
	static final String ACCEPTED = "ACCEPTED";

	/** It is not possible in the state that things are in. */
	static final String NOT_POSSIBLE = "NOT_POSSIBLE";

	/** It is not allowed, or not understood. */
	static final String REFUSED = "REFUSED";

	/** It went wrong. */
	static final String FAILED = "FAILED";

	static final List<String> OUTCOMES = List.of(DONE, ACCEPTED, NOT_POSSIBLE, REFUSED, FAILED);

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
		logger.info("{} by {}: {} {}{}, {}: {}{}", audit, attempt.safePrincipal(), attempt.safeAction(),
				attempt.safeTarget(), child(attempt), reason(attempt), outcome,
				(newId != null) ? ", new process " + newId : "");
		publish(audit, attempt, outcome, "200", null);
	}

	/** It was not done. */
	void refused(String audit, Attempt attempt, Refusal refusal) {
		String outcome = (refusal.status() == Refusal.CONFLICT) ? NOT_POSSIBLE : REFUSED;
		logger.warn("{} by {}: {} {}{}, {}: {} with {}, {}", audit, attempt.safePrincipal(), attempt.safeAction(),
				attempt.safeTarget(), child(attempt), reason(attempt), outcome, refusal.status(),
				SafeText.of(refusal.text()));
		publish(audit, attempt, outcome, String.valueOf(refusal.status()), refusal);
	}

	/** It went wrong. */
	void failed(String audit, Attempt attempt, Throwable failure) {
		logger.warn("{} by {}: {} {}{}, {}: {} with {}", audit, attempt.safePrincipal(), attempt.safeAction(),
				attempt.safeTarget(), child(attempt), reason(attempt), FAILED, failure.getClass().getName());
		publish(audit, attempt, FAILED, "500", null);
	}

	/** What came of it after the answer was given. */
	void finished(String audit, String outcome) {
		logger.info("{} has finished: {}", audit, SafeText.of(outcome));
	}

	private static String reason(Attempt attempt) {
		String given = attempt.safeReason();
		return (given != null) ? "reason \"" + given + "\"" : "no reason";
	}

	private static String child(Attempt attempt) {
		return (attempt.child() != null) ? " child " + attempt.safeChild() : "";
	}

	private void publish(String audit, Attempt attempt, String outcome, String status, @Nullable Refusal refusal) {
		// whoever may not act at all could push everything else out of the history
		if (refusal == null || refusal.status() != Refusal.FORBIDDEN) {
			this.history.attempted(Instant.now(), attempt, outcome);
		}
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

package dev.supervision.spring.actuate;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Counts what is done by hand, or was to be done, by its audit events.
 */
public class AdminMetrics implements MeterBinder {

	private static final String OTHER = "_other";

	private static final List<String> ACTIONS = Stream
		.concat(Operations.PROCESS_ACTIONS.stream(), Operations.CHILD_ACTIONS.stream())
		.toList();

	private volatile @Nullable MeterRegistry registry;

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
	}

	/** Counts an attempt, before another listener can fail. */
	@EventListener
	@Order(Ordered.HIGHEST_PRECEDENCE)
	void onAudit(AuditApplicationEvent event) {
		MeterRegistry bound = this.registry;
		if (bound != null && event.getAuditEvent().getType().equals(AdminLog.TYPE)) {
			Map<String, Object> data = event.getAuditEvent().getData();
			Counter.builder("supervision.admin.actions")
				.description("Operations by hand, and attempts at them")
				.tag("action", oneOf(ACTIONS, data.get("action")))
				.tag("outcome", oneOf(AdminLog.OUTCOMES, data.get("outcome")).toLowerCase(Locale.ROOT))
				.register(bound)
				.increment();
		}
	}

	/** What came over the wire may be anything, and must not become as many meters. */
	private static String oneOf(List<String> known, @Nullable Object word) {
		return (word instanceof String text && known.contains(text)) ? text : OTHER;
	}

}

package dev.supervision.spring.actuate;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * How often one principal may act within a minute: an exact sliding window for each of
 * the principals that were seen last.
 */
final class RateLimit {

	static final int ACTIONS = 10;

	static final Duration PERIOD = Duration.ofMinutes(1);

	static final int MAX_PRINCIPALS = 1000;

	private final LongSupplier nanoTime;

	private final Map<String, Deque<Long>> windows = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.@Nullable Entry<String, Deque<Long>> eldest) {
			return size() > MAX_PRINCIPALS;
		}

	};

	RateLimit(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Counts an action, unless there were too many.
	 * @param principal who; all that are not authenticated share one window
	 * @return how long to wait before the next; zero if this one is allowed
	 */
	synchronized Duration acquire(@Nullable String principal) {
		long now = this.nanoTime.getAsLong();
		Deque<Long> window = this.windows.computeIfAbsent((principal != null) ? "user " + principal : "anonymous",
				key -> new ArrayDeque<>(ACTIONS));
		while (!window.isEmpty() && now - window.getFirst() >= PERIOD.toNanos()) {
			window.removeFirst();
		}
		if (window.size() >= ACTIONS) {
			return PERIOD.minusNanos(now - window.getFirst());
		}
		window.addLast(now);
		return Duration.ZERO;
	}

	synchronized int size() {
		return this.windows.size();
	}

}

package dev.supervision;

/**
 * Gets every {@link SupervisionEvent} of a node, one at a time and in order, on a thread
 * of its own; the first after a quiet time at once, those of a busy time in turns of a
 * millisecond. One that blocks or throws harms nobody: events that do not fit into the
 * bounded ring meanwhile are dropped and counted.
 */
@FunctionalInterface
public interface SupervisionListener {

	/**
	 * Something happened.
	 */
	void onEvent(SupervisionEvent event);

	/**
	 * The default log through SLF4J: crashes and escalations as errors, ends of children
	 * as warnings, progress for debugging; rate-limited per cause.
	 */
	static SupervisionListener logging() {
		return new LoggingListener();
	}

	/**
	 * Tells both listeners, this one first; a failure of the first does not keep the
	 * event from the second.
	 */
	default SupervisionListener andThen(SupervisionListener next) {
		return event -> {
			try {
				onEvent(event);
			}
			finally {
				next.onEvent(event);
			}
		};
	}

}

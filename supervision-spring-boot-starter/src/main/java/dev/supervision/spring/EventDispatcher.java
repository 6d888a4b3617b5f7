package dev.supervision.spring;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.supervision.SupervisionEvent;
import dev.supervision.SupervisionListener;

/**
 * Hands each event to the log first, then to everybody else; one that fails does not keep
 * it from the others.
 */
final class EventDispatcher implements SupervisionListener {

	private static final Logger logger = LoggerFactory.getLogger(EventDispatcher.class);

	private final SupervisionListener log = SupervisionListener.logging();

	private volatile List<SupervisionListener> listeners = List.of();

	/** From now on these, until they are replaced by none. */
	void attach(List<SupervisionListener> listeners) {
		this.listeners = List.copyOf(listeners);
	}

	@Override
	public void onEvent(SupervisionEvent event) {
		this.log.onEvent(event);
		for (SupervisionListener listener : this.listeners) {
			try {
				listener.onEvent(event);
			}
			catch (RuntimeException | Error ex) {
				logger.warn("A listener failed at {}", event.getClass().getSimpleName(), ex);
			}
		}
	}

}

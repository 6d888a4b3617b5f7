package dev.supervision.spring;

import org.jspecify.annotations.Nullable;

import dev.supervision.NoProcessException;
import dev.supervision.ServerRef;

/**
 * Tells a server that is not there from trees that do not run at all.
 */
final class Readiness {

	private final boolean enabled;

	private volatile boolean running;

	Readiness(boolean enabled) {
		this.enabled = enabled;
	}

	void running(boolean running) {
		this.running = running;
	}

	boolean isRunning() {
		return this.running;
	}

	/**
	 * Explains a missing server.
	 * @throws TreesNotRunningException if there is none because no tree runs
	 */
	void requireRunning(@Nullable NoProcessException cause) {
		if (!this.enabled) {
			throw new TreesNotRunningException("No server runs, because supervision.enabled is false", cause);
		}
		if (!this.running) {
			throw new TreesNotRunningException("No server runs, because the supervision trees are not started yet, or "
					+ "are stopped already. They start after all singletons, before the web server accepts: call a "
					+ "server neither in a constructor nor in @PostConstruct, but for example in an "
					+ "ApplicationRunner or @EventListener(ApplicationReadyEvent.class)", cause);
		}
	}

	/**
	 * A cast to nobody is dropped and counted; but before there are trees it is a
	 * mistake.
	 */
	void requireRunningUnlessFound(ServerRef<?> ref) {
		if (!this.running && ref.pid().isEmpty()) {
			requireRunning(null);
		}
	}

}

package dev.supervision.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.supervision.Node;
import dev.supervision.StartException;
import dev.supervision.SupervisionListener;
import dev.supervision.SupervisorSpec;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the trees after all singletons and before the web server accepts, and stops them
 * after that has drained, before pools and data sources go.
 */
final class SupervisionLifecycle implements SmartLifecycle {

	/**
	 * Below the web server, which starts at 2048 below the default and drains at 1024.
	 */
	static final int PHASE = DEFAULT_PHASE - 4096;

	private static final Logger logger = LoggerFactory.getLogger(SupervisionLifecycle.class);

	private final SupervisionRuntime runtime;

	private final EventDispatcher events;

	private final ObjectProvider<SupervisionListener> listeners;

	private final ApplicationEventPublisher publisher;

	private @Nullable CountDownLatch keepAlive;

	private volatile boolean running;

	SupervisionLifecycle(SupervisionRuntime runtime, EventDispatcher events,
			ObjectProvider<SupervisionListener> listeners, ApplicationEventPublisher publisher) {
		this.runtime = runtime;
		this.events = events;
		this.listeners = listeners;
		this.publisher = publisher;
	}

	@Override
	public synchronized void start() {
		if (this.running) {
			return;
		}
		if (!this.runtime.properties().enabled()) {
			logger.info("No supervision tree is started, because supervision.enabled is false");
			return;
		}
		List<SupervisionListener> attached = new ArrayList<>(
				this.listeners.orderedStream().filter(listener -> listener != this.events).toList());
		attached.add(this.publisher::publishEvent);
		this.events.attach(attached);
		this.runtime.readiness().running(true);
		Node node = this.runtime.node();
		try {
			for (SupervisorSpec tree : this.runtime.forest().trees()) {
				warnIfSlow(tree);
				start(node, tree);
			}
		}
		catch (RuntimeException ex) {
			this.runtime.readiness().running(false);
			node.stopTrees();
			this.events.attach(List.of());
			throw ex;
		}
		this.running = true;
		if (!this.runtime.forest().trees().isEmpty()) {
			keepAlive();
		}
	}

	private static void start(Node node, SupervisorSpec tree) {
		try {
			node.start(tree);
		}
		catch (StartException ex) {
			throw TreeStartException.of(tree.id(), ex);
		}
		logger.info("Supervision tree '{}' runs: {} with {} children", tree.id(), Words.of(tree.strategy()),
				tree.children().size());
	}

	private void warnIfSlow(SupervisorSpec tree) {
		Duration limit = this.runtime.properties().closeTimeout();
		Duration worst = SpecBuilder.worstStop(tree);
		if (worst == null || worst.compareTo(limit) > 0) {
			logger.warn(
					"Supervision tree '{}' may take {} to stop, but supervision.close-timeout is {} s: what is late "
							+ "is killed. Shorten shutdown of its children, or raise the limit (and "
							+ "spring.lifecycle.timeout-per-shutdown-phase above it)",
					tree.id(), (worst != null) ? worst.toSeconds() + " s" : "for ever", limit.toSeconds());
		}
	}

	/** Processes run on daemon threads; the trees are there to stay. */
	private void keepAlive() {
		CountDownLatch stopped = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			try {
				stopped.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}, "supervision-keep-alive");
		thread.setDaemon(false);
		thread.start();
		this.keepAlive = stopped;
	}

	/**
	 * Spring does not bound a stop that blocks: this runs on a thread of its own, and the
	 * node has a limit of its own.
	 */
	@Override
	public void stop(Runnable callback) {
		Thread thread = new Thread(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		}, "supervision-stop");
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public synchronized void stop() {
		if (!this.running) {
			return;
		}
		this.running = false;
		try {
			List<String> late = this.runtime.node().stopTrees();
			if (!late.isEmpty()) {
				logger.error("Supervision trees did not stop within {} s (supervision.close-timeout); killed were {}",
						this.runtime.properties().closeTimeout().toSeconds(), late);
			}
		}
		finally {
			this.runtime.readiness().running(false);
			this.events.attach(List.of());
			CountDownLatch alive = this.keepAlive;
			if (alive != null) {
				alive.countDown();
				this.keepAlive = null;
			}
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}

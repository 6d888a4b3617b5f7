package dev.supervision.spring;

import java.util.Set;
import java.util.stream.Collectors;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.supervision.ChildInfo;
import dev.supervision.Pid;
import dev.supervision.SupervisionEvent;
import dev.supervision.SupervisionListener;
import dev.supervision.spring.SupervisionProperties.OnRootFailure;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;

/**
 * Does to the application what {@code supervision.on-root-failure} says when a tree gives
 * up, and takes it back when all trees run again.
 */
final class RootFailureListener implements SupervisionListener {

	private static final Logger logger = LoggerFactory.getLogger(RootFailureListener.class);

	private final SupervisionRuntime runtime;

	private final OnRootFailure action;

	private final ApplicationContext context;

	private final Runnable exit;

	/** Only events touch it, one at a time. */
	private Set<String> failed = Set.of();

	/**
	 * Creates a listener that exits this virtual machine, if that is what is to be done.
	 */
	RootFailureListener(SupervisionRuntime runtime, OnRootFailure action, ApplicationContext context) {
		this(runtime, action, context, () -> System.exit(SpringApplication.exit(context, () -> 1)));
	}

	RootFailureListener(SupervisionRuntime runtime, OnRootFailure action, ApplicationContext context, Runnable exit) {
		this.runtime = runtime;
		this.action = action;
		this.context = context;
		this.exit = exit;
	}

	@Override
	public void onEvent(SupervisionEvent event) {
		if (!(event instanceof SupervisionEvent.ChildStarted || event instanceof SupervisionEvent.SupervisorStopped
				|| event instanceof SupervisionEvent.ProcessExited)) {
			return;
		}
		// the trees themselves, because an event may have been dropped
		Set<String> now = this.runtime.treeIds()
			.stream()
			.filter(tree -> hasGivenUp(tree, event))
			.collect(Collectors.toSet());
		Set<String> before = this.failed;
		this.failed = now;
		if (before.isEmpty() && !now.isEmpty()) {
			fail(now);
		}
		else if (!before.isEmpty() && now.isEmpty()) {
			recover();
		}
	}

	private boolean hasGivenUp(String id, SupervisionEvent event) {
		ChildInfo tree = this.runtime.tree(id).orElse(null);
		if (tree == null) {
			return false;
		}
		Pid pid = tree.pid();
		if (pid == null) {
			return SupervisionRuntime.hasGivenUp(tree.lastExit());
		}
		// the node may not have seen yet that this process is gone
		return event instanceof SupervisionEvent.SupervisorStopped stopped && stopped.supervisor().equals(pid)
				&& SupervisionRuntime.hasGivenUp(stopped.reason())
				|| event instanceof SupervisionEvent.ProcessExited exited && exited.pid().equals(pid)
						&& SupervisionRuntime.hasGivenUp(exited.reason())
				|| this.failed.contains(id) && !this.runtime.node().isAlive(pid);
	}

	private void fail(Set<String> trees) {
		logger.error("Supervision trees {} gave up; supervision.on-root-failure is {}", trees, this.action);
		switch (this.action) {
			case NONE -> {
			}
			case READINESS -> AvailabilityChangeEvent.publish(this.context, ReadinessState.REFUSING_TRAFFIC);
			case LIVENESS -> AvailabilityChangeEvent.publish(this.context, LivenessState.BROKEN);
			case EXIT -> {
				// closing the context waits for this thread to be done with events
				Thread thread = new Thread(this.exit, "supervision-exit");
				thread.setDaemon(true);
				thread.start();
			}
		}
	}

	private void recover() {
		logger.info("All supervision trees run again");
		switch (this.action) {
			case NONE, EXIT -> {
			}
			case READINESS -> AvailabilityChangeEvent.publish(this.context, ReadinessState.ACCEPTING_TRAFFIC);
			case LIVENESS -> AvailabilityChangeEvent.publish(this.context, LivenessState.CORRECT);
		}
	}

}

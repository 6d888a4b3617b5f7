package dev.supervision.spring.actuate;

import java.util.ArrayList;
import java.util.List;

import dev.supervision.ChildInfo;
import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.Words;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The health of one declared tree: UP while it runs, DOWN when it gave up, OUT_OF_SERVICE
 * while it starts, stops, or has been stopped on purpose. Restarts, and children that are
 * parked or suspended, are details: the supervisors see to those.
 */
final class TreeHealthIndicator implements HealthIndicator {

	private final SupervisionRuntime runtime;

	private final String id;

	TreeHealthIndicator(SupervisionRuntime runtime, String id) {
		this.runtime = runtime;
		this.id = id;
	}

	@Override
	public Health health() {
		ChildInfo tree = this.runtime.tree(this.id).orElse(null);
		if (tree == null) {
			return Health.outOfService().withDetail("state", "not-started").build();
		}
		Health.Builder health = health(tree).withDetail("state", Words.of(tree.state()))
			.withDetail("restarts", tree.restarts());
		Pid pid = tree.pid();
		if (pid != null) {
			Findings findings = new Findings();
			findings.look(this.runtime.node(), pid);
			health.withDetail("childRestarts", findings.restarts)
				.withDetail("parked", findings.parked)
				.withDetail("suspended", findings.suspended);
		}
		return health.build();
	}

	private Health.Builder health(ChildInfo tree) {
		ExitReason last = tree.lastExit();
		return switch (TreeHealth.of(this.runtime.node(), tree)) {
			case UP -> Health.up();
			case DOWN -> (last != null) ? Health.down().withDetail("reason", last.toString()) : Health.down();
			case OUT_OF_SERVICE -> Health.outOfService();
		};
	}

	/** What is noteworthy below a supervisor. */
	private static final class Findings {

		private static final int MAX_NAMES = 20;

		private long restarts;

		private final List<String> parked = new ArrayList<>();

		private final List<String> suspended = new ArrayList<>();

		void look(Node node, Pid supervisor) {
			for (ChildInfo child : node.children(supervisor)) {
				this.restarts += child.restarts();
				if (child.state() == ChildInfo.State.PARKED) {
					add(this.parked, supervisor.path() + "/" + child.id());
				}
				Pid pid = child.pid();
				if (pid != null) {
					if (isSuspended(node, pid)) {
						add(this.suspended, pid.path());
					}
					look(node, pid);
				}
			}
		}

		private static boolean isSuspended(Node node, Pid pid) {
			return node.info(pid).filter(info -> info.state() == ProcessInfo.State.SUSPENDED).isPresent();
		}

		private static void add(List<String> names, String name) {
			if (names.size() < MAX_NAMES) {
				names.add(name);
			}
		}

	}

}

package dev.supervision.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.ChildType;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.Words;

/**
 * Reads how everything is.
 */
final class OverviewReader {

	/** A mailbox with more messages than this counts as a problem. */
	static final int MAILBOX_THRESHOLD = 1000;

	private static final Duration MINUTE = Duration.ofMinutes(1);

	private static final Duration QUARTER = Duration.ofMinutes(15);

	private final SupervisionRuntime runtime;

	private final SupervisionHistory history;

	private final String name;

	OverviewReader(SupervisionRuntime runtime, SupervisionHistory history, String name) {
		this.runtime = runtime;
		this.history = history;
		this.name = name;
	}

	View.Overview read(String access, List<String> permissions) {
		Node node = this.runtime.node();
		Instant now = Instant.now();
		Pid root = node.trees().pid().orElse(null);
		Sums sums = new Sums();
		node.processes().forEach(info -> sums.add(node, info));
		CrashRing crashes = this.history.crashes();
		return new View.Overview(this.history.revision(), now, node(node, root), access, permissions,
				new View.Processes(sums.supervisors + sums.workers, sums.supervisors, sums.workers, sums.byState),
				new View.MailboxSums(sums.messages, sums.deepest, sums.overThreshold),
				new View.Restarts(node.statistics().restarted(), this.history.restartsWithin(MINUTE, now),
						this.history.restartsWithin(QUARTER, now)),
				new View.Crashes(crashes.size(), crashes.groupCount(), this.history.crashesWithin(MINUTE, now)),
				trees(node, root), new View.Limits(Parameters.MAX_LIMIT, Describer.MAX_INLINE, TreeReader.MAX_DEPTH));
	}

	private View.NodeView node(Node node, @Nullable Pid root) {
		Instant start = (root != null) ? node.info(root).map(Describer::startTime).orElse(null) : null;
		return new View.NodeView(node.name(), this.name, start, (root != null) ? root.toString() : null);
	}

	private List<View.Tree> trees(Node node, @Nullable Pid root) {
		List<View.Tree> trees = new ArrayList<>();
		if (root != null) {
			// the oldest first, which is the start order
			node.children(root).forEach(tree -> trees.add(0, tree(node, tree)));
		}
		return trees;
	}

	private static View.Tree tree(Node node, ChildInfo tree) {
		Pid pid = tree.pid();
		ProcessInfo.State state = (pid != null) ? node.info(pid).map(ProcessInfo::state).orElse(null) : null;
		TreeHealth health = TreeHealth.of(node, tree);
		return new View.Tree((pid != null) ? pid.toString() : null, String.valueOf(tree.id()),
				(state != null) ? Words.of(state) : Words.of(tree.state()), Describer.strategy(tree.spec()),
				health.name(), (health == TreeHealth.DOWN) ? true : null);
	}

	/** What is added up over all processes. */
	private static final class Sums {

		private final Map<String, Long> byState = new TreeMap<>();

		private long supervisors;

		private long workers;

		private long messages;

		private int deepest;

		private long overThreshold;

		void add(Node node, ProcessInfo info) {
			this.byState.merge(Words.of(info.state()), 1L, Long::sum);
			this.messages += info.mailboxSize();
			this.deepest = Math.max(this.deepest, info.mailboxSize());
			this.overThreshold += (info.mailboxSize() > MAILBOX_THRESHOLD) ? 1 : 0;
			if (info.kind() == ChildType.WORKER) {
				this.workers++;
				return;
			}
			this.supervisors++;
			for (ChildInfo child : node.children(info.pid())) {
				if (child.pid() == null) {
					this.byState.merge(Words.of(child.state()), 1L, Long::sum);
				}
			}
		}

	}

}

package dev.supervision.spring.actuate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.ChildSpec;
import dev.supervision.ChildType;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.Words;

/**
 * Reads the trees from above, down to a depth. Children of dynamic supervisors are only
 * counted.
 */
final class TreeReader {

	static final int DEFAULT_DEPTH = 2;

	static final int MAX_DEPTH = 8;

	/** How many nodes one answer has at most. */
	static final int MAX_NODES = 500;

	private final Node node;

	private final SupervisionHistory history;

	private final Describer describer;

	private final int depth;

	private final List<View.TreeNode> nodes = new ArrayList<>();

	private final List<String> errors = new ArrayList<>();

	TreeReader(SupervisionRuntime runtime, SupervisionHistory history, long depth) {
		this.node = runtime.node();
		this.history = history;
		this.describer = new Describer(runtime, history);
		this.depth = (int) Math.max(1, Math.min(MAX_DEPTH, depth));
	}

	/** All trees, or what is below one supervisor, itself included. */
	View.Nodes read(@Nullable Pid start) {
		Pid root = this.node.trees().pid().orElse(null);
		if (start != null && start != root) {
			ChildInfo top = this.node.child(start).orElseThrow(() -> ProcessReader.unknown(start.toString()));
			Pid parent = this.node.info(start).map(ProcessInfo::parent).orElse(null);
			addTree(top, pathOfParent(start), (parent != root) ? parent : null, 1);
		}
		else if (root != null) {
			addChildren(root, null, children(root), 1);
		}
		return new View.Nodes(this.history.revision(), this.errors.isEmpty(), this.errors, this.depth, this.nodes);
	}

	private static @Nullable String pathOfParent(Pid pid) {
		String path = pid.path();
		int end = path.lastIndexOf('/');
		return (end >= 0) ? path.substring(0, end) : null;
	}

	/** In start order. */
	private List<ChildInfo> children(Pid supervisor) {
		List<ChildInfo> children = new ArrayList<>(this.node.children(supervisor));
		Collections.reverse(children);
		return children;
	}

	private int addChildren(Pid supervisor, @Nullable String path, List<ChildInfo> children, int level) {
		int added = 0;
		for (ChildInfo child : children) {
			if (added == Describer.MAX_INLINE || this.nodes.size() >= MAX_NODES) {
				this.errors.add("Of " + children.size() + " children of " + supervisor + " " + added
						+ " are shown; for the others read processes?supervisor=" + supervisor);
				break;
			}
			addTree(child, path, (path != null) ? supervisor : null, level);
			added++;
		}
		return added;
	}

	private void addTree(ChildInfo child, @Nullable String above, @Nullable Pid parent, int level) {
		String path = ((above != null) ? above + "/" : "") + ((child.id() != null) ? child.id() : child.spec().id());
		Pid pid = child.pid();
		int place = this.nodes.size();
		this.nodes.add(describe(child, path, parent, null));
		if (child.type() == ChildType.SUPERVISOR && pid != null) {
			View.ChildrenView below = below(child, pid, path, level);
			this.nodes.set(place, describe(child, path, parent, below));
		}
	}

	private View.ChildrenView below(ChildInfo child, Pid pid, String path, int level) {
		List<ChildInfo> children = children(pid);
		if (child.spec().dynamicSupervisorSpec().isPresent()) {
			return this.describer.aggregate(children, 0);
		}
		int loaded = (level < this.depth) ? addChildren(pid, path, children, level + 1) : 0;
		return new View.ChildrenView(children.size(), loaded, null, null, null, Describer.parked(children));
	}

	private View.TreeNode describe(ChildInfo child, String path, @Nullable Pid parent,
			View.@Nullable ChildrenView children) {
		ChildSpec spec = child.spec();
		Pid pid = child.pid();
		Optional<ProcessInfo> info = (pid != null) ? this.node.info(pid) : Optional.empty();
		boolean supervisor = child.type() == ChildType.SUPERVISOR;
		return new View.TreeNode((pid != null) ? pid.toString() : null, (parent != null) ? parent.toString() : null,
				child.id(), spec.name(), Words.of(child.type()), info.map(ProcessInfo::type).orElse(spec.serverType()),
				Describer.dynamic(spec), this.describer.state(child), Describer.strategy(spec),
				this.describer.intensity(spec, pid), children, Words.of(spec.restart()), Describer.shutdownMillis(spec),
				info.map(Describer::startTime).orElse(null), child.restarts(),
				supervisor ? null : info.map(Describer::mailbox).orElse(null),
				supervisor ? null : this.describer.bean(path), this.describer.lastCrash(path),
				Optional.ofNullable(child.lastExit())
					.map(reason -> ReasonText.of(reason, false).reason())
					.orElse(null));
	}

}

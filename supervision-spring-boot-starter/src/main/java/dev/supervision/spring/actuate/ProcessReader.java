package dev.supervision.spring.actuate;

import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.ChildType;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.Words;

/**
 * Reads processes from the table, one or a page of them.
 */
final class ProcessReader {

	private final SupervisionRuntime runtime;

	private final Node node;

	private final SupervisionHistory history;

	ProcessReader(SupervisionRuntime runtime, SupervisionHistory history) {
		this.runtime = runtime;
		this.node = runtime.node();
		this.history = history;
	}

	static Refusal unknown(String id) {
		return Refusal.notFound("There is no process '" + SafeText.of(id) + "', or not any more");
	}

	/** A process by its pid in the one form that we write. */
	Pid find(String id) {
		return this.node.pid(id).filter(pid -> pid.toString().equals(id)).orElseThrow(() -> unknown(id));
	}

	View.ProcessPage page(ProcessQuery query) {
		// the worst is at the head, so that it can be given up for a better one
		PriorityQueue<Candidate> best = new PriorityQueue<>((a, b) -> query.order().compare(b.key, a.key));
		Tally tally = new Tally();
		this.node.processes().filter(query::isInScope).forEach(info -> {
			tally.total++;
			if (query.matches(info)) {
				tally.matched++;
				long restarts = query.needsRestarts() ? restarts(info) : 0;
				SortKey key = query.key(info, restarts);
				if (query.isAfterCursor(key)) {
					best.add(new Candidate(key, info));
					if (best.size() > query.limit() + 1) {
						best.poll();
					}
				}
			}
		});
		List<Candidate> sorted = best.stream().sorted((a, b) -> query.order().compare(a.key, b.key)).toList();
		boolean more = sorted.size() > query.limit();
		List<Candidate> page = more ? sorted.subList(0, query.limit()) : sorted;
		return new View.ProcessPage(this.history.revision(), tally.total, tally.matched, query.limit(),
				more ? query.cursor(page.get(page.size() - 1).key) : null,
				page.stream().map(candidate -> row(candidate.info)).toList());
	}

	private long restarts(ProcessInfo info) {
		return this.node.child(info.pid()).map(ChildInfo::restarts).orElse(0L);
	}

	private View.ProcessRow row(ProcessInfo info) {
		Pid parent = info.parent();
		return new View.ProcessRow(info.pid().toString(), Describer.name(info), info.path(),
				(parent != null) ? parent.toString() : null, Words.of(info.kind()), info.type(), Words.of(info.state()),
				Describer.mailbox(info), restarts(info), info.handled(), info.uptime().toMillis());
	}

	View.ProcessDetail detail(String id) {
		ProcessInfo info = this.node.info(find(id)).orElseThrow(() -> unknown(id));
		Describer describer = new Describer(this.runtime, this.history);
		Optional<ChildInfo> child = this.node.child(info.pid());
		Pid parent = info.parent();
		boolean supervisor = info.kind() == ChildType.SUPERVISOR;
		return new View.ProcessDetail(this.history.revision(), info.pid().toString(), Describer.name(info), info.path(),
				(parent != null) ? parent.toString() : null, child.map(ChildInfo::id).orElse(null),
				Words.of(info.kind()), info.type(), Words.of(info.state()), Describer.mailbox(info),
				child.map(ChildInfo::restarts).orElse(0L), info.handled(), Describer.startTime(info),
				info.uptime().toMillis(), info.trapsExits(), Words.of(info.spec().restart()),
				Describer.shutdownMillis(info.spec()), Describer.strategy(info.spec()), Describer.dynamic(info.spec()),
				describer.intensity(info.spec(), info.pid()),
				supervisor ? describer.aggregate(this.node.children(info.pid()), 0) : null,
				supervisor ? null : describer.bean(info.path()), describer.lastCrash(info.path()));
	}

	private record Candidate(SortKey key, ProcessInfo info) {
	}

	/** Counted on the way. */
	private static final class Tally {

		private long total;

		private long matched;

	}

}

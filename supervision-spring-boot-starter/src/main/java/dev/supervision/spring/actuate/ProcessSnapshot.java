package dev.supervision.spring.actuate;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildSpec;
import dev.supervision.ChildType;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;

import org.springframework.util.ClassUtils;

/**
 * What gauges show, read from the process table at most once a second, however many
 * gauges there are.
 */
final class ProcessSnapshot {

	private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final Supplier<Node> node;

	private volatile @Nullable Counts counts;

	ProcessSnapshot(Supplier<Node> node) {
		this.node = node;
	}

	/** The id of a process: the last part of its path. */
	static String id(Pid pid) {
		String path = pid.path();
		return path.substring(path.lastIndexOf('/') + 1);
	}

	/** What kind of server a specification is of, as a word that does not change. */
	static String type(ChildSpec spec) {
		String declared = spec.serverType();
		if (declared != null) {
			return ClassUtils.getShortName(declared);
		}
		return (spec.type() == ChildType.SUPERVISOR) ? "supervisor" : spec.id();
	}

	double live(String supervisor, ChildType kind, ProcessInfo.State state) {
		return counts().live.getOrDefault(new Live(supervisor, kind, state), 0);
	}

	double mailboxSum(String supervisor, String type) {
		return mailbox(supervisor, type).sum;
	}

	double mailboxMax(String supervisor, String type) {
		return mailbox(supervisor, type).max;
	}

	private Mailboxes mailbox(String supervisor, String type) {
		return counts().mailboxes.getOrDefault(supervisor + "/" + type, Mailboxes.EMPTY);
	}

	double utilization(String supervisor) {
		return counts().utilization.getOrDefault(supervisor, 0d);
	}

	private Counts counts() {
		Counts current = this.counts;
		if (current == null || System.nanoTime() - current.taken > MAX_AGE_NANOS) {
			current = count();
			this.counts = current;
		}
		return current;
	}

	private Counts count() {
		Counts counts = new Counts(System.nanoTime());
		Map<Pid, String> ids = new HashMap<>();
		Node observed = this.node.get();
		observed.processes().forEach(process -> {
			Pid parent = process.parent();
			String supervisor = (parent != null) ? ids.computeIfAbsent(parent, ProcessSnapshot::id) : "none";
			counts.live.merge(new Live(supervisor, process.kind(), process.state()), 1, Integer::sum);
			counts.mailboxes.merge(supervisor + "/" + type(process.spec()),
					new Mailboxes(process.mailboxSize(), process.mailboxSize()), Mailboxes::plus);
			if (process.kind() == ChildType.SUPERVISOR) {
				counts.utilization.put(id(process.pid()), observed.intensityUtilization(process.pid()));
			}
		});
		return counts;
	}

	private record Live(String supervisor, ChildType kind, ProcessInfo.State state) {
	}

	private record Mailboxes(int sum, int max) {

		static final Mailboxes EMPTY = new Mailboxes(0, 0);

		Mailboxes plus(Mailboxes other) {
			return new Mailboxes(this.sum + other.sum, Math.max(this.max, other.max));
		}

	}

	private static final class Counts {

		private final long taken;

		private final Map<Live, Integer> live = new HashMap<>();

		private final Map<String, Mailboxes> mailboxes = new HashMap<>();

		private final Map<String, Double> utilization = new HashMap<>();

		Counts(long taken) {
			this.taken = taken;
		}

	}

}

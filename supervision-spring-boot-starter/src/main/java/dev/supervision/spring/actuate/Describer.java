package dev.supervision.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.ChildSpec;
import dev.supervision.DynamicSupervisorSpec;
import dev.supervision.MailboxLimit;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.RestartIntensity;
import dev.supervision.Shutdown;
import dev.supervision.SupervisorSpec;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.Words;

/**
 * The parts that several answers have in common. Nothing here asks a process.
 */
final class Describer {

	/** How many children, or ids, are listed where a number would do. */
	static final int MAX_INLINE = 200;

	private final SupervisionRuntime runtime;

	private final Node node;

	private final Map<String, String> lastCrashes;

	Describer(SupervisionRuntime runtime, SupervisionHistory history) {
		this.runtime = runtime;
		this.node = runtime.node();
		this.lastCrashes = history.crashes().lastByPath();
	}

	static View.MailboxView mailbox(ProcessInfo info) {
		MailboxLimit limit = info.spec().mailbox();
		boolean bounded = !limit.equals(MailboxLimit.UNBOUNDED);
		return new View.MailboxView(info.mailboxSize(), bounded ? limit.capacity() : null,
				bounded ? Words.of(limit.onFull()) : null);
	}

	/** The registered name, or else the id. */
	static String name(ProcessInfo info) {
		String name = info.name();
		return (name != null) ? name : Supervisors.id(info.path());
	}

	static Instant startTime(ProcessInfo info) {
		return Instant.now().minus(info.uptime()).truncatedTo(ChronoUnit.MILLIS);
	}

	/** How long an orderly stop may take; {@code null} means for ever. */
	static @Nullable Long shutdownMillis(ChildSpec spec) {
		if (spec.shutdown() instanceof Shutdown.Within within) {
			return within.limit().toMillis();
		}
		return (spec.shutdown() instanceof Shutdown.BrutalKill) ? 0L : null;
	}

	static @Nullable String strategy(ChildSpec spec) {
		return spec.supervisorSpec().map(SupervisorSpec::strategy).map(Words::of).orElse(null);
	}

	static @Nullable Boolean dynamic(ChildSpec spec) {
		return spec.dynamicSupervisorSpec().isPresent() ? true : null;
	}

	View.@Nullable Intensity intensity(ChildSpec spec, @Nullable Pid pid) {
		RestartIntensity intensity = spec.supervisorSpec()
			.map(SupervisorSpec::intensity)
			.or(() -> spec.dynamicSupervisorSpec().map(DynamicSupervisorSpec::intensity))
			.orElse(null);
		if (intensity == null) {
			return null;
		}
		double used = (pid != null) ? this.node.intensityUtilization(pid) * intensity.maxRestarts() : 0;
		return new View.Intensity(intensity.maxRestarts(), seconds(intensity.within()), Math.round(used));
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / 1000d;
	}

	/** The state of the process, or else why there is none. */
	String state(ChildInfo child) {
		Pid pid = child.pid();
		Optional<ProcessInfo> info = (pid != null) ? this.node.info(pid) : Optional.empty();
		if (info.isPresent()) {
			return Words.of(info.get().state());
		}
		// one that runs but is not there has ended just now
		return (child.state() == ChildInfo.State.RUNNING) ? Words.of(ProcessInfo.State.STOPPING)
				: Words.of(child.state());
	}

	/** The server at a place; children of a dynamic supervisor are all the same. */
	@Nullable String bean(String path) {
		return this.runtime.bean(path).or(() -> {
			int end = path.lastIndexOf('/');
			return (end >= 0) ? this.runtime.bean(path.substring(0, end)) : Optional.empty();
		}).orElse(null);
	}

	@Nullable String lastCrash(String path) {
		return this.lastCrashes.get(path);
	}

	/** Children in numbers, for a supervisor that may have very many. */
	View.ChildrenView aggregate(List<ChildInfo> children, int loaded) {
		Map<String, Long> byState = new TreeMap<>();
		long sum = 0;
		int max = 0;
		String deepest = null;
		long restarts = 0;
		for (ChildInfo child : children) {
			byState.merge(state(child), 1L, Long::sum);
			restarts += child.restarts();
			Pid pid = child.pid();
			int size = (pid != null) ? this.node.info(pid).map(ProcessInfo::mailboxSize).orElse(0) : 0;
			sum += size;
			if (size > max) {
				max = size;
				deepest = String.valueOf(pid);
			}
		}
		return new View.ChildrenView(children.size(), loaded, byState, new View.GroupMailbox(sum, max, deepest),
				new View.GroupRestarts(restarts), parked(children));
	}

	static @Nullable List<String> parked(List<ChildInfo> children) {
		List<String> parked = children.stream()
			.filter(child -> child.state() == ChildInfo.State.PARKED)
			.map(ChildInfo::id)
			.map(String::valueOf)
			.limit(MAX_INLINE)
			.toList();
		return parked.isEmpty() ? null : parked;
	}

}

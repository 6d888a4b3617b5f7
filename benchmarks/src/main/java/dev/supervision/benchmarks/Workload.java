package dev.supervision.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.supervision.benchmarks.savina.Savina;

/**
 * One row of the table.
 *
 * @param name of the row
 * @param benchmark class and method
 * @param peers who can take part
 * @param threads how many callers
 * @param virtual whether they are virtual threads
 * @param parameters of the benchmark, without the peer
 * @param operations how many operations one measured operation stands for
 */
record Workload(String name, String benchmark, List<String> peers, int threads, boolean virtual,
		Map<String, String> parameters, int operations) {

	/** Not a benchmark, but a virtual machine of its own for each figure. */
	static final String MEMORY = "Memory";

	private static final List<String> BOTH = List.of("ours", "pekko");

	private static final List<String> ALL = List.of("ours", "parallel", "pekko");

	private static final List<String> OURS = List.of("ours");

	private static final boolean VIRTUAL = Runtime.version().feature() >= 21;

	/** The rows, in their order. */
	static List<Workload> all() {
		List<Workload> all = new ArrayList<>();
		for (boolean virtual : VIRTUAL ? List.of(true, false) : List.of(false)) {
			String from = virtual ? "-virtual" : "-platform";
			all.add(messaging("call-1" + from, "call", 1, virtual));
			all.add(messaging("call-10" + from, "call", 10, virtual));
			all.add(messaging("call-100" + from, "call", 100, virtual));
			all.add(messaging("call-1000" + from, "call", 1000, virtual));
			all.add(messaging("call-any-100" + from, "callAny", 100, virtual));
			all.add(messaging("call-any-1000" + from, "callAny", 1000, virtual));
		}
		all.add(messaging("cast-1", "cast", 1, false));
		all.add(messaging("cast-4", "cast", 4, false));
		all.add(messaging("ring-hop", "ring", 1, false));
		all.add(messaging("ping-pong", "pingPong", 1, false));
		all.add(lifecycle("child-start", "startChild", 1, 1));
		all.add(lifecycle("child-start-stop", "startAndStopChild", 1, 1));
		for (int children : List.of(1, 1000, 100_000, 1_000_000)) {
			all.add(lifecycle("crash-" + children, "crash", children, 1));
			all.add(restart("kill-" + children, "kill", children, 1));
		}
		for (int children : List.of(1000, 1_000_000)) {
			all.add(lifecycle("crash-storm-" + children, "storm", children, 1000));
			all.add(restart("kill-storm-" + children, "storm", children, 1000));
		}
		all.add(restart("group-restart-100", "group", 1, 1));
		all.add(new Workload("memory-child", MEMORY, BOTH, 1, false, Map.of(), 1_000_000));
		for (String meters : List.of("off", "on")) {
			all.add(new Workload("annotated-call-meters-" + meters, "Annotated.call", OURS, 1, VIRTUAL,
					Map.of("meters", meters), 1));
			all.add(new Workload("annotated-cast-meters-" + meters, "Annotated.cast", OURS, 1, VIRTUAL,
					Map.of("meters", meters), 1));
		}
		for (int count = 1; count <= 1_000_000; count *= 10) {
			all.add(new Workload("call-among-" + count, "Growth.callAmong", OURS, 1, VIRTUAL,
					Map.of("count", String.valueOf(count)), 1));
		}
		for (int count = 1; count <= 100_000; count *= 10) {
			all.add(new Workload("cast-queued-" + count, "Growth.castAndDrain", OURS, 1, VIRTUAL,
					Map.of("count", String.valueOf(count)), count));
		}
		for (Savina.Name savina : Savina.Name.values()) {
			all.add(new Workload("savina-" + savina.name().toLowerCase(Locale.ROOT).replace('_', '-'),
					"savina.Savina.run", ALL, 1, false, Map.of("workload", savina.name()), 1));
		}
		return all;
	}

	private static Workload messaging(String name, String method, int threads, boolean virtual) {
		return new Workload(name, "Messaging." + method, ALL, threads, virtual, Map.of(), 1);
	}

	private static Workload lifecycle(String name, String method, int children, int operations) {
		return new Workload(name, "Lifecycles." + method, BOTH, 1, VIRTUAL,
				Map.of("children", String.valueOf(children)), operations);
	}

	private static Workload restart(String name, String method, int children, int operations) {
		return new Workload(name, "Restarts." + method, OURS, 1, VIRTUAL, Map.of("children", String.valueOf(children)),
				operations);
	}

}

package dev.supervision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.SHUTDOWN_X;
import static dev.supervision.TestTree.child;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Restart type x reason x strategy x position: who is restarted, who is stopped, who is
 * untouched, and what is reported. What is expected comes from the tables here, written
 * down from sections 1.5 and 1.8 of the contract.
 */
class RestartMatrixTest {

	private static final List<String> IDS = List.of("first", "middle", "last");

	private static final List<ExitReason> REASONS = List.of(ExitReason.NORMAL, ExitReason.SHUTDOWN, SHUTDOWN_X, BOOM,
			ExitReason.KILLED);

	/** In the order of {@link #REASONS}: restarted or not, reported or silent. */
	private static final Map<Restart, List<String>> DECISION = Map.of( //
			Restart.PERMANENT, List.of("again report", "again report", "again report", "again report", "again report"),
			Restart.TRANSIENT, List.of("no silent", "no silent", "no silent", "again report", "again report"),
			Restart.TEMPORARY, List.of("no silent", "no silent", "no silent", "no report", "no report"));

	/** By the place of the child that ended: who is started again, in this order. */
	private static final Map<Strategy, List<List<String>>> GROUP = Map.of( //
			Strategy.ONE_FOR_ONE, List.of(List.of("first"), List.of("middle"), List.of("last")), //
			Strategy.ONE_FOR_ALL, List.of(IDS, IDS, IDS), //
			Strategy.REST_FOR_ONE, List.of(IDS, List.of("middle", "last"), List.of("last")));

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	static Stream<Arguments> everyEnd() {
		return Arrays.stream(Restart.values())
			.flatMap(restart -> REASONS.stream()
				.flatMap(reason -> Arrays.stream(Strategy.values())
					.flatMap(strategy -> IDS.stream()
						.map(position -> Arguments.of(restart, reason, strategy, position)))));
	}

	@ParameterizedTest(name = "{0} child ends with {1} under {2} as {3}")
	@MethodSource("everyEnd")
	void childEnds(Restart restart, ExitReason reason, Strategy strategy, String position) {
		String decision = DECISION.get(restart).get(REASONS.indexOf(reason));
		boolean again = decision.startsWith("again");
		List<String> group = again ? GROUP.get(strategy).get(IDS.indexOf(position)) : List.of();
		SupervisorRef supervisor = this.trees.start(
				SupervisorSpec
					.of("tree",
							IDS.stream()
								.map(id -> id.equals(position) ? child(id).restart(restart) : child(id))
								.toArray(ChildSpec[]::new))
					.strategy(strategy));
		Pid own = supervisor.pid().orElseThrow();
		List<Pid> before = this.trees.pids(IDS.toArray(String[]::new));
		this.trees.forget();

		this.trees.end(position, reason);

		// who was stopped: the others of the group, the newest first
		List<String> exits = new ArrayList<>(group);
		Collections.reverse(exits);
		exits.remove(position);
		exits.replaceAll(id -> id + " shutdown");
		exits.add(0, position + " " + reason);
		assertThat(this.trees.exits()).isEqualTo(exits);
		// who was started again, the oldest first
		assertThat(this.trees.starts()).isEqualTo(group.stream().map(id -> id + " RESTART").toList());
		for (String id : IDS) {
			Pid was = before.get(IDS.indexOf(id));
			if (group.contains(id)) {
				assertThat(this.trees.pid(id)).as(id).isNotEqualTo(was);
			}
			else if (!id.equals(position)) {
				assertThat(this.trees.pid(id)).as(id).isEqualTo(was);
			}
		}
		// what was reported
		List<String> reports = new ArrayList<>();
		if (decision.endsWith("report")) {
			reports.add("terminated " + position + " " + reason + (again ? ", restarting" : ""));
		}
		if (again) {
			reports.add("restarted " + group.size() + " for " + position);
		}
		assertThat(this.trees.reports()).isEqualTo(reports);
		// a kill is nothing that the process itself could report
		assertThat(this.trees.test.events(SupervisionEvent.ProcessExited.class)
			.filter(exited -> exited.crash() != null)
			.map(SupervisionEvent.ProcessExited::id)).isEqualTo((reason == BOOM) ? List.of(position) : List.of());
		// what the supervisor says afterwards
		List<String> states = new ArrayList<>();
		for (String id : IDS) {
			if (again || !id.equals(position)) {
				states.add(0, id + " RUNNING");
			}
			else if (restart == Restart.TRANSIENT) {
				states.add(0, id + " STOPPED");
			}
		}
		assertThat(TestTree.states(supervisor)).isEqualTo(states);
		assertThat(supervisor.pid()).hasValue(own);
		assertThat(this.trees.node.intensityUtilization(own)).isEqualTo(again ? 1 / 3.0 : 0);
	}

	// ---- those who are there when a sibling crashes

	/** What another child is when a permanent sibling crashes. */
	enum Bystander {

		RUNNING, RUNNING_TRANSIENT, RUNNING_TEMPORARY, STOPPED_BY_HAND, FINISHED_TRANSIENT, IGNORED

	}

	/** What has become of it. */
	enum Fate {

		UNTOUCHED, NEW, STARTED, DROPPED

	}

	/** What becomes of a child that belongs to the group that is restarted. */
	private static final Map<Bystander, Fate> IN_GROUP = Map.of( //
			Bystander.RUNNING, Fate.NEW, //
			Bystander.RUNNING_TRANSIENT, Fate.NEW, //
			Bystander.RUNNING_TEMPORARY, Fate.DROPPED, //
			Bystander.STOPPED_BY_HAND, Fate.STARTED, //
			Bystander.FINISHED_TRANSIENT, Fate.STARTED, //
			Bystander.IGNORED, Fate.STARTED);

	static Stream<Arguments> everyBystander() {
		return Arrays.stream(Bystander.values())
			.flatMap(bystander -> Arrays.stream(Strategy.values())
				.flatMap(strategy -> Stream.of(true, false).map(before -> Arguments.of(bystander, strategy, before))));
	}

	@ParameterizedTest(name = "{0} sibling under {1}, started before the one that crashes: {2}")
	@MethodSource("everyBystander")
	void siblingCrashes(Bystander bystander, Strategy strategy, boolean before) {
		List<Boolean> wanted = new ArrayList<>(List.of(bystander != Bystander.IGNORED));
		ChildSpec sibling = Script
			.starting(self -> (wanted.isEmpty() || wanted.remove(0)) ? Init.ok("state") : Init.ignore())
			.spec("sibling")
			.restart(switch (bystander) {
				case RUNNING_TRANSIENT, FINISHED_TRANSIENT -> Restart.TRANSIENT;
				case RUNNING_TEMPORARY -> Restart.TEMPORARY;
				default -> Restart.PERMANENT;
			});
		SupervisorSpec spec = SupervisorSpec.of("tree").strategy(strategy);
		SupervisorRef supervisor = this.trees.start(
				before ? spec.child(sibling).child(child("crashing")) : spec.child(child("crashing")).child(sibling));
		if (bystander == Bystander.STOPPED_BY_HAND) {
			supervisor.terminateChild("sibling");
		}
		else if (bystander == Bystander.FINISHED_TRANSIENT) {
			this.trees.end("sibling", ExitReason.NORMAL);
		}
		Pid was = this.trees.node.whereis("sibling").orElse(null);
		boolean listed = supervisor.whichChild("sibling").isPresent();
		this.trees.forget();

		this.trees.end("crashing", BOOM);

		boolean inGroup = strategy == Strategy.ONE_FOR_ALL || strategy == Strategy.REST_FOR_ONE && !before;
		Fate fate = inGroup ? IN_GROUP.get(bystander) : Fate.UNTOUCHED;
		Pid now = this.trees.node.whereis("sibling").orElse(null);
		switch (fate) {
			case UNTOUCHED -> assertThat(now).isEqualTo(was);
			case NEW -> assertThat(now).isNotNull().isNotEqualTo(was);
			case STARTED -> {
				assertThat(was).isNull();
				assertThat(now).isNotNull();
			}
			case DROPPED -> assertThat(now).isNull();
		}
		assertThat(supervisor.whichChild("sibling").isPresent()).isEqualTo(listed && fate != Fate.DROPPED);
		boolean stopped = fate == Fate.NEW || fate == Fate.DROPPED;
		assertThat(this.trees.exits())
			.isEqualTo(stopped ? List.of("crashing boom", "sibling shutdown") : List.of("crashing boom"));
		boolean started = fate == Fate.NEW || fate == Fate.STARTED;
		List<String> starts = new ArrayList<>(List.of("crashing RESTART"));
		if (started) {
			starts.add(before ? 0 : 1, "sibling RESTART");
		}
		assertThat(this.trees.starts()).isEqualTo(starts);
		assertThat(this.trees.reports()).containsExactly("terminated crashing boom, restarting",
				"restarted " + starts.size() + " for crashing");
	}

	/** A dynamic supervisor knows one strategy, and forgets what it does not restart. */
	static Stream<Arguments> everyDynamicEnd() {
		return Arrays.stream(Restart.values())
			.flatMap(restart -> REASONS.stream().map(reason -> Arguments.of(restart, reason)));
	}

	@ParameterizedTest(name = "{0} dynamic child ends with {1}")
	@MethodSource("everyDynamicEnd")
	void dynamicChildEnds(Restart restart, ExitReason reason) {
		String decision = DECISION.get(restart).get(REASONS.indexOf(reason));
		boolean again = decision.startsWith("again");
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree"));
		supervisor.startChild(child("other"));
		supervisor.startChild("key", child("victim").restart(restart));
		Pid other = this.trees.pid("other");
		Pid was = this.trees.pid("victim");
		this.trees.forget();

		this.trees.end("victim", reason);

		assertThat(this.trees.pid("other")).isEqualTo(other);
		assertThat(this.trees.node.whereis("victim").isPresent()).isEqualTo(again);
		assertThat(supervisor.find("key").isPresent()).isEqualTo(again);
		assertThat(supervisor.find("key")).isNotEqualTo(Optional.of(was));
		assertThat(supervisor.whichChildren()).hasSize(again ? 2 : 1);
		List<String> reports = new ArrayList<>();
		if (decision.endsWith("report")) {
			reports.add("terminated key " + reason + (again ? ", restarting" : ""));
		}
		if (again) {
			reports.add("restarted 1 for key");
		}
		assertThat(this.trees.reports()).isEqualTo(reports);
	}

}

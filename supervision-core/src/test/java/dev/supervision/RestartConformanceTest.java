package dev.supervision;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.SHUTDOWN_X;
import static dev.supervision.TestTree.WITHIN;
import static dev.supervision.TestTree.child;
import static dev.supervision.TestTree.failing;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who is restarted and when a supervisor gives up, as in section 1.8 of the contract.
 */
class RestartConformanceTest {

	/**
	 * More attempts than any test makes, so that a restart that fails goes on failing.
	 */
	private static final int MANY = 1_000_000;

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	private SupervisorRef start(Strategy strategy, int maxRestarts, ChildSpec... children) {
		return this.trees.start(SupervisorSpec.of("tree", children).strategy(strategy).intensity(maxRestarts, WITHIN));
	}

	private SupervisorRef start(ChildSpec... children) {
		return start(Strategy.ONE_FOR_ONE, 3, children);
	}

	private void assertRestartedAfter(String id, ExitReason reason) {
		Pid before = this.trees.pid(id);
		this.trees.end(id, reason);
		assertThat(this.trees.pid(id)).isNotEqualTo(before);
	}

	/** The reason says what OTP's does, and more. */
	private void assertGaveUp(SupervisorRef supervisor, String offender) {
		this.trees.test.settle();
		assertThat(supervisor.pid()).isEmpty();
		SupervisionEvent.ProcessExited exited = this.trees.test.events(SupervisionEvent.ProcessExited.class)
			.filter(event -> event.id().equals("tree"))
			.findFirst()
			.orElseThrow();
		assertThat(exited.reason().isShutdown()).isTrue();
		assertThat(exited.reason()).isInstanceOfSatisfying(ExitReason.Shutdown.class,
				shutdown -> assertThat(shutdown.detail()).isInstanceOfSatisfying(ExitReason.GaveUp.class,
						gaveUp -> assertThat(gaveUp.childId()).isEqualTo(offender)));
	}

	// ---- restart types

	@Test
	@OtpCase("RST-001")
	void permanentChildIsRestartedAfterNormal() {
		start(child("a").restart(Restart.PERMANENT));
		assertRestartedAfter("a", ExitReason.NORMAL);
	}

	@Test
	@OtpCase("RST-002")
	void permanentChildIsRestartedAfterShutdown() {
		start(child("a").restart(Restart.PERMANENT));
		assertRestartedAfter("a", ExitReason.SHUTDOWN);
		assertRestartedAfter("a", SHUTDOWN_X);
	}

	@Test
	@OtpCase("RST-003")
	void permanentChildIsRestartedAfterAnAbnormalEnd() {
		start(child("a").restart(Restart.PERMANENT));
		assertRestartedAfter("a", BOOM);
	}

	@Test
	@OtpCase("RST-004")
	void transientChildIsNotRestartedAfterNormal() {
		SupervisorRef supervisor = start(child("a").restart(Restart.TRANSIENT));
		this.trees.end("a", ExitReason.NORMAL);
		assertThat(this.trees.isRunning("a")).isFalse();
		assertThat(TestTree.states(supervisor)).containsExactly("a STOPPED");
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(1, 0, 0, 1));
	}

	@Test
	@OtpCase("RST-005")
	void transientChildIsNotRestartedAfterShutdownButByHand() {
		SupervisorRef supervisor = start(child("a").restart(Restart.TRANSIENT));
		for (ExitReason reason : List.of(ExitReason.SHUTDOWN, SHUTDOWN_X)) {
			this.trees.end("a", reason);
			assertThat(TestTree.states(supervisor)).containsExactly("a STOPPED");
			assertThat(supervisor.restartChild("a").pid()).isEqualTo(this.trees.pid("a"));
		}
		assertThat(TestTree.states(supervisor)).containsExactly("a RUNNING");
	}

	@Test
	@OtpCase("RST-006")
	void transientChildIsRestartedAfterAnAbnormalEnd() {
		start(child("a").restart(Restart.TRANSIENT));
		assertRestartedAfter("a", BOOM);
		assertRestartedAfter("a", ExitReason.KILLED);
	}

	@Test
	@OtpCase("RST-007")
	void temporaryChildIsForgottenAfterAnyEnd() {
		SupervisorRef supervisor = start();
		for (ExitReason reason : List.of(ExitReason.NORMAL, ExitReason.SHUTDOWN, SHUTDOWN_X, BOOM, ExitReason.KILLED)) {
			assertThat(supervisor.startChild(child("a").restart(Restart.TEMPORARY)))
				.isInstanceOf(ChildResult.Started.class);
			this.trees.end("a", reason);
			assertThat(supervisor.whichChildren()).isEmpty();
			assertThat(this.trees.isRunning("a")).isFalse();
		}
	}

	// ---- intensity

	@Test
	@OtpCase("RST-010")
	void crashesFurtherApartThanTheWindowDoNotAddUp() {
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ONE, 1, child("a"));
		for (int i = 0; i < 4; i++) {
			assertRestartedAfter("a", BOOM);
			this.trees.test.advance(WITHIN.plusSeconds(1));
		}
		assertThat(supervisor.pid()).isPresent();
	}

	@Test
	@OtpCase("RST-011")
	void oneForOneLeavesSiblingsAlone() {
		start(Strategy.ONE_FOR_ONE, 1, child("a"), child("b"));
		Pid sibling = this.trees.pid("b");
		assertRestartedAfter("a", BOOM);
		assertThat(this.trees.pid("b")).isEqualTo(sibling);
	}

	@Test
	@OtpCase("RST-012")
	void oneForOneGivesUpAfterTheIntensity() {
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ONE, 2, child("a"), child("b"));
		assertRestartedAfter("a", BOOM);
		assertRestartedAfter("b", BOOM);
		this.trees.end("a", BOOM);
		assertGaveUp(supervisor, "a");
		assertThat(this.trees.isRunning("b")).isFalse();
	}

	@Test
	@OtpCase("RST-014")
	void oneForAllRestartsEverybody() {
		start(Strategy.ONE_FOR_ALL, 1, child("a"), child("b"));
		List<Pid> before = this.trees.pids("a", "b");
		this.trees.forget();
		this.trees.end("a", BOOM);
		assertThat(this.trees.pids("a", "b")).doesNotContainAnyElementsOf(before);
		assertThat(this.trees.exits()).containsExactly("a boom", "b shutdown");
		assertThat(this.trees.starts()).containsExactly("a RESTART", "b RESTART");
	}

	@Test
	@OtpCase("RST-015")
	void oneForAllGivesUpAfterTheIntensity() {
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ALL, 2, child("a"), child("b"));
		assertRestartedAfter("a", BOOM);
		assertRestartedAfter("b", BOOM);
		assertThat(supervisor.pid()).isPresent();
		this.trees.end("a", BOOM);
		assertGaveUp(supervisor, "a");
	}

	@Test
	@OtpCase("RST-016")
	void oneForAllGivesUpWhenASiblingCannotRestart() {
		AtomicInteger failures = new AtomicInteger();
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ALL, 4, child("a"), failing("b", failures));
		failures.set(MANY);
		this.trees.forget();
		this.trees.end("a", BOOM);
		assertGaveUp(supervisor, "b");
		// one attempt after the crash, and one for each of the three retries that count
		assertThat(MANY - failures.get()).isEqualTo(4);
		assertThat(this.trees.reports()).containsExactly("terminated a boom, restarting", "start failed b no RESTART",
				"start failed b no RESTART", "start failed b no RESTART", "start failed b no RESTART",
				"limit exceeded b no");
		// whatever was restarted is stopped again before the next attempt
		assertThat(this.trees.exits().stream().filter("a shutdown"::equals)).hasSize(4);
	}

	@Test
	@OtpCase("RST-018")
	void restForOneRestartsTheLaterOnes() {
		start(Strategy.REST_FOR_ONE, 1, child("a"), child("b"), child("c"));
		List<Pid> before = this.trees.pids("a", "b", "c");
		this.trees.forget();
		this.trees.end("b", BOOM);
		assertThat(this.trees.pid("a")).isEqualTo(before.get(0));
		assertThat(this.trees.pids("b", "c")).doesNotContainAnyElementsOf(before);
		assertThat(this.trees.exits()).containsExactly("b boom", "c shutdown");
		assertThat(this.trees.starts()).containsExactly("b RESTART", "c RESTART");
	}

	@Test
	@OtpCase("RST-019")
	void restForOneGivesUpAfterTheIntensity() {
		SupervisorRef supervisor = start(Strategy.REST_FOR_ONE, 2, child("a"), child("b"), child("c"));
		assertRestartedAfter("b", BOOM);
		assertRestartedAfter("c", BOOM);
		assertThat(supervisor.pid()).isPresent();
		this.trees.end("b", BOOM);
		assertGaveUp(supervisor, "b");
		assertThat(this.trees.isRunning("a")).isFalse();
	}

	@Test
	@OtpCase("RST-020")
	void restForOneGivesUpWhenALaterOneCannotRestart() {
		AtomicInteger failures = new AtomicInteger();
		SupervisorRef supervisor = start(Strategy.REST_FOR_ONE, 4, child("a"), child("b"), failing("c", failures));
		failures.set(MANY);
		this.trees.end("b", BOOM);
		assertGaveUp(supervisor, "c");
		assertThat(MANY - failures.get()).isEqualTo(4);
	}

	@Test
	@OtpCase("RST-022")
	void dynamicSupervisorRestartsOneChildAndGivesUpAfterTheIntensity() {
		this.trees.start(SupervisorSpec.of("outer")
			.child(ChildSpec.supervisor(DynamicSupervisorSpec.of("tree").intensity(1, WITHIN).name("tree"))
				.restart(Restart.TEMPORARY)));
		DynamicSupervisorRef supervisor = this.trees.node.dynamicSupervisor("tree");
		supervisor.startChild(child("a"));
		supervisor.startChild(child("b"));
		Pid sibling = this.trees.pid("b");
		assertRestartedAfter("a", BOOM);
		assertThat(this.trees.pid("b")).isEqualTo(sibling);
		this.trees.end("a", BOOM);
		assertThat(this.trees.isRunning("tree")).isFalse();
		assertThat(this.trees.isRunning("b")).isFalse();
		assertThat(treeExit().isShutdown()).isTrue();
	}

	private ExitReason treeExit() {
		return this.trees.test.events(SupervisionEvent.ProcessExited.class)
			.filter(exited -> exited.id().equals("tree"))
			.map(SupervisionEvent.ProcessExited::reason)
			.findFirst()
			.orElseThrow();
	}

	@Test
	@OtpCase("RST-023")
	void dynamicSupervisorGivesUpWhenAChildCannotRestart() {
		AtomicInteger failures = new AtomicInteger();
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree").intensity(4, WITHIN));
		supervisor.startChild(child("a"));
		supervisor.startChild(failing("b", failures));
		failures.set(MANY);
		this.trees.forget();
		this.trees.end("b", BOOM);
		assertThat(supervisor.pid()).isEmpty();
		assertThat(MANY - failures.get()).isEqualTo(4);
		assertThat(this.trees.exits()).contains("a shutdown");
		assertThat(treeExit().isShutdown()).isTrue();
	}

	// ---- restarts that fail

	@Test
	@OtpCase("RST-027")
	void childrenCanBeSeenWhileARestartKeepsFailing() {
		AtomicInteger failures = new AtomicInteger();
		SupervisorRef supervisor = start(Strategy.REST_FOR_ONE, MANY, child("a"), failing("b", failures), child("c"));
		failures.set(MANY);
		Pid first = this.trees.pid("a");
		endAndFailOnce("b", failures);
		assertThat(TestTree.states(supervisor)).containsExactly("c STOPPED", "b RESTARTING", "a RUNNING");
		assertThat(supervisor.whichChild("b")).hasValueSatisfying(info -> assertThat(info.pid()).isNull());
		assertThat(supervisor.restartChild("b")).isEqualTo(new ChildResult.Restarting());
		assertThat(supervisor.deleteChild("b")).isEqualTo(new ChildResult.Restarting());
		assertThat(this.trees.pid("a")).isEqualTo(first);
		failures.set(0);
		this.trees.test.settle();
		assertThat(TestTree.states(supervisor)).containsExactly("c RUNNING", "b RUNNING", "a RUNNING");
	}

	/** The loop of retries never ends by itself, so nobody may wait for its end. */
	private void endAndFailOnce(String id, AtomicInteger failures) {
		int before = failures.get();
		this.trees.endSoon(id, BOOM);
		while (failures.get() == before) {
			assertThat(this.trees.test.platform.runOneStep()).isTrue();
		}
	}

	@Test
	@OtpCase("RST-028")
	void dynamicChildThatCannotRestartIsTerminatedByItsOldPid() {
		AtomicInteger failures = new AtomicInteger();
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree").intensity(MANY, WITHIN));
		Pid old = supervisor.startChild(failing("a", failures)).pid();
		failures.set(MANY);
		endAndFailOnce("a", failures);
		assertThat(supervisor.whichChildren()).extracting(ChildInfo::state).containsExactly(ChildInfo.State.RESTARTING);
		assertThat(supervisor.terminateChild(old)).isEqualTo(new ChildResult.Ok());
		assertThat(supervisor.whichChildren()).isEmpty();
		int attempts = failures.get();
		this.trees.test.settle();
		assertThat(failures).hasValue(attempts);
	}

	@Test
	@OtpCase("RST-029")
	void restartingChildrenCountAsWorkersButNotAsActive() {
		AtomicInteger failures = new AtomicInteger();
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ONE, MANY, failing("a", failures), failing("b", failures),
				child("c"));
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(3, 3, 0, 3));
		failures.set(MANY);
		endAndFailOnce("a", failures);
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(3, 2, 0, 3));
		this.trees.endSoon("b", BOOM);
		while (this.trees.node.whereis("b").isPresent()) {
			assertThat(this.trees.test.platform.runOneStep()).isTrue();
		}
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(3, 1, 0, 3));
		failures.set(0);
		this.trees.test.settle();
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(3, 3, 0, 3));
	}

	@Test
	@OtpCase("RST-031")
	void everyAttemptOfAGroupCountsOnce() {
		for (Strategy strategy : List.of(Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE)) {
			for (int maxRestarts : new int[] { 2, 3 }) {
				AtomicInteger failures = new AtomicInteger();
				SupervisorRef supervisor = start(strategy, maxRestarts, child("a"), failing("b", failures), child("c"),
						child("d"));
				failures.set(2);
				this.trees.end("a", BOOM);
				// the crash and two failed attempts: three, however large the group
				assertThat(supervisor.pid().isPresent()).as("%s %s", strategy, maxRestarts).isEqualTo(maxRestarts == 3);
				if (maxRestarts == 3) {
					assertThat(this.trees.node.intensityUtilization(supervisor.pid().orElseThrow())).isEqualTo(1);
					this.trees.stop("tree");
				}
				this.trees.node.trees().deleteChild("tree");
			}
		}
	}

	@Test
	@OtpCase("RST-035")
	void twoSiblingsKilledTogetherCountTwiceUnderOneForOne() {
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ONE, 1, child("a"), child("b"));
		this.trees.endSoon("a", ExitReason.KILLED);
		this.trees.endSoon("b", ExitReason.KILLED);
		assertGaveUp(supervisor, "b");
	}

	@Test
	@OtpCase("RST-037")
	void endsThatAreNotRestartedLeaveAGroupAlone() {
		for (Strategy strategy : List.of(Strategy.ONE_FOR_ALL, Strategy.REST_FOR_ONE)) {
			SupervisorRef supervisor = start(strategy, 0, child("a").restart(Restart.TRANSIENT),
					child("b").restart(Restart.TEMPORARY), child("c"));
			Pid sibling = this.trees.pid("c");
			this.trees.end("a", ExitReason.NORMAL);
			this.trees.end("b", BOOM);
			assertThat(this.trees.pid("c")).isEqualTo(sibling);
			assertThat(TestTree.states(supervisor)).containsExactly("c RUNNING", "a STOPPED");
			this.trees.stop("tree");
			this.trees.node.trees().deleteChild("tree");
		}
	}

	@Test
	@OtpCase("RST-039")
	void administrationDoesNotCount() {
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ONE, 1, child("a"));
		for (int i = 0; i < 3; i++) {
			supervisor.terminateChild("a");
			supervisor.restartChild("a");
			supervisor.startChild(child("b"));
			supervisor.terminateChild("b");
			supervisor.deleteChild("b");
		}
		assertThat(this.trees.node.intensityUtilization(supervisor.pid().orElseThrow())).isZero();
		assertRestartedAfter("a", BOOM);
		assertThat(supervisor.pid()).isPresent();
	}

	@Test
	@OtpCase("RST-041")
	void restartUsesTheOriginalArgumentsAndAFreshState() {
		List<Object> made = new CopyOnWriteArrayList<>();
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("dynamic").extraArguments("extra"));
		supervisor.startChild(ChildSpec.workerOf("a", arguments -> {
			made.add(arguments);
			return new Script();
		}).name("a"), "x", 1);
		this.trees.tell("a", (state, self) -> Next.with("changed"));
		assertThat(state("a")).isEqualTo("changed");
		assertRestartedAfter("a", BOOM);
		assertThat(state("a")).isEqualTo("state");
		assertThat(made).containsExactly(List.of("extra", "x", 1), List.of("extra", "x", 1));
		start(child("b"));
		this.trees.tell("b", (state, self) -> Next.with("changed"));
		assertRestartedAfter("b", BOOM);
		assertThat(state("b")).isEqualTo("state");
	}

	private Object state(String id) {
		return this.trees.node.sys(this.trees.pid(id)).getState();
	}

	@Test
	@OtpCase("RST-042")
	void parentSeesASupervisorThatGaveUpEndWithShutdown() {
		for (Restart restart : Restart.values()) {
			SupervisorRef outer = this.trees.start(SupervisorSpec.of("outer")
				.intensity(1, WITHIN)
				.child(ChildSpec.supervisor(SupervisorSpec.of("tree", child("a")).intensity(0, WITHIN).name("tree"))
					.restart(restart)));
			Pid before = this.trees.pid("tree");
			this.trees.forget();
			this.trees.end("a", BOOM);
			assertThat(treeExit().isShutdown()).isTrue();
			// clean, so only a permanent one comes back, and that counts at the parent
			boolean comesBack = restart == Restart.PERMANENT;
			assertThat(this.trees.isRunning("tree")).as("%s", restart).isEqualTo(comesBack);
			assertThat(this.trees.node.intensityUtilization(outer.pid().orElseThrow())).isEqualTo(comesBack ? 1 : 0);
			if (comesBack) {
				assertThat(this.trees.pid("tree")).isNotEqualTo(before);
				assertThat(this.trees.isRunning("a")).isTrue();
			}
			this.trees.stop("outer");
			this.trees.node.trees().deleteChild("outer");
		}
	}

	// ---- more of the contract than the suites assert one by one

	@Test
	void childThatNeverStartsAgainIsTriedAsOftenAsTheIntensitySays() {
		for (int maxRestarts : new int[] { 0, 1, 3 }) {
			AtomicInteger failures = new AtomicInteger();
			SupervisorRef supervisor = start(Strategy.ONE_FOR_ONE, maxRestarts, failing("a", failures));
			failures.set(MANY);
			this.trees.end("a", BOOM);
			assertThat(MANY - failures.get()).isEqualTo(maxRestarts);
			assertThat(supervisor.pid()).isEmpty();
			this.trees.node.trees().deleteChild("tree");
		}
	}

	@Test
	void twoSiblingsKilledTogetherCostOneRestartOfAGroup() {
		SupervisorRef supervisor = start(Strategy.ONE_FOR_ALL, 1, child("a"), child("b"));
		this.trees.endSoon("a", ExitReason.KILLED);
		this.trees.endSoon("b", ExitReason.KILLED);
		this.trees.test.settle();
		assertThat(supervisor.pid()).isPresent();
		assertThat(this.trees.starts()).containsExactly("a INITIAL", "b INITIAL", "tree MANUAL", "a RESTART",
				"b RESTART");
	}

	@Test
	void restForOneGoesOnWithTheChildThatFailedToStart() {
		AtomicInteger failures = new AtomicInteger();
		start(Strategy.REST_FOR_ONE, 3, child("a"), child("b"), failing("c", failures), child("d"));
		failures.set(2);
		this.trees.forget();
		this.trees.end("b", BOOM);
		assertThat(this.trees.starts()).containsExactly("b RESTART", "c RESTART", "d RESTART");
	}

	@Test
	void ignoreOnRestartKeepsAStaticChildWithoutPid() {
		AtomicInteger starts = new AtomicInteger();
		Script script = Script.starting(self -> (starts.incrementAndGet() == 1) ? Init.ok("state") : Init.ignore());
		SupervisorRef supervisor = start(script.spec("a"), child("b"));
		this.trees.forget();
		this.trees.end("a", BOOM);
		assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a STOPPED");
		assertThat(starts).hasValue(2);
		assertThat(this.trees.reports()).doesNotContain("start failed a ignore RESTART");
	}

	@Test
	void crashThatWaitsBeforeTerminateChildIsServedFirst() {
		SupervisorRef supervisor = start(child("a"));
		this.trees.forget();
		this.trees.endSoon("a", BOOM);
		while (this.trees.node.whereis("a").isPresent()) {
			assertThat(this.trees.test.platform.runOneStep()).isTrue();
		}
		supervisor.terminateChild("a");
		assertThat(this.trees.starts()).containsExactly("a RESTART");
		assertThat(this.trees.exits()).containsExactly("a boom", "a shutdown");
		assertThat(TestTree.states(supervisor)).containsExactly("a STOPPED");
	}

	@Test
	void escalationMultipliesTheIntensities() {
		AtomicInteger starts = new AtomicInteger();
		Script crashing = Script.starting(self -> {
			starts.incrementAndGet();
			return Init.<Object>ok("state").thenContinue(Script.crash("again"));
		});
		this.trees.start(SupervisorSpec.of("tree")
			.intensity(2, Duration.ofMinutes(1))
			.child(SupervisorSpec.of("inner", crashing.spec("a")).intensity(3, Duration.ofMinutes(1))));
		this.trees.test.settle();
		assertThat(starts).hasValue((2 + 1) * (3 + 1));
	}

}

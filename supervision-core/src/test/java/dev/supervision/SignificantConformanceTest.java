package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.SHUTDOWN_X;
import static dev.supervision.TestTree.WITHIN;
import static dev.supervision.TestTree.child;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Significant children and the supervisors that stop themselves, as in section 1.9 of the
 * contract.
 */
class SignificantConformanceTest {

	private static final List<ExitReason> CLEAN = List.of(ExitReason.NORMAL, ExitReason.SHUTDOWN, SHUTDOWN_X);

	private static final List<ExitReason> ABNORMAL = List.of(BOOM, ExitReason.KILLED);

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	/** A tree of which nothing is left from an earlier one. */
	private SupervisorRef start(AutoShutdown autoShutdown, ChildSpec... children) {
		this.trees.node.trees().terminateChild("tree");
		this.trees.node.trees().deleteChild("tree");
		SupervisorRef started = this.trees
			.start(SupervisorSpec.of("tree", children).autoShutdown(autoShutdown).intensity(10, WITHIN));
		this.trees.forget();
		return started;
	}

	private static ChildSpec significant(String id, Restart restart) {
		return child(id).restart(restart).significant(true);
	}

	private static List<ExitReason> all() {
		List<ExitReason> all = new ArrayList<>(CLEAN);
		all.addAll(ABNORMAL);
		return all;
	}

	private void assertStopped(SupervisorRef supervisor) {
		assertThat(supervisor.pid()).isEmpty();
		assertThat(this.trees.exits()).last().isEqualTo("tree shutdown");
	}

	@Test
	@OtpCase("SIG-001")
	void endOfATemporaryChildThatIsNotSignificantNeverStopsTheSupervisor() {
		for (AutoShutdown mode : AutoShutdown.values()) {
			SupervisorRef supervisor = start(mode, child("b"));
			supervisor.startChild(child("a").restart(Restart.TEMPORARY));
			supervisor.terminateChild("a");
			for (ExitReason reason : all()) {
				supervisor.startChild(child("a").restart(Restart.TEMPORARY));
				this.trees.end("a", reason);
				assertThat(TestTree.states(supervisor)).as("%s %s", mode, reason).containsExactly("b RUNNING");
			}
		}
	}

	@Test
	@OtpCase("SIG-002")
	void endOfATransientChildThatIsNotSignificantNeverStopsTheSupervisor() {
		for (AutoShutdown mode : AutoShutdown.values()) {
			SupervisorRef supervisor = start(mode, child("a").restart(Restart.TRANSIENT), child("b"));
			supervisor.terminateChild("a");
			supervisor.restartChild("a");
			for (ExitReason reason : CLEAN) {
				this.trees.end("a", reason);
				assertThat(TestTree.states(supervisor)).as("%s %s", mode, reason)
					.containsExactly("b RUNNING", "a STOPPED");
				supervisor.restartChild("a");
			}
			for (ExitReason reason : ABNORMAL) {
				Pid before = this.trees.pid("a");
				this.trees.end("a", reason);
				assertThat(this.trees.pid("a")).as("%s %s", mode, reason).isNotEqualTo(before);
			}
		}
	}

	@Test
	@OtpCase("SIG-004")
	void anyEndOfASignificantTemporaryChildStopsTheSupervisor() {
		for (ExitReason reason : all()) {
			SupervisorRef supervisor = start(AutoShutdown.ANY_SIGNIFICANT, child("a"),
					significant("b", Restart.TEMPORARY), significant("c", Restart.TEMPORARY));
			this.trees.end("b", reason);
			assertStopped(supervisor);
			assertThat(this.trees.exits()).containsExactly("b " + reason, "c shutdown", "a shutdown", "tree shutdown");
		}
	}

	@Test
	@OtpCase("SIG-005")
	void endOfTheLastSignificantTemporaryChildStopsTheSupervisor() {
		for (ExitReason reason : all()) {
			SupervisorRef supervisor = start(AutoShutdown.ALL_SIGNIFICANT, significant("a", Restart.TEMPORARY),
					child("b"), significant("c", Restart.TEMPORARY));
			this.trees.end("a", reason);
			assertThat(TestTree.states(supervisor)).containsExactly("c RUNNING", "b RUNNING");
			this.trees.end("c", reason);
			assertStopped(supervisor);
			assertThat(this.trees.exits()).contains("b shutdown");
		}
	}

	@Test
	@OtpCase("SIG-007")
	void cleanEndOfTheLastSignificantTransientChildStopsTheSupervisor() {
		for (ExitReason reason : CLEAN) {
			SupervisorRef supervisor = start(AutoShutdown.ALL_SIGNIFICANT, significant("a", Restart.TRANSIENT),
					child("b"), significant("c", Restart.TRANSIENT));
			for (ExitReason crash : ABNORMAL) {
				Pid before = this.trees.pid("a");
				this.trees.end("a", crash);
				assertThat(this.trees.pid("a")).isNotEqualTo(before);
			}
			this.trees.end("a", reason);
			assertThat(TestTree.states(supervisor)).containsExactly("c RUNNING", "b RUNNING", "a STOPPED");
			this.trees.end("c", reason);
			assertStopped(supervisor);
		}
	}

	@Test
	@OtpCase("SIG-008")
	void dynamicSupervisorHasNoAutoShutdown() {
		// it cannot even be asked for
		assertThat(DynamicSupervisorSpec.class.getRecordComponents()).extracting("name").doesNotContain("autoShutdown");
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree"));
		for (Restart restart : Restart.values()) {
			for (ExitReason reason : CLEAN) {
				supervisor.startChild(child("a").restart(restart));
				this.trees.end("a", reason);
				assertThat(supervisor.pid()).isPresent();
				this.trees.node.whereis("a").ifPresent(supervisor::terminateChild);
			}
		}
	}

	@Test
	@OtpCase("SIG-011")
	void significantChildIsRefusedByASupervisorThatNeverStopsItself() {
		SupervisorRef supervisor = start(AutoShutdown.NEVER);
		for (Restart restart : List.of(Restart.TRANSIENT, Restart.TEMPORARY)) {
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> supervisor.startChild(significant("a", restart)))
				.satisfies(ex -> {
					assertThat(ex.what()).contains("significant");
					assertThat(ex.allowed()).contains("auto-shutdown never");
				});
		}
		assertThat(supervisor.whichChildren()).isEmpty();
		assertThat(this.trees.isRunning("a")).isFalse();
	}

	@Test
	@OtpCase("SIG-012")
	void supervisorThatStopsItselfEndsWithShutdownInReverseOrder() {
		start(AutoShutdown.ANY_SIGNIFICANT, child("a"), significant("b", Restart.TRANSIENT), child("c"), child("d"));
		this.trees.end("b", ExitReason.NORMAL);
		assertThat(this.trees.exits()).containsExactly("b normal", "d shutdown", "c shutdown", "a shutdown",
				"tree shutdown");
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("SIG-014")
	void significantChildIsRefusedByADynamicSupervisor() {
		// a partition supervisor is not there yet, and will be made of the same parts
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree"));
		for (Restart restart : Restart.values()) {
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> supervisor.startChild(significant("a", restart)))
				.satisfies(ex -> assertThat(ex.what()).contains("significant"));
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> supervisor.startChild("a", significant("a", restart)));
		}
		assertThat(supervisor.whichChildren()).isEmpty();
		assertThat(this.trees.isRunning("a")).isFalse();
	}

	// ---- more of the contract than the suites assert one by one

	@Test
	void endThatTheSupervisorCausedDoesNotStopIt() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec
			.of("tree", child("a"), significant("b", Restart.TRANSIENT), significant("c", Restart.TEMPORARY))
			.strategy(Strategy.ONE_FOR_ALL)
			.autoShutdown(AutoShutdown.ANY_SIGNIFICANT));
		supervisor.terminateChild("b");
		supervisor.restartChild("b");
		this.trees.end("a", BOOM);
		assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a RUNNING");
	}

	@Test
	void significantSupervisorChainsUpwards() {
		SupervisorSpec inner = SupervisorSpec.of("inner", significant("a", Restart.TRANSIENT))
			.autoShutdown(AutoShutdown.ANY_SIGNIFICANT);
		SupervisorRef outer = this.trees.start(SupervisorSpec.of("tree", child("b"))
			.autoShutdown(AutoShutdown.ALL_SIGNIFICANT)
			.child(ChildSpec.supervisor(inner).restart(Restart.TRANSIENT).significant(true)));
		this.trees.end("a", ExitReason.NORMAL);
		assertThat(outer.pid()).isEmpty();
		assertThat(this.trees.exits()).containsExactly("a normal", "inner shutdown", "b shutdown", "tree shutdown");
	}

	@Test
	void restartingSignificantChildCountsAsPresent() {
		SupervisorRef supervisor = start(AutoShutdown.ALL_SIGNIFICANT,
				significant("a", Restart.TRANSIENT)
					.backoff(Backoff.between(Duration.ofSeconds(1), Duration.ofSeconds(1))),
				significant("b", Restart.TRANSIENT));
		this.trees.end("a", BOOM);
		assertThat(TestTree.states(supervisor)).containsExactly("b RUNNING", "a RESTARTING");
		this.trees.end("b", ExitReason.NORMAL);
		assertThat(supervisor.pid()).isPresent();
		this.trees.test.advance(Duration.ofSeconds(2));
		this.trees.end("a", ExitReason.NORMAL);
		assertStopped(supervisor);
	}

}

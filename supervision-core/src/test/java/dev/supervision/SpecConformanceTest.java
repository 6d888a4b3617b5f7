package dev.supervision;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Child specifications and supervisor flags, as in section 1.6 of the contract.
 */
class SpecConformanceTest {

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	@Test
	@OtpCase("SPC-001")
	void workerAndSupervisorHaveTheDefaultsOfOtp() {
		ChildSpec worker = TestTree.child("worker");
		assertThat(worker.restart()).isEqualTo(Restart.PERMANENT);
		assertThat(worker.type()).isEqualTo(ChildType.WORKER);
		assertThat(worker.shutdown()).isEqualTo(Shutdown.within(Duration.ofMillis(5000)));
		assertThat(worker.significant()).isFalse();
		ChildSpec brutal = worker.shutdown(Shutdown.BRUTAL_KILL);
		assertThat(brutal.shutdown()).isEqualTo(Shutdown.BRUTAL_KILL);
		assertThat(brutal.restart()).isEqualTo(Restart.PERMANENT);
		ChildSpec supervisor = ChildSpec.supervisor(SupervisorSpec.of("inner"));
		assertThat(supervisor.restart()).isEqualTo(Restart.PERMANENT);
		assertThat(supervisor.type()).isEqualTo(ChildType.SUPERVISOR);
		assertThat(supervisor.shutdown()).isEqualTo(Shutdown.INFINITY);
		assertThat(supervisor.significant()).isFalse();
	}

	@Test
	@OtpCase("SPC-002")
	void specificationOfAnUnknownIdIsNotFound() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", TestTree.child("a")));
		assertThat(supervisor.childSpec("unknown")).isEmpty();
		assertThat(supervisor.childSpec("a")).map(ChildSpec::id).hasValue("a");
	}

	@Test
	@OtpCase("SPC-006")
	void badValuesHaveTheirOwnErrorAndNothingStarts() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree"));
		long before = this.trees.node.processes().count();
		ChildSpec good = TestTree.child("a");
		assertInvalid("shutdown", () -> good.shutdown(Duration.ofMillis(-10)));
		assertInvalid("shutdown", () -> supervisor.startChild(good.shutdown(Duration.ofMillis(-10))));
		assertInvalid("start-timeout", () -> supervisor.startChild(good.startTimeout(Duration.ZERO)));
		// what passes the single setters is checked before the supervisor is asked
		ChildSpec contradictory = good.significant(true);
		assertInvalid("significant", () -> supervisor.startChild(contradictory));
		assertInvalid("significant", () -> this.trees.start(SupervisorSpec.of("other", contradictory)));
		assertThat(this.trees.node.processes()).hasSize((int) before);
		assertThat(supervisor.whichChildren()).isEmpty();
		assertThat(this.trees.starts()).containsExactly("tree MANUAL");
	}

	@Test
	@OtpCase("SPC-007")
	void eachFieldInvalidInTurnHasItsOwnError() {
		ChildSpec good = TestTree.child("a");
		Stream.of("", " ", "a/b", "a\n").forEach(id -> {
			assertInvalid("child id", () -> good.id(id));
			assertInvalid("child id", () -> ChildSpec.worker(id, Script::new));
		});
		assertInvalid("start", () -> ChildSpec.worker("a", null));
		assertInvalid("start", () -> ChildSpec.workerOf("a", null));
		assertInvalid("restart", () -> good.restart(null));
		assertInvalid("shutdown", () -> good.shutdown((Shutdown) null));
		assertInvalid("shutdown", () -> good.shutdown(Duration.ofNanos(-1)));
		assertInvalid("significant", () -> this.trees.start(SupervisorSpec.of("tree", good.significant(true))));
	}

	@Test
	@OtpCase("SPC-010")
	void duplicateIdsAreRejected() {
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> this.trees.start(SupervisorSpec.of("tree", TestTree.child("a"), TestTree.child("b"),
					TestTree.child("a").name("other"))))
			.satisfies(ex -> assertThat(ex.what()).contains("tree").contains("child id"))
			.withMessageContaining("'a'");
		assertThat(this.trees.starts()).isEmpty();
	}

	@Test
	@OtpCase("SPC-016")
	void everyFormOfAChildIsNormalisedAndCanBeOverridden() {
		ChildSpec plain = ChildSpec.worker("a", Script::new);
		ChildSpec withArguments = ChildSpec.workerOf("b", arguments -> new Script());
		ChildSpec tree = ChildSpec.supervisor(SupervisorSpec.of("c"));
		for (ChildSpec form : List.of(plain, withArguments, tree)) {
			ChildSpec overridden = form.id("other")
				.restart(Restart.TEMPORARY)
				.shutdown(Shutdown.BRUTAL_KILL)
				.significant(true);
			assertThat(overridden.id()).isEqualTo("other");
			assertThat(overridden.type()).isEqualTo(form.type());
			assertThat(overridden.restart()).isEqualTo(Restart.TEMPORARY);
			assertThat(overridden.shutdown()).isEqualTo(Shutdown.BRUTAL_KILL);
			assertThat(overridden.significant()).isTrue();
			// a specification is a value: the original has not changed
			assertThat(form.restart()).isEqualTo(Restart.PERMANENT);
			assertThat(form.significant()).isFalse();
		}
	}

	@Test
	@OtpCase("SPC-018")
	void flagsHaveDefaultsAndKeepWhatIsGiven() {
		// the strategy has OTP's default; that Elixir wants it written out is for its
		// keyword lists
		SupervisorSpec defaults = SupervisorSpec.of("tree");
		assertThat(defaults.strategy()).isEqualTo(Strategy.ONE_FOR_ONE);
		assertThat(defaults.intensity()).isEqualTo(new RestartIntensity(3, Duration.ofSeconds(5)));
		assertThat(defaults.autoShutdown()).isEqualTo(AutoShutdown.NEVER);
		SupervisorSpec given = defaults.strategy(Strategy.REST_FOR_ONE).intensity(7, Duration.ofSeconds(11));
		assertThat(given.strategy()).isEqualTo(Strategy.REST_FOR_ONE);
		assertThat(given.intensity()).isEqualTo(new RestartIntensity(7, Duration.ofSeconds(11)));
		assertInvalid("strategy", () -> defaults.strategy(null));
	}

	@Test
	@OtpCase("SPC-019")
	void allFormsOfChildrenCanBeMixed() {
		SupervisorRef supervisor = this.trees
			.start(SupervisorSpec.of("tree", TestTree.child("a"), ChildSpec.workerOf("b", arguments -> new Script()))
				.child(SupervisorSpec.of("c", TestTree.child("d")))
				.child(DynamicSupervisorSpec.of("e"))
				.child(ChildSpec.supervisor(SupervisorSpec.of("f"))));
		assertThat(TestTree.states(supervisor)).containsExactly("f RUNNING", "e RUNNING", "c RUNNING", "b RUNNING",
				"a RUNNING");
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(5, 5, 3, 2));
		assertThat(this.trees.isRunning("d")).isTrue();
	}

	@Test
	@OtpCase("SPC-020")
	void supervisorMakesItsOwnChildSpecification() {
		ChildSpec spec = ChildSpec.supervisor(SupervisorSpec.of("inner", TestTree.child("a")).name("registered"));
		assertThat(spec.type()).isEqualTo(ChildType.SUPERVISOR);
		assertThat(spec.id()).isEqualTo("inner");
		assertThat(spec.name()).isEqualTo("registered");
		SupervisorRef outer = this.trees.start(SupervisorSpec.of("outer", spec));
		assertThat(outer.whichChild("inner")).map(ChildInfo::type).hasValue(ChildType.SUPERVISOR);
		assertThat(this.trees.node.supervisor("registered").whichChildren()).hasSize(1);
	}

	@Test
	@OtpCase("SPC-021")
	void shutdownOfZeroAndOneIsAcceptedAtStartChild() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree"));
		DynamicSupervisorRef dynamic = this.trees.start(DynamicSupervisorSpec.of("dynamic"));
		for (int millis : new int[] { 0, 1 }) {
			ChildSpec spec = TestTree.child("s" + millis).shutdown(Duration.ofMillis(millis));
			assertThat(this.trees.node.isAlive(supervisor.startChild(spec).pid())).isTrue();
			ChildSpec other = TestTree.child("d" + millis).shutdown(Duration.ofMillis(millis));
			assertThat(this.trees.node.isAlive(dynamic.startChild(other).pid())).isTrue();
		}
	}

	private static void assertInvalid(String what, Runnable attempt) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(attempt::run)
			.satisfies(ex -> assertThat(ex.what()).contains(what));
	}

}

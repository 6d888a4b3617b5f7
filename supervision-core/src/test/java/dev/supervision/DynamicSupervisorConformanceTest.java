package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.SHUTDOWN_X;
import static dev.supervision.TestTree.WITHIN;
import static dev.supervision.TestTree.child;
import static dev.supervision.TestTree.endingWith;
import static dev.supervision.TestTree.failing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Dynamic supervisors, as in section 1.11 of the contract. What OTP asserts of
 * simple_one_for_one is asserted in the form of Elixir's DynamicSupervisor.
 */
class DynamicSupervisorConformanceTest {

	private static final List<ExitReason> CLEAN = List.of(ExitReason.NORMAL, ExitReason.SHUTDOWN, SHUTDOWN_X);

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	private DynamicSupervisorRef start() {
		return this.trees.start(DynamicSupervisorSpec.of("tree").intensity(3, WITHIN));
	}

	private static List<ChildInfo.State> states(DynamicSupervisorRef supervisor) {
		return supervisor.whichChildren().stream().map(ChildInfo::state).toList();
	}

	private static ChildCounts workers(int count) {
		return new ChildCounts(count, count, 0, count);
	}

	// ---- simple_one_for_one in Elixir's form

	@Test
	@OtpCase("DYN-001")
	void emptySupervisorIsCountedAndGrows() {
		DynamicSupervisorRef supervisor = start();
		// in Elixir every child brings its own specification
		assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		Pid a = supervisor.startChild(child("a")).pid();
		assertThat(supervisor.countChildren()).isEqualTo(workers(1));
		Pid b = supervisor.startChild(child("b")).pid();
		assertThat(supervisor.countChildren()).isEqualTo(workers(2));
		assertThat(supervisor.whichChildren()).extracting(ChildInfo::pid).containsExactly(b, a);
		assertThat(supervisor.whichChildren()).extracting(ChildInfo::id).containsOnlyNulls();
	}

	@Test
	@OtpCase("DYN-003")
	void dynamicChildrenAreNeitherRestartedByHandNorDeleted() {
		DynamicSupervisorRef supervisor = start();
		Pid pid = supervisor.startChild("a", child("a")).pid();
		SupervisorRef asStatic = this.trees.node.supervisor(supervisor.pid().orElseThrow());
		assertThat(supervisor.restartChild("a")).isEqualTo(new ChildResult.Running());
		assertThat(supervisor.restartChild("unknown")).isEqualTo(new ChildResult.NotFound());
		assertThat(asStatic.deleteChild("a")).isEqualTo(new ChildResult.NotFound());
		assertThat(asStatic.deleteChild("unknown")).isEqualTo(new ChildResult.NotFound());
		assertThat(supervisor.find("a")).hasValue(pid);
	}

	@Test
	@OtpCase("DYN-004")
	void failedStartKeepsNothing() {
		DynamicSupervisorRef supervisor = start();
		assertThat(supervisor.startChild(failing("a", new AtomicInteger(1))))
			.isEqualTo(new ChildResult.Failed(ExitReason.of("no")));
		assertThat(supervisor.startChild("b", Script.starting(self -> null).spec("b"))).isInstanceOfSatisfying(
				ChildResult.Failed.class,
				failed -> assertThat(failed.reason().toString()).contains("bad_return_value"));
		assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		assertThat(supervisor.find("b")).isEmpty();
		assertThat(supervisor.startChild("b", child("b"))).isInstanceOf(ChildResult.Started.class);
	}

	@Test
	@OtpCase("DYN-005")
	void ignoredStartKeepsNothing() {
		DynamicSupervisorRef supervisor = start();
		for (Restart restart : Restart.values()) {
			ChildSpec ignoring = Script.starting(self -> Init.ignore()).spec("a").restart(restart);
			assertThat(supervisor.startChild(ignoring)).isEqualTo(new ChildResult.Ignored());
			assertThat(supervisor.startChild("a", ignoring)).isEqualTo(new ChildResult.Ignored());
			assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		}
		this.trees.stop("tree");
		assertThat(this.trees.exits()).last().isEqualTo("tree shutdown");
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("DYN-007")
	void infoOfInitIsHandedOutAndTheChildIsRestarted() {
		DynamicSupervisorRef supervisor = start();
		ChildResult result = supervisor
			.startChild(Script.starting(self -> Init.<Object>ok("state").info("extra")).spec("a"));
		assertThat(result).isEqualTo(new ChildResult.Started(this.trees.pid("a"), "extra"));
		this.trees.end("a", BOOM);
		assertThat(this.trees.pid("a")).isNotEqualTo(result.pid());
		assertThat(supervisor.countChildren()).isEqualTo(workers(1));
	}

	@Test
	@OtpCase("DYN-009")
	void stuckChildIsKilledAfterItsLimitAndTheOthersAreNot() {
		DynamicSupervisorRef supervisor = start();
		supervisor.startChild(child("a"));
		supervisor.startChild(this.trees.stuck("b").shutdown(Duration.ofSeconds(2)));
		supervisor.startChild(child("c"));
		this.trees.forget();
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactlyInAnyOrder("a shutdown", "b killed", "c shutdown",
				"tree shutdown");
		assertThat(this.trees.exits()).last().isEqualTo("tree shutdown");
		assertThat(this.trees.reports()).containsExactly("shutdown error b killed x1");
	}

	@Test
	@OtpCase("DYN-010")
	void childrenWithBrutalKillAreAllKilled() {
		DynamicSupervisorRef supervisor = start();
		for (int i = 0; i < 10; i++) {
			supervisor.startChild(child("a" + i).shutdown(Shutdown.BRUTAL_KILL));
		}
		this.trees.forget();
		this.trees.stop("tree");
		assertThat(this.trees.exits()).hasSize(11).filteredOn(exit -> exit.endsWith("killed")).hasSize(10);
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("DYN-011")
	void childrenMayAnswerTheStopWithAnyReason() {
		List<ExitReason> reasons = new ArrayList<>(CLEAN);
		reasons.add(BOOM);
		for (Restart restart : Restart.values()) {
			DynamicSupervisorRef supervisor = start();
			List<String> expected = new ArrayList<>(List.of("tree shutdown"));
			List<String> errors = new ArrayList<>();
			for (ExitReason reason : reasons) {
				String id = "a" + reasons.indexOf(reason);
				supervisor.startChild(endingWith(id, reason).restart(restart));
				expected.add(id + " " + reason);
				boolean fine = reason == ExitReason.SHUTDOWN || restart != Restart.PERMANENT && reason.isClean();
				if (!fine) {
					errors.add("shutdown error " + id + " " + reason + " x1");
				}
			}
			this.trees.forget();
			this.trees.stop("tree");
			assertThat(this.trees.exits()).containsExactlyInAnyOrderElementsOf(expected);
			assertThat(this.trees.reports()).as("%s", restart).containsExactlyInAnyOrderElementsOf(errors);
			this.trees.node.trees().deleteChild("tree");
		}
	}

	@Test
	@OtpCase("DYN-013")
	void childrenAreFoundByPidOrByTheIdOfTheirStartOnly() {
		DynamicSupervisorRef supervisor = start();
		Pid anonymous = supervisor.startChild(child("a")).pid();
		Pid known = supervisor.startChild("key", child("b")).pid();
		assertThat(supervisor.whichChildren()).satisfiesExactly(info -> {
			assertThat(info.id()).isEqualTo("key");
			assertThat(info.pid()).isEqualTo(known);
		}, info -> {
			assertThat(info.id()).isNull();
			assertThat(info.pid()).isEqualTo(anonymous);
			assertThat(info.type()).isEqualTo(ChildType.WORKER);
			assertThat(info.state()).isEqualTo(ChildInfo.State.RUNNING);
		});
		assertThat(supervisor.find("key")).hasValue(known);
		// the id of the specification does not identify a dynamic child
		assertThat(supervisor.find("a")).isEmpty();
		assertThat(supervisor.find("b")).isEmpty();
		assertThat(supervisor.terminateChild("a")).isEqualTo(new ChildResult.NotFound());
		assertThat(this.trees.node.isAlive(anonymous)).isTrue();
	}

	@Test
	@OtpCase("DYN-014")
	void manyChildrenAreCountedExactly() {
		DynamicSupervisorRef supervisor = start();
		for (int i = 0; i < 1000; i++) {
			supervisor.startChild(ChildSpec.worker("w", Script::new).restart(Restart.TEMPORARY));
		}
		assertThat(supervisor.countChildren()).isEqualTo(workers(1000));
		for (int i = 0; i < 1000; i++) {
			supervisor.startChild(ChildSpec.supervisor(SupervisorSpec.of("s")).restart(Restart.TEMPORARY));
		}
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(2000, 2000, 1000, 1000));
		supervisor.whichChildren().forEach(info -> this.trees.node.exit(info.pid(), ExitReason.KILL));
		this.trees.test.settle();
		assertThat(supervisor.countChildren()).isEqualTo(workers(0));
	}

	@Test
	@OtpCase("DYN-015")
	void terminationOfManyTemporaryChildrenIsLinear() {
		long few = stepsToTerminate("few", 100);
		long many = stepsToTerminate("many", 10_000);
		assertThat(many).isLessThan(few * 100 * 2);
	}

	private long stepsToTerminate(String id, int count) {
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of(id));
		List<Pid> pids = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			pids.add(supervisor.startChild(ChildSpec.worker("w", Script::new).restart(Restart.TEMPORARY)).pid());
		}
		this.trees.test.settle();
		long before = this.trees.test.platform.steps();
		pids.forEach(supervisor::terminateChild);
		assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		return this.trees.test.platform.steps() - before;
	}

	// ---- Elixir's own suite

	@Test
	@OtpCase("DYN-016")
	void runsAsAChildUnderAnyNameAndOncePerId() {
		SupervisorRef outer = this.trees.start(SupervisorSpec.of("outer")
			.child(DynamicSupervisorSpec.of("named").name("some name"))
			.child(ChildSpec.supervisor(DynamicSupervisorSpec.of("typed")).name(Name.of("typed")))
			.child(DynamicSupervisorSpec.of("anonymous")));
		for (String name : List.of("some name", "typed")) {
			assertThat(this.trees.node.dynamicSupervisor(name).countChildren()).isEqualTo(workers(0));
		}
		Pid anonymous = outer.whichChild("anonymous").map(ChildInfo::pid).orElseThrow();
		assertThat(this.trees.node.dynamicSupervisor(anonymous).countChildren()).isEqualTo(workers(0));
		assertThat(outer.startChild(ChildSpec.supervisor(DynamicSupervisorSpec.of("anonymous"))))
			.isEqualTo(new ChildResult.AlreadyStarted(anonymous));
		Pid tree = start().pid().orElseThrow();
		assertThatExceptionOfType(StartException.AlreadyStarted.class).isThrownBy(this::start)
			.satisfies(ex -> assertThat(ex.pid()).isEqualTo(tree));
	}

	@Test
	@OtpCase("DYN-017")
	void makesItsOwnChildSpecification() {
		ChildSpec spec = ChildSpec.supervisor(DynamicSupervisorSpec.of("inner"));
		assertThat(spec.id()).isEqualTo("inner");
		assertThat(spec.type()).isEqualTo(ChildType.SUPERVISOR);
		assertThat(spec.restart()).isEqualTo(Restart.PERMANENT);
		assertThat(spec.shutdown()).isEqualTo(Shutdown.INFINITY);
		ChildSpec custom = spec.id("custom").restart(Restart.TEMPORARY).shutdown(Shutdown.BRUTAL_KILL);
		assertThat(custom.id()).isEqualTo("custom");
		assertThat(custom.type()).isEqualTo(ChildType.SUPERVISOR);
		assertThat(custom.restart()).isEqualTo(Restart.TEMPORARY);
		assertThat(custom.shutdown()).isEqualTo(Shutdown.BRUTAL_KILL);
	}

	@Test
	@OtpCase("DYN-018")
	void hasTheDefaultsOfElixir() {
		DynamicSupervisorSpec spec = DynamicSupervisorSpec.of("tree");
		assertThat(spec.intensity()).isEqualTo(new RestartIntensity(3, Duration.ofSeconds(5)));
		// what Elixir calls infinity
		assertThat(spec.maxChildren()).isEqualTo(Integer.MAX_VALUE);
		assertThat(spec.extraArguments()).isEmpty();
		assertThat(spec.name()).isNull();
	}

	@Test
	@OtpCase("DYN-019")
	void eachBadOptionHasItsOwnError() {
		DynamicSupervisorSpec good = DynamicSupervisorSpec.of("tree");
		assertInvalid("max-restarts", () -> good.intensity(-1, WITHIN));
		assertInvalid("within", () -> good.intensity(1, Duration.ZERO));
		assertInvalid("within", () -> good.intensity(1, Duration.ofSeconds(-1)));
		assertInvalid("max-children", () -> good.maxChildren(-1));
		assertInvalid("supervisor id", () -> DynamicSupervisorSpec.of(" "));
		assertInvalid("name", () -> good.name(""));
		assertInvalid("extra-arguments", () -> good.extraArguments("a", null));
		// a strategy, an auto-shutdown and an init of its own it does not have
		assertThat(DynamicSupervisorSpec.class.getRecordComponents()).extracting("name")
			.containsExactlyInAnyOrder("id", "intensity", "onLimit", "maxChildren", "extraArguments", "name");
	}

	private static void assertInvalid(String what, Runnable attempt) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(attempt::run)
			.satisfies(ex -> assertThat(ex.what()).isEqualTo(what));
	}

	@Test
	@OtpCase("DYN-020")
	void namedSupervisorIsLinkedRegisteredAndStoppable() {
		this.trees.node.spawn(child("parent"));
		Pid pid = this.trees.ask("parent",
				self -> self.startLink(ChildSpec.supervisor(DynamicSupervisorSpec.of("tree").name("tree"))));
		assertThat(this.trees.pid("tree")).isEqualTo(pid);
		assertThat(this.trees.node.info(pid)).map(ProcessInfo::parent).hasValue(this.trees.pid("parent"));
		this.trees.node.ref(pid).stop();
		assertThat(this.trees.isRunning("tree")).isFalse();
		assertThat(this.trees.exits()).containsExactly("tree normal");
		// linked: it goes with whoever started it
		this.trees.ask("parent",
				self -> self.startLink(ChildSpec.supervisor(DynamicSupervisorSpec.of("tree").name("tree"))));
		this.trees.end("parent", BOOM);
		assertThat(this.trees.isRunning("tree")).isFalse();
	}

	@Test
	@OtpCase("DYN-021")
	void everyFormOfAChildCanBeStarted() {
		DynamicSupervisorRef supervisor = start();
		Stream
			.of(child("a"), ChildSpec.workerOf("b", arguments -> new Script()),
					ChildSpec.supervisor(SupervisorSpec.of("c")), ChildSpec.supervisor(DynamicSupervisorSpec.of("d")))
			.forEach(spec -> assertThat(supervisor.startChild(spec)).isInstanceOf(ChildResult.Started.class));
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(4, 4, 2, 2));
	}

	@Test
	@OtpCase("DYN-023")
	void invalidSpecificationIsFoundBeforeTheSupervisorIsAsked() {
		DynamicSupervisorRef nobody = this.trees.node.dynamicSupervisor("nobody");
		ChildSpec invalid = child("a").significant(true);
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> nobody.startChild(invalid));
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> nobody.startChild("key", invalid));
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> nobody.startChild(" ", child("a")));
		assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> nobody.startChild(child("a")));
	}

	@Test
	@OtpCase("DYN-026")
	void maxChildrenOfZeroRefusesEveryStart() {
		AtomicInteger starts = new AtomicInteger();
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree").maxChildren(0));
		assertThat(supervisor.startChild(ChildSpec.worker("a", () -> {
			starts.incrementAndGet();
			return new Script();
		}))).isEqualTo(new ChildResult.MaxChildren(0));
		assertThat(starts).hasValue(0);
		assertThat(supervisor.countChildren()).isEqualTo(workers(0));
	}

	@Test
	@OtpCase("DYN-027")
	void temporaryChildIsNotRestarted() {
		DynamicSupervisorRef supervisor = start();
		for (ExitReason reason : List.of(ExitReason.SHUTDOWN, BOOM)) {
			supervisor.startChild(child("a").restart(Restart.TEMPORARY));
			this.trees.end("a", reason);
			assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		}
	}

	@Test
	@OtpCase("DYN-028")
	void transientChildIsRestartedUnlessItsEndIsClean() {
		DynamicSupervisorRef supervisor = start();
		for (ExitReason reason : CLEAN) {
			supervisor.startChild(child("a").restart(Restart.TRANSIENT));
			this.trees.end("a", reason);
			assertThat(supervisor.countChildren()).as("%s", reason).isEqualTo(workers(0));
		}
		Pid before = supervisor.startChild(child("a").restart(Restart.TRANSIENT)).pid();
		this.trees.end("a", BOOM);
		assertThat(supervisor.countChildren()).isEqualTo(workers(1));
		assertThat(this.trees.pid("a")).isNotEqualTo(before);
	}

	@Test
	@OtpCase("DYN-029")
	void permanentChildIsAlwaysRestarted() {
		DynamicSupervisorRef supervisor = start();
		supervisor.startChild(child("a"));
		for (ExitReason reason : List.of(ExitReason.SHUTDOWN, SHUTDOWN_X, BOOM)) {
			Pid before = this.trees.pid("a");
			this.trees.end("a", reason);
			assertThat(this.trees.pid("a")).isNotEqualTo(before);
			assertThat(supervisor.countChildren()).isEqualTo(workers(1));
		}
	}

	@Test
	@OtpCase("DYN-033")
	void restartThatFailsOnceIsTriedAgain() {
		AtomicInteger failures = new AtomicInteger();
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree").intensity(2, WITHIN));
		supervisor.startChild(failing("a", failures));
		failures.set(1);
		this.trees.forget();
		this.trees.end("a", BOOM);
		assertThat(states(supervisor)).containsExactly(ChildInfo.State.RUNNING);
		assertThat(this.trees.isRunning("a")).isTrue();
		assertThat(this.trees.reports()).containsExactly("terminated a boom, restarting", "start failed a no RESTART",
				"restarted 1 for a");
	}

	@Test
	@OtpCase("DYN-034")
	void supervisorEndsWithShutdownOverTheLimit() {
		DynamicSupervisorRef directly = this.trees.start(DynamicSupervisorSpec.of("direct").intensity(1, WITHIN));
		directly.startChild(child("a"));
		this.trees.end("a", BOOM);
		assertThat(directly.pid()).isPresent();
		this.trees.end("a", BOOM);
		assertThat(directly.pid()).isEmpty();
		AtomicInteger failures = new AtomicInteger();
		DynamicSupervisorRef byRetries = this.trees.start(DynamicSupervisorSpec.of("retries").intensity(2, WITHIN));
		byRetries.startChild(failing("b", failures));
		failures.set(2);
		this.trees.end("b", BOOM);
		assertThat(byRetries.pid()).isEmpty();
		assertThat(this.trees.test.events(SupervisionEvent.ProcessExited.class)
			.filter(exited -> List.of("direct", "retries").contains(exited.id()))
			.map(exited -> exited.reason().isShutdown())).containsExactly(true, true);
	}

	@Test
	@OtpCase("DYN-035")
	void stopEndsEachChildAsItsSpecificationSays() {
		DynamicSupervisorRef supervisor = start();
		supervisor.startChild(child("a").shutdown(Shutdown.BRUTAL_KILL));
		supervisor.startChild(child("b").shutdown(Shutdown.INFINITY));
		supervisor.startChild(child("c").shutdown(Duration.ofMillis(5000)));
		this.trees.forget();
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactlyInAnyOrder("a killed", "b shutdown", "c shutdown",
				"tree shutdown");
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("DYN-038")
	void terminateChildStopsForGood() {
		DynamicSupervisorRef supervisor = start();
		for (Shutdown shutdown : List.of(Shutdown.BRUTAL_KILL, Shutdown.within(Duration.ofSeconds(1)))) {
			this.trees.forget();
			Pid pid = supervisor.startChild(child("a").shutdown(shutdown)).pid();
			assertThat(supervisor.terminateChild(pid)).isEqualTo(new ChildResult.Ok());
			assertThat(this.trees.exits())
				.containsExactly(shutdown.equals(Shutdown.BRUTAL_KILL) ? "a killed" : "a shutdown");
			assertThat(supervisor.terminateChild(pid)).isEqualTo(new ChildResult.NotFound());
			assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		}
	}

	// ---- more of the contract than the suites assert one by one

	@Test
	void maxChildrenCountsRestartingChildrenToo() {
		Backoff slow = Backoff.between(Duration.ofSeconds(1), Duration.ofSeconds(1));
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree").maxChildren(2));
		supervisor.startChild(child("a").backoff(slow));
		supervisor.startChild(child("b"));
		this.trees.end("a", BOOM);
		assertThat(supervisor.startChild(child("c"))).isEqualTo(new ChildResult.MaxChildren(2));
		supervisor.terminateChild(this.trees.pid("b"));
		assertThat(supervisor.startChild(child("c"))).isInstanceOf(ChildResult.Started.class);
	}

	@Test
	void allChildrenAreAskedAtOnceAndWaitedForTogether() {
		DynamicSupervisorRef supervisor = start();
		Script slow = new Script()
			.onTerminate((reason, state, self) -> this.trees.test.platform.sleep(Duration.ofSeconds(3)));
		for (int i = 0; i < 5; i++) {
			supervisor.startChild(slow.spec("a" + i).shutdown(Duration.ofSeconds(4 + i)));
		}
		long before = this.trees.test.platform.clock().nanoTime();
		this.trees.stop("tree");
		assertThat(Duration.ofNanos(this.trees.test.platform.clock().nanoTime() - before))
			.isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	void limitsOfStuckChildrenRunSideBySide() {
		DynamicSupervisorRef supervisor = start();
		for (int i = 0; i < 6; i++) {
			supervisor.startChild(this.trees.stuck("a" + i).shutdown(Duration.ofSeconds(1 + i % 3)));
		}
		this.trees.forget();
		long before = this.trees.test.platform.clock().nanoTime();
		this.trees.stop("tree");
		assertThat(Duration.ofNanos(this.trees.test.platform.clock().nanoTime() - before))
			.isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
		assertThat(this.trees.exits()).hasSize(7).filteredOn(exit -> exit.endsWith(" killed")).hasSize(6);
		assertThat(this.trees.reports()).containsExactly("shutdown error a0 killed x6");
	}

	@Test
	void ignoreOnRestartDropsTheChild() {
		AtomicInteger starts = new AtomicInteger();
		DynamicSupervisorRef supervisor = start();
		supervisor.startChild(
				Script.starting(self -> (starts.incrementAndGet() == 1) ? Init.ok("state") : Init.ignore()).spec("a"));
		this.trees.end("a", BOOM);
		assertThat(supervisor.countChildren()).isEqualTo(workers(0));
		assertThat(starts).hasValue(2);
	}

	@Test
	void pidOfAnotherSupervisorsChildIsNotFound() {
		DynamicSupervisorRef supervisor = start();
		DynamicSupervisorRef other = this.trees.start(DynamicSupervisorSpec.of("other"));
		Pid pid = other.startChild(child("a")).pid();
		assertThat(supervisor.terminateChild(pid)).isEqualTo(new ChildResult.NotFound());
		assertThat(this.trees.node.isAlive(pid)).isTrue();
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.child;
import static dev.supervision.TestTree.endingWith;
import static dev.supervision.TestTree.failing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Starting, stopping and administrating supervisors, as in sections 1.7, 1.10 and 1.11 of
 * the contract.
 */
class SupervisorConformanceTest {

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	// ---- start

	@Test
	@OtpCase("SUP-001")
	void emptySupervisorStartsAndStops() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree"));
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(0, 0, 0, 0));
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactly("tree shutdown");
	}

	@Test
	@OtpCase("SUP-002")
	void supervisorWhoseInitIgnoresLeavesNoExit() {
		// a supervisor of ours has no init of its own; one that is written by hand has
		Script parent = Script.trapping();
		this.trees.node.spawn(parent.spec("parent"));
		ChildSpec ignoring = Script.starting(self -> {
			self.trapExits(true);
			return Init.ignore();
		}).spec("tree");
		assertThat(startLinkFailure(ignoring)).isInstanceOf(StartException.Ignored.class);
		this.trees.test.settle();
		assertThat(parent.infos).isEmpty();
		assertThat(this.trees.exits()).containsExactly("tree normal");
	}

	@Test
	@OtpCase("SUP-003")
	void supervisorWhoseInitReturnsJunkOrRaisesLeavesNoExit() {
		Script parent = Script.trapping();
		this.trees.node.spawn(parent.spec("parent"));
		StartException junk = startLinkFailure(junk("junk"));
		assertThat(junk).isInstanceOf(StartException.Failed.class);
		assertThat(junk.reason().toString()).contains("bad_return_value");
		StartException raised = startLinkFailure(Script.starting(self -> {
			throw new IllegalStateException("raised");
		}).spec("raising"));
		assertThat(raised.reason()).isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
			assertThat(failure.exceptionClass()).isEqualTo(IllegalStateException.class.getName());
			assertThat(failure.message()).isEqualTo("raised");
			assertThat(failure.stackTrace()).contains(SupervisorConformanceTest.class.getSimpleName());
		});
		this.trees.test.settle();
		assertThat(parent.infos).isEmpty();
	}

	private StartException startLinkFailure(ChildSpec spec) {
		return this.trees.ask("parent", self -> {
			try {
				throw new AssertionError("started as " + self.startLink(spec));
			}
			catch (StartException ex) {
				return ex;
			}
		});
	}

	private static ChildSpec junk(String id) {
		return Script.starting(self -> null).spec(id);
	}

	@Test
	@OtpCase("SUP-004")
	void permanentChildThatIgnoresIsListedWithoutPid() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		assertThat(supervisor.startChild(Script.starting(self -> Init.ignore()).spec("b")))
			.isEqualTo(new ChildResult.Ignored());
		assertThat(supervisor.whichChild("b")).hasValueSatisfying(info -> {
			assertThat(info.pid()).isNull();
			assertThat(info.state()).isEqualTo(ChildInfo.State.STOPPED);
		});
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(2, 1, 0, 2));
	}

	@Test
	@OtpCase("SUP-006")
	void failedStartChildLeavesNothing() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree"));
		assertThat(supervisor.startChild(failing("a", new AtomicInteger(1))))
			.isEqualTo(new ChildResult.Failed(ExitReason.of("no")));
		assertThat(supervisor.startChild(junk("b"))).isInstanceOfSatisfying(ChildResult.Failed.class,
				failed -> assertThat(failed.reason().toString()).contains("bad_return_value"));
		assertThat(supervisor.whichChildren()).isEmpty();
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(0, 0, 0, 0));
		assertThat(this.trees.isRunning("a")).isFalse();
		// nothing is retained, so the same id can be tried again
		assertThat(supervisor.startChild(child("a"))).isInstanceOf(ChildResult.Started.class);
	}

	@Test
	@OtpCase("SUP-008")
	void failureReachesWhoeverStartedTheTree() {
		SupervisorSpec inner = SupervisorSpec.of("inner", child("a"), Script.starting(self -> {
			throw new IllegalStateException("no database");
		}).spec("faulty"));
		assertThatExceptionOfType(StartException.Failed.class)
			.isThrownBy(() -> this.trees.start(SupervisorSpec.of("tree").child(inner)))
			.withMessageContaining("inner")
			.withMessageContaining("faulty")
			.withMessageContaining("no database")
			.satisfies(ex -> {
				ExitReason.FailedToStart outer = failedToStart(ex.reason());
				assertThat(outer.childId()).isEqualTo("inner");
				ExitReason.FailedToStart nested = failedToStart(outer.reason());
				assertThat(nested.childId()).isEqualTo("faulty");
				assertThat(nested.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
						failure -> assertThat(failure.stackTrace()).contains("SupervisorConformanceTest"));
			});
		// the child that had started was stopped again
		assertThat(this.trees.exits()).contains("a shutdown");
		assertThat(this.trees.isRunning("a")).isFalse();
	}

	private static ExitReason.FailedToStart failedToStart(ExitReason reason) {
		assertThat(reason).isInstanceOf(ExitReason.Shutdown.class);
		assertThat(((ExitReason.Shutdown) reason).detail()).isInstanceOf(ExitReason.FailedToStart.class);
		return (ExitReason.FailedToStart) ((ExitReason.Shutdown) reason).detail();
	}

	@Test
	@OtpCase("SUP-009")
	void failedRestartByHandIsNotRetried() {
		AtomicInteger failures = new AtomicInteger();
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", failing("a", failures)));
		supervisor.terminateChild("a");
		failures.set(1);
		this.trees.forget();
		assertThat(supervisor.restartChild("a")).isEqualTo(new ChildResult.Failed(ExitReason.of("no")));
		this.trees.test.advance(Duration.ofMinutes(1));
		assertThat(TestTree.states(supervisor)).containsExactly("a STOPPED");
		// another attempt would have succeeded
		assertThat(this.trees.starts()).isEmpty();
		assertThat(this.trees.reports()).containsExactly("start failed a no MANUAL");
		assertThat(supervisor.restartChild("a")).isInstanceOf(ChildResult.Started.class);
	}

	@Test
	@OtpCase("SUP-010")
	void infoOfInitIsHandedOutByManualStartsOnly() {
		Script script = Script.starting(self -> Init.<Object>ok("state").info("extra"));
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree"));
		assertThat(supervisor.startChild(script.spec("a"))).isInstanceOfSatisfying(ChildResult.Started.class,
				started -> assertThat(started.info()).isEqualTo("extra"));
		Pid first = this.trees.pid("a");
		this.trees.end("a", BOOM);
		assertThat(this.trees.pid("a")).isNotEqualTo(first);
		supervisor.terminateChild("a");
		assertThat(supervisor.restartChild("a")).isInstanceOfSatisfying(ChildResult.Started.class, started -> {
			assertThat(started.info()).isEqualTo("extra");
			assertThat(started.pid()).isEqualTo(this.trees.pid("a"));
		});
		assertThat(this.trees.start(SupervisorSpec.of("other", script.spec("b"))).countChildren().active()).isOne();
	}

	// ---- administration

	@Test
	@OtpCase("SUP-011")
	void secondStartOfARunningIdSaysWhoRuns() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		assertThat(supervisor.startChild(child("a").name("other")))
			.isEqualTo(new ChildResult.AlreadyStarted(this.trees.pid("a")));
		assertThat(this.trees.isRunning("other")).isFalse();
	}

	@Test
	@OtpCase("SUP-012")
	void unknownIdsAreNotFound() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		assertThat(supervisor.terminateChild("unknown")).isEqualTo(new ChildResult.NotFound());
		assertThat(supervisor.deleteChild("unknown")).isEqualTo(new ChildResult.NotFound());
		assertThat(supervisor.restartChild("unknown")).isEqualTo(new ChildResult.NotFound());
		assertThat(supervisor.whichChildren()).hasSize(1);
	}

	@Test
	@OtpCase("SUP-014")
	void startOfAStoppedIdSaysThatItIsPresent() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		supervisor.terminateChild("a");
		assertThat(supervisor.startChild(child("a"))).isEqualTo(new ChildResult.AlreadyPresent());
		assertThat(this.trees.isRunning("a")).isFalse();
	}

	@Test
	@OtpCase("SUP-015")
	void restartChildStartsAStoppedChildOnly() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		Pid first = this.trees.pid("a");
		assertThat(supervisor.restartChild("a")).isEqualTo(new ChildResult.Running());
		assertThat(this.trees.pid("a")).isEqualTo(first);
		supervisor.terminateChild("a");
		ChildResult restarted = supervisor.restartChild("a");
		assertThat(restarted).isInstanceOf(ChildResult.Started.class);
		assertThat(restarted.pid()).isEqualTo(this.trees.pid("a")).isNotEqualTo(first);
	}

	@Test
	@OtpCase("SUP-016")
	void deleteChildForgetsAStoppedChildOnly() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		assertThat(supervisor.deleteChild("a")).isEqualTo(new ChildResult.Running());
		assertThat(this.trees.isRunning("a")).isTrue();
		assertThat(supervisor.terminateChild("a")).isEqualTo(new ChildResult.Ok());
		assertThat(supervisor.terminateChild("a")).isEqualTo(new ChildResult.Ok());
		assertThat(supervisor.deleteChild("a")).isEqualTo(new ChildResult.Ok());
		assertThat(supervisor.deleteChild("a")).isEqualTo(new ChildResult.NotFound());
		assertThat(supervisor.whichChildren()).isEmpty();
	}

	@Test
	@OtpCase("SUP-017")
	void staticSupervisorDoesNotTerminateByPid() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		Pid pid = this.trees.pid("a");
		DynamicSupervisorRef byPid = this.trees.node.dynamicSupervisor(supervisor.pid().orElseThrow());
		assertThat(byPid.terminateChild(pid)).isEqualTo(new ChildResult.NotFound());
		assertThat(this.trees.node.isAlive(pid)).isTrue();
	}

	@Test
	@OtpCase("SUP-018")
	void everyCallToAnUnknownSupervisorIsNoproc() {
		SupervisorRef named = this.trees.node.supervisor("nobody");
		SupervisorRef dead = this.trees.start(SupervisorSpec.of("tree"));
		this.trees.stop("tree");
		for (SupervisorRef unknown : List.of(named, dead)) {
			List<Runnable> calls = List.of(() -> unknown.startChild(child("a")), () -> unknown.terminateChild("a"),
					() -> unknown.restartChild("a"), () -> unknown.deleteChild("a"), () -> unknown.childSpec("a"),
					() -> unknown.whichChild("a"), unknown::whichChildren, unknown::countChildren);
			for (Runnable call : calls) {
				assertThatExceptionOfType(NoProcessException.class).isThrownBy(call::run)
					.satisfies(ex -> assertThat(ex.reason()).isEqualTo(ExitReason.NO_PROCESS));
			}
		}
	}

	@Test
	@OtpCase("SUP-019")
	void childrenAreListedNewestFirst() {
		SupervisorRef supervisor = this.trees
			.start(SupervisorSpec.of("tree", child("a"), Script.starting(self -> Init.ignore()).spec("b"))
				.child(SupervisorSpec.of("c")));
		supervisor.startChild(child("d"));
		assertThat(supervisor.whichChildren()).extracting(ChildInfo::id).containsExactly("d", "c", "b", "a");
		assertThat(supervisor.whichChildren()).extracting(ChildInfo::type)
			.containsExactly(ChildType.WORKER, ChildType.SUPERVISOR, ChildType.WORKER, ChildType.WORKER);
		assertThat(supervisor.whichChild("a")).map(ChildInfo::pid).hasValue(this.trees.pid("a"));
		assertThat(supervisor.whichChild("b")).hasValueSatisfying(info -> assertThat(info.pid()).isNull());
		supervisor.terminateChild("a");
		assertThat(supervisor.whichChild("a")).hasValueSatisfying(info -> {
			assertThat(info.pid()).isNull();
			assertThat(info.state()).isEqualTo(ChildInfo.State.STOPPED);
		});
		supervisor.deleteChild("a");
		assertThat(supervisor.whichChild("a")).isEmpty();
		assertThat(supervisor.whichChild("unknown")).isEmpty();
		assertThat(supervisor.whichChildren()).extracting(ChildInfo::id).containsExactly("d", "c", "b");
		for (ChildInfo listed : supervisor.whichChildren()) {
			assertThat(supervisor.whichChild(String.valueOf(listed.id()))).hasValue(listed);
		}
	}

	@Test
	@OtpCase("SUP-021")
	void countsFollowStartsAndStops() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a"), child("b"))
			.child(SupervisorSpec.of("c", child("d")))
			.child(DynamicSupervisorSpec.of("e")));
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(4, 4, 2, 2));
		supervisor.terminateChild("a");
		supervisor.terminateChild("c");
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(4, 2, 2, 2));
		supervisor.deleteChild("c");
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(3, 2, 1, 2));
		supervisor.restartChild("a");
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(3, 3, 1, 2));
	}

	// ---- stop

	@Test
	@OtpCase("SUP-022")
	void infiniteShutdownWaitsAsLongAsItTakes() {
		Script slow = new Script()
			.onTerminate((reason, state, self) -> this.trees.test.platform.sleep(Duration.ofHours(1)));
		this.trees.start(SupervisorSpec.of("tree", slow.spec("worker").shutdown(Shutdown.INFINITY))
			.child(ChildSpec.supervisor(SupervisorSpec.of("inner", slow.spec("deep").shutdown(Shutdown.INFINITY)))
				.shutdown(Shutdown.INFINITY)));
		long before = this.trees.test.platform.clock().nanoTime();
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactly("deep shutdown", "inner shutdown", "worker shutdown",
				"tree shutdown");
		assertThat(Duration.ofNanos(this.trees.test.platform.clock().nanoTime() - before))
			.isGreaterThanOrEqualTo(Duration.ofHours(2));
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("SUP-023")
	void stuckChildIsKilledAfterItsLimit() {
		this.trees.start(SupervisorSpec.of("tree", child("a"), this.trees.stuck("b").shutdown(Duration.ofSeconds(2)),
				child("c")));
		long before = this.trees.test.platform.clock().nanoTime();
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactly("c shutdown", "b killed", "a shutdown", "tree shutdown");
		assertThat(Duration.ofNanos(this.trees.test.platform.clock().nanoTime() - before))
			.isBetween(Duration.ofSeconds(2), Duration.ofSeconds(3));
		assertThat(this.trees.reports()).containsExactly("shutdown error b killed x1");
	}

	@Test
	@OtpCase("SUP-024")
	void brutalKillIsAtOnceAndAsAsked() {
		Script victim = new Script();
		this.trees
			.start(SupervisorSpec.of("tree", child("a"), victim.spec("b").shutdown(Shutdown.BRUTAL_KILL), child("c")));
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactly("c shutdown", "b killed", "a shutdown", "tree shutdown");
		assertThat(victim.journal).containsExactly("init");
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("SUP-025")
	void shutdownOfZeroAsksAndKillsAtOnce() {
		AtomicBoolean terminated = new AtomicBoolean();
		Script trapping = Script.trapping().onTerminate((reason, state, self) -> {
			this.trees.test.platform.sleep(Duration.ofSeconds(1));
			terminated.set(!Thread.currentThread().isInterrupted());
		});
		this.trees.start(SupervisorSpec.of("tree", trapping.spec("a").shutdown(Duration.ZERO)));
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactly("a killed", "tree shutdown");
		assertThat(this.trees.reports()).containsExactly("shutdown error a killed x1");
		assertThat(terminated).isFalse();
	}

	// ---- trees

	@Test
	@OtpCase("SUP-030")
	void crashInATwoLevelTreeChangesTheWorkerOnly() {
		this.trees.start(SupervisorSpec.of("tree", child("a"))
			.child(SupervisorSpec.of("inner", child("b"), child("c")).name("inner"))
			.child(SupervisorSpec.of("other", child("d")).name("other")));
		List<Pid> others = this.trees.pids("a", "b", "d", "inner", "other");
		Pid crashed = this.trees.pid("c");
		this.trees.end("c", BOOM);
		assertThat(this.trees.pids("a", "b", "d", "inner", "other")).isEqualTo(others);
		assertThat(this.trees.pid("c")).isNotEqualTo(crashed);
	}

	@Test
	@OtpCase("SUP-032")
	void startAndStopOfManyChildrenIsLinear() {
		long few = stepsToStartAndStop("few", 100);
		long many = stepsToStartAndStop("many", 10_000);
		assertThat(many).isLessThan(few * 100 * 2);
	}

	private long stepsToStartAndStop(String id, int count) {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of(id));
		this.trees.test.settle();
		long before = this.trees.test.platform.steps();
		for (int i = 0; i < count; i++) {
			supervisor.startChild(ChildSpec.worker("w" + i, Script::new));
		}
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(count, count, 0, count));
		for (int i = 0; i < count; i++) {
			supervisor.terminateChild("w" + i);
			supervisor.deleteChild("w" + i);
		}
		assertThat(supervisor.whichChildren()).isEmpty();
		return this.trees.test.platform.steps() - before;
	}

	@Test
	@OtpCase("SUP-033")
	void namesSurviveEveryKindOfRestart() {
		// one node, so a registered name is as global as a name can be
		this.trees.start(SupervisorSpec.of("tree").child(SupervisorSpec.of("inner", child("worker")).name("inner")));
		List<Pid> pids = new ArrayList<>();
		pids.add(this.trees.pid("worker"));
		this.trees.node.exit(this.trees.pid("inner"), ExitReason.KILL);
		this.trees.test.settle();
		pids.add(this.trees.pid("worker"));
		this.trees.end("worker", ExitReason.KILLED);
		pids.add(this.trees.pid("worker"));
		this.trees.end("worker", BOOM);
		pids.add(this.trees.pid("worker"));
		SupervisorRef inner = this.trees.node.supervisor("inner");
		inner.terminateChild("worker");
		assertThat(this.trees.isRunning("worker")).isFalse();
		inner.restartChild("worker");
		pids.add(this.trees.pid("worker"));
		assertThat(pids).doesNotHaveDuplicates();
		assertThat(inner.pid()).hasValue(this.trees.pid("inner"));
		assertThat(inner.whichChild("worker")).map(ChildInfo::pid).hasValue(this.trees.pid("worker"));
	}

	@Test
	@OtpCase("SUP-034")
	void namesAreUsableOrRefused() {
		this.trees.start(SupervisorSpec.of("tree").name("my tree").child(child("a").name(Name.of("b/c: d"))));
		assertThat(this.trees.node.supervisor("my tree").whichChildren()).hasSize(1);
		assertThat(this.trees.isRunning("b/c: d")).isTrue();
		for (String illegal : List.of("", " ", "\t", "a\nb")) {
			assertThatExceptionOfType(InvalidSpecException.class)
				.isThrownBy(() -> SupervisorSpec.of("tree").name(illegal))
				.satisfies(ex -> assertThat(ex.what()).isEqualTo("name"));
			assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> child("a").name(illegal));
			assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> this.trees.node.supervisor(illegal));
		}
	}

	@Test
	@OtpCase("SUP-035")
	void lifeOfASupervisorAndAChild() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree").name("tree"));
		assertThat(supervisor.pid()).hasValue(this.trees.pid("tree"));
		Pid first = supervisor.startChild(child("a")).pid();
		assertThat(this.trees.<String>ask("a", ServerContext::id)).isEqualTo("a");
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(1, 1, 0, 1));
		assertThat(supervisor.terminateChild("a")).isEqualTo(new ChildResult.Ok());
		assertThat(this.trees.node.isAlive(first)).isFalse();
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(1, 0, 0, 1));
		assertThat(supervisor.restartChild("a").pid()).isNotEqualTo(first);
		assertThat(supervisor.deleteChild("a")).isEqualTo(new ChildResult.Running());
		supervisor.terminateChild("a");
		assertThat(supervisor.deleteChild("a")).isEqualTo(new ChildResult.Ok());
		assertThat(supervisor.countChildren()).isEqualTo(new ChildCounts(0, 0, 0, 0));
	}

	@Test
	@OtpCase("SUP-037")
	void exitOfTheParentIsAnOrderlyStopWithItsReason() {
		List<String> journal = new CopyOnWriteArrayList<>();
		SupervisorSpec spec = SupervisorSpec.of("tree", journaled("a", journal), journaled("b", journal));
		this.trees.node.spawn(child("parent"));
		Pid supervisor = this.trees.ask("parent", self -> self.startLink(ChildSpec.supervisor(spec)));
		assertThat(this.trees.node.isAlive(supervisor)).isTrue();
		this.trees.end("parent", BOOM);
		assertThat(this.trees.exits()).containsExactly("parent boom", "b shutdown", "a shutdown", "tree boom");
		assertThat(journal).containsExactly("b terminate shutdown", "a terminate shutdown");
	}

	private static ChildSpec journaled(String id, List<String> journal) {
		return new Script().onTerminate((reason, state, self) -> journal.add(id + " terminate " + reason)).spec(id);
	}

	@Test
	@OtpCase("SUP-039")
	void endOfALinkedStrangerIsIgnored() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		Pid pid = supervisor.pid().orElseThrow();
		List<Pid> before = List.of(pid, this.trees.pid("a"));
		for (ExitReason reason : List.of(BOOM, ExitReason.SHUTDOWN, ExitReason.KILLED)) {
			this.trees.node.spawn(child("stranger"));
			this.trees.ask("stranger", self -> {
				self.link(pid);
				return true;
			});
			this.trees.end("stranger", reason);
		}
		assertThat(List.of(supervisor.pid().orElseThrow(), this.trees.pid("a"))).isEqualTo(before);
		assertThat(this.trees.reports()).isEmpty();
	}

	@Test
	@OtpCase("SUP-043")
	void processSaysWhichBehaviourItRuns() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		assertThat(this.trees.node.info(this.trees.pid("a"))).map(ProcessInfo::type).hasValue(Script.class.getName());
		assertThat(this.trees.node.info(supervisor.pid().orElseThrow())).map(ProcessInfo::type)
			.hasValue(Supervisor.class.getName());
	}

	// ---- more of the contract than the suites assert one by one

	@Test
	void failedFirstStartStopsWhatHadStartedInReverseWhateverTheRestartType() {
		for (Restart restart : Restart.values()) {
			this.trees.forget();
			assertThatExceptionOfType(StartException.Failed.class).isThrownBy(() -> this.trees.start(SupervisorSpec
				.of("tree", child("a"), child("b"), failing("c", new AtomicInteger(1)).restart(restart), child("d"))));
			assertThat(this.trees.exits()).containsExactly("c no", "b shutdown", "a shutdown",
					"tree {shutdown, failed to start child c: no}");
			assertThat(this.trees.starts()).containsExactly("a INITIAL", "b INITIAL");
		}
	}

	@Test
	void temporaryChildThatIgnoresIsDroppedAndAnyOtherIsKept() {
		for (Restart restart : Restart.values()) {
			ChildSpec ignoring = Script.starting(self -> Init.ignore()).spec("a").restart(restart);
			SupervisorRef first = this.trees.start(SupervisorSpec.of("first", ignoring, child("b")));
			SupervisorRef later = this.trees.start(SupervisorSpec.of("later"));
			assertThat(later.startChild(ignoring)).isEqualTo(new ChildResult.Ignored());
			for (SupervisorRef supervisor : List.of(first, later)) {
				assertThat(supervisor.whichChild("a").map(ChildInfo::state)).as("%s", restart)
					.isEqualTo(
							(restart == Restart.TEMPORARY) ? Optional.empty() : Optional.of(ChildInfo.State.STOPPED));
			}
			for (String tree : List.of("first", "later")) {
				this.trees.stop(tree);
				this.trees.node.trees().deleteChild(tree);
			}
		}
	}

	@Test
	void endThatWasNotAskedForIsReportedAndDoesNotStopTheStop() {
		this.trees.start(SupervisorSpec.of("tree", endingWith("a", BOOM), endingWith("b", ExitReason.NORMAL),
				endingWith("c", ExitReason.NORMAL).restart(Restart.TRANSIENT),
				endingWith("d", TestTree.SHUTDOWN_X).restart(Restart.TEMPORARY)));
		this.trees.stop("tree");
		assertThat(this.trees.exits()).containsExactly("d {shutdown, x}", "c normal", "b normal", "a boom",
				"tree shutdown");
		assertThat(this.trees.reports()).containsExactly("shutdown error b normal x1", "shutdown error a boom x1");
	}

	@Test
	void signalFromAnybodyButTheParentDoesNotStopASupervisor() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		Pid pid = supervisor.pid().orElseThrow();
		this.trees.node.spawn(child("stranger"));
		for (ExitReason reason : List.of(ExitReason.SHUTDOWN, ExitReason.NORMAL, BOOM)) {
			this.trees.ask("stranger", self -> {
				self.exit(pid, reason);
				return true;
			});
		}
		this.trees.test.settle();
		assertThat(supervisor.pid()).hasValue(pid);
		assertThat(this.trees.isRunning("a")).isTrue();
	}

	@Test
	void killedSupervisorTakesItsChildrenAlong() {
		List<String> journal = new CopyOnWriteArrayList<>();
		this.trees.start(
				SupervisorSpec
					.of("tree", child("plain"),
							Script.trapping()
								.onTerminate((reason, state, self) -> journal.add("terminate " + reason))
								.spec("trapping"))
					.child(SupervisorSpec.of("inner", child("deep")))
					.name("tree"));
		this.trees.forget();
		this.trees.node.exit(this.trees.pid("tree"), ExitReason.KILL);
		assertThat(this.trees.exits()).contains("tree killed", "plain killed", "trapping killed", "inner killed",
				"deep shutdown");
		assertThat(journal).containsExactly("terminate killed");
		// its own parent starts it again
		assertThat(this.trees.isRunning("deep")).isTrue();
	}

}

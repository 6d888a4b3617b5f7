package dev.supervision;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an operator may do to one incarnation, and what the starter needs beyond OTP.
 */
class OperatorTest {

	private final TestNode test = new TestNode();

	@AfterEach
	void close() {
		this.test.close();
	}

	@ParameterizedTest
	@EnumSource(Strategy.class)
	void aRestartByHandLeavesSiblingsAloneAndCountsToNothing(Strategy strategy) {
		SupervisorRef tree = this.test.node
			.start(SupervisorSpec.of("tree", new Script().spec("a"), new Script().spec("b"), new Script().spec("c"))
				.strategy(strategy)
				.intensity(1, Duration.ofSeconds(5)));
		Pid first = this.test.pid("a");
		Pid last = this.test.pid("c");
		for (int i = 0; i < 10; i++) {
			Pid before = this.test.pid("b");
			assertThat(tree.restartIncarnation(before)).isEqualTo(new ChildResult.Started(this.test.pid("b"), null));
			assertThat(this.test.pid("b")).isNotEqualTo(before);
		}
		assertThat(List.of(this.test.pid("a"), this.test.pid("c"))).containsExactly(first, last);
		assertThat(this.test.node.intensityUtilization(tree.pid().orElseThrow())).isZero();
		assertThat(this.test.events(SupervisionEvent.ChildTerminated.class)).isEmpty();
	}

	@Test
	void anIncarnationThatWasReplacedCannotBeHitThroughItsSuccessor() {
		SupervisorRef tree = this.test.node.start(SupervisorSpec.of("tree", new Script().spec("a")));
		Pid before = this.test.pid("a");
		this.test.node.exit(before, ExitReason.KILL);
		this.test.settle();
		Pid after = this.test.pid("a");
		assertThat(tree.restartIncarnation(before)).isEqualTo(new ChildResult.NotFound());
		assertThat(tree.terminateIncarnation(before)).isEqualTo(new ChildResult.NotFound());
		assertThat(this.test.pid("a")).isEqualTo(after);
		assertThat(tree.terminateIncarnation(after)).isEqualTo(new ChildResult.Ok());
		assertThat(this.test.node.whereis("a")).isEmpty();
		assertThat(tree.whichChild("a").orElseThrow().state()).isEqualTo(ChildInfo.State.STOPPED);
	}

	@Test
	void aDynamicChildIsRestartedWithItsIdAndItsArguments() {
		DynamicSupervisorRef children = this.test.node.start(DynamicSupervisorSpec.of("children"));
		Pid before = children.startChild("x", echo(Restart.TRANSIENT), "hello").pid();
		Pid after = children.restartIncarnation(before).pid();
		assertThat(after).isNotEqualTo(before);
		assertThat(children.find("x")).contains(after);
		assertThat(this.test.node.raw(after).call("?")).isEqualTo("hello");
		assertThat(children.restartIncarnation(before)).isEqualTo(new ChildResult.NotFound());
		assertThat(children.terminateIncarnation(after)).isEqualTo(new ChildResult.Ok());
		assertThat(children.contains("x")).isFalse();
		assertThat(children.size()).isZero();
	}

	@Test
	void aTemporaryDynamicChildIsLeftAlone() {
		DynamicSupervisorRef children = this.test.node.start(DynamicSupervisorSpec.of("children"));
		Pid child = children.startChild("x", echo(Restart.TEMPORARY), "hello").pid();
		assertThat(children.restartIncarnation(child)).isInstanceOf(ChildResult.Failed.class);
		assertThat(this.test.node.isAlive(child)).isTrue();
	}

	@Test
	void aReferenceByIdOutlivesTheIncarnation() {
		DynamicSupervisorRef children = this.test.node.start(DynamicSupervisorSpec.of("children"));
		ServerRef<Object> ref = children.ref("x");
		assertThat(ref.pid()).isEmpty();
		Pid before = children.startChild("x", echo(Restart.PERMANENT), "hello").pid();
		assertThat(ref.pid()).contains(before);
		this.test.node.exit(before, ExitReason.KILL);
		this.test.settle();
		assertThat(ref.pid()).isPresent().isNotEqualTo(Optional.of(before));
	}

	@Test
	void treesCanBeStoppedAndStartedAgainOnOneNode() {
		SupervisorSpec tree = SupervisorSpec.of("tree", new Script().spec("a"));
		for (int i = 0; i < 3; i++) {
			this.test.node.start(tree);
			assertThat(this.test.node.whereis("a")).isPresent();
			assertThat(this.test.node.stopTrees()).isEmpty();
			assertThat(this.test.node.whereis("a")).isEmpty();
			assertThat(this.test.node.trees().whichChildren()).isEmpty();
		}
	}

	@Test
	void aTreeThatDoesNotStopInTimeIsKilledAndNamed() {
		Node node = Node.builder().platform(this.test.platform).closeTimeout(Duration.ofSeconds(1)).listener(event -> {
		}).build();
		Script stubborn = Script.trapping().onTerminate((reason, state, self) -> {
			this.test.platform.sleep(Duration.ofHours(1));
		});
		node.start(SupervisorSpec.of("slow", stubborn.spec("a").shutdown(Shutdown.INFINITY)));
		node.start(SupervisorSpec.of("quick", new Script().spec("b")));
		assertThat(node.stopTrees()).anySatisfy(late -> assertThat(late).startsWith("slow/a"));
		assertThat(node.trees().whichChildren()).isEmpty();
		node.start(SupervisorSpec.of("slow", new Script().spec("a")));
		assertThat(node.whereis("a")).isPresent();
		node.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "ONE_FOR_ALL", "REST_FOR_ONE" })
	void whoLooksAtAGroupThatIsBeingRestartedFindsNobodyStopped(Strategy strategy) {
		Set<ChildInfo.State> seen = EnumSet.noneOf(ChildInfo.State.class);
		List<ChildSpec> members = Stream.of("a", "b", "c").map(id -> Script.starting(self -> {
			this.test.node.processes()
				.filter(process -> process.path().equals("tree"))
				.flatMap(process -> this.test.node.children(process.pid()).stream())
				.forEach(child -> seen.add(child.state()));
			return Init.ok("state");
		}).spec(id)).toList();
		SupervisorRef tree = this.test.node
			.start(SupervisorSpec.of("tree", members.toArray(ChildSpec[]::new)).strategy(strategy));
		assertThat(seen).contains(ChildInfo.State.STOPPED);
		seen.clear();
		this.test.node.exit(this.test.pid("a"), ExitReason.KILL);
		this.test.settle();
		assertThat(seen).containsOnly(ChildInfo.State.RUNNING, ChildInfo.State.RESTARTING);
		assertThat(tree.terminateChild("b")).isEqualTo(new ChildResult.Ok());
		assertThat(tree.whichChild("b").orElseThrow().state()).isEqualTo(ChildInfo.State.STOPPED);
	}

	@Test
	void aStoppedChildSaysWhyItEnded() {
		SupervisorRef tree = this.test.node
			.start(SupervisorSpec.of("tree", new Script().spec("a").restart(Restart.TRANSIENT)));
		assertThat(tree.whichChild("a").orElseThrow().lastExit()).isNull();
		this.test.node.ref(this.test.pid("a")).stop();
		this.test.settle();
		assertThat(tree.whichChild("a").orElseThrow().lastExit()).isEqualTo(ExitReason.NORMAL);
		tree.restartChild("a");
		assertThat(tree.whichChild("a").orElseThrow().lastExit()).isNull();
	}

	@Test
	void reportsCanLeaveOutValuesAndMessagesOfExceptions() {
		List<String> reports = new CopyOnWriteArrayList<>();
		Node node = Node.builder()
			.platform(this.test.platform)
			.showsMessages(false)
			.valueRenderer(value -> value.getClass().getSimpleName())
			.listener(event -> reports.add(event.toString()))
			.build();
		Pid child = node.spawn(new Script().spec("a").serverType("Secretive"));
		node.<Script.Message>ref(child).cast(Script.crash("top secret"));
		this.test.settle();
		assertThat(reports).anyMatch(report -> report.contains("IllegalStateException") && report.contains("Secretive"))
			.noneMatch(report -> report.contains("top secret"));
		node.close();
	}

	private static ChildSpec echo(Restart restart) {
		return ChildSpec.workerOf("echo", arguments -> new GenServer<Object, Object>() {

			@Override
			public Init<Object> init(ServerContext<Object> self) {
				return Init.ok(arguments.get(0));
			}

			@Override
			public Next<Object> handle(Object message, Object state, ServerContext<Object> self) {
				return Next.with(state);
			}

			@Override
			public Next<Object> handleInfo(Info info, Object state, ServerContext<Object> self) {
				if (info instanceof Info.Call call) {
					call.from().reply(state);
				}
				return Next.with(state);
			}

		}).restart(restart);
	}

	@Test
	void aMissingIdOrPidIsRefusedBeforeASupervisorMeetsIt() {
		SupervisorRef tree = this.test.node.start(SupervisorSpec.of("tree", new Script().spec("a")));
		DynamicSupervisorRef children = this.test.node.start(DynamicSupervisorSpec.of("children"));
		Pid before = this.test.pid("a");
		for (ThrowingCallable call : List.<ThrowingCallable>of(() -> tree.terminateChild(null),
				() -> tree.restartChild(null), () -> tree.deleteChild(null), () -> tree.whichChild(null),
				() -> tree.terminateIncarnation(null), () -> children.terminateChild((String) null),
				() -> children.terminateChild((Pid) null), () -> children.restartChild((Pid) null))) {
			assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(call);
		}
		assertThat(this.test.pid("a")).isEqualTo(before);
	}

	@Test
	void aWorkerIsNotAskedWhatOnlySupervisorsUnderstand() {
		Pid worker = this.test.node.spawn(new Script().spec("worker"));
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> this.test.node.supervisor("worker").whichChildren())
			.withMessageContaining("worker")
			.withMessageContaining("a supervisor");
		assertThat(this.test.node.isAlive(worker)).isTrue();
	}

	@Test
	void aSupervisorWithFixedChildrenRefusesIdsAndArgumentsOfDynamicOnes() {
		Pid tree = this.test.node.start(SupervisorSpec.of("tree", new Script().spec("a"))).pid().orElseThrow();
		DynamicSupervisorRef wrong = this.test.node.dynamicSupervisor(tree);
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> wrong.startChild("x", echo(Restart.TRANSIENT), "hello"))
			.withMessageContaining("fixed children");
		assertThatExceptionOfType(InvalidSpecException.class)
			.isThrownBy(() -> wrong.startChild(echo(Restart.TRANSIENT), "hello"));
		assertThat(this.test.node.children(tree)).hasSize(1);
	}

	@Test
	void aPidThatIsKeptKeepsNoneOfThoseThatWereStartedLater() {
		DynamicSupervisorRef children = this.test.node.start(DynamicSupervisorSpec.of("children"));
		Pid kept = children.startChild("kept", echo(Restart.TRANSIENT), "hello").pid();
		Pid next = children.startChild("next", echo(Restart.TRANSIENT), "hello").pid();
		children.terminateChild("kept");
		children.terminateChild("next");
		Process ended = (Process) kept;
		assertThat(ended.child()).isNull();
		assertThat(ended.id()).isEqualTo("kept");
		assertThat(kept.path()).isEqualTo("children/kept");
		assertThat(((Process) next).child()).isNull();
		Pid before = children.startChild("again", echo(Restart.PERMANENT), "hello").pid();
		this.test.node.exit(before, ExitReason.KILL);
		this.test.settle();
		assertThat(((Process) before).child()).isNull();
		assertThat(((Process) children.find("again").orElseThrow()).child()).isNotNull();
		Pid orphan = children.find("again").orElseThrow();
		this.test.node.exit(children.pid().orElseThrow(), ExitReason.KILL);
		this.test.settle();
		assertThat(((Process) orphan).child()).isNull();
	}

}

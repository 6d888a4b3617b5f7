package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.WITHIN;
import static dev.supervision.TestTree.child;
import static dev.supervision.TestTree.failing;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every administrative call in every state of a child: what it answers, and what the
 * child is afterwards. The tables are section 1.11 of the contract; what OTP does not
 * have (backoff, parking) is section 4.2 of the design.
 */
class AdminMatrixTest {

	/** What a child may be when the call comes. */
	enum Before {

		RUNNING, STOPPED_BY_HAND, FINISHED, RESTARTING, WAITING_FOR_BACKOFF, PARKED, IGNORED, UNKNOWN, TEMPORARY_GONE

	}

	/** A child that is not listed. */
	private static final String GONE = "GONE";

	private static final int MANY = 1_000_000;

	private static final Duration DELAY = Duration.ofMinutes(1);

	private final TestTree trees = new TestTree();

	private final AtomicInteger failures = new AtomicInteger();

	@AfterEach
	void close() {
		this.failures.set(0);
		this.trees.close();
	}

	/** One test for each cell: the first column has the state, the header the call. */
	private static Stream<Arguments> cells(String table) {
		List<List<String>> rows = table.lines()
			.map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
			.toList();
		List<String> header = rows.get(0);
		List<Arguments> cells = new ArrayList<>();
		for (List<String> row : rows.subList(1, rows.size())) {
			assertThat(row).hasSameSizeAs(header);
			for (int column = 1; column < row.size(); column++) {
				if (!row.get(column).equals("-")) {
					cells.add(Arguments.of(Before.valueOf(row.get(0)), header.get(column), row.get(column)));
				}
			}
		}
		assertThat(rows).hasSize(1 + Before.values().length);
		return cells.stream();
	}

	/**
	 * The child of the table; its second start always succeeds if it ignored the first.
	 */
	private ChildSpec spec(Before before) {
		AtomicInteger ignores = new AtomicInteger((before == Before.IGNORED) ? 1 : 0);
		ChildSpec spec = (before != Before.IGNORED) ? failing("c", this.failures)
				: Script.starting(self -> (ignores.getAndDecrement() > 0) ? Init.ignore() : Init.ok("state")).spec("c");
		return switch (before) {
			case FINISHED -> spec.restart(Restart.TRANSIENT);
			case TEMPORARY_GONE -> spec.restart(Restart.TEMPORARY);
			case WAITING_FOR_BACKOFF -> spec.backoff(Backoff.between(DELAY, DELAY));
			default -> spec;
		};
	}

	/** Brings the child, which runs if it can, into its state. */
	private void bring(Before before, Pid supervisor) {
		switch (before) {
			case FINISHED -> this.trees.end("c", ExitReason.NORMAL);
			case WAITING_FOR_BACKOFF, PARKED, TEMPORARY_GONE -> this.trees.end("c", BOOM);
			case RESTARTING -> {
				// the retries go on until somebody lets them succeed, so nothing here
				// may wait for their end
				this.failures.set(MANY);
				this.trees.endSoon("c", BOOM);
				while (this.trees.node.children(supervisor)
					.stream()
					.noneMatch(info -> info.state() == ChildInfo.State.RESTARTING)) {
					assertThat(this.trees.test.platform.runOneStep()).isTrue();
				}
			}
			default -> {
			}
		}
	}

	private int maxRestarts(Before before) {
		return switch (before) {
			case PARKED -> 0;
			case RESTARTING -> MANY;
			default -> 3;
		};
	}

	private static String name(ChildResult result) {
		return result.getClass().getSimpleName();
	}

	private static String state(Optional<ChildInfo> info) {
		return info.map(found -> found.state().name()).orElse(GONE);
	}

	/**
	 * After the restart that was under way, if one was: nothing is resurrected, and
	 * nothing lost.
	 */
	private void assertNothingElseComes(String after) {
		Pid now = this.trees.node.whereis("c").orElse(null);
		this.failures.set(0);
		this.trees.test.settle();
		this.trees.test.advance(DELAY.multipliedBy(3));
		switch (after) {
			case "RUNNING" -> assertThat(this.trees.pid("c")).isEqualTo(now);
			case "RESTARTING" -> assertThat(this.trees.isRunning("c")).isTrue();
			default -> assertThat(this.trees.isRunning("c")).isFalse();
		}
	}

	/** A supervisor with fixed children. */
	@Nested
	class Static {

		private SupervisorRef supervisor;

		static Stream<Arguments> cells() {
			return AdminMatrixTest
				.cells("""
						before              | startChild             | terminateChild | restartChild          | deleteChild           | childSpec        | whichChild
						RUNNING             | AlreadyStarted RUNNING | Ok STOPPED     | Running RUNNING       | Running RUNNING       | found RUNNING    | RUNNING RUNNING
						STOPPED_BY_HAND     | AlreadyPresent STOPPED | Ok STOPPED     | Started RUNNING       | Ok GONE               | found STOPPED    | STOPPED STOPPED
						FINISHED            | AlreadyPresent STOPPED | Ok STOPPED     | Started RUNNING       | Ok GONE               | found STOPPED    | STOPPED STOPPED
						RESTARTING          | AlreadyPresent RESTARTING | Ok STOPPED  | Restarting RESTARTING | Restarting RESTARTING | found RESTARTING | RESTARTING RESTARTING
						WAITING_FOR_BACKOFF | AlreadyPresent RESTARTING | Ok STOPPED  | Started RUNNING       | Restarting RESTARTING | found RESTARTING | RESTARTING RESTARTING
						PARKED              | AlreadyPresent PARKED  | Ok STOPPED     | Started RUNNING       | Ok GONE               | found PARKED     | PARKED PARKED
						IGNORED             | AlreadyPresent STOPPED | Ok STOPPED     | Started RUNNING       | Ok GONE               | found STOPPED    | STOPPED STOPPED
						UNKNOWN             | Started RUNNING        | NotFound GONE  | NotFound GONE         | NotFound GONE         | none GONE        | GONE GONE
						TEMPORARY_GONE      | Started RUNNING        | NotFound GONE  | NotFound GONE         | NotFound GONE         | none GONE        | GONE GONE
						""");
		}

		@ParameterizedTest(name = "{1} of a child that is {0}: {2}")
		@MethodSource("cells")
		void call(Before before, String call, String expected) {
			start(before);
			Pid own = this.supervisor.pid().orElseThrow();
			Pid sibling = AdminMatrixTest.this.trees.pid("sibling");
			double used = AdminMatrixTest.this.trees.node.intensityUtilization(own);

			String result = call(before, call);

			String after = state(this.supervisor.whichChild("c"));
			assertThat(result + " " + after).isEqualTo(expected);
			this.supervisor.whichChild("c")
				.ifPresent(info -> assertThat(info.pid())
					.isEqualTo((info.state() == ChildInfo.State.RUNNING) ? AdminMatrixTest.this.trees.pid("c") : null));
			if (before != Before.RESTARTING) {
				assertThat(AdminMatrixTest.this.trees.node.intensityUtilization(own)).isEqualTo(used);
			}
			assertNothingElseComes(after);
			assertThat(this.supervisor.pid()).hasValue(own);
			assertThat(AdminMatrixTest.this.trees.pid("sibling")).isEqualTo(sibling);
		}

		private void start(Before before) {
			this.supervisor = AdminMatrixTest.this.trees.start(SupervisorSpec.of("tree", child("sibling"))
				.intensity(maxRestarts(before), WITHIN)
				.onLimit((before == Before.PARKED) ? OnLimit.PARK : OnLimit.ESCALATE));
			if (before != Before.UNKNOWN) {
				this.supervisor.startChild(spec(before));
			}
			if (before == Before.STOPPED_BY_HAND) {
				this.supervisor.terminateChild("c");
			}
			bring(before, this.supervisor.pid().orElseThrow());
		}

		private String call(Before before, String call) {
			return switch (call) {
				case "startChild" -> name(this.supervisor.startChild(spec(Before.RUNNING)));
				case "terminateChild" -> name(this.supervisor.terminateChild("c"));
				case "restartChild" -> {
					// it succeeds where it is tried
					if (before != Before.RESTARTING) {
						AdminMatrixTest.this.failures.set(0);
					}
					yield name(this.supervisor.restartChild("c"));
				}
				case "deleteChild" -> name(this.supervisor.deleteChild("c"));
				case "childSpec" -> this.supervisor.childSpec("c").isPresent() ? "found" : "none";
				case "whichChild" -> state(this.supervisor.whichChild("c"));
				default -> throw new IllegalArgumentException(call);
			};
		}

		@Test
		void restartThatFailsLeavesTheChildWithoutProcess() {
			for (Before before : List.of(Before.STOPPED_BY_HAND, Before.FINISHED, Before.PARKED,
					Before.WAITING_FOR_BACKOFF)) {
				start(before);
				String was = (before == Before.PARKED) ? "PARKED" : "STOPPED";
				AdminMatrixTest.this.failures.set(1);
				assertThat(this.supervisor.restartChild("c")).isEqualTo(new ChildResult.Failed(ExitReason.of("no")));
				assertThat(state(this.supervisor.whichChild("c"))).isEqualTo(was);
				assertNothingElseComes(was);
				AdminMatrixTest.this.trees.stop("tree");
				AdminMatrixTest.this.trees.node.trees().deleteChild("tree");
			}
		}

	}

	/** A dynamic supervisor, with a child that has an id of its own. */
	@Nested
	class Dynamic {

		private DynamicSupervisorRef supervisor;

		private @Nullable Pid old;

		static Stream<Arguments> cells() {
			return AdminMatrixTest
				.cells("""
						before              | startChild                | terminateChild | terminateByOldPid | restartChild          | restartByOldPid       | find
						RUNNING             | AlreadyStarted RUNNING    | Ok GONE        | Ok GONE           | Running RUNNING       | Running RUNNING       | found RUNNING
						STOPPED_BY_HAND     | Started RUNNING           | NotFound GONE  | NotFound GONE     | NotFound GONE         | NotFound GONE         | none GONE
						FINISHED            | Started RUNNING           | NotFound GONE  | NotFound GONE     | NotFound GONE         | NotFound GONE         | none GONE
						RESTARTING          | AlreadyPresent RESTARTING | Ok GONE        | Ok GONE           | Restarting RESTARTING | Restarting RESTARTING | none RESTARTING
						WAITING_FOR_BACKOFF | AlreadyPresent RESTARTING | Ok GONE        | Ok GONE           | Started RUNNING       | Started RUNNING       | none RESTARTING
						PARKED              | AlreadyPresent PARKED     | Ok GONE        | Ok GONE           | Started RUNNING       | Started RUNNING       | none PARKED
						IGNORED             | Started RUNNING           | NotFound GONE  | -                 | NotFound GONE         | -                     | none GONE
						UNKNOWN             | Started RUNNING           | NotFound GONE  | -                 | NotFound GONE         | -                     | none GONE
						TEMPORARY_GONE      | Started RUNNING           | NotFound GONE  | NotFound GONE     | NotFound GONE         | NotFound GONE         | none GONE
						""");
		}

		@ParameterizedTest(name = "{1} of a child that is {0}: {2}")
		@MethodSource("cells")
		void call(Before before, String call, String expected) {
			start(before);
			Pid own = this.supervisor.pid().orElseThrow();
			Pid sibling = AdminMatrixTest.this.trees.pid("sibling");

			String result = call(before, call);

			String after = state(listed());
			assertThat(result + " " + after).isEqualTo(expected);
			assertThat(this.supervisor.countChildren().specs()).isEqualTo(after.equals(GONE) ? 1 : 2);
			assertNothingElseComes(after);
			assertThat(this.supervisor.pid()).hasValue(own);
			assertThat(AdminMatrixTest.this.trees.pid("sibling")).isEqualTo(sibling);
		}

		private Optional<ChildInfo> listed() {
			return this.supervisor.whichChildren().stream().filter(info -> "key".equals(info.id())).findFirst();
		}

		private void start(Before before) {
			this.supervisor = AdminMatrixTest.this.trees.start(DynamicSupervisorSpec.of("tree")
				.intensity(maxRestarts(before), WITHIN)
				.onLimit((before == Before.PARKED) ? OnLimit.PARK : OnLimit.ESCALATE));
			this.supervisor.startChild(child("sibling"));
			if (before != Before.UNKNOWN) {
				this.supervisor.startChild("key", spec(before));
			}
			this.old = AdminMatrixTest.this.trees.node.whereis("c").orElse(null);
			if (before == Before.STOPPED_BY_HAND) {
				this.supervisor.terminateChild("key");
			}
			bring(before, this.supervisor.pid().orElseThrow());
		}

		private String call(Before before, String call) {
			return switch (call) {
				case "startChild" -> name(this.supervisor.startChild("key", spec(Before.RUNNING)));
				case "terminateChild" -> name(this.supervisor.terminateChild("key"));
				case "restartByOldPid" -> {
					if (before != Before.RESTARTING) {
						AdminMatrixTest.this.failures.set(0);
					}
					yield name(this.supervisor.restartChild(Optional.ofNullable(this.old).orElseThrow()));
				}
				case "terminateByOldPid" ->
					name(this.supervisor.terminateChild(Optional.ofNullable(this.old).orElseThrow()));
				case "restartChild" -> {
					if (before != Before.RESTARTING) {
						AdminMatrixTest.this.failures.set(0);
					}
					yield name(this.supervisor.restartChild("key"));
				}
				case "find" -> this.supervisor.find("key").isPresent() ? "found" : "none";
				default -> throw new IllegalArgumentException(call);
			};
		}

		@Test
		void findNeverReturnsADeadIncarnation() {
			start(Before.RUNNING);
			AdminMatrixTest.this.trees.endSoon("c", BOOM);
			while (AdminMatrixTest.this.trees.node.isAlive(Optional.ofNullable(this.old).orElseThrow())) {
				assertThat(this.supervisor.find("key")).hasValue(this.old);
				assertThat(AdminMatrixTest.this.trees.test.platform.runOneStep()).isTrue();
			}
			// the supervisor has not heard of it yet
			assertThat(this.supervisor.find("key")).isEmpty();
			AdminMatrixTest.this.trees.test.settle();
			assertThat(this.supervisor.find("key")).hasValue(AdminMatrixTest.this.trees.pid("c"));
		}

		@Test
		void restartThatFailsLeavesAParkedChild() {
			for (Before before : List.of(Before.PARKED, Before.WAITING_FOR_BACKOFF)) {
				start(before);
				AdminMatrixTest.this.failures.set(1);
				assertThat(this.supervisor.restartChild("key")).isEqualTo(new ChildResult.Failed(ExitReason.of("no")));
				// there is no stopped child here, and it must not be lost
				assertThat(state(listed())).isEqualTo("PARKED");
				assertNothingElseComes("PARKED");
				AdminMatrixTest.this.trees.stop("tree");
				AdminMatrixTest.this.trees.node.trees().deleteChild("tree");
			}
		}

		@Test
		void parkedChildWithoutIdIsStillListedAndCanBeTerminatedByItsOldPid() {
			this.supervisor = AdminMatrixTest.this.trees
				.start(DynamicSupervisorSpec.of("tree").intensity(0, WITHIN).onLimit(OnLimit.PARK).maxChildren(1));
			Pid pid = this.supervisor.startChild(spec(Before.PARKED)).pid();
			bring(Before.PARKED, this.supervisor.pid().orElseThrow());
			assertThat(this.supervisor.whichChildren()).extracting(ChildInfo::state)
				.containsExactly(ChildInfo.State.PARKED);
			assertThat(this.supervisor.startChild(child("d"))).isEqualTo(new ChildResult.MaxChildren(1));
			assertThat(this.supervisor.terminateChild(pid)).isEqualTo(new ChildResult.Ok());
			assertThat(this.supervisor.startChild(child("d"))).isInstanceOf(ChildResult.Started.class);
		}

	}

}

package dev.supervision;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static dev.supervision.TestTree.child;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Everything that can be wrong in a specification is found before anything starts, and
 * the exception says what is wrong, where, and what is allowed.
 */
class SpecValidationTest {

	private final TestTree trees = new TestTree();

	private long processes;

	@BeforeEach
	void count() {
		this.processes = this.trees.node.statistics().started();
	}

	@AfterEach
	void close() {
		this.trees.close();
	}

	// ---- values: found where they are written down, so the place is in the stack

	static Stream<Arguments> wrongValues() {
		ChildSpec child = child("a");
		SupervisorSpec tree = SupervisorSpec.of("tree");
		DynamicSupervisorSpec dynamic = DynamicSupervisorSpec.of("dynamic");
		Duration negative = Duration.ofSeconds(-1);
		Duration second = Duration.ofSeconds(1);
		String id = "not blank, without slashes and control characters";
		return Stream.of( //
				wrong("child id", "", id, () -> ChildSpec.worker("", Script::new)),
				wrong("child id", " \\u0009", id, () -> ChildSpec.worker(" \t", Script::new)),
				wrong("child id", "a/b", id, () -> ChildSpec.workerOf("a/b", arguments -> new Script())),
				wrong("child id", "a\\u0007", id, () -> child.id("a\u0007")),
				wrong("child id", "null", id, () -> child.id(null)),
				wrong("start", "null", "factory", () -> ChildSpec.worker("a", null)),
				wrong("start", "null", "factory", () -> ChildSpec.workerOf("a", null)),
				wrong("restart", "null", "permanent, transient or temporary", () -> child.restart(null)),
				wrong("shutdown", "PT-1S", "0 or more, brutal-kill or infinity", () -> child.shutdown(negative)),
				wrong("shutdown", "null", "brutal-kill or infinity", () -> child.shutdown((Duration) null)),
				wrong("shutdown", "null", "brutal-kill or infinity", () -> child.shutdown((Shutdown) null)),
				wrong("start-timeout", "PT0S", "more than 0", () -> child.startTimeout(Duration.ZERO)),
				wrong("start-timeout", "PT-1S", "more than 0", () -> child.startTimeout(negative)),
				wrong("start-timeout", "null", "more than 0", () -> child.startTimeout(null)),
				wrong("name", "", "not blank", () -> child.name("")),
				wrong("name", "a\\u000ab", "no control characters", () -> child.name("a\nb")),
				wrong("name", "null", "not blank", () -> child.name((String) null)),
				wrong("executor", "null", "auto", () -> child.executor(null)),
				wrong("mailbox", "null", "limit", () -> child.mailbox(null)),
				wrong("mailbox capacity", "0", "1 or more", () -> new MailboxLimit(0, Overflow.REJECT)),
				wrong("mailbox on-full", "null", "reject, drop-newest or drop-oldest", () -> new MailboxLimit(1, null)),
				wrong("backoff", "null", "backoff", () -> child.backoff(null)),
				wrong("backoff.initial", "PT0S", "more than 0", () -> Backoff.between(Duration.ZERO, second)),
				wrong("backoff.initial", "PT-1S", "more than 0", () -> Backoff.between(negative, second)),
				wrong("backoff.initial", "null", "more than 0", () -> new Backoff(null, second, 2, 0, second, 1)),
				wrong("backoff.max", "PT0.5S", "at least backoff.initial (PT1S)",
						() -> Backoff.between(second, Duration.ofMillis(500))),
				wrong("backoff.max", "null", "at least backoff.initial",
						() -> new Backoff(second, null, 2, 0, second, 1)),
				wrong("backoff.multiplier", "0.5", "from 1 to 1000",
						() -> new Backoff(second, second, 0.5, 0, second, 1)),
				wrong("backoff.multiplier", "NaN", "from 1 to 1000",
						() -> new Backoff(second, second, Double.NaN, 0, second, 1)),
				wrong("backoff.jitter", "-0.1", "from 0 to 1", () -> new Backoff(second, second, 2, -0.1, second, 1)),
				wrong("backoff.jitter", "1.1", "from 0 to 1", () -> new Backoff(second, second, 2, 1.1, second, 1)),
				wrong("backoff.jitter", "NaN", "from 0 to 1",
						() -> new Backoff(second, second, 2, Double.NaN, second, 1)),
				wrong("backoff.reset-after", "PT-1S", "0 or more",
						() -> new Backoff(second, second, 2, 0, negative, 1)),
				wrong("backoff.reset-after", "null", "0 or more", () -> new Backoff(second, second, 2, 0, null, 1)),
				wrong("backoff.max-attempts", "0", "1 or more", () -> new Backoff(second, second, 2, 0, second, 0)),
				wrong("supervisor id", "", id, () -> SupervisorSpec.of("")),
				wrong("supervisor id", "a/b", id, () -> SupervisorSpec.of("a/b")),
				wrong("supervisor id", "null", id, () -> SupervisorSpec.of(null)),
				wrong("strategy", "null", "one-for-one, one-for-all or rest-for-one", () -> tree.strategy(null)),
				wrong("max-restarts", "-1", "0 or more", () -> tree.intensity(-1, second)),
				wrong("within", "PT0S", "more than 0", () -> tree.intensity(1, Duration.ZERO)),
				wrong("within", "PT-1S", "more than 0", () -> tree.intensity(1, negative)),
				wrong("within", "null", "more than 0", () -> tree.intensity(1, null)),
				wrong("on-limit", "null", "escalate or park", () -> tree.onLimit(null)),
				wrong("auto-shutdown", "null", "never, any-significant or all-significant",
						() -> tree.autoShutdown(null)),
				wrong("name", " ", "not blank", () -> tree.name(" ")),
				wrong("children", "null", "not null", () -> tree.child((ChildSpec) null)),
				wrong("children", "null", "not null", () -> SupervisorSpec.of("tree", child, null)),
				wrong("supervisor id", "a/b", id, () -> DynamicSupervisorSpec.of("a/b")),
				wrong("max-restarts", "-1", "0 or more", () -> dynamic.intensity(-1, second)),
				wrong("within", "PT0S", "more than 0", () -> dynamic.intensity(1, Duration.ZERO)),
				wrong("on-limit", "null", "escalate or park", () -> dynamic.onLimit(null)),
				wrong("max-children", "-1", "0 or more", () -> dynamic.maxChildren(-1)),
				wrong("extra-arguments", "null", "not null", () -> dynamic.extraArguments("a", null)),
				wrong("name", "", "not blank", () -> dynamic.name("")));
	}

	private static Arguments wrong(String what, String value, String allowed, Runnable attempt) {
		return Arguments.of(what, value, allowed, attempt);
	}

	@ParameterizedTest(name = "{0} ''{1}''")
	@MethodSource("wrongValues")
	void wrongValueIsNamedWithWhatIsAllowed(String what, String value, String allowed, Runnable attempt) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(attempt::run).satisfies(ex -> {
			assertThat(ex.what()).isEqualTo(what);
			assertThat(ex.allowed()).contains(allowed);
			assertThat(ex).hasMessageContaining(what).hasMessageContaining(allowed);
		}).withMessageContaining("'" + value + "'");
	}

	// ---- contradictions: only the whole shows them, so the message has the path

	static Stream<Arguments> contradictions() {
		ChildSpec permanent = child("w").significant(true);
		ChildSpec lonely = child("w").restart(Restart.TRANSIENT).significant(true);
		SupervisorSpec stopping = SupervisorSpec.of("inner").autoShutdown(AutoShutdown.ANY_SIGNIFICANT);
		return Stream.of( //
				Arguments.of("significant", "true", "auto-shutdown never", SupervisorSpec.of("inner", lonely), "/w"),
				Arguments.of("significant", "true", "permanent child", stopping.child(permanent), "/w"),
				Arguments.of("child id", "w", "no sibling has", SupervisorSpec.of("inner", child("w"), child("w")), ""),
				Arguments.of("child id", "w", "no sibling has",
						SupervisorSpec.of("inner", child("w")).child(DynamicSupervisorSpec.of("w")), ""),
				Arguments.of("on-limit", "park", "one-for-one",
						SupervisorSpec.of("inner").strategy(Strategy.ONE_FOR_ALL).onLimit(OnLimit.PARK), ""),
				Arguments.of("on-limit", "park", "one-for-one",
						SupervisorSpec.of("inner").onLimit(OnLimit.PARK).strategy(Strategy.REST_FOR_ONE), ""));
	}

	@ParameterizedTest(name = "{0} ''{1}'' but {2}")
	@MethodSource("contradictions")
	void contradictionOfATreeIsFoundAtItsPlace(String what, String value, String allowed, SupervisorSpec wrong,
			String below) {
		assertRefused("inner" + below, what, value, allowed, () -> this.trees.start(wrong));
	}

	@ParameterizedTest(name = "{0} ''{1}'' but {2}")
	@MethodSource("contradictions")
	void contradictionDeepInATreeIsFoundBeforeItsElderSiblingsStart(String what, String value, String allowed,
			SupervisorSpec wrong, String below) {
		SupervisorSpec tree = SupervisorSpec.of("tree", child("elder"))
			.child(SupervisorSpec.of("middle", child("other")).child(wrong));
		assertRefused("tree/middle/inner" + below, what, value, allowed, () -> this.trees.start(tree));
	}

	@ParameterizedTest(name = "{0} ''{1}'' but {2}")
	@MethodSource("contradictions")
	void contradictionInALaterTreeIsFoundBeforeTheFirstStarts(String what, String value, String allowed,
			SupervisorSpec wrong, String below) {
		assertRefused("inner" + below, what, value, allowed,
				() -> this.trees.node.start(List.of(SupervisorSpec.of("first", child("elder")), wrong)));
	}

	@ParameterizedTest(name = "{0} ''{1}'' but {2}")
	@MethodSource("contradictions")
	void contradictionInWhatIsAddedLaterIsFoundBeforeItStarts(String what, String value, String allowed,
			SupervisorSpec wrong, String below) {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree"));
		DynamicSupervisorRef dynamic = this.trees.start(DynamicSupervisorSpec.of("dynamic"));
		this.trees.node.spawn(child("process"));
		count();
		ChildSpec added = ChildSpec.supervisor(wrong);
		assertRefused("inner" + below, what, value, allowed, () -> supervisor.startChild(added));
		assertRefused("inner" + below, what, value, allowed, () -> dynamic.startChild(added));
		assertRefused("inner" + below, what, value, allowed, () -> dynamic.startChild("key", added));
		assertRefused("inner" + below, what, value, allowed, () -> this.trees.node.spawn(added));
		InvalidSpecException linked = this.trees.ask("process", self -> {
			try {
				throw new AssertionError("started as " + self.startLink(added));
			}
			catch (InvalidSpecException ex) {
				return ex;
			}
		});
		assertRefused("process/inner" + below, what, value, allowed, () -> {
			throw linked;
		});
		assertThat(supervisor.whichChildren()).isEmpty();
		assertThat(dynamic.whichChildren()).isEmpty();
	}

	private void assertRefused(String where, String what, String value, String allowed, Runnable attempt) {
		assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(attempt::run).satisfies(ex -> {
			assertThat(ex.what()).contains(where + "'").endsWith(what);
			assertThat(ex.allowed()).contains(allowed);
			assertThat(ex).hasMessageContaining(where)
				.hasMessageContaining("'" + value + "'")
				.hasMessageContaining(allowed);
		});
		this.trees.test.settle();
		assertThat(this.trees.node.statistics().started()).isEqualTo(this.processes);
	}

	@Test
	void treesOfTheSameIdAreRefusedBeforeTheFirstStarts() {
		assertRefused("first", "tree id", "first", "no other tree has", () -> this.trees.node.start(List
			.of(SupervisorSpec.of("first", child("elder")), SupervisorSpec.of("second"), SupervisorSpec.of("first"))));
	}

	@Test
	void argumentsOfAStartAreNeverNull() {
		DynamicSupervisorRef dynamic = this.trees.start(DynamicSupervisorSpec.of("dynamic"));
		count();
		for (Runnable attempt : List.<Runnable>of(() -> dynamic.startChild(child("a"), "x", null),
				() -> dynamic.startChild("key", child("a"), "x", null),
				() -> this.trees.node.spawn(child("a"), "x", null))) {
			assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(attempt::run)
				.satisfies(ex -> assertThat(ex.what()).isEqualTo("arguments"));
		}
		assertThat(this.trees.node.statistics().started()).isEqualTo(this.processes);
	}

	@Test
	void specificationsAreImmutable() {
		ChildSpec[] children = { child("a") };
		SupervisorSpec tree = SupervisorSpec.of("tree", children);
		children[0] = child("b");
		assertThat(tree.children()).extracting(ChildSpec::id).containsExactly("a");
		tree.child(child("c"));
		assertThat(tree.children()).hasSize(1);
		Object[] arguments = { "x" };
		DynamicSupervisorSpec dynamic = DynamicSupervisorSpec.of("dynamic").extraArguments(arguments);
		arguments[0] = "y";
		assertThat(dynamic.extraArguments()).isEqualTo(Arrays.asList("x"));
	}

	@Test
	void twoCorrectSpecificationsUnderOneNameAreAFailedStartAndNotAWrongSpecification() {
		// names are of the node and change with time, so only the start can tell
		assertThatExceptionOfType(StartException.Failed.class)
			.isThrownBy(
					() -> this.trees.start(SupervisorSpec.of("tree", child("a").name("same"), child("b").name("same"))))
			.withMessageContaining("b")
			.withMessageContaining("already_started");
		assertThat(this.trees.isRunning("same")).isFalse();
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is counted at the source, and that it cannot do harm.
 */
class InstrumentationTest {

	private final List<String> counted = new ArrayList<>();

	private final DeterministicPlatform platform = new DeterministicPlatform(1);

	private final List<Node> nodes = new ArrayList<>();

	@AfterEach
	void close() {
		this.nodes.forEach(Node::close);
		this.platform.close();
	}

	private Node node(Instrumentation instrumentation) {
		Node node = Node.builder().platform(this.platform).listener(event -> {
		}).instrumentation(instrumentation).build();
		this.nodes.add(node);
		return node;
	}

	private static ChildSpec counter() {
		return ChildSpec.worker("counter", () -> new GenServer<Integer, String>() {

			@Override
			public Init<Integer> init(ServerContext<String> self) {
				return Init.ok(0);
			}

			@Override
			public Next<Integer> handle(String message, Integer state, ServerContext<String> self) {
				if (message.equals("crash")) {
					throw new IllegalStateException("asked for");
				}
				return Next.with(state + 1);
			}

			@Override
			public Next<Integer> handleInfo(Info info, Integer state, ServerContext<String> self) {
				if (info instanceof Info.Call call) {
					call.from().reply(state);
				}
				return Next.with(state);
			}

		}).name("counter");
	}

	@Test
	void everythingIsCountedWhereItHappens() {
		Node node = node(new Recording());
		node.start(SupervisorSpec.of("tree", counter()).intensity(1, Duration.ofSeconds(5)));
		node.raw("counter").cast("ignored");
		node.raw("counter").call("count");
		node.<String>ref(Name.of("counter")).cast("crash");
		this.platform.runUntilIdle();
		node.<String>ref(Name.of("counter")).cast("crash");
		this.platform.runUntilIdle();
		assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> node.raw("counter").call("count"));
		assertThat(this.counted).containsExactly("tree/counter started INITIAL", "root/tree started MANUAL",
				"nobody/root handled CALL", "nobody/root called", "tree/counter handled CAST",
				"tree/counter handled CALL", "tree/counter called",
				"tree/counter exited by itself: java.lang.IllegalStateException: asked for",
				"tree/counter handled CAST and ended", "tree/counter started RESTART", "tree/counter restarted",
				"root/tree handled INFO", "tree/counter exited by itself: java.lang.IllegalStateException: asked for",
				"tree/counter handled CAST and ended", "tree gave up",
				"root/tree exited by another: {shutdown, gave up on counter: java.lang.IllegalStateException: asked for}",
				"root/tree handled INFO and ended", "nobody/root handled INFO", "called nobody");
	}

	@Test
	void whatItThrowsHarmsNobody() {
		Node node = node(new Recording() {

			@Override
			public Group group(@Nullable Pid supervisor, ChildSpec spec) {
				throw new StackOverflowError("in a meter");
			}

			@Override
			public void calledNobody() {
				throw new IllegalStateException("in a meter");
			}

		});
		node.start(SupervisorSpec.of("tree", counter()));
		assertThat(node.raw("counter").call("count")).isEqualTo(0);
		assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> node.raw("nobody").call("count"));
		assertThat(node.statistics().listenerFailures()).isGreaterThanOrEqualTo(3);
	}

	/** Writes all of it down, without times. */
	private class Recording implements Instrumentation {

		@Override
		public Group group(@Nullable Pid supervisor, ChildSpec spec) {
			String name = ((supervisor != null) ? supervisor.path() : "nobody") + "/" + spec.id();
			List<String> all = InstrumentationTest.this.counted;
			return new Group() {

				@Override
				public void started(SupervisionEvent.StartCause cause) {
					all.add(name + " started " + cause);
				}

				@Override
				public void exited(ExitReason reason, boolean crashed) {
					all.add(name + " exited " + (crashed ? "by itself" : "by another") + ": " + reason);
				}

				@Override
				public void restarted() {
					all.add(name + " restarted");
				}

				@Override
				public void handled(MessageKind kind, long nanos, @Nullable ExitReason ended) {
					all.add(name + " handled " + kind + ((ended != null) ? " and ended" : ""));
				}

				@Override
				public void called(long nanos, @Nullable CallException failure) {
					all.add(name + " called" + ((failure != null) ? " in vain" : ""));
				}

			};
		}

		@Override
		public void calledNobody() {
			InstrumentationTest.this.counted.add("called nobody");
		}

		@Override
		public void gaveUp(Pid supervisor) {
			InstrumentationTest.this.counted.add(supervisor.path() + " gave up");
		}

	}

	@Test
	void isAskedForProcessesOnly() {
		List<String> asked = new ArrayList<>();
		Node node = node(new Instrumentation() {

			@Override
			public @Nullable Group group(@Nullable Pid supervisor, ChildSpec spec) {
				asked.add(spec.id());
				return null;
			}

			@Override
			public void calledNobody() {
				asked.add("called nobody");
			}

			@Override
			public void gaveUp(Pid supervisor) {
				asked.add("gave up");
			}

		});
		node.spawn(counter());
		assertThat(asked).contains("counter").doesNotContain("outside");
	}

}

package dev.supervision.spring;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import dev.supervision.ChildInfo;
import dev.supervision.ChildSpec;
import dev.supervision.ExitReason;
import dev.supervision.Info;
import dev.supervision.Init;
import dev.supervision.MonitorRef;
import dev.supervision.Next;
import dev.supervision.NoProcessException;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.RawRef;
import dev.supervision.Restart;
import dev.supervision.ServerExitedException;
import dev.supervision.StartException;
import dev.supervision.TimerRef;
import dev.supervision.spring.Puppet.PuppetServer;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What an annotated server may ask of its process, and the handlers of what comes of it.
 */
class ServerContextTest {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Duration SOON = Duration.ofMillis(1);

	private static final Duration NEVER = Duration.ofHours(1);

	/** Kasper may end, Gretel is always started again. */
	private final ApplicationContextRunner runner = TestTrees.application(PuppetServer.class)
		.withBean(Probe.class)
		.withPropertyValues("supervision.trees[0].id=theatre", "supervision.trees[0].max-restarts=1000",
				"supervision.trees[0].children[0].id=kasper", "supervision.trees[0].children[0].worker=puppet",
				"supervision.trees[0].children[0].name=kasper", "supervision.trees[0].children[0].restart=transient",
				"supervision.trees[0].children[1].id=gretel", "supervision.trees[0].children[1].worker=puppet",
				"supervision.trees[0].children[1].name=gretel");

	private void play(Consumer<Stage> play) {
		this.runner.run(context -> {
			assertThat(context).hasNotFailed();
			play.accept(new Stage(context));
		});
	}

	@Nested
	class Stopping {

		@Test
		void stopTakesEffectWhenTheHandlerReturnsAndTheReplyFollowsTerminate() {
			play(stage -> {
				Object reply = stage.kasper.ask(server -> {
					server.self.stop();
					server.probe.tell("the rest of the handler");
					return "bye";
				});
				assertThat(reply).isEqualTo("bye");
				assertThat(stage.probe.told()).containsSubsequence("the rest of the handler",
						"terminate kasper normal");
				stage.awaitEnd("kasper");
				assertThat(stage.child("kasper").state()).isEqualTo(ChildInfo.State.STOPPED);
				assertThat(stage.child("kasper").lastExit()).isEqualTo(ExitReason.NORMAL);
			});
		}

		@Test
		void stopWithAReasonIsSeenByTheSupervisorAndByTerminate() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				assertThat(stage.kasper.ask(server -> {
					server.self.stop(ExitReason.of("curtain"));
					return 1;
				})).isEqualTo(1);
				stage.awaitSuccessor("kasper", before);
				assertThat(stage.probe.told()).contains("terminate kasper curtain");
			});
		}

		@Test
		void stopInACastEndsItToo() {
			play(stage -> {
				stage.kasper.order(server -> {
					server.self.stop(ExitReason.shutdown("enough"));
					return null;
				});
				stage.awaitEnd("kasper");
				assertThat(stage.child("kasper").lastExit()).isEqualTo(ExitReason.shutdown("enough"));
			});
		}

		@Test
		void messagesBehindAStopGoToNobody() {
			play(stage -> {
				stage.kasper.order(server -> {
					server.probe.pass("stop");
					server.self.stop();
					return null;
				});
				stage.kasper.order(server -> {
					server.probe.tell("too late");
					return null;
				});
				stage.probe.open("stop");
				stage.awaitEnd("kasper");
				assertThat(stage.probe.told()).doesNotContain("too late");
			});
		}

		@Test
		void stopInTheInitFailsTheStartWithItsReason() {
			TestTrees.application(Unwilling.class)
				.run(context -> assertThat(context.getStartupFailure().getCause()).isInstanceOfSatisfying(
						TreeStartException.class,
						failure -> assertThat(failure.reason()).isEqualTo(ExitReason.of("no"))));
		}

		@Test
		void ignoreInTheInitMeansNoProcessAndNoError() {
			TestTrees.application(Ignoring.class).withBean(Probe.class).run(context -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Node.class).whereis("ignoring")).isEmpty();
				assertThat(context.getBean(Probe.class).told()).containsExactly("released");
			});
		}

		@Test
		void ignoreIsForTheInitOnly() {
			play(stage -> assertThatExceptionOfType(ServerExitedException.class)
				.isThrownBy(() -> stage.kasper.ask(server -> {
					server.self.ignore();
					return null;
				}))
				.withCauseInstanceOf(IllegalStateException.class));
		}

	}

	@Nested
	class Messages {

		@Test
		void aContinuationComesBeforeAnythingThatWaits() {
			play(stage -> {
				stage.kasper.order(server -> {
					server.probe.pass("go");
					server.self.continueWith("at once");
					return null;
				});
				stage.kasper.order(server -> server.seen.add("waited"));
				stage.probe.open("go");
				assertThat(stage.kasper.seen()).containsExactly("continue at once", "waited");
			});
		}

		@Test
		void aContinuationOfTheInitComesBeforeTheFirstMessage() {
			TestTrees.application(Loading.class)
				.run(context -> assertThat(context.getBean("loading.raw", RawRef.class).call("state"))
					.isEqualTo("loaded"));
		}

		@Test
		void aContinuationThatNobodyTakesCrashesTheServer() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				stage.kasper.order(server -> {
					server.self.continueWith(1);
					return null;
				});
				stage.awaitSuccessor("kasper", before);
				assertThat(stage.probe.told()).contains("terminate kasper java.lang.UnsupportedOperationException");
			});
		}

		@Test
		void aTimeoutComesIfNothingElseDoes() {
			play(stage -> {
				stage.kasper.order(server -> {
					server.self.timeout(SOON);
					return null;
				});
				stage.probe.awaitTold("kasper saw timeout");
			});
		}

		@Test
		void aTimeoutHoldsForOneHandlerOnly() {
			play(stage -> {
				// what comes next takes it away
				stage.kasper.order(server -> {
					server.probe.pass("next");
					server.self.timeout(NEVER);
					return null;
				});
				stage.kasper.order(server -> {
					server.self.sendAfter(SOON, "later");
					return null;
				});
				stage.probe.open("next");
				stage.probe.awaitTold("kasper saw later");
				assertThat(stage.kasper.seen()).containsExactly("later");
			});
		}

		@Test
		void aMessageIsSentLaterToItselfOrToAnother() {
			play(stage -> {
				Pid gretel = stage.pid("gretel");
				stage.kasper.order(server -> server.self.sendAfter(SOON, "to myself"));
				stage.kasper.order(server -> server.self.sendAfter(SOON, gretel, "to gretel"));
				stage.probe.awaitTold("kasper saw to myself");
				stage.probe.awaitTold("gretel saw to gretel");
			});
		}

		@Test
		void aTimerCanBeReadAndCancelled() {
			play(stage -> assertThat(stage.kasper.ask(server -> {
				TimerRef timer = server.self.sendAfter(NEVER, "never");
				boolean waits = timer.remaining().isPresent();
				return waits && timer.cancel().isPresent() && timer.remaining().isEmpty();
			})).isEqualTo(true));
		}

		@Test
		void timersEndWithTheIncarnation() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				TimerRef timer = (TimerRef) stage.kasper.ask(server -> server.self.sendAfter(NEVER, "never"));
				assertThat(timer).isNotNull();
				assertThat(timer.remaining()).isPresent();
				stage.crash(stage.kasper);
				stage.awaitSuccessor("kasper", before);
				assertThat(timer.remaining()).isEmpty();
			});
		}

	}

	@Nested
	class Relations {

		@Test
		void aLinkedServerGoesWithTheOther() {
			play(stage -> {
				Pid kasper = stage.pid("kasper");
				Pid gretel = stage.pid("gretel");
				stage.kasper.ask(server -> {
					server.self.link(gretel);
					return null;
				});
				stage.crash(stage.gretel);
				stage.awaitSuccessor("gretel", gretel);
				stage.awaitSuccessor("kasper", kasper);
			});
		}

		@Test
		void anUnlinkedServerStays() {
			play(stage -> {
				Pid kasper = stage.pid("kasper");
				Pid gretel = stage.pid("gretel");
				stage.kasper.ask(server -> {
					server.self.link(gretel);
					server.self.unlink(gretel);
					return null;
				});
				stage.crash(stage.gretel);
				stage.awaitSuccessor("gretel", gretel);
				assertThat(stage.kasper.seen()).isEmpty();
				assertThat(stage.pid("kasper")).isEqualTo(kasper);
			});
		}

		@Test
		void aServerThatTrapsExitsIsTold() {
			play(stage -> {
				Pid gretel = stage.pid("gretel");
				assertThat(stage.kasper.ask(server -> {
					server.self.link(gretel);
					return server.self.trapExits(true);
				})).isEqualTo(false);
				stage.node.exit(gretel, ExitReason.KILL);
				stage.probe.awaitTold("kasper saw exit killed");
			});
		}

		@Test
		void aMonitorTellsOnceByPidAndByName() {
			play(stage -> {
				Pid gretel = stage.pid("gretel");
				stage.kasper.ask(server -> {
					server.self.monitor(gretel);
					server.self.monitor("gretel");
					server.self.monitor("nobody");
					return null;
				});
				stage.node.exit(gretel, ExitReason.KILL);
				stage.probe.awaitTold("kasper saw down a pid killed");
				stage.probe.awaitTold("kasper saw down gretel killed");
				stage.awaitSuccessor("gretel", gretel);
				assertThat(stage.kasper.seen()).containsExactlyInAnyOrder("down nobody noproc", "down a pid killed",
						"down gretel killed");
			});
		}

		@Test
		void anEndedMonitorTellsNothing() {
			play(stage -> {
				Pid gretel = stage.pid("gretel");
				stage.kasper.ask(server -> {
					MonitorRef monitor = server.self.monitor(gretel);
					server.self.monitor("gretel");
					server.self.demonitor(monitor);
					return null;
				});
				stage.node.exit(gretel, ExitReason.KILL);
				stage.probe.awaitTold("kasper saw down gretel killed");
				assertThat(stage.kasper.seen()).containsExactly("down gretel killed");
			});
		}

		@Test
		void aServerMaySendExitSignals() {
			play(stage -> {
				Pid gretel = stage.pid("gretel");
				stage.kasper.ask(server -> {
					server.self.exit(gretel, ExitReason.of("go away"));
					return null;
				});
				stage.awaitSuccessor("gretel", gretel);
			});
		}

		@Test
		void aServerMayStartProcessesOfItsOwn() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				Pid child = (Pid) stage.kasper.ask(server -> server.self
					.startLink(ChildSpec.worker("helper", EchoServer::new).restart(Restart.TEMPORARY)));
				assertThat(stage.node.isAlive(child)).isTrue();
				assertThat(stage.node.raw(child).call("echo")).isEqualTo("echo");
				assertThat(stage.node.info(child).orElseThrow().parent()).isEqualTo(before);
				stage.crash(stage.kasper);
				Eventually.await("the end of what is linked", () -> !stage.node.isAlive(child));
			});
		}

		@Test
		void aProcessOfItsOwnThatDoesNotStartIsAnException() {
			play(stage -> assertThatExceptionOfType(ServerExitedException.class)
				.isThrownBy(() -> stage.gretel.ask(server -> server.self.startLink(ChildSpec.worker("bad", () -> {
					throw new IllegalStateException("bad");
				}))))
				.withCauseInstanceOf(StartException.class));
		}

	}

	@Nested
	class Identities {

		@Test
		void aServerKnowsItsIdItsPidItsNodeAndItsAncestors() {
			play(stage -> {
				assertThat(stage.kasper.ask(server -> server.self.id())).isEqualTo("kasper");
				assertThat(stage.kasper.ask(server -> server.self.pid())).isEqualTo(stage.pid("kasper"));
				assertThat(stage.kasper.ask(server -> server.self.node())).isSameAs(stage.node);
				assertThat(stage.kasper.ask(server -> server.self.ancestors()))
					.isEqualTo(List.of(stage.pid("theatre"), stage.node.trees().pid().orElseThrow()));
			});
		}

		@Test
		@SuppressWarnings("unchecked")
		void aChildThatIsStartedByIdHasThatId() {
			TestTrees.application(NamedServer.class)
				.withPropertyValues("supervision.trees[0].id=football", "supervision.trees[0].children[0].id=names",
						"supervision.trees[0].children[0].dynamic=named")
				.run(context -> {
					Children<Named> children = (Children<Named>) context.getBean("names.children");
					assertThat(children.start("fin-swe").name()).isEqualTo("fin-swe");
				});
		}

		@Test
		void anOldIncarnationCanDoNothingToTheNextOne() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				ServerContext old = (ServerContext) stage.kasper.ask(server -> server.self);
				assertThat(old).isNotNull();
				stage.crash(stage.kasper);
				Pid after = stage.awaitSuccessor("kasper", before);
				old.stop();
				assertThat(stage.kasper.seen()).isEmpty();
				assertThat(stage.pid("kasper")).isEqualTo(after);
				assertThat(old.pid()).isEqualTo(before);
			});
		}

	}

	@Nested
	class Ending {

		@Test
		void terminateGetsTheReasonOfACrash() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				stage.crash(stage.kasper);
				stage.awaitSuccessor("kasper", before);
				assertThat(stage.probe.told()).containsSubsequence("terminate kasper java.lang.IllegalStateException",
						"release kasper", "init kasper");
			});
		}

		@Test
		void terminateRunsAtAnOrderlyStopWithoutTrappingExits() {
			play(stage -> {
				stage.node.supervisor("theatre").terminateChild("kasper");
				assertThat(stage.probe.told()).containsSubsequence("terminate kasper shutdown", "release kasper");
			});
		}

		@Test
		void terminateDoesNotRunAtAKill() {
			play(stage -> {
				Pid before = stage.pid("kasper");
				stage.node.exit(before, ExitReason.KILL);
				stage.awaitSuccessor("kasper", before);
				assertThat(stage.probe.told()).contains("release kasper")
					.noneMatch(what -> what.startsWith("terminate"));
			});
		}

		@Test
		void aCallToNobodyFailsAtOnceAndACastIsLost() {
			play(stage -> {
				stage.node.supervisor("theatre").terminateChild("kasper");
				assertThatExceptionOfType(NoProcessException.class).isThrownBy(stage.kasper::seen)
					.withMessageContaining("kasper");
				stage.kasper.order(server -> null);
			});
		}

	}

	/** The theatre while it plays. */
	private static final class Stage {

		private final Node node;

		private final Probe probe;

		private final Puppet kasper;

		private final Puppet gretel;

		Stage(ApplicationContext context) {
			this.node = context.getBean(Node.class);
			this.probe = context.getBean(Probe.class);
			this.kasper = (Puppet) context.getBean("kasper.client");
			this.gretel = (Puppet) context.getBean("gretel.client");
		}

		Pid pid(String name) {
			return this.node.awaitStarted(name, LIMIT);
		}

		Pid awaitSuccessor(String name, Pid before) {
			Eventually.await("a successor of " + name, () -> {
				Optional<Pid> now = this.node.whereis(name);
				return now.isPresent() && !now.get().equals(before);
			});
			return pid(name);
		}

		void awaitEnd(String name) {
			Eventually.await("the end of " + name, () -> child(name).pid() == null);
		}

		void crash(Puppet puppet) {
			puppet.order(server -> {
				throw new IllegalStateException("crash");
			});
		}

		ChildInfo child(String id) {
			return this.node.supervisor("theatre").whichChild(id).orElseThrow();
		}

	}

	interface Named {

		String name();

	}

	@GenServer("named")
	static class NamedServer implements Named {

		private final ServerContext self;

		NamedServer(ServerContext self) {
			this.self = self;
		}

		@Override
		@HandleCall
		public String name() {
			return this.self.id();
		}

	}

	@GenServer("unwilling")
	static class Unwilling {

		Unwilling(ServerContext self) {
			self.stop(ExitReason.of("no"));
		}

	}

	@GenServer("ignoring")
	static class Ignoring implements AutoCloseable {

		private final Probe probe;

		Ignoring(ServerContext self, Probe probe) {
			this.probe = probe;
			self.ignore();
		}

		@Override
		public void close() {
			this.probe.tell("released");
		}

	}

	@GenServer("loading")
	static class Loading {

		private String state = "empty";

		Loading(ServerContext self) {
			self.continueWith("loaded");
		}

		@HandleContinue
		void load(String state) {
			this.state = state;
		}

		@HandleCall
		String state(String question) {
			return this.state;
		}

	}

	/** In plain style. */
	private static final class EchoServer implements dev.supervision.GenServer<Integer, Object> {

		@Override
		public Init<Integer> init(dev.supervision.ServerContext<Object> self) {
			return Init.ok(0);
		}

		@Override
		public Next<Integer> handle(Object message, Integer state, dev.supervision.ServerContext<Object> self) {
			return Next.with(state);
		}

		@Override
		public Next<Integer> handleInfo(Info info, Integer state, dev.supervision.ServerContext<Object> self) {
			if (info instanceof Info.Call call) {
				call.from().reply(call.request());
			}
			return Next.with(state);
		}

	}

}

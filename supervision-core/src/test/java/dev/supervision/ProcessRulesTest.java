package dev.supervision;

import java.util.ArrayList;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Rules of one process that only show between two steps: each kills a mutant that nothing
 * else killed.
 */
class ProcessRulesTest extends ProcessFixture {

	private final List<String> seen = new ArrayList<>();

	private final Process bystander = (Process) spawn(new Script());

	@Test
	void aKilledProcessLosesItsNameWhileItStillHasAThread() {
		Pid victim = spawn("victim", new Script());
		ref(victim).cast((state, self) -> {
			self.exit(self.pid(), ExitReason.KILL);
			// null: nobody else had it
			this.seen.add("registered " + Links.register(this.bystander, "victim"));
			return Next.with(state);
		});
		this.world.settle();
		assertThat(this.seen).containsExactly("registered null");
	}

	@Test
	void aCallThatNobodyHasTakenYetFailsWithTheKill() {
		Pid victim = spawn(new Script());
		CompletableFuture<String> answer = ref(victim).callAsync(Script.ask(self -> "answer"));
		this.node.exit(victim, ExitReason.KILL);
		this.world.settle();
		assertThat(answer).isCompletedExceptionally();
		assertThatThrownBy(answer::join).cause()
			.isInstanceOfSatisfying(ServerExitedException.class,
					ended -> assertThat(ended.reason()).isEqualTo(ExitReason.KILLED));
	}

	@Test
	void theReplyOfAStopGoesOutAfterTerminate() {
		List<From<String>> asked = new ArrayList<>();
		Pid server = spawn(new Script().onTerminate((reason, state, self) -> {
			this.seen.add("open in terminate: " + asked.get(0).reply("of terminate"));
		}));
		String answer = ref(server).<String>call(from -> (state, self) -> {
			asked.add(from);
			return Next.stop(ExitReason.NORMAL, state).reply(from, "of stop");
		});
		assertThat(this.seen).containsExactly("open in terminate: true");
		assertThat(answer).isEqualTo("of terminate");
	}

	@Test
	void aKilledProcessAnswersNobodyElsesCall() {
		Pid victim = spawn(new Script());
		Pid server = spawn(new Script());
		CompletableFuture<String> answer = ref(server).callAsync(from -> (state, self) -> {
			ref(victim).cast((own, killed) -> {
				killed.exit(killed.pid(), ExitReason.KILL);
				this.seen.add("replied " + from.reply("from the grave"));
				return Next.with(own);
			});
			return Next.with(state);
		});
		this.world.settle();
		assertThat(this.seen).containsExactly("replied false");
		assertThat(answer).isNotDone();
	}

	@Test
	void aKilledProcessCastsToNobody() {
		Pid victim = spawn(new Script());
		Pid other = spawn(new Script());
		ref(victim).cast((state, self) -> {
			self.exit(self.pid(), ExitReason.KILL);
			ref(other).cast((theirs, them) -> {
				this.seen.add("arrived");
				return Next.with(theirs);
			});
			return Next.with(state);
		});
		this.world.settle();
		assertThat(this.seen).isEmpty();
	}

	@Test
	void anOrderToStopReachesAnIdleProcessAtOnce() {
		Script child = new Script();
		Pid parent = spawn(Script.trapping());
		Pid started = startLink(parent, child.spec("child"));
		long before = this.world.platform.clock().nanoTime();
		ExitReason reason = ask(parent, self -> self.stopChild(started, Shutdown.DEFAULT_WORKER));
		assertThat(reason).isEqualTo(ExitReason.SHUTDOWN);
		assertThat(child.journal).endsWith("terminate shutdown");
		assertThat(this.world.platform.clock().nanoTime()).isEqualTo(before);
	}

	@Test
	void messagesThatASuspensionHeldBackKeepTheirOrder() {
		Pid server = spawn(new Script());
		this.node.sys(server).suspend();
		for (String text : List.of("first", "second", "third")) {
			ref(server).cast((state, self) -> {
				this.seen.add(text);
				return Next.with(state);
			});
		}
		this.world.settle();
		assertThat(this.seen).isEmpty();
		this.node.sys(server).resume();
		this.world.settle();
		assertThat(this.seen).containsExactly("first", "second", "third");
	}

	@Test
	void onlyItsOwnParentStopsAChild() {
		Pid parent = spawn(Script.trapping());
		Pid child = startLink(parent, new Script().spec("child"));
		Pid stranger = spawn(new Script());
		String refusal = ask(stranger, self -> {
			try {
				return "stopped: " + self.stopChild(child, Shutdown.BRUTAL_KILL);
			}
			catch (InvalidSpecException ex) {
				return ex.getMessage();
			}
		});
		assertThat(refusal).contains("stopChild", "a process that anonymous (" + stranger + ") started");
		assertThat(this.node.isAlive(child)).isTrue();
	}

	@Test
	void anAnswerWithoutACauseIsRefusedAndTheCallerLearnsOfTheCrash() {
		Pid server = spawn(new Script());
		CompletableFuture<String> answer = ref(server).callAsync(from -> (state, self) -> {
			from.fail(null);
			return Next.with(state);
		});
		this.world.settle();
		assertThatThrownBy(answer::join).cause().isInstanceOf(ServerExitedException.class);
	}

	@Test
	void aStopWithALimitDoesNotWaitLongerForChildrenToLeave() {
		Pid parent = spawn(Script.trapping());
		startLink(parent,
				Script.trapping()
					.onTerminate((reason, state, self) -> this.world.platform.sleep(Duration.ofSeconds(30)))
					.spec("slow"));
		long begin = this.world.platform.clock().nanoTime();
		ref(parent).stop(ExitReason.NORMAL, Duration.ofSeconds(1));
		assertThat(Duration.ofNanos(this.world.platform.clock().nanoTime() - begin))
			.isLessThanOrEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void aLinkToAProcessThatHasEndedBringsNoProcessAndNeverItsOldReason() {
		Script watching = Script.trapping();
		Pid watcher = spawn(watching);
		Pid victim = spawn(new Script());
		ask(watcher, self -> {
			self.link(victim);
			self.unlink(victim);
			self.exit(victim, ExitReason.of("old"));
			return "sent";
		});
		this.world.settle();
		ask(watcher, self -> {
			self.link(victim);
			return "linked";
		});
		this.world.settle();
		assertThat(watching.infos).containsExactly(new Info.Exit(victim, ExitReason.NO_PROCESS));
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.List;

import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What others do to a process while it ends: call it, reply from it, give it a name, link
 * and monitor it.
 */
class ProcessLincheckTest {

	private static final int SCHEDULES = 1000;

	private static final int ROUNDS = 50_000;

	@Test
	void aCallEndsInAnAnswerOrInTheExit() throws Exception {
		Race.stress(ROUNDS, CallAgainstExit::new);
	}

	@Test
	void aCallThatIsKeptWithoutALookAtTheExitIsCaught() throws Exception {
		SeededBug.isCaughtBy(ProcessLincheckTest.class, "aCallEndsInAnAnswerOrInTheExit", "Ending.java",
				"call.undeliverable(Ended.of(exitReason(), null));", "");
	}

	@Test
	void anAnswerArrivesOrWasRefused() throws Exception {
		Race.stress(ROUNDS, KillAgainstReply::new);
	}

	@Test
	void anAnswerThatIsNotFencedIsCaught() throws Exception {
		SeededBug.isCaughtBy(ProcessLincheckTest.class, "anAnswerArrivesOrWasRefused", "Call.java",
				"if (Process.isFenced()) {", "if (false) {");
	}

	@Test
	void aRequestHasOneOutcome() {
		Lincheck.runConcurrentTest(SCHEDULES, () -> new OutcomeAgainstOutcome().run());
	}

	@Test
	void anOutcomeThatIsCheckedBeforeItIsSetIsCaught() throws Exception {
		SeededBug.isCaughtBy(ProcessLincheckTest.class, "aRequestHasOneOutcome", "Request.java",
				"if (!OUTCOME.compareAndSet(this, null, result)) {",
				"if (this.outcome == null) { this.outcome = result; } else {");
	}

	@Test
	void aDeadProcessKeepsNoName() throws Exception {
		Race.stress(ROUNDS, RegisterAgainstExit::new);
	}

	@Test
	void aRegistrationThatDoesNotLookAtTheExitAfterwardsIsCaught() throws Exception {
		SeededBug.isCaughtBy(ProcessLincheckTest.class, "aDeadProcessKeepsNoName", "Links.java",
				"process.node.names.remove(name, process);\n\t\treturn null;", "return null;");
	}

	@Test
	void aLinkAndAMonitorTellOfTheEndOnce() throws Exception {
		Race.stress(ROUNDS, LinkAgainstExit::new);
	}

	@Test
	void aLinkThatDoesNotLookAtTheExitIsCaught() throws Exception {
		SeededBug.isCaughtBy(ProcessLincheckTest.class, "aLinkAndAMonitorTellOfTheEndOnce", "Links.java",
				"if (other.hasExited()) {\n\t\t\t\t\treturn links.contains(other);",
				"if (false) {\n\t\t\t\t\treturn links.contains(other);");
	}

	/** An answer and an exit, both at once. */
	static final class OutcomeAgainstOutcome extends Race {

		private final Envelopes.Wait request = new Envelopes.Wait(this.platform.waiting());

		private boolean answered;

		private boolean exited;

		@Override
		void first() {
			this.answered = this.request.complete("answer");
		}

		@Override
		void second() {
			this.exited = this.request.complete("exit");
		}

		@Override
		void check() {
			require(this.answered != this.exited, this.answered + " and " + this.exited);
		}

	}

	/** One server, to which everything is done. */
	abstract static class OneServer extends Race {

		final Node node = this.platform.node();

		final Script script = Script.trapping();

		final Pid server = this.node.spawn(this.script.spec("server"));

		final ServerRef<Script.Message> ref = this.node.ref(this.server);

	}

	/** The server never answers; the caller must not hang. */
	static final class CallAgainstExit extends OneServer {

		private @Nullable CallException outcome;

		@Override
		void first() {
			try {
				this.ref.call(from -> (state, self) -> Next.with(state), Duration.ofSeconds(1));
			}
			catch (CallException ex) {
				this.outcome = ex;
			}
		}

		@Override
		void second() {
			this.node.exit(this.server, ExitReason.KILL);
		}

		@Override
		void check() {
			CallException ended = this.outcome;
			require(ended instanceof NoProcessException
					|| ended instanceof ServerExitedException exited && exited.reason() == ExitReason.KILLED,
					"outcome " + ended);
		}

	}

	/** The server answers; what it believes of its answer is what the caller sees. */
	static final class KillAgainstReply extends OneServer {

		private volatile boolean killed;

		private boolean begunAfterKill;

		private boolean sent;

		private boolean arrived;

		@Override
		void first() {
			try {
				this.arrived = this.ref.<Boolean>call(this::answer, Duration.ofSeconds(1));
			}
			catch (NoProcessException | ServerExitedException ex) {
				this.arrived = false;
			}
		}

		private Script.Message answer(From<Boolean> from) {
			return new Answer(this, from);
		}

		@Override
		void second() {
			this.node.exit(this.server, ExitReason.KILL);
			this.killed = true;
		}

		@Override
		void check() {
			require(this.sent == this.arrived, "sent " + this.sent + ", arrived " + this.arrived);
			require(!this.sent || !this.begunAfterKill, "a killed process has answered");
		}

	}

	/** Not a lambda, which Lincheck would not look into. */
	private static final class Answer implements Script.Message {

		private final KillAgainstReply race;

		private final From<Boolean> from;

		Answer(KillAgainstReply race, From<Boolean> from) {
			this.race = race;
			this.from = from;
		}

		@Override
		public Next<@Nullable Object> run(@Nullable Object state, ServerContext<Script.Message> self) {
			this.race.begunAfterKill = this.race.killed || !this.race.node.isAlive(this.race.server);
			this.race.sent = this.from.reply(true);
			return Next.with(state);
		}

	}

	/** The server gives itself a second name. */
	static final class RegisterAgainstExit extends OneServer {

		@Override
		void first() {
			this.ref.cast((state, self) -> {
				self.register(new Name<>("second"));
				return Next.with(state);
			});
		}

		@Override
		void second() {
			this.node.exit(this.server, ExitReason.KILL);
		}

		@Override
		void check() {
			require(this.node.named("second") == null, "a dead process has a name");
			require(this.node.named("server") == null, "a dead process has its first name");
		}

	}

	/** The server links with a process and monitors it, while that one is killed. */
	static final class LinkAgainstExit extends OneServer {

		private final Pid other = this.node.spawn(new Script().spec("other"));

		@Override
		void first() {
			Pid peer = this.other;
			this.ref.cast((state, self) -> {
				self.link(peer);
				self.monitor(peer);
				return Next.with(state);
			});
		}

		@Override
		void second() {
			this.node.exit(this.other, ExitReason.KILL);
		}

		@Override
		void check() {
			List<Info> infos = this.script.infos;
			int exits = 0;
			int downs = 0;
			for (Info info : infos) {
				exits += (info instanceof Info.Exit) ? 1 : 0;
				downs += (info instanceof Info.Down) ? 1 : 0;
			}
			require(exits == 1 && downs == 1, "told " + infos);
			Relations own = ((Process) this.server).relations;
			require(own != null && own.links.isEmpty() && own.monitors.isEmpty(), "a relation with the dead is left");
		}

	}

}

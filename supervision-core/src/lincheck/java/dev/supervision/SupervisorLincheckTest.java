package dev.supervision;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A supervisor that restarts a child while it is itself stopped or killed.
 */
class SupervisorLincheckTest {

	private static final int ROUNDS = 20_000;

	@Test
	void aStopDuringARestartLeavesNobody() throws Exception {
		Race.stress(ROUNDS, StopAgainstRestart::new);
	}

	@Test
	void anOrderThatWakesNobodyIsCaught() throws Exception {
		SeededBug.isCaughtBy(SupervisorLincheckTest.class, "aStopDuringARestartLeavesNobody", "Process.java",
				"return this.signal == null || !this.mailbox.wake();", "return true;");
	}

	@Test
	void aKillDuringARestartLeavesNobody() throws Exception {
		Race.stress(ROUNDS, KillAgainstRestart::new);
	}

	@Test
	void aChildThatADeadParentAdoptsIsCaught() throws Exception {
		SeededBug.isCaughtBy(SupervisorLincheckTest.class, "aKillDuringARestartLeavesNobody", "Links.java",
				"if (parent.hasExited()) {\n\t\t\t\treturn false;",
				"if (parent.spec == null) {\n\t\t\t\treturn false;");
	}

	/** One child, which crashes. */
	abstract static class OneChild extends Race {

		final Node node = this.platform.node();

		/** Not in the node's own tree, which would start it again. */
		final Process supervisor = (Process) this.node.spawn(
				ChildSpec.supervisor(SupervisorSpec.of("tree", new Script().spec("child").restart(Restart.PERMANENT))));

		private final @Nullable Process child = this.node.named("child");

		OneChild() {
			super(new RacePlatform(true));
		}

		@Override
		void first() {
			Process victim = this.child;
			require(victim != null, "no child");
			if (victim != null) {
				this.node.exit(victim, ExitReason.of("crash"));
			}
		}

		final void awaitSuccessor() {
			Pid now = this.child;
			while (now == null || now == this.child) {
				Thread.onSpinWait();
				now = this.node.named("child");
			}
		}

		@Override
		void check() {
			require(this.supervisor.hasExited() && this.supervisor.hasLeft(), "the supervisor lives");
			for (Process process : this.node.table()) {
				require(process == this.node.root(), "left: " + process.label());
			}
			require(this.node.named("child") == null, "a dead child has its name");
		}

	}

	static final class StopAgainstRestart extends OneChild {

		/** In every other round not before the restart is about to be over. */
		@Override
		void second() {
			if (this.late % 2 == 0) {
				awaitSuccessor();
				spin(this.late);
			}
			this.supervisor.order(ExitReason.SHUTDOWN);
			this.supervisor.awaitLeft();
		}

	}

	static final class KillAgainstRestart extends OneChild {

		@Override
		void second() {
			this.supervisor.forceExit(ExitReason.KILLED);
		}

	}

}

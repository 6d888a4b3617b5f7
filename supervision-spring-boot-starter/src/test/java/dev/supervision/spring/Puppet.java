package dev.supervision.spring;

import java.util.ArrayList;
import java.util.List;

import jakarta.annotation.PreDestroy;
import org.jspecify.annotations.Nullable;

import dev.supervision.ExitReason;
import dev.supervision.Info;
import dev.supervision.Pid;

/**
 * A server that does what a test tells it, within its process.
 */
interface Puppet {

	/** Runs something in a call; the result is the reply. */
	@Nullable Object ask(Script script);

	/** Runs something in a cast. */
	void order(Script script);

	/** All that arrived at this incarnation, in order. */
	List<String> seen();

	/** What is run. */
	@FunctionalInterface
	interface Script {

		@Nullable Object run(PuppetServer server) throws Exception;

	}

	/** The server of it. */
	@GenServer("puppet")
	class PuppetServer implements Puppet {

		final ServerContext self;

		final Probe probe;

		final List<String> seen = new ArrayList<>();

		PuppetServer(ServerContext self, Probe probe) {
			this.self = self;
			this.probe = probe;
			probe.tell("init " + self.id());
		}

		@Override
		@HandleCall
		public @Nullable Object ask(Script script) {
			return run(script);
		}

		@Override
		@HandleCast
		public void order(Script script) {
			run(script);
		}

		private @Nullable Object run(Script script) {
			try {
				return script.run(this);
			}
			catch (Exception ex) {
				throw sneaky(ex);
			}
		}

		@SuppressWarnings("unchecked")
		private static <T extends Throwable> RuntimeException sneaky(Throwable thrown) throws T {
			throw (T) thrown;
		}

		@Override
		@HandleCall
		public List<String> seen() {
			return List.copyOf(this.seen);
		}

		@HandleInfo
		void exit(Info.Exit exit) {
			saw("exit " + exit.reason());
		}

		@HandleInfo
		void down(Info.Down down) {
			saw("down " + ((down.target() instanceof Pid) ? "a pid" : down.target()) + " " + down.reason());
		}

		@HandleInfo
		void timeout(Info.Timeout timeout) {
			saw("timeout");
		}

		@HandleInfo
		void message(String message) {
			saw(message);
		}

		@HandleContinue
		void goOn(String continuation) {
			saw("continue " + continuation);
		}

		private void saw(String what) {
			this.seen.add(what);
			this.probe.tell(this.self.id() + " saw " + what);
		}

		@Terminate
		void terminate(ExitReason reason) {
			this.probe.tell("terminate " + this.self.id() + " "
					+ ((reason instanceof ExitReason.Failure failure) ? failure.exceptionClass() : reason));
		}

		@PreDestroy
		void release() {
			this.probe.tell("release " + this.self.id());
		}

	}

}

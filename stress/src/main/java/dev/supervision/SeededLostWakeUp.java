package dev.supervision;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The same question as {@link MailboxStress.LostWakeUp}, to a mailbox that looks and then
 * lets go: proof that the harness would see it. Left out of a normal run.
 */
@JCStressTest
@Outcome(id = { "0, 0", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "either the sender wakes, or the owner goes on")
@Outcome(id = "0, 1", expect = Expect.FORBIDDEN, desc = "lost: the entry waits, and nobody comes")
@Outcome(expect = Expect.FORBIDDEN, desc = "two activations")
@State
public class SeededLostWakeUp {

	private final LooksAndLetsGo mailbox = new LooksAndLetsGo();

	@Actor
	public void sender(II_Result r) {
		r.r1 = (this.mailbox.post(new StressEntry(1)) == Mailbox.Posted.WAKE) ? 1 : 0;
	}

	@Actor
	public void owner(II_Result r) {
		r.r2 = this.mailbox.idle() ? 1 : 0;
	}

	/** Its own flag instead of the bottom of the stack. */
	private static final class LooksAndLetsGo extends Mailbox {

		private volatile boolean active = true;

		@Override
		Posted post(Envelope entry) {
			super.post(entry);
			if (this.active) {
				return Posted.QUEUED;
			}
			this.active = true;
			return Posted.WAKE;
		}

		@Override
		boolean idle() {
			if (peek() != null) {
				return false;
			}
			this.active = false;
			return true;
		}

	}

}

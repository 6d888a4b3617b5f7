package dev.supervision;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The mailbox on real hardware: what Lincheck, which knows sequential consistency only,
 * cannot see.
 */
public class MailboxStress {

	private static Mailbox active(Mailbox mailbox) {
		mailbox.wake();
		return mailbox;
	}

	private static int flag(boolean value) {
		return value ? 1 : 0;
	}

	private static boolean woken(Mailbox mailbox, int number) {
		return mailbox.post(new StressEntry(number)) == Mailbox.Posted.WAKE;
	}

	/** A sender meets an owner that lets go. */
	@JCStressTest
	@Outcome(id = { "0, 0", "1, 1" }, expect = Expect.ACCEPTABLE,
			desc = "either the sender wakes, or the owner goes on")
	@Outcome(expect = Expect.FORBIDDEN, desc = "lost wake-up, or two activations")
	@State
	public static class LostWakeUp {

		private final Mailbox mailbox = active(new Mailbox());

		@Actor
		public void sender(II_Result r) {
			r.r1 = flag(woken(this.mailbox, 1));
		}

		@Actor
		public void owner(II_Result r) {
			r.r2 = flag(this.mailbox.idle());
		}

	}

	/** The same with the mailbox that has a lock. */
	@JCStressTest
	@Outcome(id = { "0, 0", "1, 1" }, expect = Expect.ACCEPTABLE,
			desc = "either the sender wakes, or the owner goes on")
	@Outcome(expect = Expect.FORBIDDEN, desc = "lost wake-up, or two activations")
	@State
	public static class DropOldestLostWakeUp {

		private final Mailbox mailbox = active(new DropOldestMailbox(2, new Counters()));

		@Actor
		public void sender(II_Result r) {
			r.r1 = flag(woken(this.mailbox, 1));
		}

		@Actor
		public void owner(II_Result r) {
			r.r2 = flag(this.mailbox.idle());
		}

	}

	/** Two senders find an idle process. */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "one of them wakes it")
	@Outcome(expect = Expect.FORBIDDEN, desc = "none, or both")
	@State
	public static class DoubleActivation {

		private final Mailbox mailbox = new Mailbox();

		@Actor
		public void one(II_Result r) {
			r.r1 = flag(woken(this.mailbox, 1));
		}

		@Actor
		public void other(II_Result r) {
			r.r2 = flag(woken(this.mailbox, 2));
		}

	}

	/** Nothing is lost, and the order of each sender is kept. */
	@JCStressTest
	@Outcome(id = "4, 1", expect = Expect.ACCEPTABLE, desc = "all four, in order")
	@Outcome(expect = Expect.FORBIDDEN, desc = "loss or disorder")
	@State
	public static class TwoSenders {

		private final Mailbox mailbox = active(new Mailbox());

		@Actor
		public void one() {
			woken(this.mailbox, 1);
			woken(this.mailbox, 2);
		}

		@Actor
		public void other() {
			woken(this.mailbox, 11);
			woken(this.mailbox, 12);
		}

		@Arbiter
		public void later(II_Result r) {
			int last = 0;
			int lastOther = 10;
			r.r2 = 1;
			for (Envelope entry = this.mailbox.peek(); entry != null; entry = this.mailbox.peek()) {
				int number = ((StressEntry) entry).number;
				boolean inOrder = (number < 10) ? number == last + 1 : number == lastOther + 1;
				last = (number < 10) ? number : last;
				lastOther = (number < 10) ? lastOther : number;
				r.r1++;
				r.r2 &= flag(inOrder);
				this.mailbox.done();
			}
		}

	}

	/** What was not refused is found by the closer. */
	@JCStressTest
	@Outcome(id = { "0, 0", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "refused, or found")
	@Outcome(expect = Expect.FORBIDDEN, desc = "taken and lost, or refused and found")
	@State
	public static class CloseAgainstPost {

		private final Mailbox mailbox = active(new Mailbox());

		@Actor
		public void sender(II_Result r) {
			r.r1 = flag(this.mailbox.post(new StressEntry(1)) != Mailbox.Posted.CLOSED);
		}

		@Actor
		public void closer(II_Result r) {
			r.r2 = StressEntry.count(this.mailbox.close().waiting());
		}

	}

	/** The owner sees an entry now or at its next look. */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "lost or doubled")
	@State
	public static class DrainAgainstPost {

		private final Mailbox mailbox = active(new Mailbox());

		@Actor
		public void sender() {
			woken(this.mailbox, 1);
		}

		@Actor
		public void owner(II_Result r) {
			r.r1 = taken();
		}

		@Arbiter
		public void later(II_Result r) {
			r.r2 = taken();
		}

		private int taken() {
			int count = 0;
			while (this.mailbox.peek() != null) {
				count++;
				this.mailbox.done();
			}
			return count;
		}

	}

	/** Two senders, room for one. */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "one is refused")
	@Outcome(expect = Expect.FORBIDDEN, desc = "room for none or for both")
	@State
	public static class BoundedFull {

		private final Mailbox mailbox = active(new BoundedMailbox(new MailboxLimit(1, Overflow.REJECT)));

		@Actor
		public void one(II_Result r) {
			r.r1 = flag(this.mailbox.post(new StressEntry(1)) != Mailbox.Posted.FULL);
		}

		@Actor
		public void other(II_Result r) {
			r.r2 = flag(this.mailbox.post(new StressEntry(2)) != Mailbox.Posted.FULL);
		}

	}

	/**
	 * A request in work is known to whoever ends the process, or its owner knows of the
	 * end.
	 */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 0", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "somebody knows")
	@Outcome(expect = Expect.FORBIDDEN, desc = "handled by an owner that does not know, and unseen by the closer")
	@State
	public static class CloseAgainstPeek {

		private final Mailbox mailbox = new Mailbox();

		private volatile boolean exit;

		public CloseAgainstPeek() {
			this.mailbox.post(new StressEntry(1));
		}

		@Actor
		public void owner(II_Result r) {
			this.mailbox.peek();
			r.r1 = flag(this.exit);
		}

		@Actor
		public void closer(II_Result r) {
			this.exit = true;
			Mailbox.Unhandled rest = this.mailbox.close();
			r.r2 = StressEntry.count(rest.batch()) + StressEntry.count(rest.waiting());
		}

	}

	/** The closer sees what waits behind an entry that is done at this moment. */
	@JCStressTest
	@Outcome(id = { "1", "2" }, expect = Expect.ACCEPTABLE, desc = "the one in work, with or without the one before")
	@Outcome(expect = Expect.FORBIDDEN, desc = "lost")
	@State
	public static class CloseAgainstDone {

		private final Mailbox mailbox = new Mailbox();

		public CloseAgainstDone() {
			this.mailbox.post(new StressEntry(1));
			this.mailbox.post(new StressEntry(2));
			this.mailbox.peek();
		}

		@Actor
		public void owner() {
			this.mailbox.done();
		}

		@Actor
		public void closer(I_Result r) {
			r.r1 = StressEntry.count(this.mailbox.close().batch());
		}

	}

	/**
	 * A signal that comes without a message is seen once, as in the letting go of a
	 * process.
	 */
	@JCStressTest
	@Outcome(id = { "0, 1", "1, 0" }, expect = Expect.ACCEPTABLE, desc = "one of them goes on")
	@Outcome(expect = Expect.FORBIDDEN, desc = "a signal that nobody sees, or two activations")
	@State
	public static class WakeAgainstIdle {

		private final Mailbox mailbox = active(new Mailbox());

		private volatile boolean signal;

		@Actor
		public void owner(II_Result r) {
			r.r1 = flag(!this.mailbox.idle() || this.signal && this.mailbox.wake());
		}

		@Actor
		public void signaller(II_Result r) {
			this.signal = true;
			r.r2 = flag(this.mailbox.wake());
		}

	}

	/** What the sender wrote is seen by the owner. */
	@JCStressTest
	@Outcome(id = { "-1", "42" }, expect = Expect.ACCEPTABLE, desc = "not there yet, or complete")
	@Outcome(expect = Expect.FORBIDDEN, desc = "half an entry")
	@State
	public static class Publication {

		private final Mailbox mailbox = active(new Mailbox());

		@Actor
		public void sender() {
			StressEntry entry = new StressEntry(0);
			entry.number = 42;
			this.mailbox.post(entry);
		}

		@Actor
		public void owner(I_Result r) {
			Envelope entry = this.mailbox.peek();
			r.r1 = (entry != null) ? ((StressEntry) entry).number : -1;
		}

	}

}

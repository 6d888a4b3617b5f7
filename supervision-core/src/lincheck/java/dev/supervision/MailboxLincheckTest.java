package dev.supervision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Senders against the drain, and both against the closer.
 */
class MailboxLincheckTest {

	private static final int SCHEDULES = 1000;

	@Test
	void twoSendersAndADrainLoseNothingAndKeepOrder() {
		Lincheck.runConcurrentTest(SCHEDULES, () -> new TwoSendersAndADrain().run());
	}

	@Test
	void aLostWakeUpIsCaught() throws Exception {
		SeededBug.isCaughtBy(MailboxLincheckTest.class, "twoSendersAndADrainLoseNothingAndKeepOrder", "Mailbox.java",
				"INBOX.compareAndSet(this, Mark.ACTIVE, Mark.IDLE)",
				"this.inbox == Mark.ACTIVE && (this.inbox = Mark.IDLE) != null");
	}

	@Test
	void aDropOldestMailboxLosesNoWakeUp() {
		Lincheck.runConcurrentTest(SCHEDULES, () -> new DropOldest().run());
	}

	@Test
	void aLostWakeUpOfADropOldestMailboxIsCaught() throws Exception {
		SeededBug.isCaughtBy(MailboxLincheckTest.class, "aDropOldestMailboxLosesNoWakeUp", "DropOldestMailbox.java",
				"return this.queue.isEmpty() || !wake();", "return true;");
	}

	@Test
	void aBoundedMailboxNeverHoldsMoreThanItsCapacity() {
		Lincheck.runConcurrentTest(SCHEDULES, () -> new BoundedAndFull().run());
	}

	@Test
	void aBoundThatIsCheckedBeforeItIsTakenIsCaught() throws Exception {
		SeededBug.isCaughtBy(MailboxLincheckTest.class, "aBoundedMailboxNeverHoldsMoreThanItsCapacity",
				"BoundedMailbox.java", "while (!this.waiting.compareAndSet(count, count + 1));",
				"while (this.waiting.incrementAndGet() < 0);");
	}

	@Test
	void whatIsTakenBeforeTheCloseIsHandledOrFound() {
		Lincheck.runConcurrentTest(SCHEDULES, () -> new DrainAgainstClose().run());
	}

	@Test
	void anOwnerThatOpensAClosedMailboxIsCaught() throws Exception {
		SeededBug.isCaughtBy(MailboxLincheckTest.class, "whatIsTakenBeforeTheCloseIsHandledOrFound", "Mailbox.java",
				"if (top != Mark.IDLE && INBOX.compareAndSet(this, top, Mark.ACTIVE)) {",
				"if (top != Mark.IDLE && (this.inbox = Mark.ACTIVE) != null) {");
	}

	@Test
	void whatIsPostedBeforeTheCloseIsFound() {
		Lincheck.runConcurrentTest(SCHEDULES, () -> new PostAgainstClose().run());
	}

	@Test
	void aCloseThatLooksBeforeItClosesIsCaught() throws Exception {
		SeededBug.isCaughtBy(MailboxLincheckTest.class, "whatIsPostedBeforeTheCloseIsFound", "Mailbox.java",
				"Envelope top = (Envelope) INBOX.getAndSet(this, Mark.CLOSED);",
				"Envelope top = this.inbox; this.inbox = Mark.CLOSED;");
	}

	@Test
	void theMailboxIsLinearizable() {
		new ModelCheckingOptions().iterations(10)
			.invocationsPerIteration(300)
			.threads(3)
			.actorsPerThread(3)
			.sequentialSpecification(Sequential.class)
			.check(Linearizable.class);
		new StressOptions().iterations(10)
			.invocationsPerIteration(2000)
			.threads(3)
			.actorsPerThread(3)
			.sequentialSpecification(Sequential.class)
			.check(Linearizable.class);
	}

	@Test
	void aMailboxThatIsAStackIsCaught() {
		assertThatThrownBy(() -> new ModelCheckingOptions().iterations(20)
			.invocationsPerIteration(500)
			.threads(3)
			.actorsPerThread(3)
			.minimizeFailedScenario(false)
			.sequentialSpecification(Sequential.class)
			.check(NewestFirst.class)).isInstanceOf(AssertionError.class);
	}

	/** An entry that is a number. */
	static final class Entry extends Envelope {

		final int number;

		Entry(int number) {
			this.number = number;
		}

		@Override
		void deliver(Process process) {
		}

	}

	/** A drain runs on the thread of the sender that was told to wake the process. */
	abstract static class Draining extends Race {

		final Mailbox mailbox;

		final List<Integer> handled = new ArrayList<>();

		private final AtomicInteger owners = new AtomicInteger();

		Draining(Mailbox mailbox) {
			this.mailbox = mailbox;
		}

		Mailbox.Posted send(int number) {
			Mailbox.Posted posted = this.mailbox.post(new Entry(number));
			if (posted == Mailbox.Posted.WAKE) {
				drain();
			}
			return posted;
		}

		private void drain() {
			require(this.owners.incrementAndGet() == 1, "two activations at once");
			while (true) {
				Envelope entry = this.mailbox.peek();
				if (entry != null) {
					this.mailbox.started(entry);
					this.handled.add(((Entry) entry).number);
					this.mailbox.done();
				}
				else {
					// counted down before: the next owner may begin as soon as this one
					// has let go
					this.owners.decrementAndGet();
					if (this.mailbox.idle()) {
						return;
					}
					this.owners.incrementAndGet();
				}
			}
		}

	}

	/** Nothing is lost or doubled, order per sender, never two activations. */
	static final class TwoSendersAndADrain extends Draining {

		TwoSendersAndADrain() {
			super(new Mailbox());
		}

		@Override
		void first() {
			send(1);
			send(2);
		}

		@Override
		void second() {
			send(3);
		}

		@Override
		void check() {
			require(this.handled.size() == 3 && this.handled.containsAll(List.of(1, 2, 3)), "handled " + this.handled);
			require(this.handled.indexOf(1) < this.handled.indexOf(2), "order " + this.handled);
			require(this.mailbox.isIdle(), "not idle");
		}

	}

	static final class DropOldest extends Draining {

		DropOldest() {
			super(new DropOldestMailbox(2, new Counters()));
		}

		@Override
		void first() {
			send(1);
		}

		@Override
		void second() {
			send(2);
		}

		@Override
		void check() {
			require(this.handled.size() == 2 && this.handled.containsAll(List.of(1, 2)), "handled " + this.handled);
			require(this.mailbox.isIdle(), "not idle");
		}

	}

	/** Two senders, room for one, nobody drains. */
	static final class BoundedAndFull extends Race {

		private final Mailbox mailbox = new BoundedMailbox(new MailboxLimit(1, Overflow.REJECT));

		private Mailbox.@Nullable Posted one;

		private Mailbox.@Nullable Posted other;

		@Override
		void first() {
			this.one = this.mailbox.post(new Entry(1));
		}

		@Override
		void second() {
			this.other = this.mailbox.post(new Entry(2));
		}

		@Override
		void check() {
			require((this.one == Mailbox.Posted.FULL) != (this.other == Mailbox.Posted.FULL),
					this.one + " and " + this.other);
			require(this.mailbox.size() == 1, "size " + this.mailbox.size());
		}

	}

	/**
	 * The owner looks whether it was closed after it has taken something, as a process
	 * does: then each entry was handled by an owner that did not know better, or is found
	 * by the closer or by the owner itself.
	 */
	static final class DrainAgainstClose extends Race {

		private final Mailbox mailbox = new Mailbox();

		private volatile boolean closed;

		private boolean handled;

		private boolean found;

		private Mailbox.@Nullable Unhandled unhandled;

		DrainAgainstClose() {
			this.mailbox.post(new Entry(1));
		}

		@Override
		void first() {
			Envelope entry = this.mailbox.peek();
			if (this.closed) {
				this.found = this.mailbox.taken() != null;
			}
			else if (entry != null) {
				// in work, and not answered: only the closer can tell its sender of the
				// end
				this.handled = true;
			}
		}

		@Override
		void second() {
			this.closed = true;
			this.unhandled = this.mailbox.close();
		}

		@Override
		void check() {
			Mailbox.Unhandled rest = this.unhandled;
			boolean seen = rest != null && (rest.batch() != null || rest.waiting() != null);
			require(seen || this.found, this.handled ? "in work, and unseen by the closer" : "lost");
			require(this.mailbox.post(new Entry(2)) == Mailbox.Posted.CLOSED, "not closed");
		}

	}

	/** An entry was refused, or the closer has it. */
	static final class PostAgainstClose extends Race {

		private final Mailbox mailbox = new Mailbox();

		private Mailbox.@Nullable Posted posted;

		private Mailbox.@Nullable Unhandled unhandled;

		@Override
		void first() {
			this.posted = this.mailbox.post(new Entry(1));
		}

		@Override
		void second() {
			this.unhandled = this.mailbox.close();
		}

		@Override
		void check() {
			Mailbox.Unhandled rest = this.unhandled;
			boolean seen = rest != null && rest.waiting() != null;
			require(seen == (this.posted != Mailbox.Posted.CLOSED), this.posted + ", seen: " + seen);
		}

	}

	/** The mailbox as a data structure: any thread sends and wakes, one owns. */
	public static class Linearizable {

		private final Mailbox mailbox = new Mailbox();

		@Operation
		public String post(@Param(gen = IntGen.class) int number) {
			return this.mailbox.post(new Entry(number)).name();
		}

		@Operation
		public boolean wake() {
			return this.mailbox.wake();
		}

		@Operation(nonParallelGroup = "owner")
		public @Nullable Integer next() {
			Entry entry = (Entry) this.mailbox.peek();
			this.mailbox.done();
			return (entry != null) ? entry.number : null;
		}

		@Operation(nonParallelGroup = "owner")
		public boolean idle() {
			// only an owner asks: of an idle mailbox there is none
			return !this.mailbox.isIdle() && this.mailbox.idle();
		}

	}

	/** Forgets to turn the stack round. */
	public static class NewestFirst {

		private final Mailbox mailbox = new Mailbox();

		private final Deque<Entry> stack = new ArrayDeque<>();

		@Operation
		public String post(@Param(gen = IntGen.class) int number) {
			return this.mailbox.post(new Entry(number)).name();
		}

		@Operation(nonParallelGroup = "owner")
		public @Nullable Integer next() {
			Entry entry = (Entry) this.mailbox.peek();
			while (entry != null) {
				this.stack.push(entry);
				this.mailbox.done();
				entry = (Entry) this.mailbox.peek();
			}
			Entry newest = this.stack.poll();
			return (newest != null) ? newest.number : null;
		}

	}

	/** What a mailbox is without concurrency. */
	public static class Sequential {

		private final Deque<Integer> queue = new ArrayDeque<>();

		private boolean active;

		public String post(int number) {
			this.queue.add(number);
			return wake() ? "WAKE" : "QUEUED";
		}

		public boolean wake() {
			boolean woken = !this.active;
			this.active = true;
			return woken;
		}

		public @Nullable Integer next() {
			return this.queue.poll();
		}

		public boolean idle() {
			boolean lets = this.active && this.queue.isEmpty();
			this.active = this.active && !lets;
			return lets;
		}

	}

}

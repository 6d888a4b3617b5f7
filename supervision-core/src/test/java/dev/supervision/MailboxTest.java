package dev.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxTest {

	static Stream<Mailbox> mailboxes() {
		return Stream.of(new Mailbox(), new BoundedMailbox(new MailboxLimit(1_000_000, Overflow.REJECT)),
				new DropOldestMailbox(1_000_000, new Counters()));
	}

	/** What the owner does with all that waits now. */
	private static List<Entry> handleAll(Mailbox mailbox) {
		List<Entry> handled = new ArrayList<>();
		Envelope entry;
		while ((entry = mailbox.peek()) != null) {
			mailbox.started(entry);
			handled.add((Entry) entry);
			mailbox.done();
		}
		return handled;
	}

	private static List<Envelope> batch(Mailbox mailbox, @Nullable Envelope first) {
		List<Envelope> entries = new ArrayList<>();
		for (Envelope entry = first; entry != null; entry = mailbox.after(entry)) {
			entries.add(entry);
		}
		return entries;
	}

	private static List<Envelope> chain(@Nullable Envelope first) {
		List<Envelope> entries = new ArrayList<>();
		for (Envelope entry = first; entry != null; entry = entry.next) {
			entries.add(entry);
		}
		return entries;
	}

	@Nested
	class EveryKind {

		static Stream<Mailbox> mailboxes() {
			return MailboxTest.mailboxes();
		}

		@ParameterizedTest
		@MethodSource("mailboxes")
		void onlyTheFirstEntryOfAnIdleMailboxWakes(Mailbox mailbox) {
			assertThat(mailbox.isIdle()).isTrue();
			assertThat(mailbox.post(new Entry("a"))).isEqualTo(Mailbox.Posted.WAKE);
			assertThat(mailbox.post(new Entry("b"))).isEqualTo(Mailbox.Posted.QUEUED);
			assertThat(mailbox.isIdle()).isFalse();
			assertThat(mailbox.idle()).as("lets go while something waits").isFalse();
			handleAll(mailbox);
			assertThat(mailbox.post(new Entry("c"))).as("still active").isEqualTo(Mailbox.Posted.QUEUED);
			assertThat(mailbox.idle()).isFalse();
			handleAll(mailbox);
			assertThat(mailbox.idle()).isTrue();
			assertThat(mailbox.isIdle()).isTrue();
			assertThat(mailbox.post(new Entry("d"))).isEqualTo(Mailbox.Posted.WAKE);
		}

		@ParameterizedTest
		@MethodSource("mailboxes")
		void entriesComeInTheOrderInWhichTheyWereSent(Mailbox mailbox) {
			List<Entry> sent = new ArrayList<>();
			List<Entry> handled = new ArrayList<>();
			for (int i = 0; i < 100; i++) {
				for (int n = 0; n <= i % 7; n++) {
					Entry entry = new Entry(i + "." + n);
					sent.add(entry);
					mailbox.post(entry);
				}
				// sometimes one only, so that a batch is taken before the one before it
				// has ended
				Envelope next = mailbox.peek();
				assertThat(mailbox.peek()).as("the same one until done").isSameAs(next);
				mailbox.started(next);
				mailbox.done();
				handled.add((Entry) next);
			}
			handled.addAll(handleAll(mailbox));
			assertThat(handled).isEqualTo(sent);
		}

		@ParameterizedTest
		@MethodSource("mailboxes")
		void sizeIsWhatWaitsBehindTheOneInWork(Mailbox mailbox) {
			assertThat(mailbox.size()).isZero();
			for (int i = 0; i < 3; i++) {
				mailbox.post(new Entry("entry"));
				assertThat(mailbox.size()).isEqualTo(i + 1);
			}
			mailbox.started(mailbox.peek());
			assertThat(mailbox.size()).isEqualTo(2);
			mailbox.post(new Entry("entry"));
			assertThat(mailbox.size()).isEqualTo(3);
			mailbox.done();
			handleAll(mailbox);
			assertThat(mailbox.size()).isZero();
		}

		@ParameterizedTest
		@MethodSource("mailboxes")
		void wakeSucceedsOnceAndOnlyIfNobodyIsActive(Mailbox mailbox) {
			assertThat(mailbox.wake()).isTrue();
			assertThat(mailbox.wake()).isFalse();
			assertThat(mailbox.post(new Entry("a"))).isEqualTo(Mailbox.Posted.QUEUED);
			handleAll(mailbox);
			assertThat(mailbox.idle()).isTrue();
			assertThat(mailbox.wake()).isTrue();
		}

		@ParameterizedTest
		@MethodSource("mailboxes")
		void anEntryThatWasHandledKeepsNoOthersAndACloserInItsPlaceFindsTheRest(Mailbox mailbox) {
			List<Entry> entries = Stream.of("a", "b", "c", "d").map(Entry::new).toList();
			entries.forEach(mailbox::post);
			Envelope first = mailbox.peek();
			mailbox.started(first);
			mailbox.done();
			assertThat(first.next instanceof Entry).isFalse();
			Envelope second = mailbox.peek();
			assertThat(second).isSameAs(entries.get(1));
			if (mailbox.getClass() != DropOldestMailbox.class) {
				assertThat(batch(mailbox, first)).containsExactly(first, second, entries.get(2), entries.get(3));
				assertThat(batch(mailbox, entries.get(3))).containsExactly(entries.get(3));
			}
			mailbox.started(second);
			mailbox.done();
			assertThat(handleAll(mailbox)).containsExactlyElementsOf(entries.subList(2, 4));
			assertThat(batch(mailbox, second)).containsExactly(second);
		}

		@ParameterizedTest
		@MethodSource("mailboxes")
		void closedMailboxTakesNothingAndHandsOutAllThatWasNotHandled(Mailbox mailbox) {
			List<Entry> entries = Stream.of("a", "b", "c", "d").map(Entry::new).toList();
			mailbox.post(entries.get(0));
			mailbox.post(entries.get(1));
			mailbox.started(mailbox.peek());
			mailbox.done();
			Envelope current = mailbox.peek();
			mailbox.started(current);
			mailbox.post(entries.get(2));
			mailbox.post(entries.get(3));
			Mailbox.Unhandled unhandled = mailbox.close();
			List<Envelope> all = chain(unhandled.batch());
			assertThat(all).first().isSameAs(current);
			all.addAll(chain(unhandled.waiting()));
			assertThat(all).containsExactlyElementsOf(entries.subList(1, 4));
			assertThat(mailbox.post(new Entry("late"))).isEqualTo(Mailbox.Posted.CLOSED);
			assertThat(chain(mailbox.taken())).first().isSameAs(current);
			assertThat(mailbox.taken()).isNull();
			assertThat(mailbox.peek()).isNull();
			assertThat(mailbox.size()).isZero();
			assertThat(mailbox.wake()).isFalse();
			assertThat(mailbox.idle()).isFalse();
		}

		/**
		 * No wake-up is lost and none is doubled: with real threads, as many as it takes.
		 */
		@ParameterizedTest
		@MethodSource("mailboxes")
		void senderThreadsNeverLoseAnEntryNorRunTwoOwners(Mailbox mailbox) throws Exception {
			int senders = 4;
			int each = 20_000;
			ExecutorService executor = Executors.newFixedThreadPool(2);
			Owner owner = new Owner(mailbox, executor, senders * each);
			List<Thread> threads = new ArrayList<>();
			for (int s = 0; s < senders; s++) {
				int sender = s;
				Thread thread = new Thread(() -> {
					for (int i = 0; i < each; i++) {
						if (mailbox.post(new Entry(sender + ":" + i)) == Mailbox.Posted.WAKE) {
							executor.execute(owner);
						}
					}
				});
				threads.add(thread);
				thread.start();
			}
			for (Thread thread : threads) {
				thread.join();
			}
			// a lost wake-up would wait here for ever
			boolean complete = owner.missing.await(1, TimeUnit.MINUTES);
			executor.shutdown();
			assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
			assertThat(complete).isTrue();
			assertThat(owner.failures).isEmpty();
			assertThat(owner.last).containsOnly(each - 1);
			assertThat(mailbox.size()).isZero();
			assertThat(mailbox.isIdle()).isTrue();
		}

	}

	@Nested
	class Bounded {

		@ParameterizedTest
		@MethodSource("policies")
		void messageBeyondTheCapacityIsRefused(Overflow policy, Mailbox.Posted refusal) {
			BoundedMailbox mailbox = new BoundedMailbox(new MailboxLimit(2, policy));
			assertThat(mailbox.post(new Entry("a"))).isEqualTo(Mailbox.Posted.WAKE);
			assertThat(mailbox.post(new Entry("b"))).isEqualTo(Mailbox.Posted.QUEUED);
			assertThat(mailbox.post(new Entry("c"))).isEqualTo(refusal);
			// signals are exempt, and take no room
			assertThat(mailbox.post(Entry.signal("exit"))).isEqualTo(Mailbox.Posted.QUEUED);
			assertThat(mailbox.size()).isEqualTo(3);
			// one in work does not wait any more
			mailbox.started(mailbox.peek());
			assertThat(mailbox.post(new Entry("d"))).isEqualTo(Mailbox.Posted.QUEUED);
			assertThat(mailbox.post(new Entry("e"))).isEqualTo(refusal);
			mailbox.done();
			assertThat(handleAll(mailbox)).extracting(Entry::toString).containsExactly("b", "exit", "d");
			assertThat(mailbox.post(new Entry("f"))).isEqualTo(Mailbox.Posted.QUEUED);
		}

		static Stream<Arguments> policies() {
			return Stream.of(Arguments.of(Overflow.REJECT, Mailbox.Posted.FULL),
					Arguments.of(Overflow.DROP_NEWEST, Mailbox.Posted.DROPPED));
		}

		@Test
		void fullMailboxThatIsClosedSaysClosed() {
			BoundedMailbox mailbox = new BoundedMailbox(new MailboxLimit(1, Overflow.REJECT));
			mailbox.post(new Entry("a"));
			mailbox.close();
			assertThat(mailbox.post(new Entry("b"))).isEqualTo(Mailbox.Posted.CLOSED);
		}

	}

	@Nested
	class DropOldest {

		@Test
		void oldestMessageThatWaitsMakesRoomAndIsToldSo() {
			Counters counters = new Counters();
			DropOldestMailbox mailbox = new DropOldestMailbox(2, counters);
			Entry inWork = new Entry("in work");
			Entry oldest = new Entry("oldest");
			Entry signal = Entry.signal("exit");
			mailbox.post(signal);
			mailbox.post(inWork);
			mailbox.started(mailbox.peek());
			mailbox.done();
			mailbox.started(mailbox.peek());
			mailbox.post(Entry.signal("down"));
			mailbox.post(oldest);
			mailbox.post(new Entry("newer"));
			assertThat(counters.droppedMailboxFull.sum()).isZero();
			assertThat(mailbox.post(new Entry("newest"))).isEqualTo(Mailbox.Posted.QUEUED);
			assertThat(counters.droppedMailboxFull.sum()).isEqualTo(1);
			assertThat(oldest.reasons).containsExactly(DropOldestMailbox.OVERLOAD.reason());
			assertThat(inWork.reasons).as("what is in work is not dropped").isEmpty();
			mailbox.done();
			assertThat(handleAll(mailbox)).extracting(Entry::toString).containsExactly("down", "newer", "newest");
		}

	}

	@Test
	void randomRunsAgreeWithAQueue() {
		for (long seed = 1; seed <= 200; seed++) {
			Random random = new Random(seed);
			for (Mailbox mailbox : mailboxes().toList()) {
				List<Entry> expected = new ArrayList<>();
				boolean active = false;
				for (int step = 0; step < 200; step++) {
					String place = "seed " + seed + ", step " + step + ", " + mailbox.getClass().getSimpleName();
					if (random.nextInt(3) > 0) {
						Entry entry = (random.nextInt(4) > 0) ? new Entry("user") : Entry.signal("signal");
						assertThat(mailbox.post(entry)).as(place)
							.isEqualTo(active ? Mailbox.Posted.QUEUED : Mailbox.Posted.WAKE);
						expected.add(entry);
						active = true;
					}
					else if (active && !expected.isEmpty()) {
						Envelope entry = mailbox.peek();
						assertThat(entry).as(place).isSameAs(expected.remove(0));
						mailbox.started(entry);
						mailbox.done();
					}
					else if (active) {
						assertThat(mailbox.peek()).as(place).isNull();
						assertThat(mailbox.idle()).as(place).isTrue();
						active = false;
					}
					// one that was taken together with another counts as in work from
					// then on
					assertThat(mailbox.size()).as(place).isBetween(Math.max(0, expected.size() - 1), expected.size());
				}
			}
		}
	}

	/** Handles everything, and notices if somebody else does so at the same time. */
	private static final class Owner implements Runnable {

		private final Mailbox mailbox;

		private final ExecutorService executor;

		private final List<String> failures = new CopyOnWriteArrayList<>();

		/** Not volatile: the mailbox itself has to hand it from one owner to the next. */
		private final List<Integer> last = new ArrayList<>(List.of(-1, -1, -1, -1));

		private final CountDownLatch missing;

		private boolean running;

		private Owner(Mailbox mailbox, ExecutorService executor, int count) {
			this.mailbox = mailbox;
			this.executor = executor;
			this.missing = new CountDownLatch(count);
		}

		@Override
		public void run() {
			if (this.running) {
				this.failures.add("two owners");
			}
			this.running = true;
			for (int budget = 0; budget < 100; budget++) {
				Envelope entry = this.mailbox.peek();
				if (entry == null) {
					this.running = false;
					if (this.mailbox.idle()) {
						return;
					}
					this.running = true;
				}
				else {
					handle((Entry) entry);
				}
			}
			this.running = false;
			resubmit();
		}

		private void resubmit() {
			try {
				this.executor.execute(this);
			}
			catch (RejectedExecutionException ex) {
				// the last entry was handled already; what is left is to let go
				run();
			}
		}

		private void handle(Entry entry) {
			this.mailbox.started(entry);
			String[] parts = entry.text.split(":");
			int sender = Integer.parseInt(parts[0]);
			int number = Integer.parseInt(parts[1]);
			if (this.last.set(sender, number) != number - 1) {
				this.failures.add("out of order: " + entry.text);
			}
			this.mailbox.done();
			this.missing.countDown();
		}

	}

	private static final class Entry extends Envelope {

		private final String text;

		private final boolean user;

		private final List<ExitReason> reasons = new ArrayList<>();

		private Entry(String text) {
			this(text, true);
		}

		private Entry(String text, boolean user) {
			this.text = text;
			this.user = user;
		}

		private static Entry signal(String text) {
			return new Entry(text, false);
		}

		@Override
		void deliver(Process process) {
			throw new IllegalStateException("there is no process");
		}

		@Override
		boolean isUserMessage() {
			return this.user;
		}

		@Override
		void undeliverable(Ended ended) {
			this.reasons.add(ended.reason());
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}

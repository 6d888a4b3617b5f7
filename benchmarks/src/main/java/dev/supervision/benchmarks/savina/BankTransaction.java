package dev.supervision.benchmarks.savina;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;

/**
 * Accounts transfer money: the one that gives waits for an answer of the one that gets,
 * and puts aside what else arrives in the meantime.
 *
 * @param accounts how many, at least 10; 1,000 in the paper
 * @param transfers how many; 50,000 in the paper
 */
record BankTransaction(int accounts, int transfers) implements Workload {

	private static final long BALANCE = 1_000_000;

	BankTransaction() {
		this(1_000, 50_000);
	}

	@Override
	public void run(Actors actors) {
		Teller teller = new Teller(this);
		actors.run(teller, Signal.START);
		Workload.expect("transfers", this.transfers, teller.done);
		Workload.expect("money", this.accounts * BALANCE, teller.money);
		Workload.expect("money that moved", teller.ordered, teller.moved);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, BOOKED, DONE, CLOSE

	}

	private record Transfer(long amount, Address<Message> to) implements Message {
	}

	private record Deposit(long amount, Address<Message> from) implements Message {
	}

	private record Closed(long balance, long received) implements Message {
	}

	private static final class Teller implements Behaviour<Message> {

		private final BankTransaction sizes;

		private final List<Address<Message>> accounts = new ArrayList<>();

		private int done;

		private int closed;

		private long ordered;

		private long moved;

		private long money;

		private Teller(BankTransaction sizes) {
			this.sizes = sizes;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.DONE) {
				if (++this.done == this.sizes.transfers) {
					this.accounts.forEach((account) -> account.tell(Signal.CLOSE));
				}
			}
			else if (message instanceof Closed account) {
				this.money += account.balance();
				this.moved += account.received();
				if (++this.closed == this.sizes.accounts) {
					self.stop();
				}
			}
			else {
				start(self);
			}
		}

		private void start(Self<Message> self) {
			int count = this.sizes.accounts;
			for (int i = 0; i < count; i++) {
				this.accounts.add(self.spawn(new Account(self.address())));
			}
			SplittableRandom random = new SplittableRandom(1);
			for (int i = 0; i < this.sizes.transfers; i++) {
				// always to a higher number, so that accounts never wait in a circle
				int from = random.nextInt(count / 10 * 8);
				int to = random.nextInt(from + 1, count);
				long amount = random.nextInt(1, 1_000);
				this.ordered += amount;
				this.accounts.get(from).tell(new Transfer(amount, this.accounts.get(to)));
			}
		}

	}

	private static final class Account implements Behaviour<Message> {

		private final Address<Message> teller;

		private final Queue<Message> aside = new ArrayDeque<>();

		private boolean waiting;

		private long balance = BALANCE;

		private long received;

		private Account(Address<Message> teller) {
			this.teller = teller;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.BOOKED) {
				this.waiting = false;
				this.teller.tell(Signal.DONE);
				handleAside(self);
			}
			else if (this.waiting) {
				this.aside.add(message);
			}
			else {
				handle(message, self);
			}
		}

		private void handleAside(Self<Message> self) {
			@Nullable Message next = this.aside.poll();
			while (next != null) {
				handle(next, self);
				next = this.waiting ? null : this.aside.poll();
			}
		}

		private void handle(Message message, Self<Message> self) {
			if (message instanceof Transfer transfer) {
				this.balance -= transfer.amount();
				this.waiting = true;
				transfer.to().tell(new Deposit(transfer.amount(), self.address()));
			}
			else if (message instanceof Deposit deposit) {
				this.balance += deposit.amount();
				this.received += deposit.amount();
				deposit.from().tell(Signal.BOOKED);
			}
			else {
				this.teller.tell(new Closed(this.balance, this.received));
				self.stop();
			}
		}

	}

}

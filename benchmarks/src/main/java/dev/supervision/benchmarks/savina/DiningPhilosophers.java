package dev.supervision.benchmarks.savina;

import java.util.ArrayList;
import java.util.List;

/**
 * Philosophers ask one actor for the forks at both of their hands, and ask again at once
 * if they are denied them. How often that happens is up to the scheduling, and is part of
 * what is measured.
 *
 * @param philosophers how many, at least 2; 20 in the paper
 * @param meals how many of each; 10,000 in the paper
 */
record DiningPhilosophers(int philosophers, int meals) implements Workload {

	DiningPhilosophers() {
		this(20, 10_000);
	}

	@Override
	public void run(Actors actors) {
		Waiter waiter = new Waiter(this);
		actors.run(waiter, new Start());
		Workload.expect("meals", (long) this.philosophers * this.meals, waiter.meals);
		Workload.expect("meals of those who left", waiter.meals, waiter.eaten);
		Workload.expect("questions of those who left", waiter.answered, waiter.asked);
		for (boolean taken : waiter.forks) {
			Workload.expect("forks in hands", 0, taken ? 1 : 0);
		}
	}

	private sealed interface Message {

	}

	private record Start() implements Message {
	}

	private record Hungry(int philosopher) implements Message {
	}

	private record Eaten(int philosopher) implements Message {
	}

	private record Left(int meals, long asked) implements Message {
	}

	private enum Answer implements Message {

		EAT, DENIED

	}

	private static final class Waiter implements Behaviour<Message> {

		private final DiningPhilosophers sizes;

		private final List<Address<Message>> philosophers = new ArrayList<>();

		private final boolean[] forks;

		private long meals;

		private long eaten;

		private long answered;

		private long asked;

		private int left;

		private Waiter(DiningPhilosophers sizes) {
			this.sizes = sizes;
			this.forks = new boolean[sizes.philosophers];
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Hungry hungry) {
				this.answered++;
				boolean granted = grant(hungry.philosopher());
				this.philosophers.get(hungry.philosopher()).tell(granted ? Answer.EAT : Answer.DENIED);
			}
			else if (message instanceof Eaten done) {
				set(done.philosopher(), false);
				this.meals++;
			}
			else if (message instanceof Left philosopher) {
				this.eaten += philosopher.meals();
				this.asked += philosopher.asked();
				if (++this.left == this.sizes.philosophers) {
					self.stop();
				}
			}
			else {
				for (int i = 0; i < this.sizes.philosophers; i++) {
					this.philosophers.add(self.spawn(new Philosopher(i, this.sizes.meals, self.address())));
				}
				this.philosophers.forEach((philosopher) -> philosopher.tell(new Start()));
			}
		}

		private boolean grant(int philosopher) {
			if (this.forks[philosopher] || this.forks[right(philosopher)]) {
				return false;
			}
			set(philosopher, true);
			return true;
		}

		private void set(int philosopher, boolean taken) {
			this.forks[philosopher] = taken;
			this.forks[right(philosopher)] = taken;
		}

		private int right(int philosopher) {
			return (philosopher + 1) % this.forks.length;
		}

	}

	private static final class Philosopher implements Behaviour<Message> {

		private final Hungry hungry;

		private final Eaten eaten;

		private final int meals;

		private final Address<Message> waiter;

		private int had;

		private long asked;

		private long answered;

		private Philosopher(int number, int meals, Address<Message> waiter) {
			this.hungry = new Hungry(number);
			this.eaten = new Eaten(number);
			this.meals = meals;
			this.waiter = waiter;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Answer) {
				Workload.expect("answers", this.asked, ++this.answered);
			}
			if (message == Answer.EAT) {
				this.had++;
				this.waiter.tell(this.eaten);
			}
			if (this.had < this.meals) {
				this.asked++;
				this.waiter.tell(this.hungry);
			}
			else {
				this.waiter.tell(new Left(this.had, this.asked));
				self.stop();
			}
		}

	}

}

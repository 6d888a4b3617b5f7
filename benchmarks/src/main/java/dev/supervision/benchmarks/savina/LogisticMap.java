package dev.supervision.benchmarks.savina;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;

/**
 * Each series asks an actor of its own for its next term and puts aside further orders
 * until that is there.
 *
 * @param series how many; 10 in the paper
 * @param terms how many of each; 25,000 in the paper
 */
record LogisticMap(int series, int terms) implements Workload {

	private static final double FIRST_RATE = 3.46;

	private static final double NEXT_RATE = 0.0025;

	LogisticMap() {
		this(10, 25_000);
	}

	@Override
	public void run(Actors actors) {
		Master master = new Master(this);
		actors.run(master, Signal.START);
		for (int i = 0; i < this.series; i++) {
			double term = first(i);
			for (int j = 0; j < this.terms; j++) {
				term = next(rate(i), term);
			}
			Workload.expect("term of series " + i, Double.doubleToLongBits(term),
					Double.doubleToLongBits(master.results[i]));
		}
	}

	private static double first(int series) {
		return 1 / (series + 2.0);
	}

	private static double rate(int series) {
		return FIRST_RATE + series * NEXT_RATE;
	}

	private static double next(double rate, double term) {
		return rate * term * (1 - term);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, NEXT_TERM, GET_TERM, STOPPED

	}

	private record Stop(Address<Message> from) implements Message {
	}

	private record Compute(double term, Address<Message> from) implements Message {
	}

	private record Computed(double term) implements Message {
	}

	private record Result(int series, double term) implements Message {
	}

	private static final class Master implements Behaviour<Message> {

		private final LogisticMap sizes;

		private final double[] results;

		private int stopped;

		private Master(LogisticMap sizes) {
			this.sizes = sizes;
			this.results = new double[sizes.series];
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Result result) {
				this.results[result.series()] = result.term();
				if (++this.stopped == this.sizes.series) {
					self.stop();
				}
			}
			else {
				start(self);
			}
		}

		private void start(Self<Message> self) {
			List<Address<Message>> all = new ArrayList<>();
			for (int i = 0; i < this.sizes.series; i++) {
				all.add(self.spawn(new Series(i, self.spawn(new Computer(rate(i))), self.address())));
			}
			for (int i = 0; i < this.sizes.terms; i++) {
				all.forEach((series) -> series.tell(Signal.NEXT_TERM));
			}
			all.forEach((series) -> series.tell(Signal.GET_TERM));
		}

	}

	private static final class Series implements Behaviour<Message> {

		private final int number;

		private final Address<Message> computer;

		private final Address<Message> master;

		private final Queue<Message> aside = new ArrayDeque<>();

		private boolean waiting;

		private double term;

		private Series(int number, Address<Message> computer, Address<Message> master) {
			this.number = number;
			this.computer = computer;
			this.master = master;
			this.term = first(number);
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Computed computed) {
				this.term = computed.term();
				this.waiting = false;
				@Nullable Message next = this.aside.poll();
				if (next != null) {
					handle(next, self);
				}
			}
			else if (message == Signal.STOPPED) {
				this.master.tell(new Result(this.number, this.term));
				self.stop();
			}
			else if (this.waiting) {
				this.aside.add(message);
			}
			else {
				handle(message, self);
			}
		}

		private void handle(Message message, Self<Message> self) {
			this.waiting = true;
			this.computer.tell(
					(message == Signal.NEXT_TERM) ? new Compute(this.term, self.address()) : new Stop(self.address()));
		}

	}

	private static final class Computer implements Behaviour<Message> {

		private final double rate;

		private Computer(double rate) {
			this.rate = rate;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Compute order) {
				order.from().tell(new Computed(next(this.rate, order.term())));
			}
			else if (message instanceof Stop stop) {
				stop.from().tell(Signal.STOPPED);
				self.stop();
			}
		}

	}

}

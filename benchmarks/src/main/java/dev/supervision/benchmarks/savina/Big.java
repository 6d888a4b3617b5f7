package dev.supervision.benchmarks.savina;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Each actor pings another at random, waits for its pong and goes on: many to many, with
 * all mailboxes contended.
 *
 * @param actors how many; 120 in the paper
 * @param pings how many of each; 20,000 in the paper
 */
record Big(int actors, int pings) implements Workload {

	Big() {
		this(48, 8_000);
	}

	@Override
	public void run(Actors actors) {
		Master master = new Master(this);
		actors.run(master, Signal.START);
		Workload.expect("answered", (long) this.actors * this.pings, master.answered);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, PONG, DONE, STOP

	}

	private record Neighbours(List<Address<Message>> all) implements Message {
	}

	private record Ping(Address<Message> from) implements Message {
	}

	private record Stopped(long answered) implements Message {
	}

	private static final class Master implements Behaviour<Message> {

		private final Big sizes;

		private final List<Address<Message>> all = new ArrayList<>();

		private int done;

		private int stopped;

		private long answered;

		private Master(Big sizes) {
			this.sizes = sizes;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.START) {
				for (int i = 0; i < this.sizes.actors; i++) {
					this.all.add(self.spawn(new Pinger(i, this.sizes.pings, self.address())));
				}
				tellAll(new Neighbours(List.copyOf(this.all)));
			}
			else if (message == Signal.DONE && ++this.done == this.sizes.actors) {
				// all have their pongs, so that no ping is under way any more
				tellAll(Signal.STOP);
			}
			else if (message instanceof Stopped pinger) {
				this.answered += pinger.answered();
				if (++this.stopped == this.sizes.actors) {
					self.stop();
				}
			}
		}

		private void tellAll(Message message) {
			this.all.forEach((pinger) -> pinger.tell(message));
		}

	}

	private static final class Pinger implements Behaviour<Message> {

		private final SplittableRandom random;

		private final Address<Message> master;

		private List<Address<Message>> neighbours = List.of();

		private int left;

		private long answered;

		private Pinger(int seed, int pings, Address<Message> master) {
			this.random = new SplittableRandom(seed);
			this.left = pings;
			this.master = master;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Ping ping) {
				this.answered++;
				ping.from().tell(Signal.PONG);
			}
			else if (message == Signal.PONG) {
				ping(self);
			}
			else if (message instanceof Neighbours given) {
				this.neighbours = given.all();
				ping(self);
			}
			else {
				this.master.tell(new Stopped(this.answered));
				self.stop();
			}
		}

		private void ping(Self<Message> self) {
			if (this.left-- > 0) {
				int chosen = this.random.nextInt(this.neighbours.size());
				this.neighbours.get(chosen).tell(new Ping(self.address()));
			}
			else {
				this.master.tell(Signal.DONE);
			}
		}

	}

}

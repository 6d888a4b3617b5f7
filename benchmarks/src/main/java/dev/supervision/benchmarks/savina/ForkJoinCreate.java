package dev.supervision.benchmarks.savina;

/**
 * One actor starts many others, each of which computes a little and stops: what it costs
 * to start and to stop.
 *
 * @param actors how many; 40,000 in the paper
 */
record ForkJoinCreate(int actors) implements Workload {

	private static final int ROUNDS = 25;

	ForkJoinCreate() {
		this(10_000);
	}

	@Override
	public void run(Actors actors) {
		Master master = new Master(this.actors);
		actors.run(master, new Start());
		long expected = 0;
		for (int i = 0; i < this.actors; i++) {
			expected += Workload.compute(i, ROUNDS);
		}
		Workload.expect("joined", this.actors, master.joined);
		Workload.expect("sum", expected, master.sum);
	}

	private sealed interface Message {

	}

	private record Start() implements Message {
	}

	private record Fork(int seed, Address<Message> from) implements Message {
	}

	private record Joined(long result) implements Message {
	}

	private static final class Master implements Behaviour<Message> {

		private final int actors;

		private int joined;

		private long sum;

		private Master(int actors) {
			this.actors = actors;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Joined child) {
				this.sum += child.result();
				if (++this.joined == this.actors) {
					self.stop();
				}
			}
			else {
				for (int i = 0; i < this.actors; i++) {
					self.spawn(new Child()).tell(new Fork(i, self.address()));
				}
			}
		}

	}

	private static final class Child implements Behaviour<Message> {

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Fork fork) {
				fork.from().tell(new Joined(Workload.compute(fork.seed(), ROUNDS)));
				self.stop();
			}
		}

	}

}

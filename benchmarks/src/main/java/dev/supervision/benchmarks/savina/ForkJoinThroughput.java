package dev.supervision.benchmarks.savina;

import java.util.ArrayList;
import java.util.List;

/**
 * One actor sends to many others in turn, each of which computes a little for each
 * message: what it costs to receive on all cores at once.
 *
 * @param actors how many; 60 in the paper
 * @param messages how many for each; 10,000 in the paper
 */
record ForkJoinThroughput(int actors, int messages) implements Workload {

	private static final int ROUNDS = 25;

	ForkJoinThroughput() {
		this(60, 10_000);
	}

	@Override
	public void run(Actors actors) {
		Master master = new Master(this.actors, this.messages);
		actors.run(master, Signal.START);
		Workload.expect("messages", (long) this.actors * this.messages, master.received);
		Workload.expect("sum", this.actors * Workload.compute(0, this.messages * ROUNDS), master.sum);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, WORK, FINISH

	}

	private record Finished(int messages, long result) implements Message {
	}

	private static final class Master implements Behaviour<Message> {

		private final int actors;

		private final int messages;

		private int finished;

		private long received;

		private long sum;

		private Master(int actors, int messages) {
			this.actors = actors;
			this.messages = messages;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Finished worker) {
				this.received += worker.messages();
				this.sum += worker.result();
				if (++this.finished == this.actors) {
					self.stop();
				}
				return;
			}
			List<Address<Message>> workers = new ArrayList<>();
			for (int i = 0; i < this.actors; i++) {
				workers.add(self.spawn(new Worker(self.address())));
			}
			for (int i = 0; i < this.messages; i++) {
				for (Address<Message> worker : workers) {
					worker.tell(Signal.WORK);
				}
			}
			workers.forEach((worker) -> worker.tell(Signal.FINISH));
		}

	}

	private static final class Worker implements Behaviour<Message> {

		private final Address<Message> master;

		private int messages;

		private long result;

		private Worker(Address<Message> master) {
			this.master = master;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.WORK) {
				this.messages++;
				this.result = Workload.compute(this.result, ROUNDS);
			}
			else {
				this.master.tell(new Finished(this.messages, this.result));
				self.stop();
			}
		}

	}

}

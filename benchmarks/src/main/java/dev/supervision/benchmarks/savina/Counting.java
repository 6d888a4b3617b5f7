package dev.supervision.benchmarks.savina;

/**
 * One actor sends another one message after the other, which counts them: what it costs
 * to send and to receive while nobody waits.
 *
 * @param messages how many; 1,000,000 in the paper
 */
record Counting(int messages) implements Workload {

	Counting() {
		this(1_000_000);
	}

	@Override
	public void run(Actors actors) {
		Producer producer = new Producer(this.messages);
		actors.run(producer, Signal.START);
		Workload.expect("messages", this.messages, producer.total);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, INCREMENT

	}

	private record Get(Address<Message> from) implements Message {
	}

	private record Total(int count) implements Message {
	}

	private static final class Producer implements Behaviour<Message> {

		private final int messages;

		private int total;

		private Producer(int messages) {
			this.messages = messages;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.START) {
				Address<Message> counter = self.spawn(new Counter());
				for (int i = 0; i < this.messages; i++) {
					counter.tell(Signal.INCREMENT);
				}
				counter.tell(new Get(self.address()));
			}
			else if (message instanceof Total answer) {
				this.total = answer.count();
				self.stop();
			}
		}

	}

	private static final class Counter implements Behaviour<Message> {

		private int count;

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.INCREMENT) {
				this.count++;
			}
			else if (message instanceof Get get) {
				get.from().tell(new Total(this.count));
				self.stop();
			}
		}

	}

}

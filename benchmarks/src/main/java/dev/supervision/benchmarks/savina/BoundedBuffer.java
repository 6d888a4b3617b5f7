package dev.supervision.benchmarks.savina;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Producers and consumers around a buffer of some places, which one actor keeps: it asks
 * for an item only when there is room.
 *
 * @param capacity how many items may wait, more than there are producers; 50 in the paper
 * @param producers how many; 40 in the paper
 * @param consumers how many; 40 in the paper
 * @param items how many of each producer; 1,000 in the paper
 */
record BoundedBuffer(int capacity, int producers, int consumers, int items) implements Workload {

	/** What it costs to make an item, and to use it: little next to a message. */
	private static final int ROUNDS = 25;

	BoundedBuffer() {
		this(50, 40, 40, 4_000);
	}

	@Override
	public void run(Actors actors) {
		Buffer buffer = new Buffer(this);
		actors.run(buffer, Signal.START);
		Workload.expect("items", (long) this.producers * this.items, buffer.consumed);
		Workload.expect("sum", buffer.made, buffer.used);
		if (buffer.mostWaiting > this.capacity) {
			throw new IllegalStateException(buffer.mostWaiting + " items in " + this.capacity + " places");
		}
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, PRODUCE, STOP

	}

	private record Item(long value, Address<Message> producer) implements Message {
	}

	private record Ready(Address<Message> consumer) implements Message {
	}

	private record ProducerStopped(long sum) implements Message {
	}

	private record ConsumerStopped(int items, long sum) implements Message {
	}

	private static final class Buffer implements Behaviour<Message> {

		private final BoundedBuffer sizes;

		private final Queue<Item> items = new ArrayDeque<>();

		private final Queue<Address<Message>> held = new ArrayDeque<>();

		private final Queue<Address<Message>> ready = new ArrayDeque<>();

		private int producers;

		private int consumers;

		private int mostWaiting;

		private long consumed;

		private long made;

		private long used;

		private Buffer(BoundedBuffer sizes) {
			this.sizes = sizes;
			this.producers = sizes.producers;
			this.consumers = sizes.consumers;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Item item) {
				put(item);
			}
			else if (message instanceof Ready free) {
				take(free.consumer());
			}
			else if (message instanceof ProducerStopped producer) {
				this.made += producer.sum();
				this.producers--;
				stopConsumers();
			}
			else if (message instanceof ConsumerStopped consumer) {
				this.consumed += consumer.items();
				this.used += consumer.sum();
				if (--this.consumers == 0) {
					self.stop();
				}
			}
			else {
				start(self);
			}
		}

		private void start(Self<Message> self) {
			for (int i = 0; i < this.sizes.consumers; i++) {
				this.ready.add(self.spawn(new Consumer(self.address())));
			}
			for (int i = 0; i < this.sizes.producers; i++) {
				self.spawn(new Producer(i, this.sizes.items, self.address())).tell(Signal.PRODUCE);
			}
		}

		private void put(Item item) {
			Address<Message> consumer = this.ready.poll();
			if (consumer != null) {
				consumer.tell(item);
			}
			else {
				this.items.add(item);
				this.mostWaiting = Math.max(this.mostWaiting, this.items.size());
			}
			// each of the others may have been asked for an item already
			if (this.items.size() < this.sizes.capacity - this.sizes.producers) {
				item.producer().tell(Signal.PRODUCE);
			}
			else {
				this.held.add(item.producer());
			}
		}

		private void take(Address<Message> consumer) {
			Item item = this.items.poll();
			if (item == null) {
				this.ready.add(consumer);
				stopConsumers();
				return;
			}
			consumer.tell(item);
			Address<Message> producer = this.held.poll();
			if (producer != null) {
				producer.tell(Signal.PRODUCE);
			}
		}

		private void stopConsumers() {
			if (this.producers == 0 && this.ready.size() == this.sizes.consumers) {
				this.ready.forEach((consumer) -> consumer.tell(Signal.STOP));
			}
		}

	}

	private static final class Producer implements Behaviour<Message> {

		private final Address<Message> buffer;

		private int left;

		private long value;

		private long sum;

		private Producer(int seed, int items, Address<Message> buffer) {
			this.value = seed;
			this.left = items;
			this.buffer = buffer;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (this.left-- == 0) {
				this.buffer.tell(new ProducerStopped(this.sum));
				self.stop();
				return;
			}
			this.value = Workload.compute(this.value, ROUNDS);
			this.sum += Workload.compute(this.value, ROUNDS);
			this.buffer.tell(new Item(this.value, self.address()));
		}

	}

	private static final class Consumer implements Behaviour<Message> {

		private final Address<Message> buffer;

		private int items;

		private long sum;

		private Consumer(Address<Message> buffer) {
			this.buffer = buffer;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Item item) {
				this.items++;
				this.sum += Workload.compute(item.value(), ROUNDS);
				this.buffer.tell(new Ready(self.address()));
			}
			else {
				this.buffer.tell(new ConsumerStopped(this.items, this.sum));
				self.stop();
			}
		}

	}

}

package dev.supervision.benchmarks.savina;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

import org.jspecify.annotations.Nullable;

/**
 * Workers read and write what one actor keeps in a map, and wait for each answer: many
 * that contend for one with a state.
 *
 * @param workers how many; 20 in the paper
 * @param requests how many of each; 10,000 in the paper
 * @param writes how many in a hundred of these write; 10 in the paper
 */
record ConcurrentDictionary(int workers, int requests, int writes) implements Workload {

	private static final int KEYS = 512;

	ConcurrentDictionary() {
		this(20, 10_000, 10);
	}

	@Override
	public void run(Actors actors) {
		Dictionary dictionary = new Dictionary(this);
		actors.run(dictionary, new Start());
		Workload.expect("requests", (long) this.workers * this.requests, dictionary.reads + dictionary.writes);
		Workload.expect("writes", dictionary.finishedWrites, dictionary.writes);
		dictionary.values.forEach((key, value) -> Workload.expect("value", valueOf(key), value));
	}

	/** What is written for a key, always, so that a reader knows what to find. */
	private static long valueOf(int key) {
		return 31L * key;
	}

	private sealed interface Message {

	}

	private record Start() implements Message {
	}

	private record Read(int key, Address<Message> from) implements Message {
	}

	private record Write(int key, long value, Address<Message> from) implements Message {
	}

	private record Result(int key, @Nullable Long value) implements Message {
	}

	private record Finished(long writes) implements Message {
	}

	private static final class Dictionary implements Behaviour<Message> {

		private final ConcurrentDictionary sizes;

		private final Map<Integer, Long> values = new HashMap<>();

		private long reads;

		private long writes;

		private int finished;

		private long finishedWrites;

		private Dictionary(ConcurrentDictionary sizes) {
			this.sizes = sizes;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Read read) {
				this.reads++;
				read.from().tell(new Result(read.key(), this.values.get(read.key())));
			}
			else if (message instanceof Write write) {
				this.writes++;
				this.values.put(write.key(), write.value());
				write.from().tell(new Result(write.key(), write.value()));
			}
			else if (message instanceof Finished worker) {
				this.finishedWrites += worker.writes();
				if (++this.finished == this.sizes.workers) {
					self.stop();
				}
			}
			else {
				for (int i = 0; i < this.sizes.workers; i++) {
					self.spawn(new Worker(i, this.sizes, self.address())).tell(new Start());
				}
			}
		}

	}

	private static final class Worker implements Behaviour<Message> {

		private final SplittableRandom random;

		private final int writesOfHundred;

		private final Address<Message> dictionary;

		private int left;

		private long writes;

		private Worker(int seed, ConcurrentDictionary sizes, Address<Message> dictionary) {
			this.random = new SplittableRandom(seed);
			this.left = sizes.requests;
			this.writesOfHundred = sizes.writes;
			this.dictionary = dictionary;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Result result && result.value() != null) {
				Workload.expect("value", valueOf(result.key()), result.value());
			}
			if (this.left-- == 0) {
				this.dictionary.tell(new Finished(this.writes));
				self.stop();
			}
			else {
				this.dictionary.tell(request(self.address()));
			}
		}

		private Message request(Address<Message> from) {
			int key = this.random.nextInt(KEYS);
			if (this.random.nextInt(100) >= this.writesOfHundred) {
				return new Read(key, from);
			}
			this.writes++;
			return new Write(key, valueOf(key), from);
		}

	}

}

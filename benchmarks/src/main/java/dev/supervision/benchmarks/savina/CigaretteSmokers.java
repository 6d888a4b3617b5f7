package dev.supervision.benchmarks.savina;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One actor lets one of many smoke, at random, and as soon as that one has begun the
 * next: two that hand over, one of them always another.
 *
 * @param smokers how many; 200 in the paper
 * @param rounds how often; 1,000 in the paper, too few to be measured against the start
 * of the smokers
 */
record CigaretteSmokers(int smokers, int rounds) implements Workload {

	/** Rounds of computing for one cigarette at most. */
	private static final int LONGEST = 200;

	CigaretteSmokers() {
		this(200, 50_000);
	}

	@Override
	public void run(Actors actors) {
		Arbiter arbiter = new Arbiter(this);
		actors.run(arbiter, Signal.START);
		Workload.expect("rounds", this.rounds, arbiter.begun);
		Workload.expect("smoked", this.rounds, arbiter.smoked);
		Workload.expect("smoke", arbiter.ordered, arbiter.smoke);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, BEGUN, STOP

	}

	private record Smoke(int rounds) implements Message {
	}

	private record Stopped(int smoked, long smoke) implements Message {
	}

	private static final class Arbiter implements Behaviour<Message> {

		private final CigaretteSmokers sizes;

		private final SplittableRandom random = new SplittableRandom(1);

		private final List<Address<Message>> smokers = new ArrayList<>();

		private int begun;

		private int stopped;

		private int smoked;

		private long ordered;

		private long smoke;

		private Arbiter(CigaretteSmokers sizes) {
			this.sizes = sizes;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.BEGUN) {
				this.begun++;
				next();
			}
			else if (message instanceof Stopped smoker) {
				this.smoked += smoker.smoked();
				this.smoke += smoker.smoke();
				if (++this.stopped == this.sizes.smokers) {
					self.stop();
				}
			}
			else {
				for (int i = 0; i < this.sizes.smokers; i++) {
					this.smokers.add(self.spawn(new Smoker(self.address())));
				}
				next();
			}
		}

		private void next() {
			if (this.begun == this.sizes.rounds) {
				this.smokers.forEach((smoker) -> smoker.tell(Signal.STOP));
				return;
			}
			int rounds = this.random.nextInt(LONGEST);
			this.ordered += rounds;
			this.smokers.get(this.random.nextInt(this.smokers.size())).tell(new Smoke(rounds));
		}

	}

	private static final class Smoker implements Behaviour<Message> {

		private final Address<Message> arbiter;

		private int smoked;

		private long smoke;

		private long lungs;

		private Smoker(Address<Message> arbiter) {
			this.arbiter = arbiter;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Smoke cigarette) {
				this.arbiter.tell(Signal.BEGUN);
				this.lungs = Workload.compute(this.lungs, cigarette.rounds());
				this.smoked++;
				this.smoke += cigarette.rounds();
			}
			else {
				this.arbiter.tell(new Stopped(this.smoked, this.smoke));
				self.stop();
			}
		}

	}

}

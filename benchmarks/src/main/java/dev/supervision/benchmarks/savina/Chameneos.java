package dev.supervision.benchmarks.savina;

import org.jspecify.annotations.Nullable;

/**
 * Creatures meet two at a time in a mall and change their colours: many actors that
 * contend for one.
 *
 * @param creatures how many; 100 in the paper
 * @param meetings how many; 200,000 in the paper
 */
record Chameneos(int creatures, int meetings) implements Workload {

	Chameneos() {
		this(100, 200_000);
	}

	@Override
	public void run(Actors actors) {
		Mall mall = new Mall(this.creatures, this.meetings);
		actors.run(mall, Signal.START);
		Workload.expect("faded", this.creatures, mall.faded);
		Workload.expect("meetings", 2L * this.meetings, mall.met);
	}

	private enum Colour {

		RED, YELLOW, BLUE;

		private static final Colour[] ALL = values();

		private Colour complement(Colour other) {
			return (this == other) ? this : ALL[3 - ordinal() - other.ordinal()];
		}

	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, FADE

	}

	private record Meet(Colour colour, Address<Message> from) implements Message {
	}

	private record Change(Colour colour) implements Message {
	}

	private record Faded(int meetings) implements Message {
	}

	private static final class Mall implements Behaviour<Message> {

		private final int creatures;

		private int left;

		private @Nullable Meet waiting;

		private int faded;

		private long met;

		private Mall(int creatures, int meetings) {
			this.creatures = creatures;
			this.left = meetings;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Meet meet) {
				match(meet);
			}
			else if (message instanceof Faded creature) {
				this.met += creature.meetings();
				if (++this.faded == this.creatures) {
					self.stop();
				}
			}
			else {
				for (int i = 0; i < this.creatures; i++) {
					Colour colour = Colour.ALL[i % Colour.ALL.length];
					self.spawn(new Creature(colour, self.address())).tell(Signal.START);
				}
			}
		}

		private void match(Meet meet) {
			Meet first = this.waiting;
			if (this.left == 0) {
				meet.from().tell(Signal.FADE);
			}
			else if (first == null) {
				this.waiting = meet;
			}
			else {
				this.left--;
				this.waiting = null;
				first.from().tell(meet);
			}
		}

	}

	private static final class Creature implements Behaviour<Message> {

		private final Address<Message> mall;

		private Colour colour;

		private int meetings;

		private Creature(Colour colour, Address<Message> mall) {
			this.colour = colour;
			this.mall = mall;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.FADE) {
				this.mall.tell(new Faded(this.meetings));
				self.stop();
				return;
			}
			if (message instanceof Meet other) {
				this.colour = this.colour.complement(other.colour());
				this.meetings++;
				other.from().tell(new Change(this.colour));
			}
			else if (message instanceof Change change) {
				this.colour = change.colour();
				this.meetings++;
			}
			this.mall.tell(new Meet(this.colour, self.address()));
		}

	}

}

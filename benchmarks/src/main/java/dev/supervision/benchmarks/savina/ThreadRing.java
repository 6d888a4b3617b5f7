package dev.supervision.benchmarks.savina;

import java.util.ArrayList;
import java.util.List;

/**
 * Actors in a ring hand on one token: what it costs to hand over when there are more
 * actors than threads, and only one has something to do.
 *
 * @param actors how many; 100 in the paper
 * @param hops how often the token is handed on; 100,000 in the paper
 */
record ThreadRing(int actors, int hops) implements Workload {

	ThreadRing() {
		this(100, 100_000);
	}

	@Override
	public void run(Actors actors) {
		Master master = new Master(this);
		actors.run(master, new Start());
		Workload.expect("tokens", this.hops + 1, master.tokens);
	}

	private sealed interface Message {

	}

	private record Start() implements Message {
	}

	private record Neighbour(Address<Message> next) implements Message {
	}

	private record Token(int hops) implements Message {
	}

	/** Goes round once at the end. */
	private record Leave(int actors, long tokens) implements Message {
	}

	private static final class Master implements Behaviour<Message> {

		private final ThreadRing sizes;

		private long tokens;

		private Master(ThreadRing sizes) {
			this.sizes = sizes;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Leave end) {
				this.tokens = end.tokens();
				self.stop();
				return;
			}
			List<Address<Message>> ring = new ArrayList<>();
			for (int i = 0; i < this.sizes.actors; i++) {
				ring.add(self.spawn(new Link(this.sizes.actors, self.address())));
			}
			for (int i = 0; i < ring.size(); i++) {
				ring.get(i).tell(new Neighbour(ring.get((i + 1) % ring.size())));
			}
			ring.get(0).tell(new Token(this.sizes.hops));
		}

	}

	private static final class Link implements Behaviour<Message> {

		private final int actors;

		private final Address<Message> master;

		private Address<Message> next;

		private int tokens;

		private Link(int actors, Address<Message> master) {
			this.actors = actors;
			this.master = master;
			this.next = master;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Token token) {
				this.tokens++;
				if (token.hops() > 0) {
					this.next.tell(new Token(token.hops() - 1));
				}
				else {
					leave(new Leave(this.actors, 0), self);
				}
			}
			else if (message instanceof Neighbour neighbour) {
				this.next = neighbour.next();
			}
			else if (message instanceof Leave leave) {
				leave(leave, self);
			}
		}

		private void leave(Leave leave, Self<Message> self) {
			Leave rest = new Leave(leave.actors() - 1, leave.tokens() + this.tokens);
			((rest.actors() > 0) ? this.next : this.master).tell(rest);
			self.stop();
		}

	}

}

package dev.supervision.benchmarks.savina;

/**
 * Two actors send each other one message: what it costs to hand over to another actor
 * that is idle.
 *
 * @param pings how often; 40,000 in the paper
 */
record PingPong(int pings) implements Workload {

	PingPong() {
		this(40_000);
	}

	@Override
	public void run(Actors actors) {
		Player player = new Player(this.pings);
		actors.run(player, Signal.START);
		Workload.expect("pongs", this.pings, player.pongs);
		Workload.expect("pings", this.pings, player.answered);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, PONG, STOP

	}

	private record Ping(Address<Message> from) implements Message {
	}

	private record Stopped(int pings) implements Message {
	}

	private static final class Player implements Behaviour<Message> {

		private final int pings;

		private Address<Message> opponent = (message) -> {
		};

		private int pongs;

		private int answered;

		private Player(int pings) {
			this.pings = pings;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.PONG) {
				this.pongs++;
				serve(self);
			}
			else if (message == Signal.START) {
				this.opponent = self.spawn(new Opponent(self.address()));
				serve(self);
			}
			else if (message instanceof Stopped stopped) {
				this.answered = stopped.pings();
				self.stop();
			}
		}

		private void serve(Self<Message> self) {
			this.opponent.tell((this.pongs < this.pings) ? new Ping(self.address()) : Signal.STOP);
		}

	}

	private static final class Opponent implements Behaviour<Message> {

		private final Address<Message> player;

		private int pings;

		private Opponent(Address<Message> player) {
			this.player = player;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Ping ping) {
				this.pings++;
				ping.from().tell(Signal.PONG);
			}
			else {
				this.player.tell(new Stopped(this.pings));
				self.stop();
			}
		}

	}

}

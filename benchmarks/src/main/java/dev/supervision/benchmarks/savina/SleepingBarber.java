package dev.supervision.benchmarks.savina;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Customers, an actor each, take a seat in the waiting room of a barber, or come back if
 * there is none; the barber sleeps while there is nobody.
 *
 * @param customers how many; 5,000 in the paper
 * @param seats how many in the room; 1,000 in the paper
 * @param pause rounds of computing between two customers, 1,000 in the paper
 * @param cut rounds of computing for each cut, 1,000 in the paper
 */
record SleepingBarber(int customers, int seats, int pause, int cut) implements Workload {

	SleepingBarber() {
		this(5_000, 1_000, 1_000, 1_000);
	}

	@Override
	public void run(Actors actors) {
		Street street = new Street(this);
		actors.run(street, Signal.START);
		Workload.expect("customers", this.customers, street.gone);
		Workload.expect("cuts", this.customers, street.cuts);
		Workload.expect("hair on the floor", this.customers * Workload.compute(0, this.cut), street.hair);
		Workload.expect("time", Workload.compute(0, this.customers * this.pause), street.time);
	}

	private sealed interface Message {

	}

	private enum Signal implements Message {

		START, FULL, WAIT, SIT_DOWN, GET_UP, NEXT, GONE, STOP, CLOSED

	}

	private record Enter(Address<Message> customer) implements Message {
	}

	private record Cut(Address<Message> customer, Address<Message> room) implements Message {
	}

	private record Turned(Address<Message> customer) implements Message {
	}

	private record BarberStopped(int cuts, long hair) implements Message {
	}

	/** Where the customers come from, and go. */
	private static final class Street implements Behaviour<Message> {

		private final SleepingBarber sizes;

		private Address<Message> room = (message) -> {
		};

		private Address<Message> barber = this.room;

		private long time;

		private int gone;

		private int cuts;

		private long hair;

		private Street(SleepingBarber sizes) {
			this.sizes = sizes;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Turned turned) {
				this.room.tell(new Enter(turned.customer()));
			}
			else if (message == Signal.GONE && ++this.gone == this.sizes.customers) {
				this.barber.tell(Signal.STOP);
			}
			else if (message instanceof BarberStopped stopped) {
				this.cuts = stopped.cuts();
				this.hair = stopped.hair();
				this.room.tell(Signal.STOP);
			}
			else if (message == Signal.CLOSED) {
				self.stop();
			}
			else if (message == Signal.START) {
				start(self);
			}
		}

		private void start(Self<Message> self) {
			this.barber = self.spawn(new Barber(this.sizes.cut, self.address()));
			this.room = self.spawn(new Room(this.sizes.seats, this.barber, self.address()));
			for (int i = 0; i < this.sizes.customers; i++) {
				this.room.tell(new Enter(self.spawn(new Customer(self.address()))));
				this.time = Workload.compute(this.time, this.sizes.pause);
			}
		}

	}

	private static final class Room implements Behaviour<Message> {

		private final int seats;

		private final Address<Message> barber;

		private final Address<Message> street;

		private final Queue<Address<Message>> waiting = new ArrayDeque<>();

		private boolean barberSleeps = true;

		private Room(int seats, Address<Message> barber, Address<Message> street) {
			this.seats = seats;
			this.barber = barber;
			this.street = street;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Enter enter) {
				seat(enter.customer(), self);
			}
			else if (message == Signal.NEXT) {
				this.barberSleeps = true;
				call(self);
			}
			else {
				this.street.tell(Signal.CLOSED);
				self.stop();
			}
		}

		private void seat(Address<Message> customer, Self<Message> self) {
			if (this.waiting.size() == this.seats) {
				customer.tell(Signal.FULL);
				return;
			}
			this.waiting.add(customer);
			if (this.barberSleeps) {
				call(self);
			}
			else {
				customer.tell(Signal.WAIT);
			}
		}

		private void call(Self<Message> self) {
			Address<Message> customer = this.waiting.poll();
			if (customer != null) {
				this.barberSleeps = false;
				this.barber.tell(new Cut(customer, self.address()));
			}
		}

	}

	private static final class Barber implements Behaviour<Message> {

		private final int cut;

		private final Address<Message> street;

		private int cuts;

		private long hair;

		private Barber(int cut, Address<Message> street) {
			this.cut = cut;
			this.street = street;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message instanceof Cut next) {
				next.customer().tell(Signal.SIT_DOWN);
				this.cuts++;
				this.hair += Workload.compute(0, this.cut);
				next.customer().tell(Signal.GET_UP);
				next.room().tell(Signal.NEXT);
			}
			else {
				this.street.tell(new BarberStopped(this.cuts, this.hair));
				self.stop();
			}
		}

	}

	private static final class Customer implements Behaviour<Message> {

		private final Address<Message> street;

		private boolean sits;

		private Customer(Address<Message> street) {
			this.street = street;
		}

		@Override
		public void receive(Message message, Self<Message> self) {
			if (message == Signal.FULL) {
				this.street.tell(new Turned(self.address()));
			}
			else if (message == Signal.SIT_DOWN) {
				this.sits = true;
			}
			else if (message == Signal.GET_UP) {
				Workload.expect("customers in the chair", 1, this.sits ? 1 : 0);
				this.street.tell(Signal.GONE);
				self.stop();
			}
		}

	}

}

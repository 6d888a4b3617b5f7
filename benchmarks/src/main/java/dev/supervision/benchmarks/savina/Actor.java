package dev.supervision.benchmarks.savina;

/**
 * The part of an actor that both peers share.
 *
 * @param <M> the messages of the actor
 */
abstract class Actor<M> implements Self<M> {

	private final Behaviour<M> behaviour;

	private final Run run;

	private final Address<M> address;

	private boolean stopped;

	Actor(Behaviour<M> behaviour, Run run, Address<M> address) {
		this.behaviour = behaviour;
		this.run = run;
		this.address = address;
	}

	/**
	 * Handles a message.
	 * @return whether the actor goes on
	 */
	final boolean receive(M message) {
		try {
			this.behaviour.receive(message, this);
		}
		catch (Throwable thrown) {
			this.run.failed(thrown);
			this.stopped = true;
		}
		if (this.stopped) {
			this.run.ended();
		}
		return !this.stopped;
	}

	@Override
	public final Address<M> address() {
		return this.address;
	}

	@Override
	public final <N> Address<N> spawn(Behaviour<N> behaviour) {
		this.run.started();
		return spawn(behaviour, this.run);
	}

	abstract <N> Address<N> spawn(Behaviour<N> behaviour, Run run);

	@Override
	public final void stop() {
		this.stopped = true;
	}

}

package dev.supervision.benchmarks.savina;

/**
 * What an actor may ask of its runtime while it handles a message.
 *
 * @param <M> the messages of the actor
 */
interface Self<M> {

	Address<M> address();

	/** Starts a child. */
	<N> Address<N> spawn(Behaviour<N> behaviour);

	/**
	 * Stops this actor after the message that it handles. One of the peers stops the
	 * children with their parent, whatever still waits for them, and that would be an
	 * actor lost: so a child tells its parent in the last message that it handles, and a
	 * parent stops last.
	 */
	void stop();

}

package dev.supervision.benchmarks.savina;

/**
 * Where an actor gets its messages.
 *
 * @param <M> the messages of the actor
 */
@FunctionalInterface
interface Address<M> {

	/** Sends a message and does not wait. */
	void tell(M message);

}

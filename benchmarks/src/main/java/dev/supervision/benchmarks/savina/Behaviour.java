package dev.supervision.benchmarks.savina;

/**
 * What an actor does with its messages, one at a time. An instance belongs to one actor
 * and may have fields.
 *
 * @param <M> the messages of the actor
 */
@FunctionalInterface
interface Behaviour<M> {

	void receive(M message, Self<M> self);

}

package dev.supervision.benchmarks.savina;

import dev.supervision.ExecutorType;

/**
 * A runtime of actors, as small as the workloads can do with: each is written once
 * against this and runs on both peers.
 *
 * <p>
 * What is between a workload and its peer is the same for both, and the same objects:
 * <ul>
 * <li>to tell is one virtual call to an {@link Address} that is kept and holds the peer's
 * own reference; the message goes as it is, without an envelope of ours;
 * <li>to receive is one call of {@link Actor#receive}, made by the plainest behaviour
 * that a user of the peer would write, and its answer becomes the peer's own word for
 * going on or stopping;
 * <li>to spawn is the peer's own way of starting a child from inside its parent, plus two
 * objects and an atomic count. The peers differ in what that promises, and the difference
 * is measured: ours returns when the child has run its init, as OTP does, Pekko at once.
 * </ul>
 * Both run with their defaults: mailboxes without bound, the default executor; ours once
 * more on the executor {@code parallel}, for actors that never block. Only one peer is
 * loaded in a JVM that measures, so that these calls have one target.
 */
abstract class Actors implements AutoCloseable {

	/**
	 * Starts an actor that nobody is the parent of, sends it a message and waits until it
	 * and all that came of it have stopped. What they wrote can be read afterwards.
	 * @throws IllegalStateException if one of them failed, or not all have stopped in
	 * time
	 */
	final <M> void run(Behaviour<M> root, M first) {
		Run run = new Run();
		run.started();
		spawn(root, run).tell(first);
		run.await();
	}

	abstract <M> Address<M> spawn(Behaviour<M> behaviour, Run run);

	@Override
	public abstract void close();

	/** Starts the peer of a name. */
	static Actors of(String peer) {
		return switch (peer) {
			case "ours" -> new OurActors(ExecutorType.AUTO);
			case "parallel" -> new OurActors(ExecutorType.PARALLEL);
			case "pekko" -> new PekkoActors();
			default -> throw new IllegalArgumentException("There is no peer " + peer);
		};
	}

}

package dev.supervision.benchmarks;

import dev.supervision.ExecutorType;

/**
 * A runtime of actors, as far as the workloads need one. All methods block until what
 * they say has happened.
 */
interface Peer extends AutoCloseable {

	/** How many servers there are to choose from, and how many make a ring. */
	int SERVERS = 1000;

	/**
	 * Calls the one server with a number and returns its answer, that number plus one.
	 */
	long call(long number);

	/** Calls one of the thousand servers. */
	long call(int server, long number);

	/** Sends the one server a number that nobody waits for. */
	void cast(long number);

	/** Waits until the one server has handled all that was sent to it before. */
	void drain();

	/** Sends a token around a ring of a thousand, for so many hops. */
	void ring(int hops);

	/** Lets two servers send each other a token, so many times. */
	void pingPong(int messages);

	/** Starts a dynamic child. */
	Object startChild();

	/** Stops a dynamic child. */
	void stopChild(Object child);

	/**
	 * Crashes dynamic children, all at once, and returns when the successor of each has
	 * handled a message.
	 * @param count how many of those that are always there
	 */
	void crash(int count);

	@Override
	void close();

	/**
	 * The peer of a name: ours, ours on the executor {@code parallel}, or Pekko.
	 * @param children how many dynamic children are always there
	 */
	static Peer of(String name, int children) {
		return switch (name) {
			case "ours" -> new Ours(children);
			case "parallel" -> new Ours(ExecutorType.PARALLEL, children);
			case "pekko" -> new Pekko(children);
			default -> throw new IllegalArgumentException("There is no peer " + name);
		};
	}

}

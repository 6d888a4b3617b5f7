package dev.supervision;

/**
 * Which threads run a server.
 */
public enum ExecutorType {

	/**
	 * {@link #VIRTUAL} where the Java runtime has it (21 and later), else {@link #POOL}.
	 */
	AUTO,

	/** A virtual thread for each activation; handlers may block. Needs Java 21. */
	VIRTUAL,

	/**
	 * A pool with as many threads as cores that grows only while all its workers are
	 * blocked; handlers may block.
	 */
	POOL,

	/** A platform thread for each activation: for handlers that compute for long. */
	PLATFORM,

	/** Work-stealing: the fastest, for handlers that never block. */
	PARALLEL

}

package dev.supervision;

/**
 * Which threads run a server. Servers share them, so what a handler changes of its thread
 * (a {@link ThreadLocal}, the context class loader, the name) may be seen by others, and
 * is for itself to put back; interrupts and the MDC of SLF4J are cleared after each
 * activation.
 */
public enum ExecutorType {

	/**
	 * {@link #VIRTUAL} where the Java runtime has it (21 and later), else {@link #POOL}.
	 */
	AUTO,

	/**
	 * Virtual threads; handlers may block. Servers that pass a message on run one after
	 * the other on one thread while none of them takes longer than some microseconds.
	 * Needs Java 21.
	 */
	VIRTUAL,

	/**
	 * A pool with as many threads as cores that grows only while all its workers are
	 * blocked; handlers may block.
	 */
	POOL,

	/** A platform thread for each activation: for handlers that compute for long. */
	PLATFORM,

	/** Work-stealing, for handlers that never block. */
	PARALLEL

}

package dev.supervision;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything that a {@link Node} takes from the world outside: time, threads, waiting and
 * chance. {@link #system()} is the real one; {@link DeterministicPlatform} is for tests.
 */
public interface Platform extends AutoCloseable {

	Clock clock();

	Scheduler scheduler();

	Waiting waiting();

	RandomGenerator random();

	/**
	 * The executor that runs activations of servers of the given type.
	 * @throws UnsupportedOperationException if this runtime has no such threads
	 */
	Executor executor(ExecutorType type);

	/**
	 * Whether time is simulated, so that nothing may depend on threads of its own.
	 */
	default boolean isSimulated() {
		return false;
	}

	/**
	 * Ends the threads of this platform; blocks until they are gone, at most some
	 * seconds.
	 */
	@Override
	void close();

	/**
	 * The clock, the threads and the waiting of this Java runtime.
	 */
	static Platform system() {
		return new SystemPlatform();
	}

}

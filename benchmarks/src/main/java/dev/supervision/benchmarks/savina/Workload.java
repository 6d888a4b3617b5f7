package dev.supervision.benchmarks.savina;

/**
 * What one benchmark of the suite lets actors do. It can be run again and again, and
 * checks its own result.
 */
interface Workload {

	/**
	 * Runs it once and returns when all actors have stopped.
	 * @throws IllegalStateException if the result is wrong
	 */
	void run(Actors actors);

	/** Throws if a number is not what it must be. */
	static void expect(String what, long expected, long actual) {
		if (actual != expected) {
			throw new IllegalStateException(what + ": expected " + expected + ", but was " + actual);
		}
	}

	/**
	 * Computes for a while, about a nanosecond and a half for each round.
	 * @return what came out, which depends on the seed only and must be used
	 */
	static long compute(long seed, int rounds) {
		long value = seed;
		for (int i = 0; i < rounds; i++) {
			value = value * 6364136223846793005L + 1442695040888963407L;
		}
		return value;
	}

}

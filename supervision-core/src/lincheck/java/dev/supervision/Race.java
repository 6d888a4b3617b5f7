package dev.supervision;

import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * One race of the shipped classes.
 *
 * <p>
 * Small ones are handed to Lincheck's model checker, by a lambda that makes the race and
 * calls {@link #run}. Lincheck takes an object for local, and does not switch threads
 * where it is touched, unless it sees how another thread reaches it; through what a
 * lambda captures it does not. Hence sides are methods, run by threads that have the race
 * in a field. On a whole node the model checker finds no seeded bug in reasonable time;
 * races on one are repeated on real threads by {@link #stress}.
 */
abstract class Race {

	/** Far more than any side needs, and less than a test may take. */
	private static final long HANG_SECONDS = 30;

	/** How much the sides may be apart at the start, in turns of a loop. */
	private static final int LARGEST_SKEW = 400;

	final RacePlatform platform;

	private final AtomicInteger missing = new AtomicInteger(2);

	/** Turns of a loop, random, for a side that wants to be late by itself. */
	int late;

	private volatile @Nullable Throwable failure;

	Race() {
		this(new RacePlatform(false));
	}

	Race(RacePlatform platform) {
		this.platform = platform;
	}

	/** One side, on a thread of its own. */
	abstract void first() throws Exception;

	/** The other side. */
	abstract void second() throws Exception;

	/** Throws if what came of it is wrong. */
	abstract void check() throws Exception;

	/** Under Lincheck. */
	final void run() {
		this.platform.fork(new First(this));
		try {
			second();
			this.platform.join();
			require(this.failure == null, String.valueOf(this.failure));
			check();
		}
		catch (RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Lincheck must not meet AssertJ: its own bookkeeping trips over that. */
	static void require(boolean condition, String otherwise) {
		if (!condition) {
			throw new AssertionError(otherwise);
		}
	}

	/** Repeats a race on two threads that begin together, give or take a little. */
	static void stress(int rounds, Supplier<? extends Race> races) throws Exception {
		long seed = System.nanoTime();
		SplittableRandom random = new SplittableRandom(seed);
		ExecutorService sides = Executors.newFixedThreadPool(2, task -> {
			Thread thread = new Thread(task, "side");
			thread.setDaemon(true);
			return thread;
		});
		try {
			for (int round = 0; round < rounds; round++) {
				Race race = races.get();
				int skew = random.nextInt(-LARGEST_SKEW, LARGEST_SKEW);
				race.late = random.nextInt(LARGEST_SKEW);
				Future<?> first = sides.submit(() -> {
					race.meet(skew);
					race.first();
					return null;
				});
				Future<?> second = sides.submit(() -> {
					race.meet(-skew);
					race.second();
					return null;
				});
				try {
					first.get(HANG_SECONDS, TimeUnit.SECONDS);
					second.get(HANG_SECONDS, TimeUnit.SECONDS);
				}
				catch (TimeoutException ex) {
					throw new AssertionError("hung in round " + round, ex);
				}
				race.platform.settle();
				race.check();
			}
		}
		finally {
			System.out.println("seed " + seed);
			sides.shutdownNow();
		}
	}

	private void meet(int skew) {
		this.missing.decrementAndGet();
		for (int turn = 0; this.missing.get() > 0; turn++) {
			if (turn < 1000) {
				Thread.onSpinWait();
			}
			else {
				Thread.yield();
			}
		}
		spin(skew);
	}

	static void spin(int turns) {
		for (int turn = 0; turn < turns; turn++) {
			Thread.onSpinWait();
		}
	}

	/** The thread of the first side. */
	private static final class First implements Runnable {

		private final Race race;

		First(Race race) {
			this.race = race;
		}

		@Override
		public void run() {
			try {
				this.race.first();
			}
			catch (Throwable thrown) {
				this.race.failure = thrown;
			}
		}

	}

}

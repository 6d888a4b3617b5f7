package dev.supervision;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A simulation in which events reach the listener where they are emitted, so that they
 * and what servers write down have one order. That costs nothing else: only the events'
 * drainer runs on platform threads here.
 */
record TracePlatform(DeterministicPlatform simulation) implements Platform {

	@Override
	public Clock clock() {
		return this.simulation.clock();
	}

	@Override
	public Scheduler scheduler() {
		return this.simulation.scheduler();
	}

	@Override
	public Waiting waiting() {
		return this.simulation.waiting();
	}

	@Override
	public RandomGenerator random() {
		return this.simulation.random();
	}

	@Override
	public Executor executor(ExecutorType type) {
		return (type == ExecutorType.PLATFORM) ? Runnable::run : this.simulation.executor(type);
	}

	@Override
	public boolean isSimulated() {
		return true;
	}

	@Override
	public void close() {
		this.simulation.close();
	}

}

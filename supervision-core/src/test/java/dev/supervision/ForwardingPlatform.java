package dev.supervision;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * A platform that is another one, but for what a test changes.
 */
class ForwardingPlatform implements Platform {

	private final Platform real;

	ForwardingPlatform(Platform real) {
		this.real = real;
	}

	@Override
	public Clock clock() {
		return this.real.clock();
	}

	@Override
	public Scheduler scheduler() {
		return this.real.scheduler();
	}

	@Override
	public Waiting waiting() {
		return this.real.waiting();
	}

	@Override
	public RandomGenerator random() {
		return this.real.random();
	}

	@Override
	public Executor executor(ExecutorType type) {
		return this.real.executor(type);
	}

	@Override
	public void close() {
		this.real.close();
	}

}

package dev.supervision;

/**
 * Runs small tasks of the runtime later. Of user code only an {@link Instrumentation} may
 * run on its thread, where a limit ends a process.
 */
public interface Scheduler {

	/**
	 * Runs a task once.
	 * @param delayNanos how long from now, in nanoseconds; zero or less means as soon as
	 * possible
	 * @param task must neither block nor throw
	 */
	Cancellable schedule(long delayNanos, Runnable task);

	/**
	 * A task that has not run yet.
	 */
	@FunctionalInterface
	interface Cancellable {

		/**
		 * Sees to it that the task does not run.
		 * @return whether it was in time
		 */
		boolean cancel();

	}

}

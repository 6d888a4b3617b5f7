package dev.supervision;

/**
 * The one place where the runtime blocks a thread. The contract is that of
 * {@link java.util.concurrent.locks.LockSupport}: a permit a thread, and returns without
 * a reason are allowed, so that every user loops around a condition.
 */
public interface Waiting {

	/**
	 * Blocks the current thread until it is unparked or interrupted.
	 * @param blocker what it waits for; shown in diagnostics
	 */
	void park(Object blocker);

	/**
	 * Lets others have the core of the current thread once, where that may end its
	 * waiting for less than a {@link #park} costs. By default does nothing.
	 */
	default void giveWay() {
	}

	/**
	 * Makes the given thread's current or next {@link #park} return.
	 */
	void unpark(Thread thread);

	/**
	 * Interrupts the given thread, wherever it waits.
	 */
	void interrupt(Thread thread);

}

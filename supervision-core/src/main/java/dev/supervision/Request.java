package dev.supervision;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * An entry whose sender waits for an outcome: exactly one is accepted, whoever is first.
 * It is its own timer, in the {@link DeadlineWheel}.
 */
abstract class Request extends Envelope {

	private static final VarHandle OUTCOME;

	static {
		try {
			OUTCOME = MethodHandles.lookup().findVarHandle(Request.class, "outcome", Object.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final Waiting waiting;

	/** Who waits; {@code null} if nobody blocks. */
	private final @Nullable Thread waiter;

	private volatile @Nullable Object outcome;

	/** Whether whoever was first came so far; others may miss that. */
	boolean woken;

	// ---- of the wheel: of whoever adds, then guarded by the lists

	@Nullable Request previousDue;

	@Nullable Request nextDue;

	long due;

	int bucket;

	/** Whether it is in a list of the wheel. */
	volatile boolean listed;

	Request(Waiting waiting, @Nullable Thread waiter) {
		this.waiting = waiting;
		this.waiter = waiter;
	}

	@Override
	final boolean isWaitedFor() {
		return this.waiter != null;
	}

	/**
	 * Ends the waiting.
	 * @return whether this was the first outcome
	 */
	boolean complete(Object result) {
		if (!OUTCOME.compareAndSet(this, null, result)) {
			return false;
		}
		wake();
		return true;
	}

	/**
	 * As {@link #complete}, for the last who may: the stack of whoever was first may have
	 * ended before it woke the one that waits.
	 */
	final void completeAtLast(Object result) {
		if (!complete(result)) {
			wake();
		}
	}

	/** Lets who waits look. Once too often does no harm. */
	void wake() {
		Thread thread = this.waiter;
		if (thread != null) {
			this.waiting.unpark(thread);
		}
		this.woken = true;
	}

	final void wakeUnlessWoken() {
		if (!this.woken) {
			wake();
		}
	}

	/** Nobody waits any more, so nobody is to be woken. */
	final void forget() {
		if (this.outcome == null) {
			OUTCOME.compareAndSet(this, null, Missing.INTERRUPTED);
		}
		this.woken = true;
	}

	/** Whether there is nothing left to do: who waited knows the outcome. */
	final boolean isOver() {
		return this.outcome != null && this.woken;
	}

	final @Nullable Object outcome() {
		return this.outcome;
	}

	final boolean isDone() {
		return this.outcome != null;
	}

	/** Called by the wheel. */
	void expire() {
		completeAtLast(Missing.TIMEOUT);
	}

	/**
	 * Waits for the outcome; {@link Missing} says why there is none.
	 * @param limitNanos how long; {@link Long#MAX_VALUE} means without limit
	 */
	final Object await(DeadlineWheel wheel, long limitNanos) {
		boolean limited = limitNanos != Long.MAX_VALUE;
		long begin = limited ? wheel.now() : 0;
		if (this.outcome == null) {
			this.waiting.giveWay();
		}
		Object result = this.outcome;
		if (result != null) {
			return result;
		}
		if (limited) {
			wheel.add(this, begin, limitNanos);
		}
		boolean interrupted = false;
		while ((result = this.outcome) == null) {
			this.waiting.park(this);
			if (Thread.interrupted()) {
				interrupted = true;
				complete(Missing.INTERRUPTED);
			}
		}
		if (limited) {
			wheel.remove(this);
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
		return result;
	}

	@Override
	boolean isUserMessage() {
		return false;
	}

	/**
	 * Why there is no outcome.
	 */
	enum Missing {

		TIMEOUT, INTERRUPTED

	}

}

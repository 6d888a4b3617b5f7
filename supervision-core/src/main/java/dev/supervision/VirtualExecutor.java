package dev.supervision;

import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Starts a virtual thread for each task, but for those that a task hands on
 * ({@link #handOn}): these run on its thread after it, in their order.
 *
 * <p>
 * Who has handed something on has a helper, which comes on a thread of its own, watches
 * for some microseconds, and takes what the owner does not; then they share what comes
 * until nothing waits any more. So nothing waits for a task that blocks or computes; but
 * a message that servers pass on to each other stays on one core, while each thread that
 * is started for it would be stolen by another core that has nothing to do.
 */
final class VirtualExecutor implements Executor {

	/** From one look of a helper to the next. */
	private static final long LOOK_NANOS = 1_000;

	/** Looks of one helper, which keeps an idle core awake for so long. */
	private static final int LOOKS = 10;

	/** Tasks in a row before the other threads of the same core get a turn. */
	private static final int TURN = 32;

	private static final ThreadLocal<@Nullable Chain> CURRENT = new ThreadLocal<>();

	private final ThreadFactory factory;

	private final Clock clock;

	private final Canary canary;

	private final BooleanSupplier closed;

	/** On one core, a helper runs only when the owner has let go. */
	private final boolean watches;

	/**
	 * Creates the executor.
	 * @param factory of the threads
	 * @param canary tells when others get no turn any more
	 * @param cores how many threads can run at once
	 * @param closed whether it takes no tasks any more
	 */
	VirtualExecutor(ThreadFactory factory, Clock clock, Canary canary, int cores, BooleanSupplier closed) {
		this.factory = factory;
		this.clock = clock;
		this.canary = canary;
		this.watches = cores > 1;
		this.closed = closed;
	}

	/** Runs a task on a thread of its own, at once. */
	@Override
	public void execute(Runnable task) {
		checkOpen();
		this.factory.newThread(new Chain(task)).start();
	}

	/**
	 * Runs a task after the one that this thread is running, or on another thread if that
	 * goes on. Better than {@link #execute} for a caller that is about to end, and worse
	 * for one that is about to wait. The same on a thread that is not of this executor.
	 */
	void handOn(Runnable task) {
		Chain chain = CURRENT.get();
		if (chain == null || chain.executor() != this) {
			execute(task);
			return;
		}
		checkOpen();
		chain.add(task);
	}

	/**
	 * As {@link #handOn}, for the current task itself, which has had more than others:
	 * the other threads of its core get a turn before.
	 */
	void again(Runnable task) {
		handOn(task);
		Chain chain = CURRENT.get();
		if (chain != null && chain.executor() == this) {
			chain.endTurn();
		}
	}

	private void checkOpen() {
		if (this.closed.getAsBoolean()) {
			throw new RejectedExecutionException("The platform is closed");
		}
	}

	/**
	 * What one thread does: a task, and those that were handed on meanwhile.
	 */
	private final class Chain implements Runnable {

		private @Nullable Runnable first;

		/** Added to by the owner only; it and its helpers take from it. */
		private @Nullable Queue<Runnable> handedOn;

		/**
		 * Whether a helper is on its way. Nothing stays in the queue without, unless
		 * there is no memory for one.
		 */
		private final AtomicBoolean called = new AtomicBoolean();

		/** Tasks until the end of the turn. */
		private int left = TURN;

		private Chain(@Nullable Runnable first) {
			this.first = first;
		}

		private VirtualExecutor executor() {
			return VirtualExecutor.this;
		}

		@Override
		public void run() {
			CURRENT.set(this);
			work();
		}

		private void work() {
			Runnable task = this.first;
			this.first = null;
			while (task != null) {
				letOthers();
				SystemPlatform.runAlone(task);
				this.left--;
				task = next();
			}
		}

		private void endTurn() {
			this.left = 1;
		}

		/** Comes before a task, since whom that wakes may want the core next. */
		private void letOthers() {
			boolean turnIsOver = this.left <= 0;
			if (turnIsOver) {
				this.left = TURN;
			}
			try {
				if (VirtualExecutor.this.canary.isOverdue()) {
					VirtualExecutor.this.canary.letOthers();
				}
				else if (turnIsOver) {
					Thread.yield();
				}
			}
			catch (Throwable ex) {
				// no memory to leave the carrier: the task must not be lost for that
				SystemPlatform.logEscaped(ex);
			}
		}

		private @Nullable Runnable next() {
			Queue<Runnable> queue = this.handedOn;
			return (queue != null) ? queue.poll() : null;
		}

		private void add(Runnable task) {
			Queue<Runnable> queue = this.handedOn;
			if (queue == null) {
				queue = new ConcurrentLinkedQueue<>();
				this.handedOn = queue;
			}
			queue.add(task);
			callHelper(queue);
		}

		private void callHelper(Queue<Runnable> queue) {
			if (!this.called.compareAndSet(false, true)) {
				return;
			}
			boolean comes = false;
			try {
				Chain own = new Chain(null);
				VirtualExecutor.this.factory.newThread(() -> help(queue, own)).start();
				comes = true;
			}
			finally {
				if (!comes) {
					this.called.set(false);
				}
			}
		}

		private void help(Queue<Runnable> queue, Chain own) {
			// all that may fail, and is not caught, comes before a task is taken
			try {
				CURRENT.set(own);
				if (VirtualExecutor.this.watches) {
					watch(queue);
				}
				// else each task would leave on a thread of its own
				VirtualExecutor.this.canary.letOthers();
			}
			finally {
				// before it looks: who adds after that calls another one
				this.called.set(false);
				takeWhatWaits(queue, own);
			}
		}

		/**
		 * Shares the queue with its owner, and with other helpers, until it is empty.
		 * Whatever a task does, somebody else is on the way for those behind it, unless
		 * there is no memory for one.
		 */
		private void takeWhatWaits(Queue<Runnable> queue, Chain own) {
			do {
				own.first = queue.poll();
				if (!queue.isEmpty()) {
					tryToCallHelper(queue);
				}
				own.work();
			}
			while (!queue.isEmpty());
		}

		private void tryToCallHelper(Queue<Runnable> queue) {
			try {
				callHelper(queue);
			}
			catch (Throwable ex) {
				// no memory: this one comes for the next task itself
				SystemPlatform.logEscaped(ex);
			}
		}

		/**
		 * Waits as long as the owner takes what it hands on, one task at a time: a
		 * message that servers pass to each other costs least where it is. Others have
		 * their turn meanwhile, and while there are others nothing spins.
		 */
		private void watch(Queue<Runnable> queue) {
			Clock clock = VirtualExecutor.this.clock;
			Runnable seen = queue.peek();
			for (int i = 0; i < LOOKS; i++) {
				long begin = clock.nanoTime();
				Thread.yield();
				while (clock.nanoTime() - begin < LOOK_NANOS) {
					Thread.onSpinWait();
				}
				Iterator<Runnable> waiting = queue.iterator();
				Runnable now = waiting.hasNext() ? waiting.next() : null;
				if (now == seen || waiting.hasNext()) {
					return;
				}
				seen = now;
			}
		}

	}

}

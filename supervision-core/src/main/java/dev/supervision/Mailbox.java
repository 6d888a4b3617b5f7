package dev.supervision;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

/**
 * The queue of one process together with its scheduling state: many senders, one owner
 * (the current activation), and at most one closer.
 *
 * <p>
 * {@link #inbox} is a stack of entries, newest on top, whose bottom says whether the
 * process is idle or active: the sender that replaces {@link Mark#IDLE} is the one that
 * has to schedule it, so a wake-up is neither lost nor doubled. The owner takes the whole
 * stack, turns it round into {@link #batch} and handles that one by one. The batch points
 * at the entry being handled until that is done, so that whoever closes the mailbox sees
 * every request that might still wait for an answer.
 */
class Mailbox {

	private static final VarHandle INBOX;

	private static final VarHandle BATCH;

	private static final VarHandle LEFT;

	private static final VarHandle NEXT;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			INBOX = lookup.findVarHandle(Mailbox.class, "inbox", Envelope.class);
			BATCH = lookup.findVarHandle(Mailbox.class, "batch", Envelope.class);
			LEFT = lookup.findVarHandle(Mailbox.class, "left", int.class);
			NEXT = lookup.findVarHandle(Envelope.class, "next", Envelope.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private volatile Envelope inbox = Mark.IDLE;

	/** Written by the owner, read by the closer. */
	private volatile @Nullable Envelope batch;

	/** How many entries of the batch wait behind the one being handled. */
	private volatile int left;

	/**
	 * Adds an entry. Any thread.
	 */
	Posted post(Envelope entry) {
		while (true) {
			Envelope top = this.inbox;
			if (top == Mark.CLOSED) {
				return Posted.CLOSED;
			}
			entry.next = top;
			entry.depth = top.depth + 1;
			if (INBOX.compareAndSet(this, top, entry)) {
				return (top == Mark.IDLE) ? Posted.WAKE : Posted.QUEUED;
			}
		}
	}

	/**
	 * The entry to handle now, or {@code null} if there is none. Owner only; the same one
	 * until {@link #done}.
	 */
	@Nullable Envelope peek() {
		Envelope current = (Envelope) BATCH.get(this);
		return (current != null) ? current : take();
	}

	private @Nullable Envelope take() {
		Envelope top = this.inbox;
		while (top != Mark.ACTIVE && top != Mark.CLOSED) {
			if (top != Mark.IDLE && INBOX.compareAndSet(this, top, Mark.ACTIVE)) {
				int count = top.depth;
				Envelope oldest = reverse(top);
				LEFT.setOpaque(this, count - 1);
				// volatile: whoever ends the process after this sees the batch, and
				// whoever
				// ended it before is seen by the owner, which checks that next
				this.batch = oldest;
				return oldest;
			}
			if (top == Mark.IDLE) {
				return null;
			}
			top = this.inbox;
		}
		return null;
	}

	private static Envelope reverse(Envelope top) {
		Envelope newer = null;
		Envelope current = top;
		while (true) {
			Envelope older = current.next;
			current.next = newer;
			if (older == null || older instanceof Mark) {
				return current;
			}
			newer = current;
			current = older;
		}
	}

	/** The user's message of the given entry is about to be handled. Owner only. */
	void started(Envelope entry) {
	}

	/** The entry that {@link #peek} answered has been handled. Owner only. */
	void done() {
		Envelope current = (Envelope) BATCH.get(this);
		if (current != null) {
			Envelope next = current.next;
			BATCH.setRelease(this, next);
			if (next != null) {
				LEFT.setOpaque(this, (int) LEFT.get(this) - 1);
				// who keeps this one, to answer it later, does not keep the others
				NEXT.setRelease(current, Mark.CUT);
			}
		}
	}

	/**
	 * Lets go if there is nothing to handle; the next sender wakes the process.
	 * @return whether it did
	 */
	boolean idle() {
		// idle already, if this activation was one too many
		return BATCH.get(this) == null
				&& (INBOX.compareAndSet(this, Mark.ACTIVE, Mark.IDLE) || this.inbox == Mark.IDLE);
	}

	/**
	 * Marks the process as active although nobody has sent anything.
	 * @return whether it was idle, and the caller has to schedule it
	 */
	boolean wake() {
		return INBOX.compareAndSet(this, Mark.IDLE, Mark.ACTIVE);
	}

	boolean isClosed() {
		return this.inbox == Mark.CLOSED;
	}

	/** Whether the process is neither active nor about to be. */
	boolean isIdle() {
		return this.inbox == Mark.IDLE;
	}

	/**
	 * Takes no more entries from now on. Any thread, once.
	 * @return what was not handled, oldest first, including the entry that is being
	 * handled now or was handled last; linked by {@code next}
	 */
	Unhandled close() {
		Envelope top = (Envelope) INBOX.getAndSet(this, Mark.CLOSED);
		Envelope waiting = (top instanceof Mark) ? null : reverse(top);
		return new Unhandled(this.batch, waiting);
	}

	/**
	 * The entry after one of a batch that the owner is perhaps moving on in. Any thread.
	 */
	@Nullable Envelope after(Envelope entry) {
		Envelope next = (Envelope) NEXT.getAcquire(entry);
		// where it was cut, the owner is done with it, and further on
		return (next != Mark.CUT) ? next : this.batch;
	}

	/**
	 * What the owner has taken and not finished with, linked by {@code next}; empty
	 * afterwards. Owner only, after {@link #close}.
	 */
	@Nullable Envelope taken() {
		Envelope rest = (Envelope) BATCH.getAndSet(this, null);
		LEFT.setOpaque(this, 0);
		return rest;
	}

	/** How many entries wait; exact when nothing moves. */
	int size() {
		return this.inbox.depth + (int) LEFT.getOpaque(this);
	}

	/**
	 * What a closed mailbox still held.
	 *
	 * @param batch what the owner had taken: it may still move on in it, see
	 * {@link #after}
	 * @param waiting what nobody had taken
	 */
	record Unhandled(@Nullable Envelope batch, @Nullable Envelope waiting) {
	}

	/**
	 * What became of an entry.
	 */
	enum Posted {

		/** Taken, and the caller has to schedule the process. */
		WAKE,

		/** Taken. */
		QUEUED,

		/** Not taken: there is no process any more. */
		CLOSED,

		/** Not taken: no room. */
		FULL,

		/** Not taken, silently: no room. */
		DROPPED

	}

	/**
	 * The bottom of the stack.
	 */
	private static final class Mark extends Envelope {

		static final Mark IDLE = new Mark();

		static final Mark ACTIVE = new Mark();

		static final Mark CLOSED = new Mark();

		/** Not at the bottom: behind an entry that was handled. */
		static final Mark CUT = new Mark();

		@Override
		void deliver(Process process) {
			throw new IllegalStateException("a mark is never delivered");
		}

	}

}

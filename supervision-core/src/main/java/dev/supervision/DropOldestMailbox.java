package dev.supervision;

import java.util.ArrayDeque;
import java.util.Iterator;

import org.jspecify.annotations.Nullable;

/**
 * A mailbox that makes room for a new user message by dropping the oldest one that waits.
 * A stack cannot give up its bottom, so this one has a queue and a lock; the inbox of the
 * super class only holds the scheduling state.
 */
final class DropOldestMailbox extends Mailbox {

	static final Ended OVERLOAD = new Ended(ExitReason.of("overload"), null);

	private final int capacity;

	private final Counters counters;

	private final ArrayDeque<Envelope> queue = new ArrayDeque<>();

	private int userMessages;

	private boolean closed;

	private @Nullable Envelope current;

	DropOldestMailbox(int capacity, Counters counters) {
		this.capacity = capacity;
		this.counters = counters;
	}

	@Override
	Posted post(Envelope entry) {
		Envelope dropped = null;
		synchronized (this.queue) {
			if (this.closed) {
				return Posted.CLOSED;
			}
			if (entry.isUserMessage() && this.userMessages == this.capacity) {
				dropped = removeOldest();
				if (dropped == null) {
					// all that wait are held back by a suspension: they are out of reach
					return Posted.DROPPED;
				}
				this.userMessages--;
			}
			if (entry.isUserMessage()) {
				this.userMessages++;
			}
			this.queue.add(entry);
		}
		if (dropped != null) {
			this.counters.droppedMailboxFull.increment();
			dropped.undeliverable(OVERLOAD);
		}
		return wake() ? Posted.WAKE : Posted.QUEUED;
	}

	private @Nullable Envelope removeOldest() {
		for (Iterator<Envelope> entries = this.queue.iterator(); entries.hasNext();) {
			Envelope entry = entries.next();
			if (entry.isUserMessage()) {
				entries.remove();
				return entry;
			}
		}
		return null;
	}

	@Override
	@Nullable Envelope peek() {
		synchronized (this.queue) {
			if (this.current == null) {
				this.current = this.queue.poll();
			}
			return this.current;
		}
	}

	@Override
	void started(Envelope entry) {
		if (entry.isUserMessage()) {
			synchronized (this.queue) {
				this.userMessages--;
			}
		}
	}

	@Override
	void done() {
		synchronized (this.queue) {
			this.current = null;
		}
	}

	@Override
	boolean idle() {
		if (!super.idle()) {
			return false;
		}
		synchronized (this.queue) {
			// somebody may have added an entry while the state was still active
			return this.queue.isEmpty() || !wake();
		}
	}

	@Override
	Unhandled close() {
		super.close();
		synchronized (this.queue) {
			this.closed = true;
			Envelope first = null;
			for (Iterator<Envelope> entries = this.queue.descendingIterator(); entries.hasNext();) {
				Envelope entry = entries.next();
				entry.next = first;
				first = entry;
			}
			this.queue.clear();
			Envelope handled = this.current;
			if (handled != null) {
				handled.next = null;
			}
			return new Unhandled(handled, first);
		}
	}

	@Override
	@Nullable Envelope taken() {
		synchronized (this.queue) {
			Envelope handled = this.current;
			this.current = null;
			return handled;
		}
	}

	@Override
	int size() {
		synchronized (this.queue) {
			return this.queue.size();
		}
	}

}

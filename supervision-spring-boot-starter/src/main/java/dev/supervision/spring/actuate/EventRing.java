package dev.supervision.spring.actuate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The last events, with numbers that tell a reader whether some were lost.
 */
final class EventRing {

	private final int capacity;

	/** The oldest first. */
	private final Deque<EventEntry> entries = new ArrayDeque<>();

	private long last;

	EventRing(int capacity) {
		this.capacity = capacity;
	}

	synchronized void add(EventEntry.Builder entry) {
		this.last++;
		this.entries.addLast(entry.build(this.last));
		if (this.entries.size() > this.capacity) {
			this.entries.removeFirst();
		}
		notifyAll();
	}

	/** The number of the last event. */
	synchronized long last() {
		return this.last;
	}

	/** Waits until there is an event after the given one, or for some time. */
	synchronized void awaitAfter(long seen, long nanos) throws InterruptedException {
		if (this.last <= seen && nanos > 0) {
			TimeUnit.NANOSECONDS.timedWait(this, nanos);
		}
	}

	/** The newest events. */
	synchronized Slice newest(int limit) {
		List<EventEntry> newest = new ArrayList<>();
		for (Iterator<EventEntry> each = this.entries.descendingIterator(); each.hasNext() && newest.size() < limit;) {
			newest.add(0, each.next());
		}
		return new Slice(this.last, false, newest);
	}

	/**
	 * The first events after a number. Where a reader has missed some, or has seen events
	 * of an earlier run of the application, it is told.
	 */
	synchronized Slice since(long seen, int limit) {
		if (seen > this.last) {
			Slice newest = newest(limit);
			return new Slice(this.last, true, newest.entries);
		}
		EventEntry oldest = this.entries.peekFirst();
		boolean gap = (oldest != null) ? oldest.seq() > seen + 1 : this.last > seen;
		return new Slice(this.last, gap,
				this.entries.stream().filter(entry -> entry.seq() > seen).limit(limit).toList());
	}

	/**
	 * Part of the ring.
	 *
	 * @param last the number of the last event
	 * @param gap whether events before these are missing
	 * @param entries the oldest first
	 */
	record Slice(long last, boolean gap, List<EventEntry> entries) {
	}

}

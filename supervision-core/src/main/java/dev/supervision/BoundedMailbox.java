package dev.supervision;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A mailbox that refuses user messages beyond its capacity.
 */
final class BoundedMailbox extends Mailbox {

	private final MailboxLimit limit;

	/** User messages that wait; never more than the capacity. */
	private final AtomicInteger waiting = new AtomicInteger();

	BoundedMailbox(MailboxLimit limit) {
		this.limit = limit;
	}

	@Override
	Posted post(Envelope entry) {
		if (!entry.isUserMessage()) {
			return super.post(entry);
		}
		int count;
		do {
			count = this.waiting.get();
			if (count >= this.limit.capacity()) {
				if (isClosed()) {
					return Posted.CLOSED;
				}
				return (this.limit.onFull() == Overflow.REJECT) ? Posted.FULL : Posted.DROPPED;
			}
		}
		while (!this.waiting.compareAndSet(count, count + 1));
		return super.post(entry);
	}

	@Override
	void started(Envelope entry) {
		if (entry.isUserMessage()) {
			this.waiting.decrementAndGet();
		}
	}

}

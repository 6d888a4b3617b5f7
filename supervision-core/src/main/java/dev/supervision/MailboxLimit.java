package dev.supervision;

/**
 * The bound of a mailbox.
 *
 * @param capacity how many user messages may wait, at least 1; {@link Integer#MAX_VALUE}
 * means unbounded
 * @param onFull what happens to a message beyond that
 */
public record MailboxLimit(int capacity, Overflow onFull) {

	/** No bound, as in OTP. The default. */
	public static final MailboxLimit UNBOUNDED = new MailboxLimit(Integer.MAX_VALUE, Overflow.REJECT);

	public MailboxLimit {
		Specs.notNull("mailbox on-full", onFull, "reject, drop-newest or drop-oldest");
		Specs.require(capacity >= 1, "mailbox capacity", capacity, "a number of messages, 1 or more");
	}

	boolean isBounded() {
		return this.capacity != Integer.MAX_VALUE;
	}

}

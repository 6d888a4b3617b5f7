package dev.supervision;

/**
 * What happens to a message for a full mailbox. Signals (exits, downs, stops) are exempt.
 */
public enum Overflow {

	/** The sender gets an {@link OverloadException}. */
	REJECT,

	/** The new message is dropped and counted; a call fails at once. */
	DROP_NEWEST,

	/** The oldest waiting message is dropped and counted; if it was a call, it fails. */
	DROP_OLDEST

}

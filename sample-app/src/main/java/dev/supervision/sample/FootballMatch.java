package dev.supervision.sample;

/**
 * A match that is being played.
 */
interface FootballMatch {

	/**
	 * Reports an event. Nobody waits for it, and it may get lost with a mailbox: what has
	 * a number is in the log.
	 * @param number in the log, or 0 if it is not there
	 */
	void happened(int number, MatchEvent event);

	/**
	 * Where the match stands when all events up to a number have been applied.
	 */
	MatchReport report(int number);

	/**
	 * The answer.
	 *
	 * @param process which incarnation gives it
	 */
	record MatchReport(Score score, int events, String process) {

	}

}

package dev.supervision;

/**
 * What a node has counted since it was created.
 *
 * @param live processes that are there now, those that are being killed included
 * @param started processes started, successfully or not
 * @param exited processes ended
 * @param crashed of these, how many by an error of their own
 * @param restarted restarts by supervisors, one for each child that was started again
 * @param gaveUp how often a limit of restarts was exceeded
 * @param disowned killed processes whose thread did not leave in time
 * @param droppedNoProcess messages to processes that were not there, or had ended before
 * they handled them
 * @param droppedMailboxFull messages that a full mailbox refused or gave up
 * @param droppedFenced messages that a killed process still tried to send
 * @param lateReplies answers that nobody waited for any more
 * @param eventsDropped events that the listener was too slow for
 * @param listenerFailures events at which the listener threw
 */
public record NodeStatistics(int live, long started, long exited, long crashed, long restarted, long gaveUp,
		long disowned, long droppedNoProcess, long droppedMailboxFull, long droppedFenced, long lateReplies,
		long eventsDropped, long listenerFailures) {
}

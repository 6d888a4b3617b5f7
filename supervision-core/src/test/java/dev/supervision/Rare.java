package dev.supervision;

/**
 * States that a {@link Simulation} must reach again and again: those in which supervisors
 * are usually wrong.
 */
enum Rare {

	/** A supervisor gave up while it retried a restart that had failed. */
	ESCALATION_DURING_RESTART,

	/** A process was killed while its init ran. */
	KILL_DURING_INIT,

	/** A process was killed while it handled something. */
	KILL_DURING_HANDLE,

	/** A process was killed while its terminate ran. */
	KILL_WHILE_TERMINATING,

	/** An exit was in the mailbox already when the link was removed. */
	EXIT_CROSSING_UNLINK,

	/** A process ended while a timer of it was running. */
	TIMER_OUTLIVED,

	/** A group restart started a sibling that had been terminated by hand. */
	STOPPED_SIBLING_REVIVED,

	/** The server of a call ended before it had handled the call. */
	CALL_TO_DYING,

	/** A call was answered after its caller had given up. */
	REPLY_AFTER_TIMEOUT,

	/** A reply went out after terminate. */
	REPLY_AFTER_TERMINATE,

	/** Somebody else than the server answered a call. */
	REPLY_BY_ANOTHER,

	/** A thread left although nobody waited for it any more. */
	DISOWNED_THEN_LEFT,

	/** A retry was on its way when its child was terminated. */
	RETRY_VOIDED_BY_TERMINATE,

	/** A backoff was running when its child was terminated. */
	BACKOFF_VOIDED_BY_TERMINATE,

	/** A supervisor was killed while a child of it ran its init. */
	SUPERVISOR_KILLED_WHILE_STARTING_CHILD,

	/** A supervisor waited for a predecessor that was still on its thread. */
	SUCCESSOR_WAITS_FOR_PREDECESSOR,

	/** A process that was dead already was monitored. */
	MONITOR_OF_DEAD,

	/** A monitor had fired, but was taken back before that arrived. */
	DEMONITOR_TAKES_BACK,

	/** A process that was dead already was linked. */
	LINK_TO_DEAD,

	/** A name was registered while its last holder was still on its thread. */
	NAME_TAKEN_OVER_FROM_RUNNING_THREAD,

	/** A start failed because a living process had the name. */
	NAME_CONFLICT,

	/** A killed process still tried to reply. */
	FENCED_REPLY,

	/** A killed process still used its context. */
	FENCED_USE,

	/** The caller of a call was killed while it waited. */
	FENCED_CALL,

	/** A full mailbox refused a cast. */
	OVERLOAD_OF_CAST,

	/** A call met a full mailbox, or was dropped from it. */
	OVERLOAD_OF_CALL,

	/** A suspended process was killed. */
	SUSPENDED_AND_KILLED,

	/** A suspended process was told to stop by its supervisor. */
	SUSPENDED_AND_STOPPED,

	/** An init took longer than it may. */
	START_TIMEOUT,

	/** A child was set aside. */
	PARKED,

	/** A child that was set aside was started again. */
	PARKED_AND_REVIVED,

	/** A terminate failed. */
	TERMINATE_FAILED,

	/** A child did not stop within its limit. */
	SHUTDOWN_LIMIT_EXCEEDED,

	/** A supervisor stopped itself because of a significant child. */
	AUTO_SHUTDOWN,

	/** A first start failed, and what had started was stopped again. */
	ROLLBACK_OF_START,

	/** A supervisor ended because a child of it did too often. */
	GAVE_UP,

	/** A tree that had ended was started again. */
	TREE_REVIVED,

	/** The node was closed while something did not want to end. */
	LATE_AT_CLOSE

}

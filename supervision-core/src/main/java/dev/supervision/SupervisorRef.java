package dev.supervision;

import java.util.List;
import java.util.Optional;

/**
 * An address of a supervisor with fixed children, with the administrative calls of OTP.
 * All block until the supervisor has answered, without limit: it is busy while it starts
 * or stops a child. All throw {@link NoProcessException} if it is not there, and none
 * counts to the restart intensity.
 */
public interface SupervisorRef {

	/**
	 * Adds a child behind the others and starts it.
	 * @return {@link ChildResult.Started}, {@link ChildResult.Ignored},
	 * {@link ChildResult.AlreadyStarted}, {@link ChildResult.AlreadyPresent} or
	 * {@link ChildResult.Failed}, after which nothing is kept
	 * @throws InvalidSpecException before the supervisor is asked
	 */
	ChildResult startChild(ChildSpec spec);

	/**
	 * Stops a child; its specification stays, unless it is temporary. Cancels a restart
	 * that is under way.
	 * @return {@link ChildResult.Ok}, also when it had stopped, or
	 * {@link ChildResult.NotFound}
	 */
	ChildResult terminateChild(String id);

	/**
	 * Stops the child that a process is, unless that has been replaced in the meantime:
	 * for somebody who has seen this incarnation, and does not mean its successor.
	 * @return {@link ChildResult.Ok}, or {@link ChildResult.NotFound} if it is not, or
	 * not any more, a running child
	 */
	ChildResult terminateIncarnation(Pid pid);

	/**
	 * As {@link #terminateIncarnation}, then starts the child again in its place, with
	 * the same arguments. Done by hand, it counts to nothing, and siblings are left
	 * alone.
	 * @return {@link ChildResult.Started}, {@link ChildResult.Ignored} or
	 * {@link ChildResult.Failed}, after which it is stopped, or
	 * {@link ChildResult.NotFound}
	 */
	ChildResult restartIncarnation(Pid pid);

	/**
	 * Starts a child that has no process; one that waits for its backoff does not wait
	 * any longer.
	 * @return {@link ChildResult.Started}, {@link ChildResult.Ignored},
	 * {@link ChildResult.Running}, {@link ChildResult.Restarting},
	 * {@link ChildResult.NotFound} or {@link ChildResult.Failed}
	 */
	ChildResult restartChild(String id);

	/**
	 * Forgets a child that has no process.
	 * @return {@link ChildResult.Ok}, {@link ChildResult.Running},
	 * {@link ChildResult.Restarting} or {@link ChildResult.NotFound}
	 */
	ChildResult deleteChild(String id);

	/** The specification of a child. */
	Optional<ChildSpec> childSpec(String id);

	/** All children, the newest first. */
	List<ChildInfo> whichChildren();

	/** One child. */
	Optional<ChildInfo> whichChild(String id);

	/** The children in numbers. */
	ChildCounts countChildren();

	/** The incarnation that this refers to now, if there is one. */
	Optional<Pid> pid();

}

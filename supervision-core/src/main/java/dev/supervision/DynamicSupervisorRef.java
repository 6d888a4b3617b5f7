package dev.supervision;

import java.util.List;
import java.util.Optional;

/**
 * An address of a dynamic supervisor, with the administrative calls of Elixir's. All
 * block until the supervisor has answered, without limit. All throw
 * {@link NoProcessException} if it is not there.
 */
public interface DynamicSupervisorRef {

	/**
	 * Starts a child; the id of the specification does not identify it.
	 * @param arguments come behind the supervisor's extra arguments, at restarts too
	 * @return {@link ChildResult.Started}, {@link ChildResult.Ignored},
	 * {@link ChildResult.MaxChildren}, {@link ChildResult.AlreadyStarted} or
	 * {@link ChildResult.Failed}
	 * @throws InvalidSpecException before the supervisor is asked
	 */
	ChildResult startChild(ChildSpec spec, Object... arguments);

	/**
	 * As {@link #startChild(ChildSpec, Object...)}, for a child that can be found by an
	 * id of its own, whatever its incarnation.
	 * @return as above; {@link ChildResult.AlreadyStarted} or
	 * {@link ChildResult.AlreadyPresent} if the id is taken
	 */
	ChildResult startChild(String id, ChildSpec spec, Object... arguments);

	/**
	 * Stops a child for good.
	 * @return {@link ChildResult.Ok} or {@link ChildResult.NotFound}
	 */
	ChildResult terminateChild(Pid pid);

	/**
	 * Stops a child for good, by the id of its start.
	 * @return {@link ChildResult.Ok} or {@link ChildResult.NotFound}
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
	 * {@link ChildResult.Failed}, after which it is set aside; a temporary child cannot
	 * be started again, and is left alone, or {@link ChildResult.NotFound}
	 */
	ChildResult restartIncarnation(Pid pid);

	/**
	 * Starts a child that was set aside ({@link OnLimit#PARK}); one that waits for its
	 * backoff does not wait any longer.
	 * @return {@link ChildResult.Started}, {@link ChildResult.Ignored},
	 * {@link ChildResult.Running}, {@link ChildResult.Restarting},
	 * {@link ChildResult.NotFound} or {@link ChildResult.Failed}
	 */
	ChildResult restartChild(String id);

	/**
	 * As {@link #restartChild(String)}, by the pid of its last incarnation.
	 */
	ChildResult restartChild(Pid pid);

	/** A child by the id of its start. Reads without asking the supervisor. */
	Optional<Pid> find(String id);

	/**
	 * Whether there is a child with an id, running or not. Reads without asking the
	 * supervisor.
	 */
	boolean contains(String id);

	/** How many children there are. Reads without asking the supervisor. */
	int size();

	/**
	 * A reference to the child with an id, whatever its incarnation; while there is none,
	 * calls fail with {@link NoProcessException}.
	 */
	<M> ServerRef<M> ref(String id);

	/** All children, the newest first. */
	List<ChildInfo> whichChildren();

	/** The children in numbers. */
	ChildCounts countChildren();

	/** The incarnation that this refers to now, if there is one. */
	Optional<Pid> pid();

}

package dev.supervision.spring;

import java.util.List;
import java.util.Optional;

import dev.supervision.StartException;

/**
 * The children of a dynamic supervisor, by ids of their own (Elixir: DynamicSupervisor
 * with a registry). To be injected; where several have the same protocol, the qualifier
 * is the id of the supervisor. Safe for use by many threads.
 *
 * @param <P> the protocol of the children
 */
public interface Children<P> {

	/**
	 * Starts a child and waits until its init has returned.
	 * @param id of letters, digits and {@code _.-}, at most 64 of them, beginning with a
	 * letter or digit
	 * @param arguments for its constructor parameters marked {@link StartArgument}, in
	 * order
	 * @return a client of the child, whatever its incarnation
	 * @throws IllegalArgumentException if number or types of the arguments are wrong, or
	 * the id is; nothing is asked of the supervisor then
	 * @throws StartException if it did not start
	 */
	P start(String id, Object... arguments);

	/**
	 * A client of a child that is known; it may be restarting. Does not ask the
	 * supervisor.
	 */
	Optional<P> find(String id);

	/**
	 * Stops a child for good, and waits for its end.
	 * @return whether there was one
	 */
	boolean terminate(String id);

	/** How many children there are, those that are restarting included. */
	int count();

	/** The ids of all children, the oldest first. */
	List<String> ids();

}

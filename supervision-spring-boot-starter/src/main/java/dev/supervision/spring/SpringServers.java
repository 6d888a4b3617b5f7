package dev.supervision.spring;

import dev.supervision.ChildSpec;

/**
 * Makes specifications of servers that are Spring beans, for {@code SupervisorSpec} beans
 * written in Java. To be injected.
 */
public interface SpringServers {

	/**
	 * A worker with the defaults of {@code supervision.defaults}, registered under its
	 * bean name.
	 * @param id unique in the application
	 * @param worker the bean name of a {@link GenServer}
	 * @param arguments for its constructor parameters marked {@link StartArgument}, in
	 * order
	 * @throws IllegalArgumentException if there is no such server, or the arguments do
	 * not fit
	 */
	ChildSpec child(String id, String worker, Object... arguments);

	/**
	 * A client of whoever is registered under a name.
	 * @param protocol of the server
	 * @param name that it was given with {@link ChildSpec#name(String)}
	 * @throws IllegalArgumentException if no server has that protocol, or several have
	 * and none of them is known by that name
	 */
	<P> P client(Class<P> protocol, String name);

}

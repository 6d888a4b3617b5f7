package dev.supervision;

import java.util.List;

/**
 * Makes a new instance of a behaviour for each start; runs on the new process's own
 * thread.
 */
@FunctionalInterface
interface ServerFactory {

	GenServer<?, ?> create(List<Object> arguments) throws Exception;

}

package dev.supervision;

import java.util.List;

/**
 * Makes supervisors with fixed children.
 */
record SupervisorFactory(SupervisorSpec spec) implements ServerFactory {

	@Override
	public GenServer<?, ?> create(List<Object> arguments) {
		return new Supervisor(this.spec);
	}

}

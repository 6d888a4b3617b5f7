package dev.supervision;

import java.util.List;

/**
 * Makes dynamic supervisors.
 */
record DynamicSupervisorFactory(DynamicSupervisorSpec spec) implements ServerFactory {

	@Override
	public GenServer<?, ?> create(List<Object> arguments) {
		return new DynamicSupervisor(this.spec);
	}

}

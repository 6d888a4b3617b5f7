package dev.supervision;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A supervisor that starts with no child and gets them while it runs (Elixir:
 * DynamicSupervisor). One-for-one only; its children are stopped all at once.
 *
 * @param id unique among its siblings
 * @param intensity default {@link RestartIntensity#DEFAULT}
 * @param onLimit default {@link OnLimit#ESCALATE}
 * @param maxChildren how many children it may have, running and restarting; 0 or more;
 * default {@link Integer#MAX_VALUE}, which means no limit
 * @param extraArguments come before the arguments of every start, restarts included
 * @param name the name it is registered under; default none
 */
public record DynamicSupervisorSpec(String id, RestartIntensity intensity, OnLimit onLimit, int maxChildren,
		List<Object> extraArguments, @Nullable String name) {

	public DynamicSupervisorSpec {
		Specs.id("supervisor id", id);
		Specs.notNull("intensity", intensity, "max-restarts and within");
		Specs.notNull("on-limit", onLimit, "escalate or park");
		Specs.require(maxChildren >= 0, "max-children", maxChildren, "a number of 0 or more");
		extraArguments = Specs.list("extra-arguments", extraArguments);
	}

	/**
	 * A dynamic supervisor with all defaults.
	 */
	public static DynamicSupervisorSpec of(String id) {
		return new DynamicSupervisorSpec(id, RestartIntensity.DEFAULT, OnLimit.ESCALATE, Integer.MAX_VALUE, List.of(),
				null);
	}

	/** Sets how many restarts are allowed. */
	public DynamicSupervisorSpec intensity(int maxRestarts, Duration within) {
		return new DynamicSupervisorSpec(this.id, new RestartIntensity(maxRestarts, within), this.onLimit,
				this.maxChildren, this.extraArguments, this.name);
	}

	/** Sets what happens when a child was restarted too often. */
	public DynamicSupervisorSpec onLimit(OnLimit onLimit) {
		return new DynamicSupervisorSpec(this.id, this.intensity, onLimit, this.maxChildren, this.extraArguments,
				this.name);
	}

	/** Sets how many children it may have. */
	public DynamicSupervisorSpec maxChildren(int maxChildren) {
		return new DynamicSupervisorSpec(this.id, this.intensity, this.onLimit, maxChildren, this.extraArguments,
				this.name);
	}

	/** Sets what comes before the arguments of every start. */
	public DynamicSupervisorSpec extraArguments(Object... arguments) {
		return new DynamicSupervisorSpec(this.id, this.intensity, this.onLimit, this.maxChildren,
				Arrays.asList(arguments), this.name);
	}

	/** Registers it under a name. */
	public DynamicSupervisorSpec name(String name) {
		return new DynamicSupervisorSpec(this.id, this.intensity, this.onLimit, this.maxChildren, this.extraArguments,
				new Name<>(name).value());
	}

}

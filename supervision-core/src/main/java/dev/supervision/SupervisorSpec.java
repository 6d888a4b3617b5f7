package dev.supervision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A supervisor with its children, in start order (OTP: supervisor flags and child
 * specifications). Immutable; contradictions are found before anything starts.
 *
 * @param id unique among its siblings
 * @param strategy default {@link Strategy#ONE_FOR_ONE}
 * @param intensity default {@link RestartIntensity#DEFAULT}
 * @param onLimit default {@link OnLimit#ESCALATE}
 * @param autoShutdown default {@link AutoShutdown#NEVER}
 * @param name the name it is registered under; default none
 * @param children in start order
 */
public record SupervisorSpec(String id, Strategy strategy, RestartIntensity intensity, OnLimit onLimit,
		AutoShutdown autoShutdown, @Nullable String name, List<ChildSpec> children) {

	public SupervisorSpec {
		Specs.id("supervisor id", id);
		Specs.notNull("intensity", intensity, "max-restarts and within");
		Specs.notNull("on-limit", onLimit, "escalate or park");
		Specs.notNull("strategy", strategy, "one-for-one, one-for-all or rest-for-one");
		Specs.notNull("auto-shutdown", autoShutdown, "never, any-significant or all-significant");
		children = Specs.list("children", children);
	}

	/**
	 * A supervisor with all defaults.
	 */
	public static SupervisorSpec of(String id, ChildSpec... children) {
		return new SupervisorSpec(id, Strategy.ONE_FOR_ONE, RestartIntensity.DEFAULT, OnLimit.ESCALATE,
				AutoShutdown.NEVER, null, Arrays.asList(children));
	}

	/** Sets the strategy. */
	public SupervisorSpec strategy(Strategy strategy) {
		return new SupervisorSpec(this.id, strategy, this.intensity, this.onLimit, this.autoShutdown, this.name,
				this.children);
	}

	/** Sets how many restarts are allowed. */
	public SupervisorSpec intensity(int maxRestarts, java.time.Duration within) {
		return new SupervisorSpec(this.id, this.strategy, new RestartIntensity(maxRestarts, within), this.onLimit,
				this.autoShutdown, this.name, this.children);
	}

	/** Sets what happens when a child was restarted too often. */
	public SupervisorSpec onLimit(OnLimit onLimit) {
		return new SupervisorSpec(this.id, this.strategy, this.intensity, onLimit, this.autoShutdown, this.name,
				this.children);
	}

	/** Sets when it stops itself. */
	public SupervisorSpec autoShutdown(AutoShutdown autoShutdown) {
		return new SupervisorSpec(this.id, this.strategy, this.intensity, this.onLimit, autoShutdown, this.name,
				this.children);
	}

	/** Registers it under a name. */
	public SupervisorSpec name(String name) {
		return new SupervisorSpec(this.id, this.strategy, this.intensity, this.onLimit, this.autoShutdown,
				new Name<>(name).value(), this.children);
	}

	/** Adds a child behind the others. */
	public SupervisorSpec child(ChildSpec child) {
		List<ChildSpec> all = new ArrayList<>(this.children);
		all.add(child);
		return new SupervisorSpec(this.id, this.strategy, this.intensity, this.onLimit, this.autoShutdown, this.name,
				all);
	}

	/** Adds a supervisor as a child behind the others. */
	public SupervisorSpec child(SupervisorSpec child) {
		return child(ChildSpec.supervisor(child));
	}

	/** Adds a dynamic supervisor as a child behind the others. */
	public SupervisorSpec child(DynamicSupervisorSpec child) {
		return child(ChildSpec.supervisor(child));
	}

	/**
	 * Checks this and all below, as every start does before anything is started.
	 * @throws InvalidSpecException if something is wrong
	 */
	public void validate() {
		validate(this.id);
	}

	void validate(String path) {
		try {
			Specs.require(this.onLimit != OnLimit.PARK || this.strategy == Strategy.ONE_FOR_ONE, "on-limit", "park",
					"escalate under " + this.strategy + "; park goes with one-for-one only");
			Set<String> ids = new HashSet<>();
			for (ChildSpec child : this.children) {
				Specs.require(ids.add(child.id()), "child id", child.id(), "an id that no sibling has");
			}
		}
		catch (InvalidSpecException ex) {
			throw ex.at(path);
		}
		this.children.forEach(child -> child.validate(path, this.autoShutdown));
	}

}

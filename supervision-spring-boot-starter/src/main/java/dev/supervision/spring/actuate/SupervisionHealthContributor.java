package dev.supervision.spring.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.supervision.spring.SupervisionRuntime;

import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;

/**
 * The health of all declared trees, each by its id. Declared ones, because health groups
 * are checked before anything has started.
 */
public final class SupervisionHealthContributor implements CompositeHealthContributor {

	private final Map<String, HealthContributor> trees = new LinkedHashMap<>();

	/** Creates a contributor for the trees of an application. */
	public SupervisionHealthContributor(SupervisionRuntime runtime) {
		runtime.treeIds().forEach(id -> this.trees.put(id, new TreeHealthIndicator(runtime, id)));
	}

	@Override
	public @Nullable HealthContributor getContributor(String name) {
		return this.trees.get(name);
	}

	@Override
	public Stream<HealthContributors.Entry> stream() {
		return this.trees.entrySet().stream().map(tree -> new HealthContributors.Entry(tree.getKey(), tree.getValue()));
	}

}

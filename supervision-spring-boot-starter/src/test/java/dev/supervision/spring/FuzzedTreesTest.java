package dev.supervision.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.supervision.spring.Football.FootballMatchServer;
import dev.supervision.spring.Football.KeyValueStoreServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * Random trees: what is right is compiled, what is made wrong in one place is refused,
 * always in the same way. One seed makes one tree: set {@code fuzz.seed} to run it alone.
 */
class FuzzedTreesTest {

	private static final int COUNT = 500;

	private static final DefaultListableBeanFactory BEANS = beans();

	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void everyRightTreeIsCompiled() {
		forEachSeed(seed -> {
			RandomTrees trees = new RandomTrees(seed);
			Forest forest = compile(trees.properties);
			assertThat(forest.trees()).hasSize(trees.treeCount);
			assertThat(forest.places()).hasSize(trees.entryCount);
		});
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void everyTreeWithAMistakeIsRefusedInTheSameWay() {
		Map<String, Integer> mistakes = new LinkedHashMap<>();
		forEachSeed(seed -> {
			RandomTrees trees = new RandomTrees(seed);
			String mistake = trees.makeAMistake();
			mistakes.merge(mistake, 1, Integer::sum);
			try {
				compile(trees.properties);
				fail("The mistake '%s' is not noticed in %s", mistake, trees.properties);
			}
			catch (InvalidTreesException ex) {
				assertThat(ex.descriptions()).isNotEmpty().allMatch(text -> !text.isBlank());
				assertThat(ex.actions()).isNotEmpty().allMatch(text -> !text.isBlank());
			}
		});
		if (Long.getLong("fuzz.seed") == null) {
			assertThat(mistakes).hasSize(RandomTrees.MISTAKES);
		}
	}

	private static void forEachSeed(Consumer<Long> test) {
		Long only = Long.getLong("fuzz.seed");
		long first = (only != null) ? only : 1;
		long last = (only != null) ? only : COUNT;
		for (long seed = first; seed <= last; seed++) {
			try {
				test.accept(seed);
			}
			catch (Throwable ex) {
				throw new AssertionError("fuzz.seed=" + seed + ": " + ex.getMessage(), ex);
			}
		}
	}

	private static Forest compile(Map<String, Object> properties) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("random", properties));
		PropertiesReader reader = new PropertiesReader(environment);
		SupervisionProperties read = reader.read();
		Servers servers = new Servers(BEANS, false);
		SpecBuilder specs = new SpecBuilder(servers, new BeanFactory(BEANS));
		return new TreeCompiler(read, servers, specs, reader::origin).compileDeclarations(false);
	}

	private static DefaultListableBeanFactory beans() {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		new AnnotatedBeanDefinitionReader(beans).register(KeyValueStoreServer.class, FootballMatchServer.class);
		return beans;
	}

	/** Properties that make some trees, as a flat map. */
	private static final class RandomTrees {

		static final int MISTAKES = 24;

		private final Map<String, Object> properties = new LinkedHashMap<>();

		private final List<String> trees = new ArrayList<>();

		private final List<String> supervisors = new ArrayList<>();

		private final List<String> workers = new ArrayList<>();

		private final List<String> dynamics = new ArrayList<>();

		private final List<String> all = new ArrayList<>();

		private final Random random;

		private final int treeCount;

		private final int entryCount;

		RandomTrees(long seed) {
			this.random = new Random(seed);
			this.properties.put("supervision.unplaced", "ignore");
			this.treeCount = 1 + this.random.nextInt(3);
			for (int i = 0; i < this.treeCount; i++) {
				String tree = "supervision.trees[" + i + "]";
				this.trees.add(tree);
				supervisor(tree, 0);
			}
			// so that there is something of each kind
			String last = "supervision.trees[" + (this.treeCount - 1) + "].children[";
			int next = (int) this.all.stream().filter(entry -> entry.matches("\\Q" + last + "\\E\\d+]")).count();
			worker(last + next + "]");
			dynamic(last + (next + 1) + "]");
			nested(last + (next + 2) + "]", 5);
			some("supervision.defaults.restart", "permanent", "transient", "temporary");
			some("supervision.defaults.shutdown", "1s", "infinity", "brutal-kill", "7");
			some("supervision.defaults.mailbox.capacity", 1, "unbounded", 100);
			some("supervision.defaults.executor", "pool", "parallel", "platform");
			this.entryCount = this.all.size();
		}

		private void supervisor(String entry, int depth) {
			id(entry);
			this.supervisors.add(entry);
			boolean parks = this.random.nextInt(4) == 0;
			if (parks) {
				put(entry, "on-limit", "park");
			}
			else {
				some(entry + ".strategy", "one-for-one", "ONE_FOR_ALL", "rest-for-one");
			}
			limits(entry);
			int children = (depth > 3) ? 0 : this.random.nextInt(4);
			for (int i = 0; i < children; i++) {
				String child = entry + ".children[" + i + "]";
				switch (this.random.nextInt(3)) {
					case 0 -> nested(child, depth + 1);
					case 1 -> dynamic(child);
					default -> worker(child);
				}
			}
			if (children == 0 && depth > 0) {
				worker(entry + ".children[0]");
			}
		}

		private void nested(String entry, int depth) {
			supervisor(entry, depth);
			some(entry + ".restart", "permanent", "temporary");
			some(entry + ".shutdown", "10s", "infinity");
			some(entry + ".start-timeout", "10s", 3);
		}

		private void worker(String entry) {
			id(entry);
			this.workers.add(entry);
			put(entry, "name", "name-" + this.all.size());
			if (this.random.nextBoolean()) {
				put(entry, "worker", "football-match");
				put(entry, "arguments.home", "Finland");
			}
			else {
				put(entry, "worker", "primary-key-value-store");
			}
			options(entry);
		}

		private void dynamic(String entry) {
			id(entry);
			this.dynamics.add(entry);
			put(entry, "dynamic", "football-match");
			some(entry + ".max-children", 0, 1, 1000000);
			some(entry + ".child-restart", "permanent", "transient", "temporary");
			some(entry + ".on-limit", "park", "escalate");
			limits(entry);
			options(entry);
		}

		private void options(String entry) {
			some(entry + ".restart", "permanent", "transient", "temporary");
			some(entry + ".shutdown", "10s", 3, "infinity", "brutal-kill");
			some(entry + ".start-timeout", "1m", 3);
			some(entry + ".mailbox.capacity", 1, 1000, "unbounded");
			some(entry + ".mailbox.on-full", "reject", "drop-newest", "drop-oldest");
			some(entry + ".drain", true, false);
			some(entry + ".executor", "auto", "pool", "platform", "parallel");
			if (this.random.nextInt(4) == 0) {
				put(entry, "backoff.initial", "100ms");
				some(entry + ".backoff.max", "100ms", "1h");
				some(entry + ".backoff.multiplier", 1, 1.5, 1000);
				some(entry + ".backoff.jitter", 0, 0.25, 1);
				some(entry + ".backoff.reset-after", 0, "1m");
				some(entry + ".backoff.max-attempts", 1, 100);
			}
		}

		private void limits(String entry) {
			some(entry + ".max-restarts", 0, 3, 1000);
			some(entry + ".within", "1ms", 5, "1h");
		}

		private void id(String entry) {
			put(entry, "id", "id" + (this.random.nextBoolean() ? "-" : "x") + this.all.size());
			this.all.add(entry);
		}

		private void put(String entry, String key, Object value) {
			this.properties.put(entry + "." + key, value);
		}

		private void some(String property, Object... values) {
			if (this.random.nextInt(3) == 0) {
				this.properties.put(property, values[this.random.nextInt(values.length)]);
			}
		}

		private <T> T pick(List<T> list) {
			return list.get(this.random.nextInt(list.size()));
		}

		/** Exactly one, and what it is. */
		String makeAMistake() {
			int kind = this.random.nextInt(MISTAKES);
			switch (kind) {
				case 0 ->
					put(pick(this.all), "id", pick(List.of("Upper", "1st", "a_b", "a b", "", "a".repeat(65), "ä")));
				case 1 -> {
					String one = pick(this.all);
					String other = pick(this.all.stream().filter(entry -> !entry.equals(one)).toList());
					put(one, "id", this.properties.get(other + ".id").toString().replace("id-", "i-d"));
				}
				case 2 -> put(pick(this.workers), "worker", pick(List.of("nobody", "java.lang.String", "#{1}", "")));
				case 3 -> put(pick(this.dynamics), "dynamic", "nobody");
				case 4 -> put(pick(this.workers), "dynamic", "football-match");
				case 5 -> put(pick(this.supervisors), "strategy", pick(List.of("one_for_some", "rest", 1, true)));
				case 6 -> put(pick(this.supervisors), "max-restarts", pick(List.of(-1, "many", 1.5, Long.MAX_VALUE)));
				case 7 -> put(pick(this.supervisors), "within", pick(List.of(0, -5, "0s", "-1ms", "soon", "5 years")));
				case 8 -> put(pick(this.workers), "shutdown", pick(List.of(-1, "-1s", "never", "brutal", "5x")));
				case 9 -> put(pick(this.workers), "start-timeout", pick(List.of(0, -1, "infinity")));
				case 10 ->
					put(pick(this.workers), "mailbox.capacity", pick(List.of(0, -1, "none", 1.5, "99999999999")));
				case 11 -> put(pick(this.workers), "mailbox.on-full", pick(List.of("block", "drop")));
				case 12 -> put(pick(this.workers), "backoff.initial", pick(List.of(0, "-1s", "now")));
				case 13 -> {
					String entry = pick(this.workers);
					put(entry, "backoff.initial", "1s");
					put(entry, "backoff." + pick(List.of("max", "multiplier", "jitter", "max-attempts")), -1);
				}
				case 14 -> put(pick(this.workers), pick(List.of("strategy", "max-restarts", "on-limit", "max-children",
						"auto-shutdown", "child-restart", "within")), 1);
				case 15 -> put(pick(this.supervisors), pick(List.of("name", "drain", "executor", "max-children")), 1);
				case 16 -> put(pick(this.all), pick(List.of("idd", "wroker", "maxrestart", "0")), "x");
				case 17 -> put(pick(this.workers), "arguments.away", "Sweden");
				case 18 -> put(pick(this.dynamics), "max-children", pick(List.of(-1, "all")));
				case 19 -> this.properties.put("supervision.overrides.nobody.restart", "transient");
				case 20 -> {
					String entry = pick(this.workers);
					put(entry, "significant", true);
					put(entry, "restart", "permanent");
				}
				case 21 -> put(pick(this.trees), pick(List.of("worker", "dynamic")), "football-match");
				case 22 -> this.properties.put("supervision." + pick(List.of("close-timeout", "kill-grace",
						"defaults.start-timeout", "defaults.mailbox.capacity", "metrics.max-groups")), 0);
				default -> this.properties.put("supervision." + pick(List.of("threads", "unplaced", "on-root-failure",
						"defaults.restart", "defaults.executor", "crash.include-values", "enabled")), "perhaps");
			}
			return String.valueOf(kind);
		}

	}

}

package dev.supervision.spring;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.ServerExitedException;
import dev.supervision.spring.Football.FootballMatch;
import dev.supervision.spring.Football.KeyValueStore;
import dev.supervision.spring.actuate.SupervisionMetrics;
import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;
import dev.supervision.spring.autoconfigure.SupervisionMetricsAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The meters, as a registry and a real scrape of Prometheus show them.
 */
class MetricsTest {

	private static final String STORE = "primary-key-value-store";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(SupervisionAutoConfiguration.class, SupervisionMetricsAutoConfiguration.class,
						MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
		.withUserConfiguration(Football.Servers.class)
		.withPropertyValues(Football.TREE);

	private final ApplicationContextRunner simple = this.runner.withBean(SimpleMeterRegistry.class,
			SimpleMeterRegistry::new);

	private final ApplicationContextRunner prometheus = this.runner.withBean(PrometheusMeterRegistry.class,
			() -> new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));

	private static double count(MeterRegistry registry, String name, String... tags) {
		return registry.get(name).tags(tags).counter().count();
	}

	private static double gauge(MeterRegistry registry, String name, String... tags) {
		return registry.get(name).tags(tags).gauge().value();
	}

	@Test
	void aKilledServerCountsAsExitAndRestart() {
		this.simple.run(context -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Node node = context.getBean(Node.class);
			assertThat(count(registry, "supervision.process.starts", "supervisor", "football", "type",
					"Football.KeyValueStoreServer", "cause", "initial"))
				.isEqualTo(1);
			node.exit(node.whereis(STORE).orElseThrow(), ExitReason.KILL);
			Eventually.await("a restart", () -> count(registry, "supervision.process.restarts", "supervisor",
					"football", "type", "Football.KeyValueStoreServer") == 1);
			assertThat(count(registry, "supervision.process.exits", "supervisor", "football", "type",
					"Football.KeyValueStoreServer", "reason", "killed"))
				.isEqualTo(1);
			assertThat(count(registry, "supervision.process.starts", "supervisor", "football", "type",
					"Football.KeyValueStoreServer", "cause", "restart"))
				.isEqualTo(1);
			assertThat(gauge(registry, "supervision.restart.intensity.utilization", "supervisor", "football"))
				.isGreaterThan(0);
		});
	}

	@Test
	void messagesAndCallsAreTimedByKindAndOutcome() {
		this.simple.run(context -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Node node = context.getBean(Node.class);
			KeyValueStore store = context.getBean(KeyValueStore.class);
			store.set("foo", "bar");
			store.get("foo");
			store.get("foo");
			assertThatExceptionOfType(ServerExitedException.class)
				.isThrownBy(() -> node.raw(STORE).call("invalid_call"));
			Eventually.await("the crash is counted",
					() -> registry.find("supervision.message.processing")
						.tag("error.type", "UnsupportedOperationException")
						.timer() != null);
			assertThat(registry.get("supervision.message.processing")
				.tags("supervisor", "football", "type", "Football.KeyValueStoreServer", "kind", "call", "error.type",
						"none")
				.timer()
				.count()).isEqualTo(2);
			assertThat(registry.get("supervision.message.processing")
				.tags("type", "Football.KeyValueStoreServer", "kind", "cast", "error.type", "none")
				.timer()
				.count()).isEqualTo(1);
			assertThat(registry.get("supervision.call")
				.tags("type", "Football.KeyValueStoreServer", "error.type", "none")
				.timer()
				.totalTime(TimeUnit.NANOSECONDS)).isGreaterThan(0);
			assertThat(registry.get("supervision.call")
				.tags("type", "Football.KeyValueStoreServer", "error.type", "exit")
				.timer()
				.count()).isEqualTo(1);
			assertThat(count(registry, "supervision.crash.reports", "exception", "UnsupportedOperationException"))
				.isEqualTo(1);
		});
	}

	@Test
	void aSupervisorThatGivesUpCountsAsEscalation() {
		this.simple
			.withPropertyValues("supervision.overrides.matches.max-restarts=0",
					"supervision.overrides.football.max-restarts=0")
			.run(context -> {
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				Children<FootballMatch> matches = matches(context);
				matches.start("fin-swe", "Finland").event("nonsense");
				Eventually.await("both supervisors give up",
						() -> registry.find("supervision.restart.escalations")
							.tag("supervisor", "matches")
							.counter() != null
								&& registry.find("supervision.restart.escalations")
									.tag("supervisor", "football")
									.counter() != null);
			});
	}

	@SuppressWarnings("unchecked")
	private static Children<FootballMatch> matches(org.springframework.context.ApplicationContext context) {
		return (Children<FootballMatch>) context.getBean("matches.children");
	}

	@Test
	void droppedMessagesAreCountedByCause() {
		this.simple.run(context -> {
			context.getBean(Node.class).raw("nobody").cast("hello");
			assertThat(context.getBean(MeterRegistry.class)
				.get("supervision.messages.dropped")
				.tag("cause", "no_process")
				.functionCounter()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void manyChildrenDoNotMakeMoreMeters() {
		this.simple.run(context -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			Children<FootballMatch> matches = matches(context);
			matches.start("match-0", "Finland").events();
			List<Meter.Id> before = ids(registry);
			for (int i = 1; i < 500; i++) {
				matches.start("match-" + i, "Finland").events();
			}
			assertThat(ids(registry)).containsExactlyElementsOf(before);
		});
	}

	private static List<Meter.Id> ids(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter(id -> id.getName().startsWith("supervision."))
			.sorted((one, other) -> one.toString().compareTo(other.toString()))
			.toList();
	}

	@Test
	void groupsBeyondTheBoundShareOne() {
		this.simple.withPropertyValues("supervision.metrics.max-groups=1").run(context -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			context.getBean(KeyValueStore.class).get("foo");
			Set<String> supervisors = ids(registry).stream()
				.map(id -> id.getTag("supervisor"))
				.filter(tag -> tag != null)
				.collect(Collectors.toCollection(TreeSet::new));
			assertThat(supervisors).containsExactlyInAnyOrder("_other", "none");
		});
	}

	@Test
	void prometheusGetsTheNamesOfTheContract() {
		this.prometheus.run(context -> {
			Node node = context.getBean(Node.class);
			KeyValueStore store = context.getBean(KeyValueStore.class);
			store.set("foo", "bar");
			store.get("foo");
			PrometheusMeterRegistry registry = context.getBean(PrometheusMeterRegistry.class);
			// the answer is out before the handler has returned
			Eventually.await("the call is counted",
					() -> registry.get("supervision.message.processing")
						.tags("supervisor", "football", "kind", "call", "error.type", "none")
						.timer()
						.count() == 1);
			node.exit(node.whereis(STORE).orElseThrow(), ExitReason.KILL);
			node.raw("nobody").cast("hello");
			Eventually.await("the restarts of the store and of the matches behind it",
					() -> node.statistics().restarted() == 2);
			String scrape = registry.scrape();
			assertThat(scrape).contains(
					"supervision_process_live{kind=\"worker\",state=\"running\",supervisor=\"football\"} 1.0",
					"supervision_process_starts_total{cause=\"initial\",supervisor=\"football\",type=\"Football.KeyValueStoreServer\"} 1.0",
					"supervision_process_exits_total{reason=\"killed\",supervisor=\"football\",type=\"Football.KeyValueStoreServer\"} 1.0",
					"supervision_process_restarts_total{supervisor=\"football\",type=\"Football.KeyValueStoreServer\"} 1.0",
					"supervision_restart_intensity_utilization{supervisor=\"football\"}",
					"supervision_mailbox_size_messages{supervisor=\"football\",type=\"Football.KeyValueStoreServer\"}",
					"supervision_mailbox_size_max_messages{supervisor=\"football\",type=\"Football.KeyValueStoreServer\"}",
					"supervision_message_processing_seconds_count{error_type=\"none\",kind=\"call\",supervisor=\"football\",type=\"Football.KeyValueStoreServer\"} 1",
					"supervision_call_seconds_count{error_type=\"none\",type=\"Football.KeyValueStoreServer\"} 1",
					"supervision_messages_dropped_total{cause=\"no_process\"} 1.0");
			assertThat(scrape).doesNotContain(node.whereis(STORE).orElseThrow().toString());
		});
	}

	@Test
	void everyMeterOfANameHasTheSameTagKeys() {
		this.prometheus.run(context -> {
			context.getBean(KeyValueStore.class).get("foo");
			context.getBean(MeterRegistry.class)
				.getMeters()
				.stream()
				.map(Meter::getId)
				.filter(id -> id.getName().startsWith("supervision."))
				.collect(Collectors.groupingBy(Meter.Id::getName,
						Collectors.mapping(id -> id.getTags().stream().map(Tag::getKey).toList(), Collectors.toSet())))
				.forEach((name, keys) -> assertThat(keys).as(name).hasSize(1));
		});
	}

	@Test
	void metersCanBeSwitchedOff() {
		this.simple.withPropertyValues("supervision.metrics.enabled=false")
			.run(context -> assertThat(context).doesNotHaveBean(SupervisionMetrics.class));
	}

	@Test
	void withoutMicrometerTheTreesRunAllTheSame() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SupervisionAutoConfiguration.class,
					SupervisionMetricsAutoConfiguration.class))
			.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.withUserConfiguration(Football.Servers.class)
			.withPropertyValues(Football.TREE)
			.run(context -> assertThat(context.getBean(KeyValueStore.class).get("foo")).isNull());
	}

}

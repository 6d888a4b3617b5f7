package dev.supervision.spring;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.supervision.ChildResult;
import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.SupervisionEvent;
import dev.supervision.spring.Football.FootballMatch;
import dev.supervision.spring.actuate.SupervisionHealthContributor;
import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;
import dev.supervision.spring.autoconfigure.SupervisionHealthContributorAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Health, and what a tree that gives up does to the application.
 */
class HealthTest {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SupervisionAutoConfiguration.class,
				SupervisionHealthContributorAutoConfiguration.class, ApplicationAvailabilityAutoConfiguration.class))
		.withUserConfiguration(Football.Servers.class)
		.withPropertyValues(Football.TREE);

	private final ApplicationContextRunner fragile = this.runner.withPropertyValues(
			"supervision.overrides.matches.max-restarts=0", "supervision.overrides.football.max-restarts=0");

	private static Health health(ApplicationContext context) {
		HealthIndicator tree = (HealthIndicator) context.getBean(SupervisionHealthContributor.class)
			.getContributor("football");
		assertThat(tree).isNotNull();
		Health health = tree.health();
		assertThat(health).isNotNull();
		return health;
	}

	@SuppressWarnings("unchecked")
	private static void makeTheTreeGiveUp(ApplicationContext context) {
		((Children<FootballMatch>) context.getBean("matches.children")).start("fin-swe", "Finland").event("nonsense");
	}

	@Test
	void aTreeThatRunsIsUpAndTellsOfRestarts() {
		this.runner.run(context -> {
			Node node = context.getBean(Node.class);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			node.exit(node.whereis("primary-key-value-store").orElseThrow(), ExitReason.KILL);
			// rest for one: the store, and the matches behind it
			Eventually.await("restarts in the details",
					() -> Long.valueOf(2).equals(health(context).getDetails().get("childRestarts")));
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void aTreeThatGaveUpIsDownUntilItIsRevived() {
		this.fragile.run(context -> {
			makeTheTreeGiveUp(context);
			Eventually.await("DOWN", () -> health(context).getStatus().equals(Status.DOWN));
			assertThat(health(context).getDetails().get("reason")).asString().contains("gave up on matches");
			assertThat(context.getBean(Node.class).trees().restartChild("football"))
				.isInstanceOf(ChildResult.Started.class);
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void aTreeThatSomebodyStoppedIsOutOfService() {
		this.runner.run(context -> {
			context.getBean(Node.class).trees().terminateChild("football");
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		});
	}

	@Test
	void aTreeIsOutOfServiceBeforeAndAfterItRuns() {
		this.runner.run(context -> {
			context.getBean(SupervisionLifecycle.class).stop();
			assertThat(health(context).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
			context.getBean(SupervisionLifecycle.class).start();
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void suspendedAndParkedChildrenAreDetails() {
		this.runner
			.withPropertyValues("supervision.overrides.matches.max-restarts=0",
					"supervision.overrides.matches.on-limit=park")
			.run(context -> {
				Node node = context.getBean(Node.class);
				node.sys(node.whereis("primary-key-value-store").orElseThrow()).suspend();
				makeTheTreeGiveUp(context);
				Eventually.await("a parked child",
						() -> List.of("football/matches/fin-swe").equals(health(context).getDetails().get("parked")));
				assertThat(health(context).getDetails()).containsEntry("suspended", List.of("football/store"));
				assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			});
	}

	@ParameterizedTest
	@CsvSource({ "none, CORRECT, ACCEPTING_TRAFFIC", "readiness, CORRECT, REFUSING_TRAFFIC",
			"liveness, BROKEN, ACCEPTING_TRAFFIC" })
	void aTreeThatGivesUpActsOnTheApplication(String action, LivenessState liveness, ReadinessState readiness) {
		this.fragile.withPropertyValues("supervision.on-root-failure=" + action).run(context -> {
			AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			ApplicationAvailability availability = context.getBean(ApplicationAvailability.class);
			makeTheTreeGiveUp(context);
			Eventually.await("DOWN", () -> health(context).getStatus().equals(Status.DOWN));
			Eventually.await("the states",
					() -> availability.getLivenessState() == liveness && availability.getReadinessState() == readiness);
			context.getBean(Node.class).trees().restartChild("football");
			Eventually.await("both are well again", () -> availability.getLivenessState() == LivenessState.CORRECT
					&& availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC);
		});
	}

	@Test
	void exitEndsTheApplicationOnce() {
		List<String> exits = Collections.synchronizedList(new ArrayList<>());
		this.fragile.run(context -> {
			RootFailureListener listener = new RootFailureListener(context.getBean(SupervisionRuntime.class),
					SupervisionProperties.OnRootFailure.EXIT, context, () -> exits.add("exit"));
			makeTheTreeGiveUp(context);
			Eventually.await("DOWN", () -> health(context).getStatus().equals(Status.DOWN));
			SupervisionEvent event = new SupervisionEvent.SupervisorStopped(Instant.EPOCH,
					context.getBean(Node.class).trees().pid().orElseThrow(), "football", ExitReason.SHUTDOWN);
			listener.onEvent(event);
			listener.onEvent(event);
			Eventually.await("the exit", () -> !exits.isEmpty());
			assertThat(exits).containsExactly("exit");
		});
	}

	@Test
	void healthBacksOff() {
		this.runner.withPropertyValues("management.health.supervision.enabled=false")
			.run(context -> assertThat(context).doesNotHaveBean(SupervisionHealthContributor.class));
		this.runner.withPropertyValues("supervision.enabled=false")
			.run(context -> assertThat(context).doesNotHaveBean(SupervisionHealthContributor.class));
		this.runner.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
			.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SupervisionHealthContributor.class));
	}

}

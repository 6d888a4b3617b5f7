package dev.supervision.spring;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.NoProcessException;
import dev.supervision.Pid;
import dev.supervision.ServerExitedException;
import dev.supervision.spring.Football.FootballMatch;
import dev.supervision.spring.Football.KeyValueStore;
import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What the first page of the documentation promises.
 */
class FirstPageTest {

	private static final Duration LIMIT = Duration.ofSeconds(20);

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SupervisionAutoConfiguration.class))
		.withUserConfiguration(Football.Servers.class)
		.withPropertyValues(Football.TREE);

	@Test
	void callsAndCastsGoThroughTheMailboxOfTheServer() {
		this.runner.run(context -> {
			KeyValueStore store = context.getBean(KeyValueStore.class);
			store.set("foo", "bar");
			assertThat(store.get("foo")).isEqualTo("bar");
			assertThat(store.get("other")).isNull();
			assertThat(store).isNotInstanceOf(Football.KeyValueStoreServer.class);
		});
	}

	@Test
	void aServerThatIsKilledComesBackUnderItsNameWithItsFirstState() {
		this.runner.run(context -> {
			Node node = context.getBean(Node.class);
			KeyValueStore store = context.getBean(KeyValueStore.class);
			store.set("foo", "bar");
			Pid before = node.whereis("primary-key-value-store").orElseThrow();
			node.exit(before, ExitReason.KILL);
			Pid after = node.awaitStarted("primary-key-value-store", LIMIT);
			assertThat(after).isNotEqualTo(before);
			assertThat(store.get("foo")).isNull();
		});
	}

	@Test
	@SuppressWarnings("unchecked")
	void dynamicChildrenAreStartedFoundAndEndedById() {
		this.runner.run(context -> {
			Children<FootballMatch> matches = (Children<FootballMatch>) context.getBean("matches.children");
			FootballMatch match = matches.start("fin-swe", "Finland");
			match.event("GOAL");
			assertThat(match.events()).containsExactly("Finland GOAL");
			assertThat(matches.ids()).containsExactly("fin-swe");
			assertThat(matches.find("fin-swe")).isPresent();
			match.end();
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> {
				while (true) {
					try {
						match.events();
					}
					catch (ServerExitedException ex) {
						// it was ending just then
					}
				}
			});
		});
	}

	@Test
	void aClientThatIsUsedTooEarlySaysSo() {
		this.runner.withPropertyValues("supervision.enabled=false")
			.run(context -> assertThatExceptionOfType(TreesNotRunningException.class)
				.isThrownBy(() -> context.getBean(KeyValueStore.class).get("foo"))
				.withMessageContaining("supervision.enabled is false"));
	}

}

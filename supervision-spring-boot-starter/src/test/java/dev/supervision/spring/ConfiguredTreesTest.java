package dev.supervision.spring;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.supervision.AutoShutdown;
import dev.supervision.Backoff;
import dev.supervision.ChildSpec;
import dev.supervision.DynamicSupervisorSpec;
import dev.supervision.ExecutorType;
import dev.supervision.MailboxLimit;
import dev.supervision.OnLimit;
import dev.supervision.Overflow;
import dev.supervision.Restart;
import dev.supervision.RestartIntensity;
import dev.supervision.Shutdown;
import dev.supervision.Strategy;
import dev.supervision.SupervisorSpec;
import dev.supervision.spring.Football.KeyValueStoreServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which specifications come of annotations, {@code SupervisorSpec} beans, configuration
 * and overrides.
 */
class ConfiguredTreesTest {

	private static final String STORE = """
			supervision:
			  trees:
			    - id: football
			      children:
			        - { id: store, worker: primary-key-value-store }
			""";

	private static final String MATCHES = """
			supervision:
			  unplaced: ignore
			  trees:
			    - id: football
			      children:
			        - { id: matches, dynamic: football-match }
			""";

	// ---- every key

	@Test
	void everyKeyOfATreeIsTaken() {
		TestTrees.compiled("""
				supervision:
				  unplaced: ignore
				  trees:
				    - id: football
				      strategy: rest-for-one
				      max-restarts: 7
				      within: 30
				      auto-shutdown: all-significant
				    - id: parking
				      on-limit: park
				""", Football.Servers.class).run(context -> {
			assertThat(TestTrees.trees(context)).extracting(SupervisorSpec::id).containsExactly("football", "parking");
			SupervisorSpec football = TestTrees.tree(context, "football");
			assertThat(football.strategy()).isEqualTo(Strategy.REST_FOR_ONE);
			assertThat(football.intensity()).isEqualTo(new RestartIntensity(7, Duration.ofSeconds(30)));
			assertThat(football.autoShutdown()).isEqualTo(AutoShutdown.ALL_SIGNIFICANT);
			assertThat(football.onLimit()).isEqualTo(OnLimit.ESCALATE);
			assertThat(football.name()).isEqualTo("football");
			SupervisorSpec parking = TestTrees.tree(context, "parking");
			assertThat(parking.onLimit()).isEqualTo(OnLimit.PARK);
			assertThat(parking.strategy()).isEqualTo(Strategy.ONE_FOR_ONE);
			assertThat(parking.intensity()).isEqualTo(new RestartIntensity(3, Duration.ofSeconds(5)));
			assertThat(parking.autoShutdown()).isEqualTo(AutoShutdown.NEVER);
		});
	}

	@Test
	void everyKeyOfAWorkerIsTaken() {
		TestTrees.compiled("""
				supervision:
				  unplaced: ignore
				  trees:
				    - id: football
				      auto-shutdown: any-significant
				      children:
				        - id: store
				          worker: primary-key-value-store
				          name: the-store
				          restart: transient
				          significant: true
				          shutdown: brutal-kill
				          start-timeout: 4
				          backoff:
				            initial: 100ms
				            max: 2
				            multiplier: 3
				            jitter: 0.5
				            reset-after: 1m
				            max-attempts: 9
				          mailbox:
				            capacity: 5
				            on-full: drop-oldest
				          drain: true
				          executor: platform
				""", Football.Servers.class).run(context -> {
			ChildSpec store = TestTrees.child(context, "football/store");
			assertThat(store.name()).isEqualTo("the-store");
			assertThat(store.restart()).isEqualTo(Restart.TRANSIENT);
			assertThat(store.significant()).isTrue();
			assertThat(store.shutdown()).isEqualTo(Shutdown.BRUTAL_KILL);
			assertThat(store.startTimeout()).isEqualTo(Duration.ofSeconds(4));
			assertThat(store.backoff()).isEqualTo(
					new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), 3, 0.5, Duration.ofMinutes(1), 9));
			assertThat(store.mailbox()).isEqualTo(new MailboxLimit(5, Overflow.DROP_OLDEST));
			assertThat(store.drain()).isTrue();
			assertThat(store.executor()).isEqualTo(ExecutorType.PLATFORM);
			assertThat(store.serverType()).isEqualTo(KeyValueStoreServer.class.getName());
		});
	}

	@Test
	void aWorkerThatSaysNothingHasTheDefaultsOfTheStarter() {
		TestTrees.compiled(STORE, Store.class).run(context -> {
			ChildSpec store = TestTrees.child(context, "football/store");
			assertThat(store.name()).isEqualTo("primary-key-value-store");
			assertThat(store.restart()).isEqualTo(Restart.PERMANENT);
			assertThat(store.significant()).isFalse();
			assertThat(store.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(5)));
			assertThat(store.startTimeout()).isEqualTo(Duration.ofSeconds(30));
			assertThat(store.backoff()).isNull();
			assertThat(store.mailbox()).isEqualTo(new MailboxLimit(100_000, Overflow.REJECT));
			assertThat(store.drain()).isFalse();
			assertThat(store.executor()).isEqualTo(ExecutorType.AUTO);
		});
	}

	@Test
	void everyKeyOfADynamicSupervisorIsTaken() {
		TestTrees.compiled("""
				supervision:
				  unplaced: ignore
				  trees:
				    - id: football
				      auto-shutdown: any-significant
				      children:
				        - id: matches
				          dynamic: football-match
				          child-restart: temporary
				          restart: transient
				          significant: true
				          max-children: 3
				          max-restarts: 100
				          within: 7
				          on-limit: park
				          shutdown: 11
				          start-timeout: 12
				          backoff: { initial: 1, max: 3 }
				          mailbox: { capacity: 13 }
				          drain: true
				          executor: pool
				""", Football.Servers.class).run(context -> {
			ChildSpec matches = TestTrees.child(context, "football/matches");
			assertThat(matches.restart()).isEqualTo(Restart.TRANSIENT);
			assertThat(matches.significant()).isTrue();
			assertThat(matches.shutdown()).isEqualTo(Shutdown.INFINITY);
			DynamicSupervisorSpec dynamic = matches.dynamicSupervisorSpec().orElseThrow();
			assertThat(dynamic.intensity()).isEqualTo(new RestartIntensity(100, Duration.ofSeconds(7)));
			assertThat(dynamic.onLimit()).isEqualTo(OnLimit.PARK);
			assertThat(dynamic.maxChildren()).isEqualTo(3);
			assertThat(dynamic.name()).isEqualTo("matches");
			ChildSpec match = template(context.getBean(SupervisionRuntime.class), "matches");
			assertThat(match.restart()).isEqualTo(Restart.TEMPORARY);
			assertThat(match.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(11)));
			assertThat(match.startTimeout()).isEqualTo(Duration.ofSeconds(12));
			assertThat(match.backoff()).isEqualTo(Backoff.between(Duration.ofSeconds(1), Duration.ofSeconds(3)));
			assertThat(match.mailbox()).isEqualTo(new MailboxLimit(13, Overflow.REJECT));
			assertThat(match.drain()).isTrue();
			assertThat(match.executor()).isEqualTo(ExecutorType.POOL);
		});
	}

	@Test
	void aDynamicSupervisorThatSaysNothingHasTheDefaultsOfTheStarter() {
		TestTrees.compiled(MATCHES, Football.Servers.class).run(context -> {
			DynamicSupervisorSpec dynamic = TestTrees.child(context, "football/matches")
				.dynamicSupervisorSpec()
				.orElseThrow();
			assertThat(dynamic.maxChildren()).isEqualTo(10_000);
			assertThat(dynamic.intensity()).isEqualTo(RestartIntensity.DEFAULT);
			assertThat(dynamic.onLimit()).isEqualTo(OnLimit.ESCALATE);
			ChildSpec match = template(context.getBean(SupervisionRuntime.class), "matches");
			assertThat(match.restart()).isEqualTo(Restart.PERMANENT);
			assertThat(match.mailbox()).isEqualTo(new MailboxLimit(100_000, Overflow.REJECT));
		});
	}

	@Test
	void everyKeyOfANestedSupervisorIsTaken() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      auto-shutdown: any-significant
				      children:
				        - id: stores
				          strategy: one-for-all
				          max-restarts: 0
				          within: 1m
				          auto-shutdown: any-significant
				          restart: temporary
				          significant: true
				          shutdown: 10s
				          start-timeout: 20s
				          backoff: { initial: 2s }
				          children:
				            - { worker: primary-key-value-store }
				""", Store.class).run(context -> {
			ChildSpec stores = TestTrees.child(context, "football/stores");
			assertThat(stores.restart()).isEqualTo(Restart.TEMPORARY);
			assertThat(stores.significant()).isTrue();
			assertThat(stores.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(10)));
			assertThat(stores.startTimeout()).isEqualTo(Duration.ofSeconds(20));
			assertThat(stores.backoff()).isEqualTo(Backoff.between(Duration.ofSeconds(2), Duration.ofMinutes(1)));
			SupervisorSpec spec = stores.supervisorSpec().orElseThrow();
			assertThat(spec.strategy()).isEqualTo(Strategy.ONE_FOR_ALL);
			assertThat(spec.intensity()).isEqualTo(new RestartIntensity(0, Duration.ofMinutes(1)));
			assertThat(spec.autoShutdown()).isEqualTo(AutoShutdown.ANY_SIGNIFICANT);
			assertThat(TestTrees.ids(spec)).containsExactly("primary-key-value-store");
		});
	}

	@Test
	void aNestedSupervisorThatSaysNothingStopsWithoutLimit() {
		TestTrees.compiled("""
				supervision:
				  defaults: { shutdown: 3s, restart: temporary }
				  trees:
				    - id: football
				      children:
				        - { id: stores, children: [ { worker: primary-key-value-store } ] }
				""", Store.class).run(context -> {
			ChildSpec stores = TestTrees.child(context, "football/stores");
			assertThat(stores.shutdown()).isEqualTo(Shutdown.INFINITY);
			assertThat(stores.restart()).isEqualTo(Restart.PERMANENT);
		});
	}

	@Test
	void everyDefaultHoldsForWorkersThatSayNothing() {
		TestTrees.compiled("""
				supervision:
				  unplaced: ignore
				  defaults:
				    restart: transient
				    shutdown: infinity
				    start-timeout: 3
				    backoff: { initial: 1 }
				    mailbox: { capacity: unbounded }
				    drain: true
				    executor: parallel
				  trees:
				    - id: football
				      children:
				        - { id: store, worker: primary-key-value-store }
				        - { id: matches, dynamic: football-match }
				""", Football.Servers.class).run(context -> {
			SupervisionRuntime runtime = context.getBean(SupervisionRuntime.class);
			assertThat(List.of(TestTrees.child(context, "football/store"), template(runtime, "matches")))
				.allSatisfy(spec -> {
					assertThat(spec.restart()).isEqualTo(Restart.TRANSIENT);
					assertThat(spec.shutdown()).isEqualTo(Shutdown.INFINITY);
					assertThat(spec.startTimeout()).isEqualTo(Duration.ofSeconds(3));
					assertThat(spec.backoff()).isEqualTo(Backoff.between(Duration.ofSeconds(1), Duration.ofMinutes(1)));
					assertThat(spec.mailbox()).isEqualTo(MailboxLimit.UNBOUNDED);
					assertThat(spec.drain()).isTrue();
					assertThat(spec.executor()).isEqualTo(ExecutorType.PARALLEL);
				});
		});
	}

	@Test
	void groupsOfKeysAreMergedWithTheDefaultsKeyByKey() {
		TestTrees.compiled("""
				supervision:
				  defaults:
				    backoff: { initial: 1, max: 9 }
				    mailbox: { capacity: 17, on-full: drop-newest }
				  trees:
				    - id: football
				      children:
				        - { id: store, worker: primary-key-value-store, backoff: { max: 5 }, mailbox: { capacity: 3 } }
				""", Store.class).run(context -> {
			ChildSpec store = TestTrees.child(context, "football/store");
			assertThat(store.backoff()).isEqualTo(Backoff.between(Duration.ofSeconds(1), Duration.ofSeconds(5)));
			assertThat(store.mailbox()).isEqualTo(new MailboxLimit(3, Overflow.DROP_NEWEST));
		});
	}

	static Stream<Arguments> shutdowns() {
		return Stream.of(Arguments.of("brutal-kill", Shutdown.BRUTAL_KILL),
				Arguments.of("BRUTAL_KILL", Shutdown.BRUTAL_KILL), Arguments.of("infinity", Shutdown.INFINITY),
				Arguments.of("10s", Shutdown.within(Duration.ofSeconds(10))),
				Arguments.of("10", Shutdown.within(Duration.ofSeconds(10))),
				Arguments.of("250ms", Shutdown.within(Duration.ofMillis(250))),
				Arguments.of("PT2M", Shutdown.within(Duration.ofMinutes(2))),
				Arguments.of("0", Shutdown.within(Duration.ZERO)));
	}

	@ParameterizedTest
	@MethodSource("shutdowns")
	void aShutdownIsADurationOrAWord(String text, Shutdown expected) {
		TestTrees.compiled(STORE, Store.class)
			.withPropertyValues("supervision.overrides.store.shutdown=" + text)
			.run(context -> assertThat(TestTrees.child(context, "football/store").shutdown()).isEqualTo(expected));
	}

	@Test
	void aDurationWithoutUnitIsInSeconds() {
		TestTrees.compiled(STORE, Store.class)
			.withPropertyValues("supervision.close-timeout=7", "supervision.kill-grace=2",
					"supervision.overrides.football.within=9", "supervision.overrides.store.start-timeout=11")
			.run(context -> {
				SupervisionProperties properties = context.getBean(SupervisionProperties.class);
				assertThat(properties.closeTimeout()).isEqualTo(Duration.ofSeconds(7));
				assertThat(properties.killGrace()).isEqualTo(Duration.ofSeconds(2));
				assertThat(TestTrees.tree(context, "football").intensity().within()).isEqualTo(Duration.ofSeconds(9));
				assertThat(TestTrees.child(context, "football/store").startTimeout()).isEqualTo(Duration.ofSeconds(11));
			});
	}

	// ---- overrides

	@Test
	void anOverrideChangesOneKeyAndLeavesTheOthers() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      max-restarts: 7
				      within: 30
				      children:
				        - { id: store, worker: primary-key-value-store, restart: transient, shutdown: 9s }
				  overrides:
				    football: { max-restarts: 8 }
				    store: { shutdown: 1s }
				""", Store.class).run(context -> {
			assertThat(TestTrees.tree(context, "football").intensity())
				.isEqualTo(new RestartIntensity(8, Duration.ofSeconds(30)));
			ChildSpec store = TestTrees.child(context, "football/store");
			assertThat(store.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(1)));
			assertThat(store.restart()).isEqualTo(Restart.TRANSIENT);
		});
	}

	@Test
	void environmentVariablesOverrideIdsWithDashes() {
		TestTrees.compiled("""
				supervision:
				  unplaced: ignore
				  trees:
				    - id: world-cup
				      children:
				        - { id: primary-store, worker: primary-key-value-store, start-timeout: 1s }
				        - { id: live-matches, dynamic: football-match }
				""", Football.Servers.class)
			.withInitializer(TestTrees.variables(Map.of("SUPERVISION_OVERRIDES_WORLDCUP_MAXRESTARTS", "11",
					"SUPERVISION_CLOSETIMEOUT", "12", "SUPERVISION_OVERRIDES_PRIMARYSTORE_STARTTIMEOUT", "13s",
					"SUPERVISION_OVERRIDES_PRIMARYSTORE_MAILBOX_ONFULL", "drop-oldest",
					"SUPERVISION_OVERRIDES_LIVEMATCHES_MAXCHILDREN", "14")))
			.run(context -> {
				assertThat(TestTrees.tree(context, "world-cup").intensity().maxRestarts()).isEqualTo(11);
				assertThat(context.getBean(SupervisionProperties.class).closeTimeout())
					.isEqualTo(Duration.ofSeconds(12));
				ChildSpec store = TestTrees.child(context, "world-cup/primary-store");
				assertThat(store.startTimeout()).isEqualTo(Duration.ofSeconds(13));
				assertThat(store.mailbox()).isEqualTo(new MailboxLimit(100_000, Overflow.DROP_OLDEST));
				assertThat(TestTrees.child(context, "world-cup/live-matches")
					.dynamicSupervisorSpec()
					.orElseThrow()
					.maxChildren()).isEqualTo(14);
			});
	}

	@Test
	void environmentVariablesGoBeforeTheOverridesOfAFileAndLeaveTheirOtherKeys() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: the-store, worker: primary-key-value-store }
				  overrides:
				    the-store:
				      start-timeout: 1s
				      shutdown: 2s
				""", Store.class)
			.withInitializer(TestTrees.variables(Map.of("SUPERVISION_OVERRIDES_THESTORE_SHUTDOWN", "3s")))
			.run(context -> {
				ChildSpec store = TestTrees.child(context, "football/the-store");
				assertThat(store.startTimeout()).isEqualTo(Duration.ofSeconds(1));
				assertThat(store.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(3)));
			});
	}

	// ---- annotations

	@Test
	void annotatedServersStandInTheOrderOfTheirAnnotations() {
		TestTrees.compiled("", Annotated.class).run(context -> {
			assertThat(TestTrees.trees(context)).extracting(SupervisorSpec::id).containsExactly("annotated");
			SupervisorSpec tree = TestTrees.tree(context, "annotated");
			assertThat(TestTrees.ids(tree)).containsExactly("first", "needed", "last", "second");
			ChildSpec first = TestTrees.child(context, "annotated/first");
			assertThat(first.restart()).isEqualTo(Restart.TRANSIENT);
			assertThat(first.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(10)));
			assertThat(first.name()).isEqualTo("one");
		});
	}

	@Test
	void annotatedServersStandBehindThoseOfTheConfiguration() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: annotated
				      children:
				        - { id: store, worker: primary-key-value-store }
				""", Annotated.class, Store.class)
			.run(context -> assertThat(TestTrees.ids(TestTrees.tree(context, "annotated"))).containsExactly("store",
					"first", "needed", "last", "second"));
	}

	@Test
	void theConfigurationGoesBeforeAnnotationsAndOverridesBeforeBoth() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: annotated
				      children:
				        - { id: one, worker: one, shutdown: 11s }
				  overrides:
				    one: { start-timeout: 12s }
				""", One.class).run(context -> {
			ChildSpec one = TestTrees.child(context, "annotated/one");
			assertThat(one.restart()).as("annotation").isEqualTo(Restart.TRANSIENT);
			assertThat(one.shutdown()).as("configuration").isEqualTo(Shutdown.within(Duration.ofSeconds(11)));
			assertThat(one.startTimeout()).as("override").isEqualTo(Duration.ofSeconds(12));
		});
	}

	@Test
	void anAnnotatedMethodPlacesItsServer() {
		TestTrees.compiled("", MethodServers.class)
			.run(context -> assertThat(TestTrees.ids(TestTrees.tree(context, "methods"))).containsExactly("store"));
	}

	// ---- nobody has placed it

	@Test
	void aServerInNoTreeGoesToTheDefaultTree() {
		TestTrees.compiled("", Store.class).run(context -> {
			assertThat(TestTrees.ids(TestTrees.tree(context, "application")))
				.containsExactly("primary-key-value-store");
			assertThat(context).hasBean("primary-key-value-store.client");
		});
	}

	@Test
	void aServerInNoTreeIsAddedToADeclaredDefaultTree() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: application
				      strategy: one-for-all
				      children:
				        - { id: first, worker: camelCase }
				""", Store.class, CamelCase.class).run(context -> {
			SupervisorSpec tree = TestTrees.tree(context, "application");
			assertThat(tree.strategy()).isEqualTo(Strategy.ONE_FOR_ALL);
			assertThat(TestTrees.ids(tree)).containsExactly("first", "primary-key-value-store");
		});
	}

	@Test
	void aServerInNoTreeIsLeftOutIfSoWished() {
		TestTrees.compiled("supervision.unplaced: ignore", Store.class).run(context -> {
			assertThat(TestTrees.trees(context)).isEmpty();
			assertThat(context).doesNotHaveBean("primary-key-value-store.client");
		});
	}

	// ---- specifications in Java

	@Test
	void aTreeThatIsABeanStandsBesideThoseOfTheConfiguration() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: first, worker: camelCase }
				  overrides:
				    java-store: { shutdown: 17s, mailbox: { on-full: drop-newest } }
				    java: { max-restarts: 18 }
				""", JavaTree.class, CamelCase.class).run(context -> {
			assertThat(TestTrees.trees(context)).extracting(SupervisorSpec::id)
				.containsExactlyInAnyOrder("java", "football");
			SupervisorSpec java = TestTrees.tree(context, "java");
			assertThat(java.strategy()).isEqualTo(Strategy.ONE_FOR_ALL);
			assertThat(java.intensity()).isEqualTo(new RestartIntensity(18, Duration.ofSeconds(5)));
			ChildSpec store = TestTrees.child(context, "java/java-store");
			assertThat(store.name()).isEqualTo("primary-key-value-store");
			assertThat(store.restart()).isEqualTo(Restart.TRANSIENT);
			assertThat(store.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(17)));
			assertThat(store.mailbox()).isEqualTo(new MailboxLimit(77, Overflow.DROP_NEWEST));
			assertThat(context).hasBean("primary-key-value-store.client");
		});
	}

	@Test
	void aServerOfATreeThatIsABeanHasTheDefaultsOfTheConfiguration() {
		TestTrees
			.compiled("supervision.defaults: { start-timeout: 19s, mailbox: { on-full: drop-oldest } }", JavaTree.class)
			.run(context -> {
				ChildSpec store = TestTrees.child(context, "java/java-store");
				assertThat(store.startTimeout()).isEqualTo(Duration.ofSeconds(19));
				assertThat(TestTrees.trees(context)).hasSize(1);
			});
	}

	// ---- names and arguments

	@Test
	void aWorkerThatIsPlacedTwiceHasAClientForEachName() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: first, worker: primary-key-value-store, name: one }
				        - { id: second, worker: primary-key-value-store, name: two }
				""", Store.class).run(context -> {
			assertThat(context).hasBean("one.client").hasBean("two.client");
			assertThat(context).doesNotHaveBean("primary-key-value-store.client");
			assertThat(TestTrees.child(context, "football/first").name()).isEqualTo("one");
			assertThat(TestTrees.child(context, "football/second").name()).isEqualTo("two");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "a1", "store-2", "a-b-c",
			"abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-0123456789" })
	void anIdIsOfLettersDigitsAndDashes(String id) {
		TestTrees.compiled("supervision.trees[0].id: " + id, Store.class)
			.run(context -> assertThat(TestTrees.trees(context)).extracting(SupervisorSpec::id).contains(id));
	}

	@Test
	void anIdIsTheNameOfTheServerInAnotherForm() {
		TestTrees.compiled("", CamelCase.class).run(context -> {
			ChildSpec child = TestTrees.child(context, "application/camel-case");
			assertThat(child.name()).isEqualTo("camelCase");
		});
	}

	@Test
	void argumentsAreConvertedToTheTypesOfTheParameters() {
		TestTrees.application(Tables.class)
			.withInitializer(TestTrees
				.file("""
						supervision:
						  trees:
						    - id: league
						      children:
						        - id: table
						          worker: table
						          arguments: { teams: 20, updateEvery: 5m, order: rest-for-one, title: 'Premier, League', open: yes }
						"""))
			.run(context -> assertThat(context.getBean(Table.class).describe())
				.isEqualTo("20 PT5M REST_FOR_ONE Premier, League true"));
	}

	private static ChildSpec template(SupervisionRuntime runtime, String id) {
		return runtime.forest()
			.places()
			.stream()
			.filter(place -> place.id().equals(id))
			.map(Forest.Place::template)
			.findFirst()
			.orElseThrow();
	}

	// ---- servers

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class Store {

	}

	@GenServer("one")
	@Supervised(in = "annotated", id = "first", restart = Restart.TRANSIENT, shutdown = "10s")
	@Order(1)
	static class AnnotatedOne {

	}

	@GenServer("two")
	@Supervised(in = "annotated", id = "second", after = { "last" })
	@Order(2)
	static class AnnotatedTwo {

	}

	@GenServer("three")
	@Supervised(in = "annotated", id = "last", after = { "needed" })
	static class AnnotatedThree {

	}

	@GenServer("four")
	@Supervised(in = "annotated", id = "needed")
	@Order(4)
	static class AnnotatedFour {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ AnnotatedThree.class, AnnotatedTwo.class, AnnotatedFour.class, AnnotatedOne.class })
	static class Annotated {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(AnnotatedOne.class)
	static class One {

	}

	@Configuration(proxyBeanMethods = false)
	static class MethodServers {

		@Bean
		@GenServer
		@Supervised(in = "methods")
		KeyValueStoreServer store() {
			return new KeyValueStoreServer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class JavaTree {

		@Bean
		SupervisorSpec java(SpringServers servers) {
			return SupervisorSpec.of("java")
				.strategy(Strategy.ONE_FOR_ALL)
				.child(servers.child("java-store", "primary-key-value-store")
					.restart(Restart.TRANSIENT)
					.mailbox(new MailboxLimit(77, Overflow.REJECT)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class CamelCase {

		@Bean
		@GenServer
		KeyValueStoreServer camelCase() {
			return new KeyValueStoreServer();
		}

	}

	interface Table {

		String describe();

	}

	@GenServer("table")
	static class TableServer implements Table {

		private final String description;

		TableServer(@StartArgument int teams, @StartArgument Duration updateEvery, ServerContext self,
				@StartArgument Strategy order, @StartArgument String title, @StartArgument @Nullable Boolean open) {
			this.description = teams + " " + updateEvery + " " + order + " " + title + " " + open;
		}

		@Override
		@HandleCall
		public String describe() {
			return this.description;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(TableServer.class)
	static class Tables {

	}

}

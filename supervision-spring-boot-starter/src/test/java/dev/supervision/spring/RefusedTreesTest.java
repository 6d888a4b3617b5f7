package dev.supervision.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.supervision.Restart;
import dev.supervision.SupervisorSpec;
import dev.supervision.spring.Football.KeyValueStoreServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Nothing that is wrong with a tree is passed over in silence, and nothing is started
 * then.
 */
class RefusedTreesTest {

	private static final String TREE = """
			supervision:
			  unplaced: ignore
			  trees:
			    - id: football
			      children:
			        - { id: store, worker: primary-key-value-store }
			        - { id: matches, dynamic: football-match }
			        - id: nested
			          children:
			            - { id: match, worker: football-match, arguments: { home: Finland } }
			""";

	static Stream<Arguments> wrong() {
		return Stream.of(
				// values
				refused("overrides.football.max-restarts=-1", "max-restarts: '-1'"),
				refused("overrides.football.within=-5s", "within"), refused("overrides.football.within=0s", "within"),
				refused("overrides.football.within=soon", "overrides.football.within"),
				refused("overrides.football.strategy=one-for-some", "one-for-one, one-for-all, rest-for-one"),
				refused("overrides.matches.max-children=-1", "max-children"),
				refused("overrides.store.backoff.max-attempts=1.5", "overrides.store.backoff.max-attempts"),
				refused("overrides.matches.max-children=many", "overrides.matches.max-children", "a whole number"),
				refused("overrides.store.shutdown=never", "'never' is neither a duration"),
				refused("overrides.store.shutdown=-1", "shutdown"),
				refused("overrides.store.start-timeout=0", "start-timeout"),
				refused("overrides.store.mailbox.capacity=0", "mailbox capacity"),
				refused("overrides.store.mailbox.capacity=lots", "neither a number of messages nor unbounded"),
				refused("overrides.store.mailbox.on-full=block", "reject, drop-newest, drop-oldest"),
				refused("overrides.store.backoff.max=1s", "backoff has no initial"),
				refused("overrides.store.backoff.initial=0s", "backoff.initial"),
				refused("overrides.store.drain=perhaps", "true or false"),
				refused("overrides.store.executor=fast", "auto, virtual, pool, platform, parallel"),
				refused("overrides.store.name=", "name"),
				// keys in a wrong place
				refused("overrides.store.max-restarts=1", "the key max-restarts belongs to a supervisor"),
				refused("overrides.store.within=1s", "the key within belongs to a supervisor"),
				refused("overrides.store.on-limit=park", "the key on-limit belongs to a supervisor"),
				refused("overrides.store.strategy=one-for-all", "the key strategy belongs to a supervisor"),
				refused("overrides.store.auto-shutdown=never", "the key auto-shutdown belongs to a supervisor"),
				refused("overrides.store.max-children=1", "the key max-children belongs to a dynamic supervisor"),
				refused("overrides.store.child-restart=temporary", "the key child-restart belongs to a dynamic"),
				refused("overrides.matches.strategy=one-for-all", "the key strategy belongs to a supervisor"),
				refused("overrides.matches.name=other", "the key name belongs to a worker"),
				refused("overrides.matches.arguments.home=x", "the key arguments belongs to a worker"),
				refused("overrides.nested.mailbox.capacity=1", "the key mailbox belongs to a worker"),
				refused("overrides.nested.drain=true", "the key drain belongs to a worker"),
				refused("overrides.nested.executor=pool", "the key executor belongs to a worker"),
				refused("overrides.nested.max-children=1", "the key max-children belongs to a dynamic supervisor"),
				refused("overrides.football.restart=temporary", "the key restart belongs to a child"),
				refused("overrides.football.significant=true", "the key significant belongs to a child"),
				refused("overrides.football.shutdown=1s", "the key shutdown belongs to a child"),
				refused("overrides.football.start-timeout=1s", "the key start-timeout belongs to a child"),
				refused("overrides.football.backoff.initial=1s", "the key backoff belongs to a child"),
				// contradictions
				refused("overrides.store.significant=true", "significant"),
				refused("overrides.store.worker=football-match", "an override changes single keys"),
				refused("overrides.store.id=other", "an override changes single keys"),
				refused("overrides.nested.children[0].id=other", "an override changes single keys"),
				refused("overrides.store.arguments.name=x", "has no start argument 'name'"),
				refused("overrides.store.name=football", "is the id of the supervisor"),
				refused("overrides.match.name=primary-key-value-store", "the name 'primary-key-value-store' is taken"),
				refused("overrides.other.restart=temporary", "no child, supervisor or tree with that id"),
				// the rest of supervision
				refused("unplaced=fail", "is in no tree"), refused("unplaced=default", "default-tree, fail, ignore"),
				refused("threads=green", "auto, virtual, platform"), refused("close-timeout=0", "close-timeout"),
				refused("kill-grace=-1ms", "kill-grace"), refused("on-root-failure=panic", "none, readiness"),
				refused("defaults.restart=always", "permanent, transient, temporary"),
				refused("defaults.mailbox.capacity=-1", "supervision.defaults"),
				refused("defaults.backoff.jitter=2", "backoff has no initial"),
				refused("crash.max-reports=-1", "crash.max-reports"),
				refused("metrics.max-groups=0", "metrics.max-groups"),
				refused("crash.include-values=sometimes", "never, always"),
				refused("close-timeout=${nowhere}", "is '${nowhere}'"),
				refused("defualts.restart=transient", "there is no such key"));
	}

	private static Arguments refused(String property, String... texts) {
		return Arguments.of(property, texts);
	}

	@ParameterizedTest
	@MethodSource("wrong")
	void whatIsWrongIsRefused(String property, String[] texts) {
		ApplicationContextRunner runner = TestTrees.application(Unplaced.class).withInitializer(TestTrees.file(TREE));
		runner.withPropertyValues("supervision." + property).run(context -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class);
			InvalidTreesException failure = (InvalidTreesException) context.getStartupFailure();
			assertThat(failure.descriptions().toString() + failure.actions()).contains(texts);
			assertThat(failure.descriptions()).hasSize(1);
		});
	}

	@Test
	void theTreeOfTheseTestsIsRightButForWhatTheyChange() {
		TestTrees.compiled(TREE, Unplaced.class).run(context -> assertThat(context).hasNotFailed());
	}

	// ---- files

	@Test
	void aWordThatYamlTakesForATruthValueIsRefused() {
		assertThat(problems(
				"supervision.trees: [ { id: no, children: [ { id: store, worker: primary-key-value-store } ] } ]"))
			.singleElement()
			.asString()
			.contains("supervision.trees[0].id", "is read as 'false'", "truth values");
	}

	@Test
	void anUnknownKeyIsRefusedHoweverDeepItStands() {
		assertThat(problems("""
				supervision:
				  defaults: { backoff: { inital: 1s } }
				  trees:
				    - id: football
				      children:
				        - { id: store, worker: primary-key-value-store, shutdwon: 1s }
				        - id: nested
				          children:
				            - { id: match, mailbox: { capacity: 1, onfull: reject, on-ful: reject } }
				            - { id: other, children: [ { id: x, 'worker.x': 1 } ] }
				  overrides: { store: { restrat: permanent } }
				""")).hasSize(5)
			.anySatisfy(problem -> assertThat(problem).contains("supervision.defaults.backoff.inital", "2:34",
					"Did you mean 'initial'?"))
			.anySatisfy(problem -> assertThat(problem).contains("supervision.trees[0].children[0].shutdwon", "6:67",
					"Did you mean 'shutdown'?"))
			.anySatisfy(problem -> assertThat(problem)
				.contains("supervision.trees[0].children[1].children[0].mailbox.on-ful", "Did you mean 'on-full'?"))
			.anySatisfy(problem -> assertThat(problem)
				.contains("supervision.trees[0].children[1].children[1].children[0].worker.x"))
			.anySatisfy(problem -> assertThat(problem).contains("supervision.overrides.store.restrat",
					"Did you mean 'restart'?"));
	}

	@Test
	void aNumberThatSpringWouldTakeForSomethingElseIsRefused() {
		assertThat(problems("supervision.trees: [ { id: football, strategy: 1, max-restarts: 1.5 } ]")).hasSize(2)
			.anySatisfy(problem -> assertThat(problem).contains("strategy", "is '1'", "one of one-for-one"))
			.anySatisfy(problem -> assertThat(problem).contains("max-restarts", "is '1.5'", "a whole number"));
	}

	@Test
	void whatIsEmptyIsAllowed() {
		TestTrees.compiled("""
				supervision:
				  trees:
				    - id: football
				      children: []
				    - id: other
				      children:
				        - { id: store, worker: primary-key-value-store, arguments: {} }
				  overrides: {}
				  defaults:
				""", Store.class).run(context -> assertThat(context).hasNotFailed());
	}

	@Test
	void aFileAndVariablesThatBothHaveTreesAreRefused() {
		List<String> problems = new ArrayList<>();
		TestTrees.compiled(TREE, Unplaced.class)
			.withInitializer(TestTrees.variables(Map.of("SUPERVISION_TREES_0_STRATEGY", "one-for-all")))
			.run(context -> problems.addAll(descriptions(context.getStartupFailure())));
		assertThat(problems).singleElement()
			.asString()
			.contains("supervision.trees is defined by 2 sources: test-systemEnvironment and application.yml");
	}

	@Test
	void aClassNameIsNoWorkerAndIsNotLoaded() {
		String name = Trap.class.getName();
		assertThat(
				problems("supervision.trees: [ { id: football, children: [ { id: trap, worker: '" + name + "' } ] } ]"))
			.anySatisfy(problem -> assertThat(problem).contains(name, "which is no @GenServer bean"));
		assertThat(Sprung.trap).isFalse();
	}

	@Test
	void anExpressionStaysText() {
		assertThat(problems("supervision.trees: [ { id: football, children: [ { id: trap, worker: '#{1 + 1}' } ] } ]"))
			.anySatisfy(problem -> assertThat(problem).contains("'#{1 + 1}'"));
	}

	@Test
	void aTreeThatIsTooDeepIsRefused() {
		List<String> deep = new ArrayList<>();
		StringBuilder entry = new StringBuilder("supervision.trees[0]");
		for (int depth = 0; depth < 32; depth++) {
			deep.add(entry + ".id=t" + depth);
			entry.append(".children[0]");
		}
		deep.add(entry + ".worker=primary-key-value-store");
		TestTrees.application(Store.class).withPropertyValues(deep.toArray(String[]::new)).run(context -> {
			assertThat(context).hasFailed();
			assertThat(descriptions(context.getStartupFailure())).singleElement()
				.asString()
				.contains("more than 32 levels deep");
		});
	}

	@Test
	void everythingThatAnEntryCannotBeIsRefused() {
		assertThat(problems("""
				supervision:
				  trees:
				    - { id: one, worker: primary-key-value-store, name: a }
				    - { children: [ { id: both, worker: primary-key-value-store, dynamic: football-match, name: b } ] }
				    - { id: one }
				    - { id: two, children: [ { id: 2nd }, { id: 'a b' }, { id: '' } ] }
				""")).anySatisfy(problem -> assertThat(problem).contains("a tree is a supervisor, and not a worker"))
			.anySatisfy(problem -> assertThat(problem).contains("more than one of worker, dynamic and children"))
			.anySatisfy(problem -> assertThat(problem).contains("it has no id"))
			.anySatisfy(problem -> assertThat(problem).contains("another tree has that id"))
			.anySatisfy(problem -> assertThat(problem).contains("'2nd' is no id"))
			.anySatisfy(problem -> assertThat(problem).contains("'a b' is no id"));
	}

	@Test
	void aWorkerThatIsPlacedTwiceNeedsNames() {
		assertThat(problems("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: first, worker: primary-key-value-store }
				        - { id: second, worker: primary-key-value-store, name: two }
				""")).singleElement().asString().contains("(football/first)", "is placed 2 times");
	}

	@Test
	void twoWorkersWithOneNameAreRefused() {
		assertThat(problems("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: first, worker: primary-key-value-store, name: one }
				        - { id: second, worker: primary-key-value-store, name: one }
				""")).singleElement().asString().contains("the name 'one' is taken by");
	}

	@Test
	void parkGoesWithOneForOneOnly() {
		assertThat(problems("supervision.trees: [ { id: football, strategy: rest-for-one, on-limit: park } ]"))
			.singleElement()
			.asString()
			.contains("(football)", "on-limit");
	}

	@Test
	void significantChildrenThatContradictTheirSupervisorAreAllReported() {
		assertThat(problems(
				"""
						supervision:
						  trees:
						    - id: football
						      children:
						        - { id: first, worker: primary-key-value-store, name: one, restart: transient, significant: true }
						    - id: other
						      auto-shutdown: any-significant
						      children:
						        - { id: second, worker: primary-key-value-store, name: two, significant: true }
						        - { id: third, children: [], significant: true }
						"""))
			.hasSize(3)
			.anySatisfy(problem -> assertThat(problem).contains("(football/first)", "significant"))
			.anySatisfy(problem -> assertThat(problem).contains("(other/second)", "significant"))
			.anySatisfy(problem -> assertThat(problem).contains("(other/third)", "significant"));
	}

	@Test
	void argumentsThatDoNotFitAreRefused() {
		assertThat(problems("""
				supervision:
				  trees:
				    - id: league
				      children:
				        - { id: table, worker: counted, name: table, arguments: { count: many, coun: 1 } }
				        - { id: other, worker: counted, name: other }
				""", Counted.class)).hasSize(3)
			.anySatisfy(problem -> assertThat(problem).contains("the argument 'count' is 'many'"))
			.anySatisfy(problem -> assertThat(problem).contains("has no start argument 'coun'. Did you mean 'count'?"))
			.anySatisfy(problem -> assertThat(problem).contains("(league/other)", "needs the start argument 'count'"));
	}

	// ---- annotations and beans

	@Test
	void anAnnotationThatNamesAnUnknownTreeIsRefused() {
		assertThat(problems("supervision.trees: [ { id: football } ]", Misplaced.class)).singleElement()
			.asString()
			.contains("@Supervised", "there is no tree or supervisor with the id 'footbal'",
					"Did you mean 'football'?");
	}

	@Test
	void anAnnotationThatContradictsTheConfigurationIsRefused() {
		assertThat(problems("""
				supervision:
				  trees:
				    - id: footbal
				    - id: other
				      children: [ { worker: misplaced } ]
				""", Misplaced.class)).singleElement()
			.asString()
			.contains("places this server in 'footbal', and this in 'other'");
	}

	@Test
	void anAnnotationThatWantsToComeAfterSomethingUnknownIsRefused() {
		assertThat(problems("", AfterNobody.class)).singleElement().asString().contains("after names 'nobody'");
	}

	@Test
	void aServerWithStartArgumentsHasNoPlaceInTheDefaultTree() {
		assertThat(problems("", Counted.class)).singleElement()
			.asString()
			.contains("Server 'counted'", "cannot go to the default tree", "start arguments");
	}

	@Test
	void aBeanThatTakesIdsAndNamesOfTheConfigurationIsRefused() {
		assertThat(problems("""
				supervision:
				  trees:
				    - id: football
				      children:
				        - { id: javastore, worker: primary-key-value-store }
				""", JavaTree.class)).hasSize(2)
			.anySatisfy(problem -> assertThat(problem).contains("SupervisorSpec bean (java/java-store)",
					"the id 'java-store' is taken by supervision.trees[0].children[0] (football/javastore)"))
			.anySatisfy(problem -> assertThat(problem).contains("SupervisorSpec bean (java/java-store)",
					"the name 'primary-key-value-store' is taken"));
	}

	static Stream<Arguments> wrongForBeans() {
		return Stream.of(refused("java-store.start-timeout=-1s", "start-timeout"),
				refused("java-store.shutdown=-1s", "shutdown"), refused("java-store.mailbox.capacity=0", "capacity"),
				refused("java-store.backoff.max=1s", "backoff has no initial"),
				refused("java-store.max-restarts=3", "the key max-restarts belongs to a supervisor"),
				refused("java-store.name=other", "the key name belongs to the bean method"),
				refused("java-store.worker=other", "an override changes single keys"),
				refused("java.max-restarts=-3", "max-restarts"),
				refused("java.shutdown=3s", "the key shutdown belongs to a child"),
				refused("java-store.significant=true", "significant"),
				refused("java-stroe.restart=transient", "Did you mean 'java-store'?"));
	}

	@ParameterizedTest
	@MethodSource("wrongForBeans")
	void anOverrideThatDoesNotFitABeanIsRefused(String override, String[] texts) {
		assertThat(problems("supervision.overrides." + override.replace("=", ": "), JavaTree.class)).singleElement()
			.asString()
			.contains(texts);
	}

	@Test
	void aBeanThatContradictsItselfIsRefusedBeforeAnythingStarts() {
		assertThat(problems("", Contradiction.class)).singleElement()
			.asString()
			.contains("SupervisorSpec bean 'contradiction'", "significant");
	}

	private static List<String> problems(String yaml, Class<?>... servers) {
		List<String> problems = new ArrayList<>();
		Class<?>[] configurations = (servers.length > 0) ? servers : new Class<?>[] { Store.class };
		TestTrees.application(configurations).withInitializer(TestTrees.file(yaml)).run(context -> {
			assertThat(context).hasFailed();
			problems.addAll(descriptions(context.getStartupFailure()));
		});
		return problems;
	}

	private static List<String> descriptions(Throwable failure) {
		assertThat(failure).isInstanceOf(InvalidTreesException.class);
		return ((InvalidTreesException) failure).descriptions();
	}

	// ---- servers

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class Store {

	}

	@GenServer("unplaced")
	static class UnplacedServer {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Football.Servers.class, UnplacedServer.class })
	static class Unplaced {

	}

	/** Notices when it is loaded. */
	static class Trap {

		static {
			Sprung.trap = true;
		}

	}

	static final class Sprung {

		static volatile boolean trap;

		private Sprung() {
		}

	}

	@GenServer("counted")
	static class CountedServer {

		CountedServer(@StartArgument int count) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(CountedServer.class)
	static class Counted {

	}

	@GenServer("misplaced")
	@Supervised(in = "footbal")
	static class MisplacedServer {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(MisplacedServer.class)
	static class Misplaced {

	}

	@GenServer("after-nobody")
	@Supervised(after = "nobody")
	static class AfterNobodyServer {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(AfterNobodyServer.class)
	static class AfterNobody {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class JavaTree {

		@Bean
		SupervisorSpec java(SpringServers servers) {
			return SupervisorSpec.of("java", servers.child("java-store", "primary-key-value-store"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class Contradiction {

		@Bean
		SupervisorSpec contradiction(SpringServers servers) {
			return SupervisorSpec.of("contradiction",
					servers.child("store", "primary-key-value-store").restart(Restart.TRANSIENT).significant(true));
		}

	}

}

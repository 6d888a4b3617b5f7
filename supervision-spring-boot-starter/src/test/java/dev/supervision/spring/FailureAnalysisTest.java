package dev.supervision.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import dev.supervision.spring.Football.FootballMatch;
import dev.supervision.spring.Football.FootballMatchServer;
import dev.supervision.spring.Football.KeyValueStore;
import dev.supervision.spring.Football.KeyValueStoreServer;
import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;
import dev.supervision.spring.shop.Shop;
import jakarta.annotation.PostConstruct;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What somebody reads whose application does not start because of a mistake.
 */
@ExtendWith(OutputCaptureExtension.class)
class FailureAnalysisTest {

	private static final String FOOTBALL = """
			supervision:
			  trees:
			    - id: football
			      children:
			""";

	@TempDir
	private Path directory;

	private CapturedOutput output;

	@BeforeEach
	void capture(CapturedOutput output) {
		this.output = output;
	}

	// ---- the trees

	@Test
	void anUnknownWorkerIsReportedWithTheNearestName() {
		startWith(FOOTBALL + "        - { id: store, worker: primary-key-value-stroe }\n");
		assertThat(description()).contains("supervision.trees[0].children[0] (football/store)",
				"worker names 'primary-key-value-stroe', which is no @GenServer bean.",
				"Did you mean 'primary-key-value-store'?", "application.yml] - 5:17");
		assertThat(action()).contains("Use one of the servers [primary-key-value-store]");
	}

	@Test
	void aDuplicateIdIsReportedWhateverItsCaseAndDashes() {
		startWith(FOOTBALL + """
				        - { id: the-store, worker: primary-key-value-store, name: one }
				        - { id: thestore, worker: primary-key-value-store, name: two }
				""");
		assertThat(description()).contains("supervision.trees[0].children[1] (football/thestore)",
				"the id 'thestore' is taken by supervision.trees[0].children[0] (football/the-store)");
		assertThat(action()).contains("unique in the application, ignoring case and dashes");
	}

	@Test
	void aCycleIsReported() {
		start(Cycle.class);
		assertThat(description()).contains("[chicken, egg]", "a cycle");
		assertThat(action()).contains("Remove one of their after");
	}

	@Test
	void anUnknownKeyIsReportedWithFileAndLine() {
		startWith("supervision:\n  trees:\n    - id: football\n      strategey: rest-for-one\n");
		assertThat(description()).contains("supervision.trees[0].strategey at ", "application.yml] - 4:18",
				"there is no such key");
		assertThat(action()).contains("Correct the key, or remove it");
	}

	@Test
	void anOverrideOfAnUnknownIdIsReportedWithTheNearestOne() {
		startWith(FOOTBALL + """
				        - { id: store, worker: primary-key-value-store }
				  overrides:
				    stroe:
				      shutdown: 10s
				""");
		assertThat(description()).contains("supervision.overrides.stroe at ", "application.yml] - 8:17",
				"there is no child, supervisor or tree with that id", "Did you mean 'store'?");
		assertThat(action()).contains("Use one of [football, store");
	}

	@Test
	void twoSourcesOfTreesAreReportedWithTheirNames() {
		startWith(FOOTBALL + "        - { id: store, worker: primary-key-value-store }\n",
				"--supervision.trees[0].id=other");
		assertThat(description()).contains("supervision.trees is defined by 2 sources", "commandLineArgs",
				"application.yml", "silently replace");
		assertThat(action()).contains("Keep one list", "supervision.overrides.<id>.<key>");
	}

	@Test
	void aWordThatIsNoneOfThoseAllowedIsReportedWithThem() {
		startWith("supervision:\n  trees:\n    - id: football\n      strategy: one-for-some\n");
		assertThat(description()).contains("supervision.trees[0].strategy", "application.yml] - 4:17",
				"is 'one-for-some'");
		assertThat(action()).contains("Use one of one-for-one, one-for-all, rest-for-one");
	}

	@ParameterizedTest
	@CsvSource({ "close-timeout, supervision.close-timeout", "kill-grace, supervision.kill-grace",
			"defaults.shutdown, shutdown", "defaults.start-timeout, start-timeout",
			"overrides.store.shutdown, shutdown", "overrides.store.start-timeout, start-timeout",
			"overrides.football.within, within", "overrides.store.backoff.initial, backoff.initial" })
	void aNegativeDurationIsReported(String key, String named) {
		startWith(FOOTBALL + "        - { id: store, worker: primary-key-value-store }\n",
				"--supervision." + key + "=-5s");
		assertThat(description()).contains(named, "-5");
		assertThat(action()).contains("a duration of ");
	}

	@Test
	void everythingThatIsWrongInAFileIsReportedAtOnce() {
		start(Football.Servers.class, """
				supervision:
				  close-timeout: soon
				  unplacd: fail
				  trees:
				    - id: football
				      strategy: one-for-some
				      children:
				        - { id: store, worker: primary-key-value-store, restart: sometimes }
				        - { id: matches, dynamic: football-match, max-children: many }
				""");
		assertThat(description()).contains("There are 5 problems", "supervision.close-timeout", "supervision.unplacd",
				"supervision.trees[0].strategy", "supervision.trees[0].children[0].restart",
				"supervision.trees[0].children[1].max-children", "- 2:18", "- 3:12", "- 6:17", "- 8:66", "- 9:");
	}

	@Test
	void everythingThatIsWrongInATreeIsReportedAtOnce() {
		start(Football.Servers.class, """
				supervision:
				  trees:
				    - id: Football
				      max-restarts: -1
				      children:
				        - { id: store, worker: nobody }
				        - { id: store, worker: primary-key-value-store, shutdown: -1s, max-restarts: 3 }
				        - { id: match, worker: football-match }
				        - { id: empty }
				  overrides:
				    nothing:
				      restart: transient
				""", "--supervision.defaults.start-timeout=0");
		assertThat(description()).contains("'Football' is no id", "max-restarts", "worker names 'nobody'",
				"the id 'store' is taken", "shutdown", "the key max-restarts belongs to a supervisor",
				"needs the start argument 'home'", "it has none of worker, dynamic and children", "start-timeout",
				"supervision.overrides.nothing");
	}

	// ---- the servers

	@Test
	void aWorkerThatIsASingletonIsReported() {
		start(Singleton.class);
		assertThat(description()).contains("Server 'store' (dev.supervision.spring.Football$KeyValueStoreServer)",
				"has scope 'singleton'. Every start needs a new instance");
		assertThat(action()).contains("A @Bean method needs @Scope(\"prototype\")");
	}

	@Test
	void privateAndFinalHandlersOfAProxiedServerAreReported() {
		start(Proxied.class);
		assertThat(description()).contains("There are 2 problems", "Server 'audited'", "is proxied",
				"Audited.secret(String) is private or final", "Audited.last(Integer) is private or final");
		assertThat(action()).contains("Make that method neither private nor final, or remove the aspect");
	}

	@Test
	void twoHandlersForOneMessageAreReported() {
		start(AmbiguousServer.class);
		assertThat(description()).contains("Server 'ambiguous'", "Ambiguous.number(Number)",
				"Ambiguous.integer(Integer)", "could handle the same message");
		assertThat(action()).contains("Make the types of their parameters exclude each other");
	}

	@Test
	void theClassOfAServerThatIsInjectedIsReportedWithItsProtocol() {
		start(InjectsTheServer.class);
		assertThat(description()).contains("Parameter 0 of constructor in", "Impatient",
				"required the class dev.supervision.spring.Football$KeyValueStoreServer",
				"the server 'primary-key-value-store'", "cannot be injected");
		assertThat(action())
			.contains("Inject its protocol dev.supervision.spring.Football$KeyValueStore instead: it gives a client");
	}

	@Test
	void theProtocolOfADynamicServerThatIsInjectedIsReported() {
		start(InjectsADynamicServer.class,
				FOOTBALL + "        - { id: matches, dynamic: football-match, child-restart: transient }\n");
		assertThat(description()).contains("required a client of dev.supervision.spring.Football$FootballMatch",
				"the server 'football-match' implements it, but no tree has a worker of it");
		assertThat(action()).contains("inject Children<FootballMatch>");
	}

	// ---- the start

	@Test
	void aChildThatDoesNotStartIsReportedWithItsPathAndWhereTheReasonIs() {
		start(Shop.Broken.class, """
				supervision:
				  crash.include-values: always
				  trees:
				    - id: shop
				      children:
				        - id: back-office
				          children:
				            - { id: printer, worker: printer }
				""");
		assertThat(description())
			.contains("'shop/back-office/printer' did not start", "java.lang.IllegalStateException: out of paper",
					"at ", "Shop$PrinterServer.connect(Shop.java:")
			.doesNotContain("\n\tat ");
		assertThat(action()).contains("'shop/back-office/printer'").doesNotContain("include-values");
	}

	@Test
	void theReasonIsReportedWithoutItsMessageUnlessValuesAreIncluded() {
		start(Shop.Broken.class);
		assertThat(description()).contains("'application/printer' did not start", "java.lang.IllegalStateException",
				"Shop$PrinterServer.connect(Shop.java:");
		assertThat(action()).contains("supervision.crash.include-values=always");
		assertThat(this.output.toString()).doesNotContain("out of paper").doesNotContain("no printer");
	}

	@Test
	void aChildThatDoesNotStartInTimeIsReported() {
		start(Slow.class, "supervision.overrides.slow.start-timeout: 10ms\n");
		assertThat(description()).contains("'application/slow' did not start in time");
		assertThat(action()).contains("supervision.overrides.slow.start-timeout");
	}

	@Test
	void aServerThatIsCalledInAConstructorIsReported() {
		start(CallsInItsConstructor.class);
		assertThat(description()).contains("'callsInItsConstructor.Eager' called a server while no supervision tree",
				"are not started yet");
		assertThat(action()).contains("ApplicationRunner");
	}

	@Test
	void aServerThatIsCalledInPostConstructIsReported() {
		start(CallsInPostConstruct.class);
		assertThat(description()).contains("called a server while no supervision tree runs");
		assertThat(action()).contains("ApplicationRunner");
	}

	// ---- running it

	private void startWith(String yaml, String... arguments) {
		start(Store.class, yaml, arguments);
	}

	private void start(Class<?> configuration) {
		start(configuration, "");
	}

	private void start(Class<?> configuration, String yaml, String... arguments) {
		SpringApplication application = new SpringApplication(configuration, Starter.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--spring.config.location=" + write(yaml).toUri());
		assertThatException().isThrownBy(() -> application.run(all.toArray(String[]::new)).close());
		assertThat(this.output).contains("APPLICATION FAILED TO START");
	}

	private Path write(String yaml) {
		try {
			return Files.writeString(this.directory.resolve("application.yml"), yaml);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private String description() {
		String printed = this.output.toString();
		return printed.substring(printed.lastIndexOf("Description:"), printed.lastIndexOf("Action:"));
	}

	private String action() {
		String printed = this.output.toString();
		return printed.substring(printed.lastIndexOf("Action:"));
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SupervisionAutoConfiguration.class, AopAutoConfiguration.class })
	static class Starter {

	}

	// ---- mistakes

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class Store {

	}

	@GenServer("chicken")
	@Supervised(after = "egg")
	static class Chicken {

	}

	@GenServer("egg")
	@Supervised(after = "chicken")
	static class Egg {

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Chicken.class, Egg.class })
	static class Cycle {

	}

	@Configuration(proxyBeanMethods = false)
	static class Singleton {

		@Bean
		KeyValueStoreServer store() {
			return new KeyValueStoreServer();
		}

	}

	@GenServer("audited")
	static class Audited {

		@HandleCast
		void open(Double message) {
		}

		@HandleCast
		private void secret(String message) {
		}

		@HandleCall
		final int last(Integer message) {
			return message;
		}

	}

	@Aspect
	static class Auditor {

		@Before("execution(* dev.supervision.spring.FailureAnalysisTest.Audited.open(..))")
		void audit() {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Audited.class, Auditor.class })
	static class Proxied {

	}

	@GenServer("ambiguous")
	static class Ambiguous {

		@HandleCast
		void number(Number number) {
		}

		@HandleCast
		void integer(Integer integer) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Ambiguous.class)
	static class AmbiguousServer {

	}

	static class Impatient {

		Impatient(KeyValueStoreServer store) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ KeyValueStoreServer.class, Impatient.class })
	static class InjectsTheServer {

	}

	static class Spectator {

		Spectator(FootballMatch match) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ FootballMatchServer.class, Spectator.class })
	static class InjectsADynamicServer {

	}

	@GenServer("slow")
	static class SlowServer {

		SlowServer() throws InterruptedException {
			new java.util.concurrent.CountDownLatch(1).await();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(SlowServer.class)
	static class Slow {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(KeyValueStoreServer.class)
	static class CallsInItsConstructor {

		@Bean("callsInItsConstructor.Eager")
		String eager(KeyValueStore store) {
			return String.valueOf(store.get("foo"));
		}

	}

	static class EagerListener {

		private final KeyValueStore store;

		EagerListener(KeyValueStore store) {
			this.store = store;
		}

		@PostConstruct
		void init() {
			this.store.set("foo", "bar");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ KeyValueStoreServer.class, EagerListener.class })
	static class CallsInPostConstruct {

	}

}

package dev.supervision.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import dev.supervision.Info;
import dev.supervision.Init;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.RawRef;
import dev.supervision.spring.Football.KeyValueStoreServer;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threats of careless developers, hostile data and hostile configuration, as they are
 * numbered in the threat model. Those of the endpoint are tested with it; that there is
 * no fault injection (T26) and no loading by name (T20), {@link ArchitectureTest} says of
 * all classes.
 */
class ThreatsTest {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	/** T16: crashes do not flood the log. */
	@Test
	void manyCrashesOfAChildMakeFewLinesAndTheFirstOfThemInFull() {
		int crashes = 5_000;
		List<ILoggingEvent> lines = logged(() -> TestTrees.application(FragileServer.class)
			.withBean(AtomicInteger.class, () -> new AtomicInteger(crashes))
			.withPropertyValues("supervision.trees[0].id=glass", "supervision.trees[0].max-restarts=1000000",
					"supervision.trees[0].children[0].worker=fragile")
			.run(context -> {
				Node node = context.getBean(Node.class);
				Eventually.await("all crashes", () -> node.statistics().crashed() == crashes);
				node.awaitStarted("fragile", LIMIT);
			}));
		List<ILoggingEvent> reports = lines.stream()
			.filter(line -> line.getLoggerName().equals("supervision.crash"))
			.toList();
		// of each cause ten a minute, and this takes no more than a few
		assertThat(reports).hasSizeBetween(10, 100)
			.allSatisfy(report -> assertThat(report.getFormattedMessage()).contains("glass/fragile")
				.contains("** State")
				.contains("FragileServer.crash"));
		assertThat(lines.stream().mapToInt(line -> line.getFormattedMessage().length()).sum()).isLessThan(100_000);
	}

	private static List<ILoggingEvent> logged(Runnable application) {
		Logger logger = (Logger) LoggerFactory.getLogger("supervision");
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		appender.start();
		// another test may have made everything silent
		Level before = logger.getLevel();
		logger.setLevel(Level.INFO);
		logger.addAppender(appender);
		try {
			application.run();
		}
		finally {
			logger.detachAppender(appender);
			logger.setLevel(before);
		}
		return new ArrayList<>(appender.list);
	}

	/** T20: a class name is no server, and whoever names one has not loaded it. */
	@ParameterizedTest
	@ValueSource(strings = { "trees[0].children[0].worker", "trees[0].children[0].dynamic" })
	void aServerIsABeanAndNeverAClass(String key) {
		TestTrees.application(KeyValueStoreServer.class)
			.withPropertyValues("supervision.trees[0].id=football", "supervision." + key + "=" + Trap.class.getName(),
					"supervision.trees[0].children[0].id=trap")
			.run(context -> {
				assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
					.hasMessageContaining("'" + Trap.class.getName() + "', which is no @GenServer bean");
				assertThat(System.getProperties()).doesNotContainKey("trap.sprung");
			});
	}

	/** T20: also where an application asks for a class, it is not made of text. */
	@Test
	void aStartArgumentIsNoClassEither() {
		TestTrees.application(ReflectiveServer.class)
			.withPropertyValues("supervision.trees[0].id=reflective",
					"supervision.trees[0].children[0].worker=reflective",
					"supervision.trees[0].children[0].arguments.type=" + Trap.class.getName())
			.run(context -> {
				assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
					.hasMessageContaining("the argument 'type' is '" + Trap.class.getName() + "'");
				assertThat(System.getProperties()).doesNotContainKey("trap.sprung");
			});
	}

	/** T22: everything that is wrong in a file is told at once, with its line. */
	@Test
	void aFileFullOfMistakesIsRefusedWithAllOfThem() {
		TestTrees.application(KeyValueStoreServer.class).withInitializer(TestTrees.file("""
				supervision:
				  close-timeout: -5s
				  trees:
				    - id: football
				      intensity: 1
				      max-restarts: many
				      within: soon
				      children:
				        - { id: no, worker: primary-key-value-store }
				        - { id: store, wroker: primary-key-value-store }
				  overides: {}
				  metrics:
				    max-groups: 0
				""")).run(context -> {
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class);
			List<String> found = ((InvalidTreesException) context.getStartupFailure()).descriptions();
			for (String wrong : List.of("close-timeout", "trees[0].intensity", "trees[0].max-restarts",
					"trees[0].within", "trees[0].children[0].id", "trees[0].children[1].wroker",
					"metrics.max-groups")) {
				assertThat(found).as(wrong)
					.anySatisfy(text -> assertThat(text).contains("supervision." + wrong)
						.matches("(?s).* at .* - \\d+:\\d+.*"));
			}
		});
	}

	/** T22: a mistake in a tree is told with its line, and nothing has started. */
	@ParameterizedTest
	@ValueSource(strings = { "max-restarts: -1", "within: -5s", "within: 0s", "on-limit: panic",
			"children: [ { id: store, worker: primary-key-value-store }, { id: S-TORE, worker: other } ]" })
	void whatWouldBeTakenInSilenceIsRefused(String key) {
		TestTrees.application(KeyValueStoreServer.class).withInitializer(TestTrees.file("""
				supervision:
				  unplaced: ignore
				  trees:
				    - id: football
				      %s
				""".formatted(key))).run(context -> {
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class);
			assertThat(((InvalidTreesException) context.getStartupFailure()).descriptions()).isNotEmpty()
				.allSatisfy(text -> assertThat(text).matches("(?s).* at .* - \\d+:\\d+.*"));
		});
	}

	/** T22: a number without unit is in seconds, and not in milliseconds. */
	@Test
	void aDurationWithoutUnitIsInSeconds() {
		TestTrees.compiled("""
				supervision:
				  unplaced: ignore
				  trees: [ { id: football, within: 5 } ]
				""", KeyValueStoreServer.class)
			.run(context -> assertThat(TestTrees.tree(context, "football").intensity().within()).hasSeconds(5));
	}

	/**
	 * T24: what a handler leaves on its thread does not reach the next server there.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "leaving", "leaving-plain" })
	void nothingThatAServerLeavesOnItsThreadReachesTheNext(String leaving) {
		application("supervision.defaults.executor=pool").run(context -> {
			Node node = context.getBean(Node.class);
			RawRef leaves = node.raw(leaving);
			RawRef looks = node.raw("looking");
			int met = 0;
			for (int i = 0; i < 100_000 && met < 20; i++) {
				String thread = (String) leaves.call("leave");
				@SuppressWarnings("unchecked")
				Map<String, String> found = (Map<String, String>) looks.call("look");
				if (thread.equals(found.remove("thread"))) {
					met++;
					assertThat(found).isEmpty();
				}
			}
			assertThat(met).as("how often both ran on one thread").isEqualTo(20);
		});
	}

	/**
	 * T24: nor what it leaves when it is made, when it crashes and when it is released.
	 */
	@Test
	void whatAServerLeavesWhenItStartsAndEndsReachesNobodyEither() {
		application("supervision.defaults.executor=pool", "supervision.trees[0].max-restarts=1000000").run(context -> {
			Node node = context.getBean(Node.class);
			RawRef looks = node.raw("looking");
			for (int i = 0; i < 200; i++) {
				long crashed = node.statistics().crashed();
				node.raw("leaving").cast("crash");
				Eventually.await("a crash", () -> node.statistics().crashed() > crashed);
				node.awaitStarted("leaving", LIMIT);
				@SuppressWarnings("unchecked")
				Map<String, String> found = (Map<String, String>) looks.call("look");
				found.remove("thread");
				assertThat(found).isEmpty();
			}
		});
	}

	private static ApplicationContextRunner application(String... properties) {
		return TestTrees.application(LeavingServer.class, PlainLeavingServer.class, LookingServer.class)
			.withPropertyValues("supervision.trees[0].id=threads", "supervision.trees[0].children[0].worker=leaving",
					"supervision.trees[0].children[1].worker=looking",
					"supervision.trees[0].children[2].worker=leaving-plain")
			.withPropertyValues(properties);
	}

	private static String leave() {
		MDC.put("user", "alice");
		LocaleContextHolder.setLocale(Locale.forLanguageTag("fi"));
		RequestContextHolder.setRequestAttributes(new ServletRequestAttributes(new MockHttpServletRequest()));
		Thread.currentThread().interrupt();
		return Thread.currentThread().getName();
	}

	/** Crashes as soon as it has started, as long as there is something to break. */
	@GenServer("fragile")
	static class FragileServer {

		FragileServer(ServerContext self, AtomicInteger left) {
			if (left.getAndDecrement() > 0) {
				self.continueWith("crash");
			}
		}

		@HandleContinue
		void crash(String message) {
			throw new IllegalStateException(message);
		}

	}

	/** Says so when it is initialised. */
	static final class Trap {

		static {
			System.setProperty("trap.sprung", "true");
		}

		private Trap() {
		}

	}

	@GenServer("reflective")
	static class ReflectiveServer {

		ReflectiveServer(@StartArgument Class<?> type) {
		}

	}

	@GenServer("leaving")
	static class LeavingServer implements AutoCloseable {

		LeavingServer() {
			leave();
			// the container would not finish otherwise
			Thread.interrupted();
		}

		@HandleCall
		String leaveSomething(String message) {
			return leave();
		}

		@HandleCast
		void crash(String message) {
			leave();
			throw new IllegalStateException(message);
		}

		@Override
		public void close() {
			leave();
		}

	}

	/** In plain style. */
	@GenServer("leaving-plain")
	static class PlainLeavingServer implements dev.supervision.GenServer<Integer, Object> {

		@Override
		public Init<Integer> init(dev.supervision.ServerContext<Object> self) {
			return Init.ok(0);
		}

		@Override
		public Next<Integer> handle(Object message, Integer state, dev.supervision.ServerContext<Object> self) {
			return Next.with(state);
		}

		@Override
		public Next<Integer> handleInfo(Info info, Integer state, dev.supervision.ServerContext<Object> self) {
			if (info instanceof Info.Call call) {
				call.from().reply(leave());
			}
			return Next.with(state);
		}

	}

	@GenServer("looking")
	static class LookingServer {

		@HandleCall
		Map<String, String> look(String message) {
			Map<String, String> found = new TreeMap<>();
			Map<String, String> diagnostics = MDC.getCopyOfContextMap();
			if (diagnostics != null) {
				diagnostics.keySet().removeIf(key -> key.startsWith("supervision.process."));
				found.putAll(diagnostics);
			}
			Stream.of("locale", "request", "interrupt")
				.filter(what -> isThere(what))
				.forEach(what -> found.put(what, "left behind"));
			found.put("thread", Thread.currentThread().getName());
			return found;
		}

		private static boolean isThere(String what) {
			return switch (what) {
				case "locale" -> LocaleContextHolder.getLocaleContext() != null;
				case "request" -> RequestContextHolder.getRequestAttributes() != null;
				default -> Thread.currentThread().isInterrupted();
			};
		}

	}

}

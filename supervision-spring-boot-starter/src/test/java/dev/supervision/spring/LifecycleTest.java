package dev.supervision.spring;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.RawRef;
import dev.supervision.SupervisionEvent;
import dev.supervision.SupervisionListener;
import dev.supervision.spring.AnnotatedServerTest.Account;
import dev.supervision.spring.AnnotatedServerTest.AccountServer;
import dev.supervision.spring.Football.KeyValueStore;
import dev.supervision.spring.Football.KeyValueStoreServer;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * When the trees run, within the life of an application.
 */
@ExtendWith(OutputCaptureExtension.class)
class LifecycleTest {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String STORE = "primary-key-value-store";

	/** Two trees of two servers each. */
	private final ApplicationContextRunner runner = TestTrees.application(StepServer.class)
		.withBean(Probe.class)
		.withPropertyValues("supervision.trees[0].id=one", "supervision.trees[0].children[0].id=a",
				"supervision.trees[0].children[0].worker=step", "supervision.trees[0].children[0].name=a",
				"supervision.trees[0].children[1].id=b", "supervision.trees[0].children[1].worker=step",
				"supervision.trees[0].children[1].name=b", "supervision.trees[1].id=two",
				"supervision.trees[1].children[0].id=c", "supervision.trees[1].children[0].worker=step",
				"supervision.trees[1].children[0].name=c");

	private static Pid pid(ApplicationContext context, String name) {
		return context.getBean(Node.class).awaitStarted(name, LIMIT);
	}

	@Nested
	class StartAndStop {

		@Test
		void oneLifecycleStartsAllTrees() {
			LifecycleTest.this.runner.run(context -> {
				assertThat(context.getBeansOfType(SmartLifecycle.class)).containsOnlyKeys("supervisionLifecycle");
				assertThat(context.getBean(SmartLifecycle.class).isRunning()).isTrue();
				assertThat(context.getBean(SmartLifecycle.class).isAutoStartup()).isTrue();
			});
		}

		@Test
		void theTreesStartInOrderAndStopInReverse() {
			Probe[] probe = new Probe[1];
			LifecycleTest.this.runner.run(context -> probe[0] = context.getBean(Probe.class));
			assertThat(probe[0].told()).containsExactly("start a", "start b", "start c", "stop c", "stop b", "stop a");
		}

		@Test
		void listenersSeeTheTreesStop() {
			List<String> stopped = new CopyOnWriteArrayList<>();
			LifecycleTest.this.runner.withBean("recording", SupervisionListener.class, () -> event -> {
				if (event instanceof SupervisionEvent.SupervisorStopped supervisor) {
					stopped.add(supervisor.id());
				}
			}).run(context -> assertThat(stopped).isEmpty());
			assertThat(stopped).containsExactly("two", "one");
		}

		@Test
		void theTreesStartAfterAllSingletons() {
			LifecycleTest.this.runner.withUserConfiguration(LastSingleton.class)
				.run(context -> assertThat(context.getBean(Probe.class).told()).startsWith("singletons", "start a"));
		}

		@Test
		void stoppedTreesCanBeStartedAgain() {
			LifecycleTest.this.runner.run(context -> {
				SmartLifecycle lifecycle = context.getBean(SmartLifecycle.class);
				Step step = (Step) context.getBean("a.client");
				Pid before = pid(context, "a");
				lifecycle.stop();
				lifecycle.stop();
				assertThat(lifecycle.isRunning()).isFalse();
				assertThatExceptionOfType(TreesNotRunningException.class).isThrownBy(step::number);
				lifecycle.start();
				lifecycle.start();
				assertThat(lifecycle.isRunning()).isTrue();
				assertThat(step.number()).isEqualTo(1);
				assertThat(pid(context, "a")).isNotEqualTo(before);
				assertThat(context.getBean(Probe.class).told().stream().filter("start a"::equals)).hasSize(2);
			});
		}

		@Test
		void aContextThatIsPausedAndRestartedHasItsTreesStoppedAndStarted() {
			LifecycleTest.this.runner.run(context -> {
				ConfigurableApplicationContext application = context.getSourceApplicationContext();
				Step step = (Step) context.getBean("c.client");
				Pid before = pid(context, "c");
				application.pause();
				assertThat(context.getBean(SmartLifecycle.class).isRunning()).isFalse();
				assertThat(context.getBean(Node.class).isAlive(before)).isFalse();
				application.restart();
				assertThat(step.number()).isEqualTo(1);
				assertThat(context.getBean(Probe.class).told()).containsExactly("start a", "start b", "start c",
						"stop c", "stop b", "stop a", "start a", "start b", "start c");
			});
		}

		@Test
		void whatIsLateIsKilledWhenTheLimitIsOver(CapturedOutput output) {
			Node[] node = new Node[1];
			TestTrees.application(StubbornServer.class)
				.withBean(Probe.class)
				.withPropertyValues("supervision.close-timeout=100ms", "supervision.kill-grace=100ms",
						"supervision.defaults.shutdown=infinity")
				.run(context -> node[0] = context.getBean(Node.class));
			assertThat(node[0].processes()).isEmpty();
			assertThat(output).contains("Supervision tree 'application' may take for ever to stop")
				.contains("(supervision.close-timeout); killed were")
				.contains("application/stubborn");
		}

		@Test
		void aStopThatSpringAsksForDoesNotBlockItsThread() {
			TestTrees.application(StubbornServer.class)
				.withBean(Probe.class)
				.withPropertyValues("supervision.defaults.shutdown=infinity")
				.run(context -> {
					Probe probe = context.getBean(Probe.class);
					context.getBean(SmartLifecycle.class).stop(() -> probe.tell("called back"));
					probe.awaitTold("stopping");
					assertThat(probe.told()).doesNotContain("called back");
					probe.open("stubborn");
					probe.awaitTold("called back");
					assertThat(context.getBean(SmartLifecycle.class).isRunning()).isFalse();
				});
		}

		@Test
		void aStartThatFailsStopsWhatWasStarted() {
			Probe probe = new Probe();
			TestTrees.application(StepServer.class, BrokenServer.class)
				.withBean(Probe.class, () -> probe)
				.withPropertyValues("supervision.trees[0].id=one", "supervision.trees[0].children[0].worker=step",
						"supervision.trees[1].id=two", "supervision.trees[1].children[0].worker=broken")
				.run(context -> assertThat(context.getStartupFailure().getCause()).isInstanceOfSatisfying(
						TreeStartException.class, failure -> assertThat(failure.path()).isEqualTo("two/broken")));
			assertThat(probe.told()).containsExactly("start step", "stop step");
			awaitKeepAlives(0);
		}

		@Test
		void withoutAnyTreeNothingKeepsTheApplicationAlive() {
			TestTrees.application().run(context -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(SmartLifecycle.class).isRunning()).isTrue();
				awaitKeepAlives(0);
			});
		}

	}

	@Nested
	class TooEarlyOrTooLate {

		private static final String NOT_STARTED = "the supervision trees are not started yet, or are stopped already";

		private static final String DISABLED = "supervision.enabled is false";

		private static void assertEveryClientSays(Account account, RawRef raw, String text) {
			List<ThrowingCallable> calls = List.of(account::balance, () -> account.close("x"), () -> account.deposit(1),
					() -> account.interest("today"), () -> raw.call("x"), () -> raw.cast("x"));
			for (ThrowingCallable call : calls) {
				assertThatExceptionOfType(TreesNotRunningException.class).isThrownBy(call).withMessageContaining(text);
			}
		}

		@Test
		void aClientThatIsCalledBeforeTheTreesRunSaysSo() {
			TestTrees.application(AccountServer.class).withBean(Probe.class).withBean(EarlyBird.class).run(context -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Account.class).balance()).isZero();
			});
		}

		@Test
		void aClientThatIsCalledAfterTheTreesRanSaysSo() {
			Account[] account = new Account[1];
			RawRef[] raw = new RawRef[1];
			TestTrees.application(AccountServer.class).withBean(Probe.class).run(context -> {
				account[0] = context.getBean(Account.class);
				raw[0] = context.getBean(RawRef.class);
				context.getBean(SmartLifecycle.class).stop();
				assertEveryClientSays(account[0], raw[0], NOT_STARTED);
			});
			// of an application that is closed
			assertEveryClientSays(account[0], raw[0], NOT_STARTED);
		}

		@Test
		void aClientThatIsCalledWithoutTreesSaysSo() {
			TestTrees.application(AccountServer.class)
				.withBean(Probe.class)
				.withPropertyValues("supervision.enabled=false")
				.run(context -> {
					assertThat(context.getBean(SmartLifecycle.class).isRunning()).isFalse();
					assertThat(context.getBean(Node.class).trees().whichChildren()).isEmpty();
					assertEveryClientSays(context.getBean(Account.class), context.getBean(RawRef.class), DISABLED);
				});
		}

		/** Has its turn when the singletons are there and the trees are not. */
		static class EarlyBird implements SmartInitializingSingleton {

			private final Account account;

			private final RawRef raw;

			EarlyBird(Account account, RawRef raw) {
				this.account = account;
				this.raw = raw;
			}

			@Override
			public void afterSingletonsInstantiated() {
				assertEveryClientSays(this.account, this.raw, NOT_STARTED);
			}

		}

	}

	@Nested
	class WebServers {

		private ConfigurableApplicationContext start() {
			return new SpringApplicationBuilder(Web.class).run("--server.port=0", "--server.shutdown=graceful",
					"--spring.main.banner-mode=off");
		}

		@Test
		void theTreesRunBeforeTheWebServerAccepts() {
			try (ConfigurableApplicationContext context = start()) {
				assertThat(context.getBean(Probe.class).told()).containsExactly("start step", "web server");
			}
		}

		@Test
		void aRequestThatIsServedWhenTheApplicationStopsStillFindsItsServer() throws Exception {
			Probe probe;
			CompletableFuture<HttpResponse<String>> response;
			try (ConfigurableApplicationContext context = start()) {
				probe = context.getBean(Probe.class);
				int port = ((WebServerApplicationContext) context).getWebServer().getPort();
				response = HttpClient.newHttpClient()
					.sendAsync(HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/late")).build(),
							HttpResponse.BodyHandlers.ofString());
				probe.awaitTold("request");
			}
			assertThat(response.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
			assertThat(response.get().body()).isEqualTo("number 1");
			assertThat(probe.told()).containsExactly("start step", "web server", "request", "draining", "served",
					"stop step");
		}

	}

	@Nested
	class Several {

		private final ApplicationContextRunner store = TestTrees.application(KeyValueStoreServer.class);

		@Test
		void twoApplicationsInOneVirtualMachineDoNotSeeEachOther() {
			List<SupervisionEvent> ones = new ArrayList<>();
			List<SupervisionEvent> others = new ArrayList<>();
			listening(ones, one -> listening(others, other -> {
				KeyValueStore here = one.getBean(KeyValueStore.class);
				KeyValueStore there = other.getBean(KeyValueStore.class);
				here.set("who", "one");
				there.set("who", "other");
				assertThat(here.get("who")).isEqualTo("one");
				assertThat(there.get("who")).isEqualTo("other");
				Pid mine = pid(one, STORE);
				Pid theirs = pid(other, STORE);
				assertThat(one.getBean(Node.class)).isNotSameAs(other.getBean(Node.class));
				one.getBean(Node.class).exit(mine, ExitReason.KILL);
				Eventually.await("a successor",
						() -> one.getBean(Node.class).whereis(STORE).filter(now -> !now.equals(mine)).isPresent());
				Eventually.await("its event", () -> restarts(ones) == 1);
				assertThat(pid(other, STORE)).isEqualTo(theirs);
				assertThat(there.get("who")).isEqualTo("other");
				other.close();
				assertThat(here.get("who")).isNull();
			}));
			assertThat(restarts(others)).isZero();
		}

		private void listening(List<SupervisionEvent> events, Consumer<ConfigurableApplicationContext> test) {
			this.store.withBean("recording", SupervisionListener.class, () -> event -> {
				synchronized (events) {
					events.add(event);
				}
			}).run(context -> test.accept(context.getSourceApplicationContext()));
		}

		private static long restarts(List<SupervisionEvent> events) {
			synchronized (events) {
				return events.stream().filter(SupervisionEvent.Restarted.class::isInstance).count();
			}
		}

		@Test
		void anApplicationThatIsStartedTenTimesLeavesNoThreadAndNoProcess() {
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			List<Node> nodes = new ArrayList<>();
			for (int i = 0; i < 10; i++) {
				LifecycleTest.this.runner.run(context -> {
					nodes.add(context.getBean(Node.class));
					crash(context);
				});
			}
			assertThat(nodes).hasSize(10).allSatisfy(node -> assertThat(node.processes()).isEmpty());
			awaitEndOfThreadsBut(before);
		}

		@Test
		void anApplicationThatIsRestartedTenTimesLeavesNoThreadAndNoProcess() {
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			LifecycleTest.this.runner.run(context -> {
				Node node = context.getBean(Node.class);
				crash(context);
				long processes = node.processes().count();
				for (int i = 0; i < 10; i++) {
					context.getSourceApplicationContext().pause();
					assertThat(node.processes()).hasSize(1);
					awaitKeepAlives(0);
					context.getSourceApplicationContext().restart();
					crash(context);
					assertThat(node.processes()).hasSize((int) processes);
				}
				awaitKeepAlives(1);
			});
			awaitEndOfThreadsBut(before);
		}

		private static void crash(ApplicationContext context) {
			Pid victim = pid(context, "a");
			context.getBean(Node.class).exit(victim, ExitReason.KILL);
			Eventually.await("its successor",
					() -> context.getBean(Node.class).whereis("a").filter(now -> !now.equals(victim)).isPresent());
			pid(context, "a");
		}

		private static void awaitEndOfThreadsBut(Set<Thread> before) {
			Eventually.await("the end of all threads of the trees",
					() -> Thread.getAllStackTraces()
						.keySet()
						.stream()
						.filter(thread -> !before.contains(thread))
						.noneMatch(thread -> thread.getName().startsWith("supervision")));
		}

	}

	@Nested
	class VirtualMachines {

		private Process start(String... arguments) throws Exception {
			List<String> command = new ArrayList<>(
					List.of(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-cp",
							System.getProperty("java.class.path"), LongLivedApplication.class.getName()));
			command.addAll(List.of(arguments));
			return new ProcessBuilder(command).redirectErrorStream(true).start();
		}

		@Test
		void aTreeKeepsOneWithoutWebServerAliveUntilItIsStopped() throws Exception {
			Process process = start();
			try (BufferedReader output = new BufferedReader(
					new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
					OutputStream input = process.getOutputStream()) {
				String line = output.readLine();
				while (line != null && !line.equals(LongLivedApplication.MAIN_IS_OVER)) {
					line = output.readLine();
				}
				assertThat(line).isEqualTo(LongLivedApplication.MAIN_IS_OVER);
				assertThat(process.isAlive()).isTrue();
				input.write('\n');
				input.flush();
				assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).isZero();
			}
			finally {
				process.destroyForcibly();
			}
		}

		@Test
		void withoutTreesItEndsWithItsMainThread() throws Exception {
			Process process = start("--supervision.enabled=false");
			try {
				process.getInputStream().readAllBytes();
				assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).isZero();
			}
			finally {
				process.destroyForcibly();
			}
		}

	}

	/** That thread needs a moment to end. */
	private static void awaitKeepAlives(int expected) {
		Eventually.await(expected + " threads that keep the application alive",
				() -> Thread.getAllStackTraces()
					.keySet()
					.stream()
					.filter(thread -> thread.getName().equals("supervision-keep-alive"))
					.count() == expected);
	}

	interface Step {

		int number();

	}

	@GenServer("step")
	static class StepServer implements Step, AutoCloseable {

		private final ServerContext self;

		private final Probe probe;

		private int number;

		StepServer(ServerContext self, Probe probe) {
			this.self = self;
			this.probe = probe;
			probe.tell("start " + self.id());
		}

		@Override
		@HandleCall
		public int number() {
			return ++this.number;
		}

		@Override
		public void close() {
			this.probe.tell("stop " + this.self.id());
		}

	}

	@GenServer("stubborn")
	static class StubbornServer {

		private final Probe probe;

		StubbornServer(Probe probe) {
			this.probe = probe;
		}

		@Terminate
		void terminate() throws InterruptedException {
			this.probe.tell("stopping");
			this.probe.pass("stubborn");
		}

	}

	@GenServer("broken")
	static class BrokenServer {

		BrokenServer() {
			throw new IllegalStateException("broken");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class LastSingleton {

		@Bean
		SmartInitializingSingleton last(ObjectProvider<Probe> probe) {
			return () -> probe.getObject().tell("singletons");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ StepServer.class, Kiosk.class })
	static class Web {

		@Bean
		Probe probe() {
			return new Probe();
		}

		/** In the phase in which the web server waits for its requests. */
		@Bean
		SmartLifecycle draining(Probe probe) {
			return new SmartLifecycle() {

				private volatile boolean running;

				@Override
				public void start() {
					this.running = true;
				}

				@Override
				public void stop() {
					this.running = false;
					probe.tell("draining");
					probe.open("late");
				}

				@Override
				public boolean isRunning() {
					return this.running;
				}

				@Override
				public int getPhase() {
					return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
				}

			};
		}

	}

	@RestController
	static class Kiosk {

		private final Probe probe;

		private final Step step;

		Kiosk(Probe probe, Step step) {
			this.probe = probe;
			this.step = step;
		}

		@EventListener
		void on(WebServerInitializedEvent event) {
			this.probe.tell("web server");
		}

		@GetMapping("/late")
		String late() throws InterruptedException {
			this.probe.tell("request");
			this.probe.pass("late");
			String answer = "number " + this.step.number();
			this.probe.tell("served");
			return answer;
		}

	}

}

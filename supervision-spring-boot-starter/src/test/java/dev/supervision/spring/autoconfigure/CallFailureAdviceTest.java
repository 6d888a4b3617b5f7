package dev.supervision.spring.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.Name;
import dev.supervision.NoProcessException;
import dev.supervision.Node;
import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.bind.annotation.RestControllerAdvice;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What controllers answer, over HTTP, that let a failed call of a server out.
 */
class CallFailureAdviceTest {

	private static final String SECRET = "s3cr3t-4711";

	private static final String NOT_THERE = "A server that this needs is not there at the moment.";

	private static final String BUSY = "A server that this needs has too much to do at the moment.";

	private static final String LATE = "A server that this needs did not answer in time.";

	private ConfigurableApplicationContext context = start(App.class);

	private static ConfigurableApplicationContext start(Class<?>... sources) {
		return new SpringApplication(sources).run("--server.port=0", "--spring.main.banner-mode=off",
				"--spring.jmx.enabled=false", "--supervision.trees[0].id=office",
				"--supervision.trees[0].children[0].worker=clerk", "--supervision.trees[0].children[0].name=clerk",
				"--supervision.trees[0].children[0].id=clerk", "--supervision.trees[0].children[1].worker=clerk",
				"--supervision.trees[0].children[1].name=full", "--supervision.trees[0].children[1].id=full",
				"--supervision.trees[0].children[1].mailbox.capacity=1");
	}

	@AfterEach
	void stop() {
		this.context.getBean(Desk.class).open.countDown();
		this.context.close();
	}

	private HttpResponse<String> get(String path) throws IOException, InterruptedException {
		int port = this.context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).build(),
					HttpResponse.BodyHandlers.ofString());
	}

	@ParameterizedTest
	@CsvSource({ "/nobody, 503," + NOT_THERE, "/nobody-async, 503," + NOT_THERE, "/late, 504," + LATE,
			"/full, 503," + BUSY })
	void failuresOfCallsHaveAStatusAndTellNoMore(String path, int status, String detail)
			throws IOException, InterruptedException {
		HttpResponse<String> response = get(path);
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(response.body()).contains("\"status\":" + status, "\"detail\":\"" + detail + "\"")
			.doesNotContain(SECRET, "nobody-there", "clerk", "dev.supervision", "Exception");
	}

	@Test
	void treesThatDoNotRunAreUnavailable() throws IOException, InterruptedException {
		this.context.getBean("supervisionLifecycle", SmartLifecycle.class).stop();
		HttpResponse<String> response = get("/clerk");
		assertThat(response.statusCode()).isEqualTo(503);
		assertThat(response.body()).contains(NOT_THERE).doesNotContain("enabled", "Exception");
	}

	@Test
	void aServerThatCrashedIsAnErrorAsAnyOther() throws IOException, InterruptedException {
		HttpResponse<String> response = get("/crash");
		assertThat(response.statusCode()).isEqualTo(500);
		assertThat(response.body()).doesNotContain(SECRET);
	}

	@ParameterizedTest
	@CsvSource({ "/wrapped, 500", "/wrapped-with-status, 409" })
	void whatTheApplicationMadeOfAFailureIsItsOwn(String path, int status) throws IOException, InterruptedException {
		assertThat(get(path).statusCode()).isEqualTo(status);
	}

	@ParameterizedTest
	@ValueSource(classes = { AdviceForNoProcess.class, AdviceForEverything.class })
	void anAdviceOfTheApplicationComesFirst(Class<?> advice) throws IOException, InterruptedException {
		this.context.close();
		this.context = start(App.class, advice);
		assertThat(get("/nobody").statusCode()).isEqualTo(HttpStatus.GONE.value());
		assertThat(get("/late").statusCode())
			.isEqualTo((advice == AdviceForEverything.class) ? HttpStatus.GONE.value() : 504);
	}

	/** What the servers wait for. */
	static class Desk {

		private final CountDownLatch open = new CountDownLatch(1);

		private final CountDownLatch entered = new CountDownLatch(1);

	}

	interface Clerk {

		String greet();

		void crash(String secret);

	}

	@GenServer("clerk")
	static class ClerkServer implements Clerk {

		private final Desk desk;

		ClerkServer(Desk desk) {
			this.desk = desk;
		}

		@Override
		@HandleCall
		public String greet() {
			return "hello";
		}

		@Override
		@HandleCall
		public void crash(String secret) {
			throw new IllegalStateException(secret);
		}

		@HandleCast
		void block(String message) throws InterruptedException {
			this.desk.entered.countDown();
			this.desk.open.await();
		}

		@HandleCall
		String never(StringBuilder message) {
			return message.toString();
		}

	}

	@RestController
	static class Controller {

		private final Node node;

		private final Clerk clerk;

		private final Desk desk;

		Controller(Node node, @Qualifier("clerk") Clerk clerk, Desk desk) {
			this.node = node;
			this.clerk = clerk;
			this.desk = desk;
		}

		@GetMapping("/clerk")
		String clerk() {
			return this.clerk.greet();
		}

		@GetMapping("/crash")
		void crash() {
			this.clerk.crash(SECRET);
		}

		@GetMapping("/nobody")
		Object nobody() {
			return this.node.raw("nobody-there").call(SECRET);
		}

		@GetMapping("/nobody-async")
		CompletableFuture<Object> nobodyAsync() {
			return this.node.ref(Name.<Object>of("nobody-there")).callAsync(from -> SECRET);
		}

		@GetMapping("/late")
		Object late() {
			this.node.raw("clerk").cast(SECRET);
			return this.node.raw("clerk").call(new StringBuilder(SECRET), Duration.ofMillis(50));
		}

		@GetMapping("/full")
		Object full() throws InterruptedException {
			this.node.raw("full").cast(SECRET);
			this.desk.entered.await();
			this.node.raw("full").cast(SECRET);
			return this.node.raw("full").call(new StringBuilder(SECRET));
		}

		@GetMapping("/{wrapped:wrapped.*}")
		Object wrapped(@PathVariable String wrapped) {
			try {
				return nobody();
			}
			catch (NoProcessException ex) {
				throw wrapped.equals("wrapped") ? new IllegalStateException(ex) : new Taken(ex);
			}
		}

	}

	@ResponseStatus(HttpStatus.CONFLICT)
	static class Taken extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Taken(Throwable cause) {
			super(cause);
		}

	}

	@RestControllerAdvice
	static class AdviceForNoProcess {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.GONE)
		void handle(NoProcessException thrown) {
		}

	}

	@RestControllerAdvice
	static class AdviceForEverything {

		@ExceptionHandler
		@ResponseStatus(HttpStatus.GONE)
		void handle(Exception thrown) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ ClerkServer.class, Controller.class })
	static class App {

		@Bean
		Desk desk() {
			return new Desk();
		}

	}

}

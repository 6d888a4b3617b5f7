package dev.supervision.sample;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.supervision.SupervisionEvent;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.EventListener;

/**
 * The application as a user starts it, on a free port.
 */
final class RunningSample implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final ByteArrayOutputStream printed;

	private final HttpClient http = HttpClient.newHttpClient();

	private RunningSample(ConfigurableApplicationContext context, ByteArrayOutputStream printed) {
		this.context = context;
		this.printed = printed;
	}

	static RunningSample start(String... arguments) {
		return start(new Class<?>[0], arguments);
	}

	/**
	 * Starts with further beans.
	 */
	static RunningSample start(Class<?>[] beans, String... arguments) {
		List<Class<?>> sources = new ArrayList<>(List.of(SampleApplication.class, Events.class));
		sources.addAll(Arrays.asList(beans));
		List<String> all = new ArrayList<>(List.of("--server.port=0"));
		all.addAll(Arrays.asList(arguments));
		ByteArrayOutputStream printed = new ByteArrayOutputStream();
		PrintStream console = System.out;
		System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
		try {
			return new RunningSample(
					new SpringApplicationBuilder(sources.toArray(Class<?>[]::new)).run(all.toArray(String[]::new)),
					printed);
		}
		finally {
			System.setOut(console);
		}
	}

	/** What the replay has printed so far. */
	String printed() {
		return this.printed.toString(StandardCharsets.UTF_8);
	}

	<T> T bean(Class<T> type) {
		return this.context.getBean(type);
	}

	ReplayReport replayed() {
		return bean(Replay.class).await();
	}

	/** Waits for something to happen; what happened before it is over. */
	void await(Predicate<SupervisionEvent> expected) {
		bean(Events.class).await(expected);
	}

	URI uri(String path) {
		return URI.create("http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port") + path);
	}

	HttpResponse<String> get(String path) {
		return send("GET", path, "text/plain", null);
	}

	HttpResponse<String> put(String path, String body) {
		return send("PUT", path, "text/plain", body);
	}

	HttpResponse<String> post(String path, String contentType, String body) {
		return send("POST", path, contentType, body);
	}

	HttpResponse<String> postJson(String path, String body) {
		return post(path, "application/json", body);
	}

	static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

	private HttpResponse<String> send(String method, String path, String contentType, @Nullable String body) {
		HttpRequest request = HttpRequest.newBuilder(uri(path))
			.header("Content-Type", contentType)
			.method(method,
					(body != null) ? HttpRequest.BodyPublishers.ofString(body) : HttpRequest.BodyPublishers.noBody())
			.build();
		try {
			return this.http.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		this.context.close();
	}

	/** Remembers what happens, so that a test can wait for it. */
	static class Events {

		private final BlockingQueue<SupervisionEvent> queue = new LinkedBlockingQueue<>();

		@EventListener
		void onEvent(SupervisionEvent event) {
			this.queue.add(event);
		}

		private void await(Predicate<SupervisionEvent> expected) {
			List<SupervisionEvent> others = new ArrayList<>();
			try {
				SupervisionEvent event = this.queue.poll(30, TimeUnit.SECONDS);
				while (event != null && !expected.test(event)) {
					others.add(event);
					event = this.queue.poll(30, TimeUnit.SECONDS);
				}
				if (event == null) {
					throw new AssertionError("It did not happen. What did is " + others);
				}
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}

package dev.supervision.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.Test;

import org.springframework.web.filter.OncePerRequestFilter;

import static org.assertj.core.api.Assertions.assertThat;

class GracefulStopTest {

	private static final int CLIENTS = 8;

	@Test
	void everyRequestThatWasAcceptedIsAnswered() throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
		RunningSample sample = RunningSample.start(new Class<?>[] { Accepted.class }, "--football.pace=60s");
		try {
			Accepted accepted = sample.bean(Accepted.class);
			URI store = sample.uri("/store/foo");
			CountDownLatch underLoad = new CountDownLatch(CLIENTS * 50);
			Map<String, Integer> answers = new ConcurrentHashMap<>();
			sample.put("/store/foo", "bar");
			List<Future<?>> running = new ArrayList<>();
			for (int client = 0; client < CLIENTS; client++) {
				String name = "client-" + client + "-";
				running.add(clients.submit(() -> {
					for (int number = 0; ask(store, name + number, answers); number++) {
						underLoad.countDown();
					}
				}));
			}
			underLoad.await();
			sample.close();
			for (Future<?> client : running) {
				client.get();
			}
			assertThat(answers.values()).containsOnly(200);
			assertThat(answers.keySet()).containsAll(accepted.requests.keySet());
		}
		finally {
			clients.shutdownNow();
			sample.close();
		}
	}

	/** On a connection of its own, so that only a request that was accepted can fail. */
	private static boolean ask(URI uri, String name, Map<String, Integer> answers) {
		try {
			HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
			connection.setRequestProperty("Connection", "close");
			connection.setRequestProperty("X-Request", name);
			try (InputStream body = connection.getInputStream()) {
				body.readAllBytes();
			}
			answers.put(name, connection.getResponseCode());
			return true;
		}
		catch (IOException ex) {
			return false; // nobody there any more; whether that is right, the filter
							// knows
		}
	}

	/** Knows what has arrived. */
	static class Accepted extends OncePerRequestFilter {

		private final Map<String, Boolean> requests = new ConcurrentHashMap<>();

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String name = request.getHeader("X-Request");
			if (name != null) {
				this.requests.put(name, true);
			}
			chain.doFilter(request, response);
		}

	}

}

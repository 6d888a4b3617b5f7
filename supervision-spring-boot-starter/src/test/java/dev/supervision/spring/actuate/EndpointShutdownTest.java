package dev.supervision.spring.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.Pid;
import dev.supervision.spring.Eventually;
import dev.supervision.spring.actuate.EndpointApp.Answer;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Operations that take long, or come too late.
 */
@ExtendWith(OutputCaptureExtension.class)
class EndpointShutdownTest {

	private static final String NOW = "0";

	private static Answer stopNow(EndpointApp app, Pid pid) {
		return app.post("/processes/" + pid, EndpointApp.newUser(),
				EndpointApp.json("action", "stop", "reason", "a test", "timeoutMillis", NOW));
	}

	@Test
	void whatTakesLongerThanOneWaitsIsAcceptedAndFinishedLater(CapturedOutput output) {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED)) {
			app.gate().slowEnd.set(true);
			Answer answer = stopNow(app, app.named("slow"));
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("/outcome")).isEqualTo("ACCEPTED");
			assertThat(answer.json().path("affected")).isEmpty();
			assertThat(app.get("/processes?name=slow").texts("/processes", "state")).containsExactly("stopping");
			app.gate().open();
			Eventually.await("the line of the log",
					() -> output.getOut().contains(answer.text("/audit") + " has finished: DONE"));
			assertThat(app.get("/processes?name=slow").texts("/processes", "state")).isEmpty();
		}
	}

	@Test
	void moreOperationsThanThreadsAreUnavailable() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED)) {
			app.gate().slowEnd.set(true);
			Pid slow = app.named("slow");
			List<CompletableFuture<Answer>> answers = new ArrayList<>();
			for (int i = 0; i < 16; i++) {
				answers.add(CompletableFuture.supplyAsync(() -> stopNow(app, slow)));
			}
			assertThat(answers).allSatisfy(answer -> assertThat(answer.join().text("/outcome")).isEqualTo("ACCEPTED"));
			Answer oneMore = stopNow(app, slow);
			assertThat(oneMore.status()).isEqualTo(503);
			assertThat(oneMore.text("/error")).contains("Too many operations");
			assertThat(app.get("").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "debug=false", "management.server.port=0" })
	void anApplicationThatStopsDoesNothingMoreByHand(String property) {
		EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED, EndpointApp.ANONYMOUS,
				property);
		Pid store = app.named("store");
		StopsFirst stopsFirst = new StopsFirst(() -> app.act(store, "kill").status());
		app.context.getBeanFactory().registerSingleton("stopsFirst", stopsFirst);
		app.close();
		assertThat(stopsFirst.status).isEqualTo(503);
	}

	@Test
	void withoutRunningTreesOneCanReadButNotWrite() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED)) {
			SmartLifecycle trees = app.context.getBean("supervisionLifecycle", SmartLifecycle.class);
			String store = app.named("store").toString();
			trees.stop();
			Answer answer = app.post("/processes/" + store, EndpointApp.newUser(),
					EndpointApp.json("action", "kill", "reason", "why"));
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.text("/error")).contains("do not run");
			assertThat(app.get("").json().path("trees")).isEmpty();
			for (String path : List.of("/tree", "/processes", "/crashes", "/events")) {
				assertThat(app.get(path).status()).isEqualTo(200);
			}
			trees.start();
			assertThat(app.act(app.named("store"), "kill").status()).isEqualTo(200);
		}
	}

	/** Acts while the web server still accepts. */
	private static final class StopsFirst implements SmartLifecycle {

		private final IntSupplier request;

		private int status;

		private StopsFirst(IntSupplier request) {
			this.request = request;
		}

		@Override
		public int getPhase() {
			return Integer.MAX_VALUE;
		}

		@Override
		public void start() {
			throw new UnsupportedOperationException("it runs");
		}

		@Override
		public void stop() {
			this.status = this.request.getAsInt();
		}

		@Override
		public boolean isRunning() {
			return true;
		}

	}

}

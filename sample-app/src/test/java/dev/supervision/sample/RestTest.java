package dev.supervision.sample;

import java.net.http.HttpResponse;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.SupervisionEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What can be asked and done over HTTP. At real pace the replay does not come beyond its
 * first match, so that the others are the tests' own.
 */
class RestTest {

	private static final String FINAL = "2022-12-18-argentina-france";

	private static RunningSample sample;

	@BeforeAll
	static void start() {
		// More crashes than the tree would take within seconds.
		sample = RunningSample.start("--football.pace=60s", "--supervision.overrides.football.max-restarts=100");
	}

	@AfterAll
	static void stop() {
		sample.close();
	}

	@Nested
	class OfMatches {

		@BeforeEach
		void kickOff() {
			sample.bean(Matches.class).kickOff(FINAL);
		}

		@Test
		void allAreListed() {
			JsonNode matches = RunningSample.json(sample.get("/matches"));
			assertThat(matches.values()).hasSize(64);
			assertThat(matches.path(63).path("id").asString()).isEqualTo(FINAL);
			assertThat(matches.path(63).path("state").asString()).isEqualTo("running");
			assertThat(matches.path(62).path("state").asString()).isEqualTo("scheduled");
		}

		@Test
		void oneThatRunsIsAnsweredByItsProcess() {
			JsonNode match = RunningSample.json(sample.get("/matches/" + FINAL));
			assertThat(match.path("team1").asString()).isEqualTo("Argentina");
			assertThat(match.path("team2").asString()).isEqualTo("France");
			assertThat(match.path("score").asString()).isEqualTo("0:0");
			assertThat(match.path("state").asString()).isEqualTo("running");
			assertThat(match.path("process").asString()).isNotEmpty();
		}

		@Test
		void goalsCount() {
			assertThat(goal(FINAL, 1).statusCode()).isEqualTo(202);
			assertThat(goal(FINAL, 2).statusCode()).isEqualTo(202);
			assertThat(goal(FINAL, 1).statusCode()).isEqualTo(202);
			JsonNode match = RunningSample.json(sample.get("/matches/" + FINAL));
			assertThat(match.path("score").asString()).isEqualTo("2:1");
			assertThat(match.path("events").asInt()).isEqualTo(3);
		}

		@Test
		void anUnknownEventCrashesTheProcessAndTheNextOneHasTheScore() {
			goal(FINAL, 2);
			String before = RunningSample.json(sample.get("/matches/" + FINAL)).path("process").asString();

			assertThat(
					sample.postJson("/matches/" + FINAL + "/events", "{\"type\": \"goal\", \"team\": 1}").statusCode())
				.isEqualTo(202);
			sample.await(event -> event instanceof SupervisionEvent.ProcessExited exited
					&& exited.pid().toString().equals(before)
					&& exited.reason().toString().endsWith("unknown event goal"));
			sample.await(event -> event instanceof SupervisionEvent.Restarted restarted
					&& restarted.child().id().equals(FINAL));

			JsonNode after = RunningSample.json(sample.get("/matches/" + FINAL));
			assertThat(after.path("process").asString()).isNotEmpty().isNotEqualTo(before);
			assertThat(after.path("score").asString()).isEqualTo("0:1");
		}

		@Test
		void aProcessThatWentDownWithItsSupervisorIsBackWithItsScoreWhenItIsAsked() {
			goal(FINAL, 2);
			Node node = sample.bean(Node.class);
			node.exit(node.whereis("primary-key-value-store").orElseThrow(), ExitReason.KILL);
			sample.await(event -> event instanceof SupervisionEvent.Restarted restarted
					&& restarted.child().id().equals("store") && restarted.restarted() == 3);

			JsonNode match = RunningSample.json(sample.get("/matches/" + FINAL));
			assertThat(match.path("state").asString()).isEqualTo("running");
			assertThat(match.path("score").asString()).isEqualTo("0:1");
		}

		@Test
		void theEndStopsTheProcessForGood() {
			goal(FINAL, 1);
			String process = RunningSample.json(sample.get("/matches/" + FINAL)).path("process").asString();

			assertThat(sample.postJson("/matches/" + FINAL + "/events", "{\"type\": \"END\"}").statusCode())
				.isEqualTo(202);
			sample.await(event -> event instanceof SupervisionEvent.ProcessExited exited
					&& exited.pid().toString().equals(process) && exited.reason() == ExitReason.NORMAL);

			JsonNode match = RunningSample.json(sample.get("/matches/" + FINAL));
			assertThat(match.path("state").asString()).isEqualTo("finished");
			assertThat(match.path("score").asString()).isEqualTo("1:0");
			assertThat(match.has("process")).isFalse();
			assertThat(goal(FINAL, 1).statusCode()).isEqualTo(409);
		}

		@Test
		void oneThatIsNotPlayedYetTakesNoEvents() {
			HttpResponse<String> answer = goal("2022-12-17-croatia-morocco", 1);
			assertThat(answer.statusCode()).isEqualTo(409);
			assertThat(answer.body()).contains("2022-12-17-croatia-morocco is scheduled");
		}

		@Test
		void oneThatIsUnknownIsNotFound() {
			assertThat(sample.get("/matches/1930-07-30-uruguay-argentina").statusCode()).isEqualTo(404);
			assertThat(goal("1930-07-30-uruguay-argentina", 1).statusCode()).isEqualTo(404);
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "[]", "goal", "{\"type\": \"GOAL\"}", "{\"type\": \"GOAL\", \"team\": 3}",
				"{\"type\": \"GOAL\", \"team\": 1, \"minute\": -1}" })
		void whatIsNotAnEventIsRefused(String body) {
			assertThat(sample.postJson("/matches/" + FINAL + "/events", body).statusCode()).isEqualTo(400);
		}

		private static HttpResponse<String> goal(String match, int team) {
			return sample.postJson("/matches/" + match + "/events",
					"{\"type\": \"GOAL\", \"team\": %d, \"minute\": 12, \"player\": \"Somebody\"}".formatted(team));
		}

	}

	@Nested
	class OfTheStore {

		@Test
		void whatWasPutCanBeGot() {
			assertThat(sample.get("/store/nothing").statusCode()).isEqualTo(404);
			assertThat(sample.put("/store/foo", "bar & büßen=1").statusCode()).isEqualTo(204);
			assertThat(sample.get("/store/foo").body()).isEqualTo("bar & büßen=1");
		}

		@ParameterizedTest
		@ValueSource(strings = { "text/plain", "application/json", "application/x-www-form-urlencoded" })
		void aCallThatItDoesNotKnowCrashesItWithAllItHas(String contentType) {
			sample.put("/store/foo", "bar");
			assertThat(sample.post("/store/call", contentType, "invalid_call").statusCode())
				.isGreaterThanOrEqualTo(500);
			sample.await(event -> event instanceof SupervisionEvent.ProcessExited exited && exited.crash() != null
					&& "invalid_call".equals(exited.crash().lastMessage())
					&& String.valueOf(exited.crash().state()).contains("{foo=bar}"));
			sample.await(event -> event instanceof SupervisionEvent.Restarted restarted
					&& restarted.child().id().equals("store"));
			assertThat(sample.get("/store/foo").statusCode()).isEqualTo(404);
		}

	}

}

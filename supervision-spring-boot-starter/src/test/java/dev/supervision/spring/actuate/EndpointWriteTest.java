package dev.supervision.spring.actuate;

import java.net.http.HttpRequest;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import dev.supervision.Pid;
import dev.supervision.spring.Eventually;
import dev.supervision.spring.actuate.EndpointApp.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What can be done by hand, and what is refused with which status.
 */
class EndpointWriteTest {

	private static EndpointApp app;

	@BeforeAll
	static void start() {
		app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED);
	}

	@AfterAll
	static void stop() {
		app.close();
	}

	/** Nobody stays stopped because of another test. */
	@BeforeEach
	void everythingRuns() {
		for (String tree : List.of("football", "fragile")) {
			app.act(app.root(), "restart-child", tree);
		}
		for (String child : List.of("store", "slow", "matches")) {
			app.act(app.at("football"), "restart-child", child);
		}
		app.matches().ids().forEach(app.matches()::terminate);
	}

	private static JsonNode tree(String childId) {
		return app.get("/tree")
			.json()
			.path("nodes")
			.valueStream()
			.filter(node -> node.path("childId").asString().equals(childId))
			.findFirst()
			.orElseThrow();
	}

	private static int restarts() {
		return app.get("").json().at("/restarts/total").asInt();
	}

	@Nested
	class OnProcesses {

		@Test
		void killIsFollowedByARestartOfTheSupervisor() {
			app.store().set("foo", "bar");
			Pid before = app.named("store");
			int restarts = restarts();
			Answer answer = app.act(before, "kill");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.names("")).containsExactly("id", "action", "outcome", "newId", "affected", "revision",
					"audit");
			Pid now = app.named("store");
			assertThat(now).isNotEqualTo(before);
			assertThat(answer.text("/id")).isEqualTo(before.toString());
			assertThat(answer.text("/action")).isEqualTo("kill");
			assertThat(answer.text("/outcome")).isEqualTo("DONE");
			assertThat(answer.text("/newId")).isEqualTo(now.toString());
			assertThat(answer.json().path("affected")).hasToString("[\"" + before + "\"]");
			assertThat(answer.text("/audit")).matches("a-\\d+");
			assertThat(app.store().get("foo")).isNull();
			assertThat(restarts()).isEqualTo(restarts + 1);
		}

		@Test
		void killOfASupervisorTakesWhatIsBelow() {
			app.matches().start("m1", "Finland");
			Pid matches = app.at("football/matches");
			Pid m1 = app.at("football/matches/m1");
			Answer answer = app.act(matches, "kill");
			assertThat(answer.text("/newId")).isEqualTo(app.at("football/matches").toString());
			Eventually.await("the match ends", () -> app.node.info(m1).isEmpty());
			assertThat(app.get("/processes/" + matches).status()).isEqualTo(404);
		}

		@Test
		void killOfATemporaryChildHasNoSuccessor() {
			app.guests().start("g1", "Finland");
			Answer answer = app.act(app.at("football/guests/g1"), "kill");
			assertThat(answer.text("/outcome")).isEqualTo("DONE");
			assertThat(answer.names("")).doesNotContain("newId");
			Eventually.await("the guest is gone", () -> app.guests().count() == 0);
		}

		@Test
		void stopIsNotFollowedByARestart() {
			Pid before = app.named("store");
			Answer answer = app.act(before, "stop");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("/outcome")).isEqualTo("DONE");
			assertThat(answer.names("")).doesNotContain("newId");
			assertThat(answer.json().path("affected")).hasToString("[\"" + before + "\"]");
			assertThat(tree("store").path("state").asString()).isEqualTo("stopped");
			assertThat(tree("store").propertyNames()).doesNotContain("id", "startTime", "mailbox");
			assertThat(app.node.whereis("store")).isEmpty();
		}

		@Test
		void restartStopsAndStartsAndCountsToNothing() {
			app.store().set("foo", "bar");
			Pid before = app.named("store");
			int restarts = restarts();
			long of = tree("store").path("restarts").asLong();
			Answer answer = app.act(before, "restart");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("/newId")).isEqualTo(app.named("store").toString());
			assertThat(answer.json().path("affected")).hasToString("[\"" + before + "\"]");
			assertThat(app.store().get("foo")).isNull();
			assertThat(restarts()).isEqualTo(restarts);
			assertThat(tree("store").path("restarts").asLong()).isEqualTo(of);
		}

		@Test
		void restartOfADynamicChildKeepsItsArguments() {
			EndpointApp.Match match = app.matches().start("m1", "Finland");
			match.goal("Pukki");
			Answer answer = app.act(app.at("football/matches/m1"), "restart");
			assertThat(answer.text("/newId")).isEqualTo(app.at("football/matches/m1").toString());
			assertThat(match.goals()).containsExactly("Finland");
		}

		@Test
		void restartOfATreeTakesWhatIsBelow() {
			List<String> before = List.of(app.at("fragile").toString(), app.at("fragile/glass").toString());
			Answer answer = app.act(app.at("fragile"), "restart");
			assertThat(answer.text("/newId")).isEqualTo(app.at("fragile").toString());
			assertThat(answer.json().path("affected").valueStream().map(JsonNode::asString))
				.containsExactlyInAnyOrderElementsOf(before);
		}

	}

	@Nested
	class OnSupervisors {

		@Test
		void terminateChildStopsIt() {
			Pid before = app.named("store");
			Answer answer = app.act(app.at("football"), "terminate-child", "store");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.names("")).containsExactly("id", "action", "child", "outcome", "affected", "revision",
					"audit");
			assertThat(answer.text("/id")).isEqualTo(app.at("football").toString());
			assertThat(answer.text("/child")).isEqualTo("store");
			assertThat(answer.json().path("affected")).hasToString("[\"" + before + "\"]");
			assertThat(tree("store").path("state").asString()).isEqualTo("stopped");
		}

		@Test
		void terminateChildOfADynamicSupervisorForgetsIt() {
			app.matches().start("m1", "Finland");
			assertThat(app.act(app.at("football/matches"), "terminate-child", "m1").status()).isEqualTo(200);
			assertThat(app.matches().find("m1")).isEmpty();
		}

		@Test
		void restartChildStartsWhatWasStopped() {
			app.act(app.named("store"), "stop");
			Answer answer = app.act(app.at("football"), "restart-child", "store");
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("/outcome")).isEqualTo("DONE");
			assertThat(answer.text("/newId")).isEqualTo(app.named("store").toString());
			assertThat(answer.json().path("affected")).isEmpty();
		}

		@Test
		void restartChildRevivesWhatWasSetAside() {
			EndpointApp.Match match = app.matches().start("m1", "Finland");
			match.crash();
			Eventually.await("m1 is set aside", () -> tree("matches").at("/children/byState/parked").asInt() == 1);
			Answer answer = app.act(app.at("football/matches"), "restart-child", "m1");
			assertThat(answer.text("/newId")).isEqualTo(app.at("football/matches/m1").toString());
			assertThat(match.goals()).containsExactly("Finland");
		}

		@Test
		void aTreeIsAChildOfTheRoot() {
			app.act(app.root(), "terminate-child", "fragile");
			assertThat(app.get("").text("/trees/1/health")).isEqualTo("OUT_OF_SERVICE");
			assertThat(app.get("").names("/trees/1")).doesNotContain("id", "gaveUp");
			Answer answer = app.act(app.root(), "restart-child", "fragile");
			assertThat(answer.text("/newId")).isEqualTo(app.at("fragile").toString());
			assertThat(app.get("").text("/trees/1/health")).isEqualTo("UP");
		}

	}

	@Nested
	class Refused {

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				{"action":"kill"}                                            | 'reason' is missing
				{"action":"kill","reason":" "}                               | 'reason' is missing
				{"action":"kill","reason":"two\\nlines"}                     | 'reason' contains control
				{"action":"kill","reason":"\\u2028"}                         | 'reason' is missing
				{"action":"kill","reason":"a\\u2028b"}                       | 'reason' contains control
				{"reason":"why"}                                             | 'action' is missing
				{"action":"explode","reason":"why"}                          | 'action' is missing, or
				{"action":"KILL","reason":"why"}                             | 'action' is missing, or
				{"action":"restart-child","reason":"why","child":"x"}        | 'action' is missing, or
				{"action":"start-child","reason":"why"}                      | 'action' is missing, or
				{"action":"kill","reason":"why","timeoutMillis":"soon"}      | 'timeoutMillis' is not a whole
				{"action":"kill","reason":"why","timeoutMillis":"-1"}        | 'timeoutMillis' is not between
				{"action":"kill","reason":"why","timeoutMillis":"30001"}     | 'timeoutMillis' is not between
				{}                                                           | 'reason' is missing
				""", quoteCharacter = '`')
		void badRequestsOnAProcess(String body, String error) {
			Pid store = app.named("store");
			Answer answer = app.post("/processes/" + store, EndpointApp.newUser(), body);
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.text("/error")).startsWith(error);
			assertThat(answer.text("/audit")).matches("a-\\d+");
			assertThat(app.named("store")).isSameAs(store);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				{"action":"kill","reason":"why","child":"store"}             | 'action' is missing, or
				{"action":"start-child","reason":"why","child":"store"}      | 'action' is missing, or
				{"action":"terminate-child","reason":"why"}                  | 'child', the id
				{"action":"terminate-child","reason":"why","child":" "}      | 'child', the id
				{"action":"terminate-child","child":"store"}                 | 'reason' is missing
				""", quoteCharacter = '`')
		void badRequestsOnASupervisor(String body, String error) {
			Answer answer = app.post("/supervisors/" + app.at("football"), EndpointApp.newUser(), body);
			assertThat(answer.status()).isEqualTo(400);
			assertThat(answer.text("/error")).startsWith(error);
		}

		@Test
		void aReasonHasAtMostTwoHundredCharacters() {
			Pid store = app.named("store");
			String tooLong = EndpointApp.json("action", "kill", "reason", "x".repeat(201));
			assertThat(app.post("/processes/" + store, EndpointApp.newUser(), tooLong).status()).isEqualTo(400);
			String longEnough = EndpointApp.json("action", "kill", "reason", "x".repeat(200));
			assertThat(app.post("/processes/" + store, EndpointApp.newUser(), longEnough).status()).isEqualTo(200);
		}

		@Test
		void anUnknownActionComesBackWithThoseThatAreThere() {
			Answer answer = app.act(app.named("store"), "explode");
			assertThat(answer.json().path("allowed")).hasToString("[\"kill\",\"stop\",\"restart\"]");
			answer = app.act(app.at("football"), "explode", "store");
			assertThat(answer.json().path("allowed")).hasToString("[\"restart-child\",\"terminate-child\"]");
		}

		@ParameterizedTest
		@ValueSource(strings = { "{", "[]", "{\"reason\":{\"a\":1}}" })
		void whatIsNoFlatObjectIsABadRequest(String body) {
			Pid store = app.named("store");
			assertThat(app.post("/processes/" + store, EndpointApp.newUser(), body).status()).isEqualTo(400);
			assertThat(app.named("store")).isSameAs(store);
		}

		@Test
		void aProcessThatIsNotThereAnyMoreIsNotFound() {
			Pid before = app.named("store");
			app.act(before, "restart");
			Pid now = app.named("store");
			for (String action : Operations.PROCESS_ACTIONS) {
				assertThat(app.act(before, action).status()).isEqualTo(404);
			}
			assertThat(app.named("store")).isSameAs(now);
		}

		@ParameterizedTest
		@CsvSource({ "processes, n1.zzz, kill", "processes, n2.2, kill", "processes, store, kill",
				"processes, ../supervisors, kill", "supervisors, n1.zzz, restart-child", "things, n1.2, kill" })
		void whatIsNotThereIsNotFound(String resource, String id, String action) {
			Answer answer = app.post("/" + resource + "/" + id.replace("/", "%252F"), EndpointApp.newUser(),
					EndpointApp.json("action", action, "reason", "why", "child", "store"));
			assertThat(answer.status()).isEqualTo(404);
		}

		@Test
		void aChildThatIsNotThereIsNotFound() {
			for (String action : Operations.CHILD_ACTIONS) {
				assertThat(app.act(app.at("football"), action, "nobody").status()).isEqualTo(404);
				assertThat(app.act(app.at("football/matches"), action, "nobody").status()).isEqualTo(404);
				assertThat(app.act(app.named("store"), action, "store").text("/error")).contains("is a worker");
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "kill", "stop", "restart" })
		void theRootOfAllTreesIsAConflict(String action) {
			Answer answer = app.act(app.root(), action);
			assertThat(answer.status()).isEqualTo(409);
			assertThat(answer.text("/error")).contains("is the supervisor of all trees");
			assertThat(app.get("").status()).isEqualTo(200);
		}

		@Test
		void aChildThatRunsCannotBeStarted() {
			Pid store = app.named("store");
			Answer answer = app.act(app.at("football"), "restart-child", "store");
			assertThat(answer.status()).isEqualTo(409);
			assertThat(answer.text("/error")).contains("runs");
			assertThat(app.named("store")).isSameAs(store);
		}

		@Test
		void aTemporaryDynamicChildCannotBeRestarted() {
			app.guests().start("g1", "Finland");
			Pid guest = app.at("football/guests/g1");
			assertThat(app.act(guest, "restart").status()).isEqualTo(409);
			assertThat(app.node.isAlive(guest)).isTrue();
			assertThat(app.act(guest, "stop").status()).isEqualTo(200);
		}

		@Test
		void aChildThatDoesNotStartIsAConflictThatNamesTheClassOnly() {
			app.gate().refusesStart.set(true);
			try {
				app.act(app.named("slow"), "stop");
				Answer answer = app.act(app.at("football"), "restart-child", "slow");
				assertThat(answer.status()).isEqualTo(409);
				assertThat(answer.text("/error")).contains("football/slow did not start").contains("Exception");
				assertThat(answer.body()).doesNotContain("not today");
			}
			finally {
				app.gate().refusesStart.set(false);
			}
		}

		/** The first three are what a web page can send anywhere without being asked. */
		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				text/plain                       | {"action":"kill","reason":"why"}
				application/x-www-form-urlencoded | action=kill&reason=why
				multipart/form-data; boundary=x  | --x--
				application/xml                  | <action>kill</action>
				''                               | {"action":"kill","reason":"why"}
				''                               | ''
				""")
		void onlyJsonIsRead(String contentType, String body) {
			Pid store = app.named("store");
			for (String path : List.of("/processes/" + store, "/processes/" + store + "?action=kill&reason=why",
					"/supervisors/" + app.at("football"))) {
				HttpRequest.Builder request = app.request(path).POST(HttpRequest.BodyPublishers.ofString(body));
				if (!contentType.isEmpty()) {
					request.header("Content-Type", contentType);
				}
				assertThat(app.send(request, EndpointApp.newUser()).status()).isEqualTo(415);
			}
			assertThat(app.named("store")).isSameAs(store);
		}

		@ParameterizedTest
		@CsvSource({ "POST, ''", "POST, /processes", "POST, /tree", "POST, /processes/n1.2/state",
				"PUT, /processes/n1.2", "DELETE, /processes/n1.2", "PATCH, /supervisors/n1.2", "DELETE, ''" })
		void otherMethodsAreNotAllowed(String method, String path) {
			HttpRequest.Builder request = app.request(path)
				.header("Content-Type", "application/json")
				.method(method, HttpRequest.BodyPublishers.ofString("{\"action\":\"kill\",\"reason\":\"why\"}"));
			assertThat(app.send(request, EndpointApp.newUser()).status()).isEqualTo(405);
		}

		@Test
		void theEleventhActionWithinAMinuteIsOneTooMany() {
			Pid store = app.named("store");
			String body = EndpointApp.json("action", "restart-child", "reason", "why", "child", "store");
			String path = "/supervisors/" + app.at("football");
			String user = EndpointApp.newUser();
			for (int i = 0; i < 10; i++) {
				assertThat(app.post(path, user, body).status()).isEqualTo(409);
			}
			Answer answer = app.post("/processes/" + store, user, EndpointApp.json("action", "kill", "reason", "why"));
			assertThat(answer.status()).isEqualTo(429);
			assertThat(answer.text("/error")).contains("At most 10 actions within 60 s");
			assertThat(app.named("store")).isSameAs(store);
			assertThat(app.post(path, EndpointApp.newUser(), body).status()).isEqualTo(409);
			assertThat(app.get("", user).status()).isEqualTo(200);
		}

		@Test
		void whatIsNotUnderstoodDoesNotCountAsAction() {
			String user = EndpointApp.newUser();
			for (int i = 0; i < 12; i++) {
				assertThat(app.post("/processes/" + app.named("store"), user, "{}").status()).isEqualTo(400);
			}
		}

	}

}

package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
 * What the endpoint shows: of an application where the store has crashed twice, match
 * {@code m2} was set aside, {@code m3} is suspended, and three messages wait for the slow
 * server.
 */
class EndpointReadTest {

	private static EndpointApp app;

	@BeforeAll
	static void start() {
		app = EndpointApp.start(EndpointApp.EXPOSED);
		crashTheStore();
		crashTheStore();
		app.matches().start("m1", "Finland");
		app.matches().start("m2", "Sweden").crash();
		app.matches().start("m3", "Norway");
		app.node.sys(app.at("football/matches/m3")).suspend();
		for (int i = 0; i < 4; i++) {
			app.slow().block();
		}
		Eventually.await("m2 is set aside", () -> app.get("/crashes").json().path("retained").asInt() == 3
				&& app.get("/tree").body().contains("\"parked\":[\"m2\"]"));
		Eventually.await("the slow server is busy",
				() -> app.get("/processes?name=slow").json().at("/processes/0/mailbox/size").asInt() == 3);
	}

	private static void crashTheStore() {
		Pid before = app.named("store");
		app.store().crash("a pebble");
		Eventually.await("a new store", () -> app.node.whereis("store").filter(pid -> pid != before).isPresent());
		app.named("store");
	}

	@AfterAll
	static void stop() {
		app.close();
	}

	@Test
	void answersAreOfTheActuatorsMediaType() {
		for (String path : List.of("", "/tree", "/processes", "/crashes", "/events")) {
			assertThat(app.get(path).contentType()).isEqualTo("application/vnd.spring-boot.actuator.v3+json");
		}
	}

	@Nested
	class Overview {

		private final Answer overview = app.get("");

		@Test
		void itHasTheFieldsOfTheContract() {
			assertThat(this.overview.status()).isEqualTo(200);
			assertThat(this.overview.names("")).containsExactly("revision", "time", "node", "access", "permissions",
					"processes", "mailbox", "restarts", "crashes", "trees", "limits");
			assertThat(this.overview.names("/node")).containsExactly("id", "name", "startTime", "root");
			assertThat(this.overview.names("/trees/0")).containsExactly("id", "name", "state", "strategy", "health");
		}

		@Test
		void itCountsProcessesAndWhatHappenedToThem() {
			JsonNode json = this.overview.json();
			assertThat(json.at("/node/id").asString()).isEqualTo("n1");
			assertThat(json.at("/node/name").asString()).isEqualTo("tracker");
			assertThat(json.at("/node/root").asString()).isEqualTo(app.root().toString());
			assertThat(Instant.parse(json.at("/node/startTime").asString()))
				.isBefore(Instant.parse(json.at("/time").asString()));
			assertThat(json.path("access").asString()).isEqualTo("read-only");
			assertThat(json.path("permissions")).isEmpty();
			assertThat(json.at("/processes")).hasToString(
					"{\"total\":10,\"supervisors\":5,\"workers\":5,\"byState\":{\"parked\":1,\"running\":9,\"suspended\":1}}");
			assertThat(json.at("/mailbox")).hasToString("{\"messages\":3,\"max\":3,\"overThreshold\":0}");
			assertThat(json.at("/restarts/total").asInt()).isEqualTo(2);
			assertThat(json.at("/restarts/last15Minutes").asInt()).isEqualTo(2);
			assertThat(json.at("/crashes/retained").asInt()).isEqualTo(3);
			assertThat(json.at("/crashes/groups").asInt()).isEqualTo(2);
			assertThat(json.at("/limits")).hasToString("{\"page\":1000,\"inlineChildren\":200,\"depth\":8}");
		}

		@Test
		void itListsTreesInStartOrder() {
			assertThat(this.overview.texts("/trees", "name")).containsExactly("football", "fragile");
			assertThat(this.overview.texts("/trees", "health")).containsExactly("UP", "UP");
			assertThat(this.overview.text("/trees/0/id")).isEqualTo(app.at("football").toString());
			assertThat(this.overview.text("/trees/0/strategy")).isEqualTo("one-for-one");
		}

	}

	@Nested
	class Tree {

		@Test
		void itIsAFlatListFromAboveInStartOrder() {
			Answer tree = app.get("/tree");
			assertThat(tree.names("")).containsExactly("revision", "complete", "errors", "depth", "nodes");
			assertThat(tree.json().path("complete").asBoolean()).isTrue();
			assertThat(tree.json().path("depth").asInt()).isEqualTo(2);
			assertThat(tree.texts("/nodes", "childId")).containsExactly("football", "store", "slow", "matches",
					"guests", "fragile", "glass");
			String football = app.at("football").toString();
			assertThat(tree.texts("/nodes", "parent")).containsExactly("", football, football, football, football, "",
					app.at("fragile").toString());
		}

		@Test
		void aSupervisorShowsItsIntensityAndItsChildren() {
			Answer tree = app.get("/tree");
			assertThat(tree.names("/nodes/0")).containsExactlyInAnyOrder("id", "childId", "name", "kind", "type",
					"state", "strategy", "intensity", "children", "restart", "startTime", "restarts");
			assertThat(tree.json().at("/nodes/0/intensity/max").asInt()).isEqualTo(100);
			assertThat(tree.json().at("/nodes/0/intensity/periodSeconds").asDouble()).isEqualTo(1);
			assertThat(tree.json().at("/nodes/0/children")).hasToString("{\"total\":4,\"loaded\":4}");
		}

		@Test
		void aWorkerShowsWhatItIsAndHowOftenItWasRestarted() {
			Answer tree = app.get("/tree");
			JsonNode store = tree.json().at("/nodes/1");
			assertThat(tree.names("/nodes/1")).containsExactlyInAnyOrder("id", "parent", "childId", "name", "kind",
					"type", "state", "restart", "shutdownMillis", "startTime", "restarts", "mailbox", "bean",
					"lastCrash");
			assertThat(store.path("id").asString()).isEqualTo(app.named("store").toString());
			assertThat(store.path("kind").asString()).isEqualTo("worker");
			assertThat(store.path("type").asString()).isEqualTo(EndpointApp.StoreServer.class.getName());
			assertThat(store.path("state").asString()).isEqualTo("running");
			assertThat(store.path("restart").asString()).isEqualTo("permanent");
			assertThat(store.path("shutdownMillis").asInt()).isEqualTo(5000);
			assertThat(store.path("restarts").asInt()).isEqualTo(2);
			assertThat(store.path("bean").asString()).isEqualTo("store");
			assertThat(store.path("lastCrash").asString()).isEqualTo("c-2");
			assertThat(store.path("mailbox")).hasToString("{\"size\":0,\"capacity\":100000,\"onFull\":\"reject\"}");
		}

		@Test
		void childrenOfADynamicSupervisorAreOnlyCounted() {
			JsonNode matches = app.get("/tree?depth=8").json().at("/nodes/3");
			assertThat(matches.path("dynamic").asBoolean()).isTrue();
			assertThat(matches.path("children"))
				.hasToString("{\"total\":3,\"loaded\":0,\"byState\":{\"parked\":1,\"running\":1,\"suspended\":1},"
						+ "\"mailbox\":{\"sum\":0,\"max\":0},\"restarts\":{\"total\":0},\"parked\":[\"m2\"]}");
		}

		@ParameterizedTest
		@CsvSource({ "1, 1", "2, 2", "0, 1", "-7, 1", "99, 8" })
		void theDepthIsBoundedAndSaid(String wanted, int depth) {
			Answer tree = app.get("/tree?depth=" + wanted);
			assertThat(tree.json().path("depth").asInt()).isEqualTo(depth);
			assertThat(tree.texts("/nodes", "childId")).hasSize((depth == 1) ? 2 : 7);
		}

		@Test
		void itBeginsWhereOneWants() {
			Answer fragile = app.get("/tree?root=" + app.at("fragile"));
			assertThat(fragile.texts("/nodes", "childId")).containsExactly("fragile", "glass");
			Answer store = app.get("/tree?root=" + app.named("store"));
			assertThat(store.texts("/nodes", "childId")).containsExactly("store");
			assertThat(store.text("/nodes/0/parent")).isEqualTo(app.at("football").toString());
			assertThat(app.get("/tree?root=" + app.root()).texts("/nodes", "childId")).hasSize(7);
		}

	}

	@Nested
	class Processes {

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				''                              | root football store slow matches guests fragile glass m1 m3
				supervisor=football             | store slow matches guests
				supervisor=football/matches     | m1 m3
				supervisor=matches              | m1 m3
				supervisor=nobody               | ''
				kind=supervisor                 | root football matches guests fragile
				kind=worker&supervisor=football | store slow
				type=StoreServer                | store glass
				name=m1                         | m1
				q=MATCH                         | matches m1 m3
				q=Slow                          | slow
				state=suspended                 | m3
				minMailbox=1                    | slow
				minMailbox=4                    | ''
				problem=true                    | m3
				problem=false&name=glass        | glass
				""")
		void theyAreFiltered(String query, String names) {
			Answer page = app.get("/processes?" + query);
			List<String> expected = names.isEmpty() ? List.of() : Arrays.asList(names.split(" "));
			assertThat(page.texts("/processes", "name")).containsExactlyInAnyOrderElementsOf(expected);
			assertThat(page.json().path("matched").asInt()).isEqualTo(expected.size());
		}

		@Test
		void aSupervisorMayBeNamedByItsProcess() {
			Answer page = app.get("/processes?supervisor=" + app.at("football/matches"));
			assertThat(page.texts("/processes", "name")).containsExactly("m1", "m3");
			assertThat(page.json().path("total").asInt()).isEqualTo(2);
		}

		@Test
		void aRowHasTheFieldsOfTheContract() {
			Answer page = app.get("/processes?name=store");
			assertThat(page.names("")).containsExactly("revision", "total", "matched", "limit", "processes");
			assertThat(page.json().path("total").asInt()).isEqualTo(10);
			assertThat(page.json().path("limit").asInt()).isEqualTo(100);
			assertThat(page.names("/processes/0")).containsExactly("id", "name", "path", "parent", "kind", "type",
					"state", "mailbox", "restarts", "handled", "uptimeMillis");
			assertThat(page.text("/processes/0/id")).isEqualTo(app.named("store").toString());
			assertThat(page.text("/processes/0/path")).isEqualTo("football/store");
			assertThat(page.text("/processes/0/parent")).isEqualTo(app.at("football").toString());
			assertThat(page.json().at("/processes/0/restarts").asInt()).isEqualTo(2);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				sort=name                       | football fragile glass guests m1 m3 matches root slow store
				sort=name&order=desc            | store slow root matches m3 m1 guests glass fragile football
				sort=name&order=DESC&limit=2    | store slow
				sort=mailbox&limit=1            | slow
				sort=restarts&limit=1           | store
				sort=uptime&limit=2             | root football
				sort=uptime&order=asc&limit=1   | m3
				sort=id&limit=3&kind=supervisor | root football matches
				""")
		void theyAreSorted(String query, String names) {
			assertThat(app.get("/processes?" + query).texts("/processes", "name")).containsExactly(names.split(" "));
		}

		@ParameterizedTest
		@ValueSource(strings = { "id", "name", "mailbox", "restarts", "uptime" })
		void pagesTogetherAreTheWholeInOrder(String sort) {
			for (String order : List.of("asc", "desc")) {
				String query = "/processes?sort=" + sort + "&order=" + order;
				List<String> all = new ArrayList<>();
				String cursor = "";
				do {
					Answer page = app.get(query + "&limit=3&cursor=" + cursor);
					assertThat(page.json().path("matched").asInt()).isEqualTo(10);
					all.addAll(page.texts("/processes", "id"));
					cursor = page.text("/cursor");
				}
				while (!cursor.isEmpty() && all.size() <= 10);
				assertThat(all).containsExactlyElementsOf(app.get(query).texts("/processes", "id"));
			}
		}

		@ParameterizedTest
		@CsvSource({ "1, 1", "0, 1", "-5, 1", "1000, 1000", "5000, 1000" })
		void theLimitIsBoundedAndSaid(String wanted, int limit) {
			assertThat(app.get("/processes?limit=" + wanted).json().path("limit").asInt()).isEqualTo(limit);
		}

		@Test
		void aCursorBelongsToItsOrder() {
			String cursor = app.get("/processes?sort=name&limit=1").text("/cursor");
			assertThat(app.get("/processes?sort=name&cursor=" + cursor).status()).isEqualTo(200);
			for (String query : List.of("sort=mailbox", "sort=name&order=desc", "")) {
				assertThat(app.get("/processes?" + query + "&cursor=" + cursor).status()).isEqualTo(400);
			}
		}

		@Test
		void aWorkerInDetail() {
			Answer store = app.get("/processes/" + app.named("store"));
			assertThat(store.names("")).containsExactlyInAnyOrder("revision", "id", "name", "path", "parent", "childId",
					"kind", "type", "state", "mailbox", "restarts", "handled", "startTime", "uptimeMillis",
					"trapsExits", "restart", "shutdownMillis", "bean", "lastCrash");
			assertThat(store.text("/childId")).isEqualTo("store");
			assertThat(store.text("/lastCrash")).isEqualTo("c-2");
			assertThat(store.json().path("restarts").asInt()).isEqualTo(2);
		}

		@Test
		void aSupervisorInDetail() {
			Answer football = app.get("/processes/" + app.at("football"));
			assertThat(football.text("/strategy")).isEqualTo("one-for-one");
			assertThat(football.json().at("/children/byState")).hasToString("{\"running\":4}");
			assertThat(football.text("/children/mailbox/maxId")).isEqualTo(app.named("slow").toString());
			assertThat(football.json().at("/children/restarts")).hasToString("{\"total\":2}");
			assertThat(football.names("")).doesNotContain("bean", "shutdownMillis", "dynamic");
		}

		@Test
		void aDynamicChildInDetail() {
			Answer m3 = app.get("/processes/" + app.at("football/matches/m3"));
			assertThat(m3.text("/childId")).isEqualTo("m3");
			assertThat(m3.text("/state")).isEqualTo("suspended");
			assertThat(m3.text("/bean")).isEqualTo("match");
			assertThat(app.get("/processes/" + app.at("football/matches")).json().path("dynamic").asBoolean()).isTrue();
		}

	}

	@Nested
	class Crashes {

		@Test
		void theyAreListedTheNewestFirstAndGroupedByCause() {
			Answer page = app.get("/crashes");
			assertThat(page.names("")).containsExactly("revision", "retained", "matched", "limit", "groups", "crashes");
			assertThat(page.texts("/crashes", "id")).containsExactly("c-3", "c-2", "c-1");
			assertThat(page.names("/crashes/0")).containsExactly("id", "time", "process", "path", "type", "supervisor",
					"reason", "fingerprint");
			assertThat(page.texts("/crashes", "path")).containsExactly("football/matches/m2", "football/store",
					"football/store");
			assertThat(page.texts("/crashes", "reason")).containsExactly(IllegalArgumentException.class.getName(),
					IllegalStateException.class.getName(), IllegalStateException.class.getName());
			assertThat(page.texts("/groups", "count")).containsExactly("1", "2");
			assertThat(page.names("/groups/1")).containsExactly("fingerprint", "type", "reason", "frame", "count",
					"firstSeen", "lastSeen");
			assertThat(page.text("/groups/1/frame")).contains("StoreServer.crash");
			assertThat(page.text("/groups/1/fingerprint")).isEqualTo(page.text("/crashes/1/fingerprint"));
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', textBlock = """
				supervisor=matches           | c-3
				supervisor=football          | c-2 c-1
				type=StoreServer             | c-2 c-1
				type=MatchServer&limit=1     | c-3
				after=2020-01-01T00:00:00Z   | c-3 c-2 c-1
				after=2999-01-01T00:00:00Z   | ''
				fingerprint=0123456789abcdef | ''
				""")
		void theyAreFiltered(String query, String ids) {
			Answer page = app.get("/crashes?" + query);
			List<String> expected = ids.isEmpty() ? List.of() : Arrays.asList(ids.split(" "));
			assertThat(page.texts("/crashes", "id")).containsExactlyElementsOf(expected);
			assertThat(page.json().path("matched").asInt()).isEqualTo(expected.size());
			assertThat(page.json().path("retained").asInt()).isEqualTo(3);
		}

		@Test
		void theyAreFilteredByFingerprintAndTime() {
			Answer all = app.get("/crashes");
			assertThat(app.get("/crashes?fingerprint=" + all.text("/crashes/2/fingerprint")).texts("/crashes", "id"))
				.containsExactly("c-2", "c-1");
			assertThat(app.get("/crashes?after=" + all.text("/crashes/2/time")).texts("/crashes", "id"))
				.containsExactly("c-3", "c-2");
		}

		@Test
		void pagesFollowEachOther() {
			Answer first = app.get("/crashes?limit=2");
			assertThat(first.texts("/crashes", "id")).containsExactly("c-3", "c-2");
			Answer second = app.get("/crashes?limit=2&cursor=" + first.text("/cursor"));
			assertThat(second.texts("/crashes", "id")).containsExactly("c-1");
			assertThat(second.names("")).doesNotContain("cursor");
		}

		@Test
		void aReportNamesWhatItWasDoingButNoValues() {
			Answer crash = app.get("/crashes/c-1");
			assertThat(crash.names("")).containsExactlyInAnyOrder("id", "time", "process", "path", "name", "type",
					"supervisor", "reason", "lastMessage", "state", "ancestors", "mailboxSize", "handled",
					"uptimeMillis", "fingerprint", "stackTrace");
			assertThat(crash.text("/supervisor")).isEqualTo(app.at("football").toString());
			assertThat(crash.text("/name")).isEqualTo("store");
			assertThat(crash.json().path("ancestors")).hasSize(2);
			assertThat(crash.text("/stackTrace")).startsWith(IllegalStateException.class.getName() + "\n\tat ")
				.contains("\nCaused by: java.io.IOException\n");
			assertThat(crash.body()).doesNotContain("pebble");
		}

	}

	@Nested
	class Events {

		@Test
		void theyTellTheStoryInOrder() {
			Answer events = app.get("/events");
			assertThat(events.names("")).containsExactly("revision", "gap", "dropped", "limit", "events");
			assertThat(events.texts("/events", "seq"))
				.isSortedAccordingTo((a, b) -> Integer.parseInt(a) - Integer.parseInt(b));
			assertThat(events.texts("/events", "type")).contains("child-started", "process-exited", "child-terminated",
					"restarted", "limit-exceeded");
			JsonNode exit = events.json()
				.path("events")
				.valueStream()
				.filter(event -> event.path("crash").asString("").equals("c-1"))
				.findFirst()
				.orElseThrow();
			assertThat(exit.path("type").asString()).isEqualTo("process-exited");
			assertThat(exit.path("path").asString()).isEqualTo("football/store");
			assertThat(exit.path("reason").asString()).isEqualTo(IllegalStateException.class.getName());
			assertThat(events.body()).doesNotContain("pebble");
		}

		@Test
		void theyAreReadOnFromANumber() {
			int last = app.get("/events").json().path("revision").asInt();
			Answer rest = app.get("/events?since=" + (last - 2));
			assertThat(rest.texts("/events", "seq")).containsExactly(String.valueOf(last - 1), String.valueOf(last));
			assertThat(rest.json().path("gap").asBoolean()).isFalse();
			assertThat(app.get("/events?since=0&limit=2").texts("/events", "seq")).containsExactly("1", "2");
			assertThat(app.get("/events?limit=2").texts("/events", "seq")).containsExactly(String.valueOf(last - 1),
					String.valueOf(last));
		}

		@Test
		void aNumberOfAnEarlierRunIsAGap() {
			Answer events = app.get("/events?since=100000");
			assertThat(events.json().path("gap").asBoolean()).isTrue();
			assertThat(events.texts("/events", "seq")).isNotEmpty();
		}

	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/tree?depth=deep               | depth
			/processes?state=weird         | state
			/processes?kind=weird          | kind
			/processes?sort=weird          | sort
			/processes?order=weird         | order
			/processes?limit=many          | limit
			/processes?minMailbox=deep     | minMailbox
			/processes?problem=perhaps     | problem
			/processes?cursor=zzz          | cursor
			/processes?cursor=!            | cursor
			/crashes?after=yesterday       | after
			/crashes?limit=many            | limit
			/crashes?cursor=!              | cursor
			/crashes?cursor=eA             | cursor
			/events?since=yesterday        | since
			/events?limit=99999999999999999999 | limit
			""")
	void whatCannotBeReadIsABadRequestThatNamesTheParameter(String path, String parameter) {
		Answer answer = app.get(path);
		assertThat(answer.status()).isEqualTo(400);
		assertThat(answer.json().path("status").asInt()).isEqualTo(400);
		assertThat(answer.text("/error")).startsWith("'" + parameter + "' ");
	}

	@Test
	void aWordThatIsNotAllowedComesBackWithThoseThatAre() {
		assertThat(app.get("/processes?sort=weird").json().path("allowed").valueStream().map(JsonNode::asString))
			.containsExactly("id", "mailbox", "restarts", "uptime", "name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/nothing", "/processes/n1.2/state", "/a/b/c", "/tree/football", "/events/1" })
	void anythingElseIsNotFoundAndSaysWhatIsThere(String path) {
		Answer answer = app.get(path);
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.json().path("allowed").valueStream().map(JsonNode::asString)).containsExactly("tree",
				"processes", "processes/{id}", "crashes", "crashes/{id}", "events");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/processes/n1.zzz", "/processes/n2.2", "/processes/store", "/processes/N1.2",
			"/processes/n1.02", "/tree?root=n1.zzz", "/crashes/c-99", "/crashes/99" })
	void whatIsNotThereIsNotFound(String path) {
		Answer answer = app.get(path);
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.names("")).containsExactly("status", "error");
	}

}

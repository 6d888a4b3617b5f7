package dev.supervision.spring.actuate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.supervision.Pid;
import dev.supervision.spring.actuate.EndpointApp.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who may read and who may act: threats T1, T2 and T3 of the threat model.
 */
class EndpointAccessTest {

	private static Answer kill(EndpointApp app, Pid pid, @Nullable String user) {
		return app.post("/processes/" + pid, user, EndpointApp.json("action", "kill", "reason", "why"));
	}

	/** T1: exposure, access, and who asks. */
	@ParameterizedTest(name = "T1 [{index}] {arguments}")
	@CsvSource(delimiter = '|', textBlock = """
			# exposed | access       | anonymous-writes | user  | GET | POST
			health    |              | false            |       | 404 | 404
			health    |              | true             | alice | 404 | 404
			health    | unrestricted | false            |       | 404 | 404
			health    | unrestricted | true             |       | 404 | 404
			health    | unrestricted | true             | alice | 404 | 404
			*         | none         | true             | alice | 404 | 404
			*         |              | false            |       | 200 | 405
			*         |              | true             |       | 200 | 405
			*         |              | true             | alice | 200 | 405
			*         | read-only    | true             | alice | 200 | 405
			*         | unrestricted | false            |       | 200 | 403
			*         | unrestricted | false            | alice | 200 | 200
			*         | unrestricted | true             |       | 200 | 200
			*         | unrestricted | true             | alice | 200 | 200
			""")
	void whoMayReadAndWhoMayAct(String exposed, @Nullable String access, boolean anonymousWrites, @Nullable String user,
			int read, int write) {
		List<String> properties = new ArrayList<>();
		properties.add("management.endpoints.web.exposure.include=" + exposed);
		properties.add("supervision.management.anonymous-writes=" + anonymousWrites);
		if (access != null) {
			properties.add("management.endpoint.supervision.access=" + access);
		}
		try (EndpointApp app = EndpointApp.start(properties.toArray(String[]::new))) {
			Pid store = app.named("store");
			assertThat(app.get("", EndpointApp.newUser()).status()).isEqualTo(read);
			assertThat(app.get("").status()).isEqualTo(read);
			assertThat(kill(app, store, user).status()).isEqualTo(write);
			assertThat(app.node.isAlive(store)).isEqualTo(write != 200);
		}
	}

	/** T2: access of all endpoints is not enough, and can take away. */
	@ParameterizedTest(name = "T2 [{index}] {arguments}")
	@CsvSource(delimiter = '|',
			textBlock = """
					management.endpoints.access.default=unrestricted      | management.endpoint.health.access=none          |       | 403
					management.endpoints.access.default=unrestricted      | management.endpoint.supervision.access=read-only | alice | 405
					management.endpoints.access.max-permitted=read-only   | management.endpoint.supervision.access=unrestricted | alice | 405
					management.endpoints.access.max-permitted=none        | management.endpoint.supervision.access=unrestricted | alice | 404
					""")
	void theAccessOfAllEndpointsIsNotEnough(String all, String one, @Nullable String user, int status) {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, all, one)) {
			Pid store = app.named("store");
			assertThat(kill(app, store, user).status()).isEqualTo(status);
			assertThat(app.node.isAlive(store)).isTrue();
		}
	}

	/** T3: nobody is told what there is, but only what to set. */
	@Test
	void whoeverIsNotAuthenticatedIsToldThePropertyAndNothingElse() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED)) {
			String nothing = EndpointApp.json();
			for (String path : List.of("/processes/" + app.named("store"), "/processes/n1.zzz", "/supervisors/n1.zzz",
					"/things/x")) {
				Answer answer = app.post(path, null, nothing);
				assertThat(answer.status()).isEqualTo(403);
				assertThat(answer.names("")).containsExactly("status", "error", "audit");
				assertThat(answer.text("/error")).contains("supervision.management.anonymous-writes=true");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "read-only, false, 0, 0", "unrestricted, false, 0, 5", "unrestricted, true, 5, 5" })
	void theOverviewSaysWhatWhoeverAsksMayDo(String access, boolean anonymousWrites, int anonymous, int user) {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED,
				"management.endpoint.supervision.access=" + access,
				"supervision.management.anonymous-writes=" + anonymousWrites)) {
			assertThat(app.get("").text("/access")).isEqualTo(access);
			assertThat(app.get("").json().path("permissions")).hasSize(anonymous);
			assertThat(app.get("", EndpointApp.newUser()).json().path("permissions")).hasSize(user);
		}
	}

	@Test
	void whoeverIsNotAuthenticatedSharesOneLimit() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED,
				EndpointApp.ANONYMOUS)) {
			for (int i = 0; i < 10; i++) {
				assertThat(kill(app, app.named("store"), null).status()).isEqualTo(200);
			}
			assertThat(kill(app, app.named("store"), null).status()).isEqualTo(429);
			assertThat(kill(app, app.named("store"), "anonymous").status()).isEqualTo(200);
		}
	}

	/** An overview that is cached for one is not shown to another. */
	@Test
	void theOverviewCanBeCachedForEachPrincipal() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED,
				"management.endpoint.supervision.cache.time-to-live=1h")) {
			String first = app.get("").body();
			assertThat(app.get("").body()).isEqualTo(first);
			assertThat(app.get("", "alice").json().path("permissions")).hasSize(5);
			assertThat(app.get("").body()).isEqualTo(first);
			assertThat(app.get("/processes?limit=1").json().path("limit").asInt()).isEqualTo(1);
			assertThat(app.get("/processes?limit=2").json().path("limit").asInt()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			/actuator     | management.server.port=0 | management.endpoints.web.base-path=/actuator
			/manage       | server.address=127.0.0.1 | management.endpoints.web.base-path=/manage
			/admin/manage | management.server.port=0 | management.endpoints.web.base-path=/manage
			''            | management.server.port=0 | management.endpoints.web.base-path=/
			/app/actuator | server.address=127.0.0.1 | server.servlet.context-path=/app
			""")
	void itIsThereOnAnotherPortAndUnderAnotherPath(String path, String port, String base) {
		String server = path.startsWith("/admin") ? "management.server.base-path=/admin" : "debug=false";
		try (EndpointApp app = EndpointApp.startAt(path, EndpointApp.EXPOSED, EndpointApp.UNRESTRICTED,
				EndpointApp.ANONYMOUS, port, base, server)) {
			for (String read : List.of("", "/tree", "/processes", "/processes/" + app.named("store"), "/crashes",
					"/events")) {
				assertThat(app.get(read).status()).isEqualTo(200);
			}
			assertThat(app.get("/nothing").status()).isEqualTo(404);
			Pid store = app.named("store");
			Answer answer = kill(app, store, null);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.text("/newId")).isEqualTo(app.named("store").toString());
			assertThat(app.post("/processes/" + store, null, EndpointApp.json()).status()).isEqualTo(400);
			assertThat(app.audits()).hasSize(2);
		}
	}

	@Test
	void onAnotherPortItIsNotOnTheFirst() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, "management.server.port=0")) {
			assertThat(app.get("").status()).isEqualTo(200);
			assertThat(app.onFirstPort("/actuator/supervision").status()).isEqualTo(404);
		}
	}

}

package dev.supervision.spring.actuate;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import dev.supervision.spring.Eventually;
import dev.supervision.spring.actuate.EndpointApp.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threat T13: a tree that is restarted too often gives up, and the application lives on.
 */
class RestartStormTest {

	private static JsonNode fragile(EndpointApp app) {
		return app.get("").json().at("/trees/1");
	}

	@Test
	@DisplayName("T13: a tree gives up after three restarts, says so everywhere, and can be revived")
	void aTreeThatGivesUpSaysSoAndCanBeRevived() {
		try (EndpointApp app = EndpointApp.start("management.endpoints.web.exposure.include=supervision,health",
				EndpointApp.UNRESTRICTED, "supervision.overrides.fragile.max-restarts=3",
				"supervision.overrides.fragile.within=10m")) {
			for (int i = 0; i < 3; i++) {
				assertThat(app.act(app.named("glass"), "kill").names("")).contains("newId");
			}
			assertThat(fragile(app).path("health").asString()).isEqualTo("UP");
			assertThat(app.getOther("/health").status()).isEqualTo(200);
			Answer last = app.act(app.named("glass"), "kill");
			assertThat(last.text("/outcome")).isEqualTo("DONE");
			assertThat(last.names("")).doesNotContain("newId");
			Eventually.await("the tree gives up", () -> fragile(app).path("health").asString().equals("DOWN"));
			assertThat(fragile(app).path("gaveUp").asBoolean()).isTrue();
			assertThat(fragile(app).propertyNames()).doesNotContain("id");
			assertThat(app.get("/tree").body()).contains("\"lastExit\":\"{shutdown, gave up on glass: killed}\"");
			Eventually.await("the event", () -> app.get("/events").texts("/events", "type").contains("limit-exceeded"));
			assertThat(app.getOther("/health").status()).isEqualTo(503);
			assertThat(app.get("").json().at("/restarts/total").asInt()).isEqualTo(3);

			app.store().set("foo", "bar");
			assertThat(app.store().get("foo")).isEqualTo("bar");

			Answer revived = app.act(app.root(), "restart-child", "fragile");
			assertThat(revived.text("/newId")).isEqualTo(app.at("fragile").toString());
			assertThat(fragile(app).path("health").asString()).isEqualTo("UP");
			assertThat(fragile(app).propertyNames()).doesNotContain("gaveUp");
			assertThat(app.getOther("/health").status()).isEqualTo(200);
		}
	}

}

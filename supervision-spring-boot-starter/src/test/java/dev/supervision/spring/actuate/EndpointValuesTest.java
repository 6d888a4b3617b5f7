package dev.supervision.spring.actuate;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.supervision.spring.Eventually;
import dev.supervision.spring.actuate.EndpointApp.Answer;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threat T8: secrets in messages, replies, states, start arguments and exceptions.
 */
@ExtendWith(OutputCaptureExtension.class)
class EndpointValuesTest {

	private static final String SECRET = "S3CR3Tb7a91f04c2de48f0ab55c17e08";

	private static final String ALL = "management.endpoints.web.exposure.include=*";

	private static final String INCLUDED = "supervision.crash.include-values=always";

	private static final String SHOWN = "management.endpoint.supervision.show-values=always";

	/** The secret is everywhere where an application can have one. */
	private static void useTheSecret(EndpointApp app) {
		app.store().set(SECRET, SECRET);
		assertThat(app.store().get(SECRET)).isEqualTo(SECRET);
		app.matches().start("m1", SECRET).goal(SECRET);
		assertThat(app.matches().find("m1").orElseThrow().goals()).contains(SECRET);
		app.matches().find("m1").orElseThrow().crash();
		awaitCrashes(app, 1);
		app.node.raw("store").cast(SECRET);
		awaitCrashes(app, 2);
		app.named("store");
		app.store().set(SECRET, SECRET);
		app.store().crash(SECRET);
		awaitCrashes(app, 3);
	}

	private static void awaitCrashes(EndpointApp app, int number) {
		Eventually.await(number + " crashes", () -> app.get("").json().at("/crashes/retained").asInt() == number);
	}

	private static List<String> everythingThatIsShown(EndpointApp app, @Nullable String user) {
		List<String> bodies = new ArrayList<>();
		for (String path : List.of("", "/tree?depth=8", "/processes", "/crashes", "/crashes/c-1", "/crashes/c-2",
				"/crashes/c-3", "/events")) {
			bodies.add(((user != null) ? app.get(path, user) : app.get(path)).body());
		}
		app.get("/processes").texts("/processes", "id").forEach(id -> bodies.add(app.get("/processes/" + id).body()));
		return bodies;
	}

	@ParameterizedTest(name = "T8 [{index}] {arguments}")
	@CsvSource({ "debug=false", SHOWN })
	void byDefaultASecretIsNowhere(String property, CapturedOutput output) {
		try (EndpointApp app = EndpointApp.start(ALL, EndpointApp.UNRESTRICTED, property)) {
			useTheSecret(app);
			app.act(app.named("store"), "restart");
			List<String> shown = everythingThatIsShown(app, "alice");
			for (String other : List.of("/prometheus", "/health", "/metrics", "/conditions", "/beans", "/threaddump")) {
				shown.add(app.getOther(other).body());
			}
			assertThat(shown).noneMatch(body -> body.contains(SECRET));
			assertThat(app.audits()).noneMatch(audit -> audit.toString().contains(SECRET));
			assertThat(Thread.getAllStackTraces().keySet()).noneMatch(thread -> thread.getName().contains(SECRET));
		}
		assertThat(output).doesNotContain(SECRET).contains(IllegalStateException.class.getName());
	}

	@ParameterizedTest(name = "T8 [{index}] {arguments}")
	@CsvSource({ "never, '', alice, false", "always, '', , true", "when-authorized, '', , false",
			"when-authorized, '', alice, true", "when-authorized, viewer, alice, false",
			"when-authorized, viewer, role-viewer, true", "always, viewer, , true" })
	void reportsThatHaveValuesShowThemToWhomTheyMay(String show, String roles, @Nullable String user, boolean shown,
			CapturedOutput output) {
		try (EndpointApp app = EndpointApp.start(ALL, INCLUDED, "management.endpoint.supervision.show-values=" + show,
				"management.endpoint.supervision.roles=" + roles)) {
			useTheSecret(app);
			assertThat(everythingThatIsShown(app, user).stream().anyMatch(body -> body.contains(SECRET)))
				.isEqualTo(shown);
			Answer crash = (user != null) ? app.get("/crashes/c-3", user) : app.get("/crashes/c-3");
			String[] expected = shown
					? new String[] { "cannot digest " + SECRET, "crash(" + SECRET + ")",
							"StoreServer[entries={" + SECRET + "=" + SECRET + "}]", "because of " + SECRET }
					: new String[] { "******", "******", "******", "Caused by: java.io.IOException\n" };
			assertThat(crash.text("/message")).isEqualTo(expected[0]);
			assertThat(crash.text("/lastMessage")).contains(expected[1].substring(0, 5));
			assertThat(crash.text("/state")).contains(expected[2].substring(0, 5));
			assertThat(crash.text("/stackTrace")).contains(expected[3]);
		}
		assertThat(output).contains(SECRET);
	}

	@Test
	@DisplayName("T8: a SanitizingFunction has the last word")
	void aSanitizingFunctionHasTheLastWord() {
		try (EndpointApp app = EndpointApp.startWith(Sanitizing.class, ALL, INCLUDED, SHOWN)) {
			useTheSecret(app);
			Answer crash = app.get("/crashes/c-3");
			for (String field : List.of("/message", "/lastMessage", "/state", "/stackTrace")) {
				assertThat(crash.text(field)).isEqualTo("(sanitized)");
			}
			assertThat(everythingThatIsShown(app, null)).noneMatch(body -> body.contains(SECRET));
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class Sanitizing {

		@Bean
		SanitizingFunction sanitizing() {
			return (SanitizableData data) -> String.valueOf(data.getValue()).contains(SECRET)
					? data.withValue("(sanitized)") : data;
		}

	}

}

package dev.supervision.spring.actuate;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.actuate.EndpointApp.Answer;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.actuate.audit.listener.AuditListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Who did what: threats T6 and T9 of the threat model.
 */
class EndpointAuditTest {

	private static EndpointApp app;

	private final ListAppender<ILoggingEvent> log = new ListAppender<>();

	@BeforeAll
	static void start() {
		app = EndpointApp.startWith(Repository.class,
				"management.endpoints.web.exposure.include=supervision,auditevents,prometheus",
				EndpointApp.UNRESTRICTED,
				"spring.autoconfigure.exclude=org.springframework.boot.actuate.autoconfigure.audit.AuditAutoConfiguration");
	}

	@AfterAll
	static void stop() {
		app.close();
	}

	@BeforeEach
	void listen() {
		this.log.start();
		((Logger) LoggerFactory.getLogger("supervision.admin")).addAppender(this.log);
	}

	@AfterEach
	void listenNoMore() {
		((Logger) LoggerFactory.getLogger("supervision.admin")).detachAppender(this.log);
	}

	private static AuditEvent lastAudit() {
		List<AuditEvent> audits = app.audits();
		return audits.get(audits.size() - 1);
	}

	private static String lastEntry() {
		List<String> entries = app.get("/events")
			.json()
			.path("events")
			.valueStream()
			.filter(event -> event.path("type").asString().equals("admin"))
			.map(event -> event.path("detail").asString())
			.toList();
		return entries.get(entries.size() - 1);
	}

	private static String body(@Nullable String action, @Nullable String child, @Nullable String reason) {
		return "{" + field("action", action) + field("child", child) + field("reason", reason)
				+ "\"timeoutMillis\":\"5000\"}";
	}

	private static String field(String name, @Nullable String value) {
		return (value != null) ? "\"" + name + "\":\"" + value + "\"," : "";
	}

	/**
	 * T6: allowed or refused, there is one audit event, one line, and, of those who are
	 * authenticated, one entry of the history.
	 */
	@ParameterizedTest(name = "T6 [{index}] {arguments}")
	@CsvSource(delimiter = '|', textBlock = """
			alice | processes/STORE      | restart       |       | why | 200 | DONE
			bob   | processes/STORE      | explode       |       | why | 400 | REFUSED
			bob   | processes/STORE      |               |       | why | 400 | REFUSED
			bob   | processes/STORE      | kill          |       |     | 400 | REFUSED
			      | processes/STORE      | kill          |       | why | 403 | REFUSED
			      | things/x             |               |       |     | 403 | REFUSED
			bob   | processes/n1.zzz     | kill          |       | why | 404 | REFUSED
			bob   | things/x             | kill          |       | why | 404 | REFUSED
			bob   | supervisors/FOOTBALL | restart-child | store | why | 409 | NOT_POSSIBLE
			bob   | supervisors/FOOTBALL | restart-child | nobody | why | 404 | REFUSED
			""")
	void everyAttemptIsAudited(@Nullable String user, String target, @Nullable String action, @Nullable String child,
			@Nullable String reason, int status, String outcome) {
		String path = target.replace("STORE", app.named("store").toString())
			.replace("FOOTBALL", app.at("football").toString());
		int before = app.audits().size();
		Answer answer = app.post("/" + path, user, body(action, child, reason));
		assertThat(answer.status()).isEqualTo(status);
		assertThat(app.audits()).hasSize(before + 1);
		String principal = (user != null) ? user : "anonymous";
		assertThat(lastAudit().getPrincipal()).isEqualTo(principal);
		assertThat(lastAudit().getType()).isEqualTo("SUPERVISION_ADMIN");
		assertThat(lastAudit().getData()).containsEntry("id", answer.text("/audit"))
			.containsEntry("action", (action != null) ? action : "(no action)")
			.containsEntry("target", path)
			.containsEntry("outcome", outcome)
			.containsEntry("status", String.valueOf(status));
		assertThat(lastAudit().getData().get("child")).isEqualTo(child);
		assertThat(lastAudit().getData().get("reason")).isEqualTo(reason);
		assertThat(lastAudit().getData().get("error")).isEqualTo((status != 200) ? answer.text("/error") : null);
		assertThat(this.log.list).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.startsWith(answer.text("/audit") + " by " + principal + ": ")
			.contains(path, outcome);
		if (user != null) {
			assertThat(lastEntry()).endsWith(" by " + principal + ": " + outcome);
		}
	}

	@Test
	void whoeverMayNotActCannotPushEventsOutOfTheHistory() {
		assertThat(app.post("/processes/n1.2", null, body("kill", null, "why")).status()).isEqualTo(403);
		assertThat(app.get("/events").body()).doesNotContain("by anonymous");
	}

	@Test
	@DisplayName("T6: one too many, and one too late, are audited")
	void whatIsOneTooManyOrTooLateIsAudited() {
		String path = "/supervisors/" + app.at("football");
		for (int i = 0; i < 10; i++) {
			app.post(path, "carol", body("restart-child", "store", "why"));
		}
		assertThat(app.post(path, "carol", body("restart-child", "store", "why")).status()).isEqualTo(429);
		assertThat(lastAudit().getData()).containsEntry("status", "429").containsEntry("outcome", "REFUSED");
		SmartLifecycle trees = app.context.getBean("supervisionLifecycle", SmartLifecycle.class);
		trees.stop();
		try {
			assertThat(app.post(path, "dave", body("restart-child", "store", "why")).status()).isEqualTo(503);
			assertThat(lastAudit().getData()).containsEntry("status", "503").containsEntry("outcome", "REFUSED");
		}
		finally {
			trees.start();
		}
	}

	private static Operations operations(BooleanSupplier stopping) {
		SupervisionHistory history = app.context.getBean(SupervisionHistory.class);
		return new Operations(app.context.getBean(SupervisionRuntime.class), history, new RateLimit(System::nanoTime),
				new AdminLog(history, app.context), stopping);
	}

	@Test
	@DisplayName("T6: what goes wrong is audited")
	void whatGoesWrongIsAudited() {
		try (Operations broken = operations(() -> {
			throw new IllegalStateException("a secret");
		})) {
			Attempt attempt = new Attempt("eve", "processes", "n1.2", "kill", null, "why", null);
			assertThatIllegalStateException().isThrownBy(() -> broken.perform(attempt));
		}
		assertThat(lastAudit().getData()).containsEntry("outcome", "FAILED").containsEntry("status", "500");
		assertThat(this.log.list).singleElement()
			.extracting(ILoggingEvent::getFormattedMessage)
			.asString()
			.contains("FAILED with java.lang.IllegalStateException")
			.doesNotContain("secret");
	}

	@Test
	void aListenerThatFailsDoesNotChangeTheAnswer() {
		SupervisionHistory history = app.context.getBean(SupervisionHistory.class);
		AdminLog deaf = new AdminLog(history, event -> {
			throw new IllegalStateException("no disk");
		});
		deaf.allowed("a-1", new Attempt("eve", "processes", "n1.2", "kill", null, "why", null), AdminLog.DONE, null);
		assertThat(this.log.list).extracting(ILoggingEvent::getFormattedMessage)
			.containsExactly("a-1 by eve: kill processes/n1.2, reason \"why\": DONE",
					"a-1 was not audited: a listener failed");
	}

	@Test
	void auditEventsShowWhoItWas() {
		Answer answer = app.post("/processes/" + app.named("store"), "frank", body("restart", null, "ticket 4711"));
		JsonNode event = app.getOther("/auditevents?principal=frank").json().at("/events/0");
		assertThat(event.path("type").asString()).isEqualTo("SUPERVISION_ADMIN");
		assertThat(event.at("/data/id").asString()).isEqualTo(answer.text("/audit"));
		assertThat(event.at("/data/reason").asString()).isEqualTo("ticket 4711");
	}

	/** T9: whatever comes in, a line stays one line. */
	@ParameterizedTest(name = "T9 [{index}]")
	@ValueSource(strings = { "x\r\nFORGED", "x\nFORGED", "x\u2028FORGED", "x\u2029FORGED", "x\u001b[2JFORGED",
			"x\u0000FORGED", "x\u0085FORGED", "x\u202eFORGED" })
	void nobodyForgesALineOfTheLog(String hostile) {
		String id = URLEncoder.encode(hostile, StandardCharsets.UTF_8);
		String football = app.at("football").toString();
		List<Answer> answers = List.of(
				app.post("/processes/" + app.named("store"), hostile,
						EndpointApp.json("action", hostile, "reason", "why")),
				app.post("/processes/" + id, hostile, EndpointApp.json("action", "kill", "reason", "why")),
				app.post("/supervisors/" + football, EndpointApp.newUser(),
						EndpointApp.json("action", "terminate-child", "reason", "why", "child", hostile)),
				app.post("/processes/" + app.named("store"), EndpointApp.newUser(),
						EndpointApp.json("action", "kill", "reason", hostile, "timeoutMillis", hostile)),
				app.get("/processes/" + id), app.get("/crashes/" + id));
		assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(400, 404));
		assertThat(answers).allSatisfy(answer -> assertThat(answer.body()).doesNotContain(hostile));
		assertThat(this.log.list).hasSizeLessThanOrEqualTo(4)
			.allSatisfy(event -> assertOneLine(event.getFormattedMessage()));
		app.audits().forEach(audit -> {
			assertOneLine(audit.getPrincipal());
			audit.getData().values().forEach(value -> assertOneLine(String.valueOf(value)));
		});
		assertThat(app.get("/events").body()).doesNotContain(hostile);
	}

	@Test
	@DisplayName("T9: 10,000 hostile strings are 10,000 lines")
	void hostileStringsStayOnOneLineEach() {
		SupervisionHistory history = new SupervisionHistory(1, false);
		AdminLog admin = new AdminLog(history,
				event -> assertAuditIsClean(((AuditApplicationEvent) event).getAuditEvent()));
		Random random = new Random(4711);
		for (int i = 0; i < 10_000; i++) {
			Attempt attempt = new Attempt(hostile(random), hostile(random), hostile(random), hostile(random),
					hostile(random), hostile(random), null);
			admin.refused(admin.nextId(), attempt, Refusal.badRequest(hostile(random)));
			admin.finished("a-1", hostile(random));
		}
		assertThat(this.log.list).hasSize(20_000);
		this.log.list.forEach(event -> assertOneLine(event.getFormattedMessage()));
		history.events().newest(1000).entries().forEach(entry -> {
			assertOneLine(String.valueOf(entry.detail()));
			assertOneLine(String.valueOf(entry.process()));
			assertOneLine(String.valueOf(entry.child()));
			assertOneLine(String.valueOf(entry.reason()));
		});
	}

	/** From a seed: every second character is one that may do harm. */
	private static String hostile(Random random) {
		String harmful = "\r\n\u000b\f\u001b\u0000\u007f\u0085\u2028\u2029\u200e\u202e\ufeff\b\t";
		StringBuilder text = new StringBuilder();
		for (int i = random.nextInt(400); i >= 0; i--) {
			text.append(random.nextBoolean() ? harmful.charAt(random.nextInt(harmful.length()))
					: (char) random.nextInt(Character.MAX_VALUE));
		}
		return text.toString();
	}

	private static void assertAuditIsClean(AuditEvent event) {
		assertOneLine(event.getPrincipal());
		event.getData().values().forEach(value -> assertOneLine(String.valueOf(value)));
	}

	private static void assertOneLine(String text) {
		assertThat(text.chars()
			.noneMatch(c -> Character.isISOControl(c) || c == '\u2028' || c == '\u2029'
					|| Character.getType(c) == Character.FORMAT))
			.as(text)
			.isTrue();
	}

	@Test
	void attemptsAreCountedByActionAndOutcome() {
		app.post("/processes/" + app.named("store"), EndpointApp.newUser(), body("kill", null, "why"));
		app.post("/processes/n1.zzz", null, body("terminate-child", null, "why"));
		app.post("/supervisors/" + app.root(), EndpointApp.newUser(), body("restart-child", "football", "why"));
		for (int i = 0; i < 20; i++) {
			app.post("/processes/n1.zzz", "grace", body("explode-" + i, null, "why"));
		}
		String scrape = app.getOther("/prometheus").body();
		assertThat(counted(scrape)).containsEntry("action=\"kill\",outcome=\"done\"", 1d)
			.containsEntry("action=\"terminate-child\",outcome=\"refused\"", 1d)
			.containsKey("action=\"restart-child\",outcome=\"not_possible\"")
			.containsKey("action=\"_other\",outcome=\"refused\"")
			.allSatisfy((tags, count) -> assertThat(tags).doesNotContain("explode", "grace"));
	}

	private static Map<String, Double> counted(String scrape) {
		String name = "supervision_admin_actions_total{";
		return scrape.lines()
			.filter(line -> line.startsWith(name))
			.collect(Collectors.toMap(line -> line.substring(name.length(), line.indexOf('}')),
					line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
	}

	/** Boot's own configuration of this wants Spring Security. */
	@Configuration(proxyBeanMethods = false)
	static class Repository {

		@Bean
		AuditListener auditListener(AuditEventRepository repository) {
			return new AuditListener(repository);
		}

		@Bean
		AuditEventRepository auditEventRepository() {
			return new InMemoryAuditEventRepository();
		}

	}

}

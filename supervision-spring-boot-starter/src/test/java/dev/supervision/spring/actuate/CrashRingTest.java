package dev.supervision.spring.actuate;

import java.lang.ref.WeakReference;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.CrashReport;
import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.spring.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threat T15: what is remembered of crashes stays small, and keeps nothing else alive.
 */
class CrashRingTest {

	private static final Instant TIME = Instant.parse("2026-01-31T12:00:00Z");

	private final Node node = Node.create();

	private final Pid pid = this.node.processes().findFirst().orElseThrow().pid();

	@AfterEach
	void close() {
		this.node.close();
	}

	private CrashReport report(String exception, String text) {
		String stack = exception + ": " + text + "\n\tat a.B.c(B.java:" + exception.length() + ")\n"
				+ ("\tat " + text + "\n").repeat(64);
		return new CrashReport(this.pid, "football/" + text, text, text, new ExitReason.Failure(exception, text, stack),
				text, text, text, List.of(this.pid), 0, 0, Duration.ZERO);
	}

	@ParameterizedTest(name = "T15 [{index}]")
	@ValueSource(strings = { "x", "\u043c" })
	void aReportIsCappedAndSoAreAllTogether(String letter) {
		CrashRing ring = new CrashRing(500);
		for (int i = 0; i < 600; i++) {
			Crash crash = ring.add(TIME, report("a.Failure" + i, letter.repeat(5000)), true);
			assertThat(crash.bytes()).isLessThanOrEqualTo(Crash.MAX_BYTES);
			assertThat(ring.bytes()).isLessThanOrEqualTo(CrashRing.MAX_BYTES);
		}
		assertThat(ring.size()).isBetween(256, 500);
		assertThat(ring.bytes()).isEqualTo(ring.all().stream().mapToLong(Crash::bytes).sum());
		assertThat(ring.all().get(0).id()).isEqualTo("c-600");
		assertThat(ring.groupCount()).isEqualTo(CrashRing.MAX_GROUPS);
	}

	@Test
	@DisplayName("T15: crashes with the same cause are folded with a count, which outlives the reports")
	void crashesWithTheSameCauseAreFolded() {
		CrashRing ring = new CrashRing(10);
		for (int i = 0; i < 20_000; i++) {
			ring.add(TIME.plusSeconds(i), report("a.Failure", "text"), false);
		}
		assertThat(ring.size()).isEqualTo(10);
		assertThat(ring.find("c-1")).isEmpty();
		assertThat(ring.find("c-20000")).isPresent();
		assertThat(ring.groups()).singleElement().satisfies(group -> {
			assertThat(group.count()).isEqualTo(20_000);
			assertThat(group.firstSeen()).isEqualTo(TIME);
			assertThat(group.lastSeen()).isEqualTo(TIME.plusSeconds(19_999));
			assertThat(group.frame()).isEqualTo("a.B.c(B.java:9)");
		});
		assertThat(ring.lastByPath()).containsExactly(Map.entry("football/text", "c-20000"));
	}

	@Test
	void theGroupThatWasQuietForLongestGoesFirst() {
		CrashRing ring = new CrashRing(10);
		for (int i = 0; i < CrashRing.MAX_GROUPS; i++) {
			ring.add(TIME, report("a.Failure" + i, "text"), false);
		}
		ring.add(TIME, report("a.Failure0", "text"), false);
		ring.add(TIME, report("a.New", "text"), false);
		assertThat(ring.groups()).extracting(CrashRing.Group::reason)
			.startsWith("a.New", "a.Failure0")
			.doesNotContain("a.Failure1");
	}

	@Test
	void aRingForNothingCountsAllTheSame() {
		CrashRing ring = new CrashRing(0);
		assertThat(ring.add(TIME, report("a.Failure", "text"), false).id()).isEqualTo("c-1");
		assertThat(ring.all()).isEmpty();
		assertThat(ring.groupCount()).isEqualTo(1);
	}

	@Test
	@DisplayName("T15: what is kept is text")
	void whatIsKeptIsText() {
		Set<String> plain = Set.of("long", "int", "java.lang.String", "java.time.Instant", "java.lang.Integer",
				"java.util.List<java.lang.String>", ReasonText.class.getName());
		assertThat(Stream.of(Crash.class, CrashRing.Group.class, EventEntry.class, ReasonText.class)
			.flatMap(kept -> Stream.of(kept.getRecordComponents()))
			.map(RecordComponent::getGenericType)
			.map(type -> type.getTypeName())).allMatch(plain::contains);
	}

	@Test
	@DisplayName("T15: a report does not keep the exception alive")
	void aReportDoesNotKeepTheExceptionAlive() {
		try (EndpointApp app = EndpointApp.start(EndpointApp.EXPOSED, "supervision.crash.include-values=always")) {
			WeakReference<RuntimeException> thrown = crash(app);
			Eventually.await("the exception is collected", () -> {
				System.gc();
				return thrown.get() == null;
			});
			assertThat(app.get("/crashes/c-1").text("/reason")).isEqualTo(IllegalStateException.class.getName());
		}
	}

	private static WeakReference<RuntimeException> crash(EndpointApp app) {
		RuntimeException failure = new IllegalStateException("heavy");
		app.store().fail(failure);
		Eventually.await("a crash", () -> app.get("").json().at("/crashes/retained").asInt() == 1);
		return new WeakReference<>(failure);
	}

}

package dev.supervision.sample;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.SupervisionEvent;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * The main job, on real data.
 */
class ReplayTest {

	private static final int MATCHES = 64;

	/** Every tenth. */
	private static final int DISTURBED = 6;

	@ParameterizedTest
	@ValueSource(strings = { "2018", "2022" })
	void matchesThatCrashEndWithTheirOfficialScores(String edition) {
		try (RunningSample sample = RunningSample.start("--football.edition=" + edition)) {
			ReplayReport report = sample.replayed();

			assertThat(report.mismatches()).isZero();
			assertThat(report.crashes()).isEqualTo(DISTURBED);
			assertThat(report.restarts()).isEqualTo(DISTURBED);
			assertThat(report.outcomes()).hasSize(MATCHES)
				.allSatisfy(outcome -> assertThat(outcome.tracked()).isEqualTo(outcome.fixture().official()));
			assertThat(sample.printed()).contains("Replaying World Cup " + edition + ": 64 matches")
				.contains("crashes: 6")
				.contains("restarts: 6")
				.contains("mismatches: 0");
			assertThat(RunningSample.json(sample.get("/matches")).values()).hasSize(MATCHES)
				.allSatisfy(match -> assertThat(match.path("state").asString()).isEqualTo("finished"));
		}
	}

	@Test
	void matchesThatAreOverAreNotStartedAgain() {
		try (RunningSample sample = RunningSample.start()) {
			sample.replayed();
			for (int ended = 0; ended < MATCHES; ended++) {
				sample.await(event -> event instanceof SupervisionEvent.ProcessExited exited
						&& exited.id().startsWith("2022-") && exited.reason() == ExitReason.NORMAL);
			}
			assertThat(RunningSample.json(sample.get("/matches")).values())
				.allSatisfy(match -> assertThat(match.has("process")).isFalse());
			assertThat(sample.bean(Replay.class).getExitCode()).isZero();
		}
	}

	@Test
	void nothingCrashesWithoutUnknownEvents() {
		try (RunningSample sample = RunningSample.start("--football.unknown-events=false")) {
			ReplayReport report = sample.replayed();
			assertThat(report.mismatches()).isZero();
			assertThat(report.crashes()).isZero();
		}
	}

	@Test
	void theTablesAreThoseOfTheGroupStage() {
		try (RunningSample sample = RunningSample.start()) {
			List<Group> groups = sample.replayed().groups();
			assertThat(groups).hasSize(8)
				.first()
				.satisfies(group -> assertThat(group.standings())
					.extracting(Group.Standing::team, Group.Standing::points, Group.Standing::goalDifference)
					.containsExactly(tuple("Netherlands", 7, 4), tuple("Senegal", 6, 1), tuple("Ecuador", 4, 1),
							tuple("Qatar", 0, -6)));
			assertThat(sample.get("/store/leader-group-a").body()).isEqualTo("Netherlands");
		}
	}

	@Test
	void aRowThatTheLogHasLostBeforeACrashIsAMismatch() {
		try (RunningSample sample = RunningSample.start(new Class<?>[] { ForgetfulLog.class })) {
			ReplayReport report = sample.replayed();
			assertThat(report.mismatches()).isEqualTo(1);
			assertThat(report.outcomes()).filteredOn(Outcome::mismatch)
				.singleElement()
				.satisfies(outcome -> assertThat(outcome.fixture().id())
					.isEqualTo(sample.bean(ForgetfulLog.class).forgetsInMatch));
			assertThat(sample.printed()).contains("mismatches: 1");
			assertThat(sample.bean(Replay.class).getExitCode()).isEqualTo(1);
		}
	}

	@Test
	void aTreeWhoseDynamicSupervisorGivesUpIsDown() {
		// 3 in 5 s is too little for six crashes; the tree, which could start the
		// supervisor again, must not.
		try (RunningSample sample = RunningSample.start("--supervision.overrides.matches.max-restarts=3",
				"--supervision.overrides.football.max-restarts=0")) {
			assertThat(sample.replayed().mismatches()).isPositive();
			sample.await(event -> event instanceof SupervisionEvent.LimitExceeded limit && !limit.parked()
					&& limit.child().id().equals("matches"));

			assertThat(sample.printed()).contains("MISMATCH: not tracked");
			assertThat(sample.get("/actuator/health/supervision/football").statusCode()).isEqualTo(503);
			assertThat(
					RunningSample.json(sample.get("/actuator/health/supervision/football")).path("status").asString())
				.isEqualTo("DOWN");
			assertThat(sample.get("/store/foo").statusCode()).isEqualTo(503);
		}
	}

	@Test
	void aTreeStartsADynamicSupervisorAgainThatGaveUpAndItsMatchesFindTheirScoresInTheLog() {
		try (RunningSample sample = RunningSample.start("--supervision.overrides.matches.max-restarts=3")) {
			assertThat(sample.replayed().mismatches()).isZero();
			sample.await(event -> event instanceof SupervisionEvent.LimitExceeded);
			assertThat(sample.get("/actuator/health/supervision/football").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void killingTheStoreStartsTheWholeTreeAgainAndNoScoreIsLost() {
		try (RunningSample sample = RunningSample.start(new Class<?>[] { KillingLog.class })) {
			assertThat(sample.replayed().mismatches()).isZero();
			sample.await(event -> event instanceof SupervisionEvent.Restarted restarted
					&& restarted.child().id().equals("store"));
			assertThat(sample.get("/store/leader-group-a").body()).isEqualTo("Netherlands");
		}
	}

	/** Loses the first goal of a match when it gets the second, before the crash. */
	@Primary
	static class ForgetfulLog extends MatchLog {

		private final JdbcClient jdbc;

		private final String forgetsInMatch;

		ForgetfulLog(JdbcClient jdbc, Edition edition) {
			super(jdbc);
			this.jdbc = jdbc;
			this.forgetsInMatch = edition.fixtures()
				.stream()
				.filter(fixture -> (edition.fixtures().indexOf(fixture) + 1) % 10 == 0)
				.filter(fixture -> fixture.knownGoals().size() > 1)
				.findFirst()
				.orElseThrow()
				.id();
		}

		@Override
		Optional<LoggedEvent> append(String matchId, MatchEvent.Known event) {
			Optional<LoggedEvent> logged = super.append(matchId, event);
			if (matchId.equals(this.forgetsInMatch) && logged.isPresent() && logged.get().number() == 2) {
				this.jdbc.sql("delete from match_event where match_id = :match and number = 1")
					.param("match", matchId)
					.update();
			}
			return logged;
		}

	}

	/** Kills the store in the middle of a match. */
	@Primary
	static class KillingLog extends MatchLog {

		private final Node node;

		KillingLog(JdbcClient jdbc, Node node) {
			super(jdbc);
			this.node = node;
		}

		@Override
		Optional<LoggedEvent> append(String matchId, MatchEvent.Known event) {
			Optional<LoggedEvent> logged = super.append(matchId, event);
			if (matchId.equals("2022-11-25-netherlands-ecuador") && logged.isPresent() && logged.get().number() == 2) {
				this.node.exit(this.node.whereis("primary-key-value-store").orElseThrow(), ExitReason.KILL);
			}
			return logged;
		}

	}

}

package dev.supervision.sample;

import java.time.LocalDate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A match as the web sees it.
 *
 * @param score such as {@code 2:1}
 * @param events how many are in the score
 * @param process the incarnation that says so, while it is running
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MatchView(String id, LocalDate date, String round, @Nullable String group, String team1, String team2,
		State state, String score, int events, @Nullable String process) {

	enum State {

		SCHEDULED, RUNNING, FINISHED;

		@JsonValue
		String text() {
			return name().toLowerCase(java.util.Locale.ROOT);
		}

	}

	static MatchView of(Fixture fixture, FootballMatch.MatchReport report) {
		return of(fixture, State.RUNNING, report.score(), report.events(), report.process());
	}

	static MatchView of(Fixture fixture, State state, MatchState recorded) {
		return of(fixture, state, recorded.score(), recorded.last(), null);
	}

	private static MatchView of(Fixture fixture, State state, Score score, int events, @Nullable String process) {
		return new MatchView(fixture.id(), fixture.date(), fixture.round(), fixture.group(), fixture.team1(),
				fixture.team2(), state, score.toString(), events, process);
	}

}

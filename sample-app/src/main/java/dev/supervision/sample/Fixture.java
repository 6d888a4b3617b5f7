package dev.supervision.sample;

import java.time.LocalDate;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A match as the file has it.
 *
 * @param id {@code date-team1-team2}
 * @param group of the group stage; {@code null} in the knock-out rounds
 * @param official the final score, after extra time if there was one
 * @param goals in the order in which they fell; {@code null} if the file does not have
 * them
 */
record Fixture(String id, LocalDate date, String round, @Nullable String group, String team1, String team2,
		Score official, @Nullable List<MatchEvent.Goal> goals) {

	/** Whether what is tracked can be compared: without its goals it cannot. */
	boolean comparable() {
		return this.goals != null || this.official.equals(Score.NONE);
	}

	List<MatchEvent.Goal> knownGoals() {
		return (this.goals != null) ? this.goals : List.of();
	}

}

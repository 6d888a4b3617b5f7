package dev.supervision.sample;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The rules, without any process.
 */
class ScoreTest {

	@ParameterizedTest
	@MethodSource("fixtures")
	void theGoalsOfEachMatchAddUpToItsOfficialScore(Fixture fixture) {
		assertThat(fixture.comparable()).isTrue();
		assertThat(played(fixture).score()).isEqualTo(fixture.official());
	}

	static Stream<Fixture> fixtures() {
		return Stream.of("2018", "2022").flatMap(year -> edition(year).fixtures().stream());
	}

	@Test
	void extraTimeCountsAndPenaltiesOfAShootOutDoNot() {
		assertThat(edition("2022").find("2022-12-18-argentina-france").orElseThrow().official())
			.isEqualTo(new Score(3, 3));
	}

	@Test
	void anOwnGoalCountsForTheSideThatItStandsOn() {
		// Aziz Behich and Mario Mandzukic shot into their own goals.
		assertThat(played(edition("2018").find("2018-07-15-france-croatia").orElseThrow()).score())
			.isEqualTo(new Score(4, 2));
	}

	@Test
	void anEventThatIsInTheScoreDoesNotCountAgain() {
		LoggedEvent goal = new LoggedEvent(1, new MatchEvent.Goal(1, 12, 0, null));
		MatchState once = MatchState.KICK_OFF.with(goal);
		assertThat(once).isEqualTo(new MatchState(new Score(1, 0), 1, false));
		assertThat(once.with(goal)).isEqualTo(once);
	}

	@Test
	void theFinalWhistleEndsAMatchWithItsScore() {
		assertThat(MatchState.KICK_OFF.with(List.of(new LoggedEvent(1, new MatchEvent.Goal(2, 90, 9, null)),
				new LoggedEvent(2, new MatchEvent.End()))))
			.isEqualTo(new MatchState(new Score(0, 1), 2, true));
	}

	@ParameterizedTest
	@ValueSource(strings = { "2018", "2022" })
	void theFirstTwoOfEachGroupAreThoseWhoPlayedTheRoundOf16(String year) {
		List<Fixture> fixtures = edition(year).fixtures();
		Map<String, Score> finals = new HashMap<>();
		fixtures.forEach(fixture -> finals.put(fixture.id(), played(fixture).score()));

		List<Group> groups = Group.of(fixtures, finals);
		assertThat(groups).hasSize(8)
			.allSatisfy(group -> assertThat(group.standings()).hasSize(4)
				.allSatisfy(team -> assertThat(team.played()).isEqualTo(3)));
		List<String> best = new ArrayList<>();
		groups.forEach(group -> group.standings().subList(0, 2).forEach(team -> best.add(team.team())));
		List<String> playing = fixtures.stream()
			.filter(fixture -> fixture.round().equals("Round of 16"))
			.flatMap(fixture -> Stream.of(fixture.team1(), fixture.team2()))
			.toList();
		assertThat(new TreeSet<>(best)).hasSize(16).isEqualTo(new TreeSet<>(playing));
	}

	@Test
	void aTeamIsInItsTableBeforeItPlays() {
		assertThat(Group.of(edition("2022").fixtures(), Map.of()).get(0).standings()).extracting(Group.Standing::team)
			.containsExactly("Ecuador", "Netherlands", "Qatar", "Senegal");
	}

	private static MatchState played(Fixture fixture) {
		MatchState state = MatchState.KICK_OFF;
		for (MatchEvent.Goal goal : fixture.knownGoals()) {
			state = state.with(new LoggedEvent(state.last() + 1, goal));
		}
		return state;
	}

	private static Edition edition(String year) {
		return EditionReader.read(new ClassPathResource("worldcup/" + year + ".json"));
	}

}

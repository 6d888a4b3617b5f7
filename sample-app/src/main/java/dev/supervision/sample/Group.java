package dev.supervision.sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A group and its table.
 *
 * @param name such as {@code Group A}
 * @param matchIds its matches, played or not
 * @param standings the teams, the best first
 */
record Group(String name, List<String> matchIds, List<Standing> standings) {

	/**
	 * A line of the table.
	 */
	record Standing(String team, int played, int won, int drawn, int lost, int goalsFor, int goalsAgainst) {

		/** FIFA's first three criteria; those after them are not in the files. */
		private static final Comparator<Standing> BEST_FIRST = Comparator.comparingInt(Standing::points)
			.thenComparingInt(Standing::goalDifference)
			.thenComparingInt(Standing::goalsFor)
			.reversed()
			.thenComparing(Standing::team);

		int points() {
			return 3 * this.won + this.drawn;
		}

		int goalDifference() {
			return this.goalsFor - this.goalsAgainst;
		}

		private Standing plus(int scored, int conceded) {
			return new Standing(this.team, this.played + 1, this.won + ((scored > conceded) ? 1 : 0),
					this.drawn + ((scored == conceded) ? 1 : 0), this.lost + ((scored < conceded) ? 1 : 0),
					this.goalsFor + scored, this.goalsAgainst + conceded);
		}

	}

	/**
	 * The groups by name, with the matches that are over.
	 */
	static List<Group> of(List<Fixture> fixtures, Map<String, Score> finals) {
		Map<String, List<Fixture>> byName = new TreeMap<>();
		for (Fixture fixture : fixtures) {
			String name = fixture.group();
			if (name != null) {
				byName.computeIfAbsent(name, key -> new ArrayList<>()).add(fixture);
			}
		}
		return byName.entrySet().stream().map(entry -> of(entry.getKey(), entry.getValue(), finals)).toList();
	}

	private static Group of(String name, List<Fixture> fixtures, Map<String, Score> finals) {
		Map<String, Standing> teams = new LinkedHashMap<>();
		for (Fixture fixture : fixtures) {
			Standing one = teams.computeIfAbsent(fixture.team1(), Group::newcomer);
			Standing two = teams.computeIfAbsent(fixture.team2(), Group::newcomer);
			Score score = finals.get(fixture.id());
			if (score != null) {
				teams.put(fixture.team1(), one.plus(score.team1(), score.team2()));
				teams.put(fixture.team2(), two.plus(score.team2(), score.team1()));
			}
		}
		return new Group(name, fixtures.stream().map(Fixture::id).toList(),
				teams.values().stream().sorted(Standing.BEST_FIRST).toList());
	}

	private static Standing newcomer(String team) {
		return new Standing(team, 0, 0, 0, 0, 0, 0);
	}

	boolean has(String matchId) {
		return this.matchIds.contains(matchId);
	}

	String leader() {
		return this.standings.get(0).team();
	}

}

package dev.supervision.sample;

import java.io.PrintStream;
import java.util.List;

/**
 * What came out of a replay.
 *
 * @param crashes processes that ended by an error
 * @param restarts children that were started again
 */
record ReplayReport(List<Outcome> outcomes, List<Group> groups, long crashes, long restarts) {

	long mismatches() {
		return this.outcomes.stream().filter(Outcome::mismatch).count();
	}

	private long notCompared() {
		return this.outcomes.stream().filter(outcome -> !outcome.fixture().comparable()).count();
	}

	void print(PrintStream out) {
		for (Group group : this.groups) {
			out.printf("%n%-24s  P  W  D  L   F:A  Pts%n", group.name());
			for (Group.Standing team : group.standings()) {
				out.printf("  %-22s %2d %2d %2d %2d %3d:%-3d%3d%n", team.team(), team.played(), team.won(),
						team.drawn(), team.lost(), team.goalsFor(), team.goalsAgainst(), team.points());
			}
		}
		out.println();
		this.outcomes.stream().filter(Outcome::mismatch).forEach(out::println);
		if (notCompared() > 0) {
			out.println("not compared: " + notCompared());
		}
		out.println("matches: " + this.outcomes.size());
		out.println("crashes: " + this.crashes);
		out.println("restarts: " + this.restarts);
		out.println("mismatches: " + mismatches());
	}

}

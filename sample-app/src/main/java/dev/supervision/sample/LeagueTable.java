package dev.supervision.sample;

import java.util.List;

/**
 * The tables of the group stage.
 */
interface LeagueTable {

	/** A match is over. Those of the knock-out rounds do not count. */
	void finished(String matchId, Score score);

	List<Group> groups();

}

package dev.supervision.sample;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;

/**
 * Computes the tables, and tells the store who leads. It stands behind the store in a
 * rest-for-one tree, so that an empty store hears it again. Persists nothing: the log
 * knows it all.
 */
@GenServer("league-table")
class LeagueTableServer implements LeagueTable {

	private final Edition edition;

	private final KeyValueStore store;

	private final Map<String, Score> finals = new HashMap<>();

	LeagueTableServer(Edition edition, MatchLog log, KeyValueStore store) {
		this.edition = edition;
		this.store = store;
		for (Fixture fixture : edition.fixtures()) {
			MatchState state = log.state(fixture.id());
			if (state.over()) {
				finished(fixture.id(), state.score());
			}
		}
	}

	@Override
	@HandleCast
	public void finished(String matchId, Score score) {
		this.finals.put(matchId, score);
		for (Group group : groups()) {
			if (group.has(matchId)) {
				this.store.set("leader-" + group.name().toLowerCase(Locale.ROOT).replace(' ', '-'), group.leader());
			}
		}
	}

	@Override
	@HandleCall
	public List<Group> groups() {
		return Group.of(this.edition.fixtures(), this.finals);
	}

	@Override
	public String toString() {
		return this.finals.size() + " matches";
	}

}

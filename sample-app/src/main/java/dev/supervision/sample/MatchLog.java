package dev.supervision.sample;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Optional;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.jdbc.support.KeyHolder;
import org.springframework.stereotype.Component;

/**
 * The events of each match, numbered from 1. Safe for use by many threads.
 */
@Component
class MatchLog {

	/** Casts, because PostgreSQL does not guess the types of parameters here. */
	private static final String APPEND = """
			insert into match_event (match_id, number, type, team, minute_of_play, added_time, player)
			select cast(:match as varchar(64)), coalesce(max(number), 0) + 1, cast(:type as varchar(16)),
				cast(:team as integer), cast(:minute as integer), cast(:added as integer), cast(:player as varchar(200))
			from match_event where match_id = :match
			having count(case when type = 'END' then 1 end) = 0""";

	private static final String READ = """
			select number, type, team, minute_of_play, added_time, player
			from match_event where match_id = :match and number > :number order by number""";

	private final JdbcClient jdbc;

	MatchLog(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Writes an event down, unless the match is over.
	 * @return the event with its number; empty if the match is over
	 */
	Optional<LoggedEvent> append(String matchId, MatchEvent.Known event) {
		while (true) {
			try {
				return insert(matchId, event).map(number -> new LoggedEvent(number, event));
			}
			catch (DuplicateKeyException ex) {
				// Somebody else took the number; whoever comes last takes the next.
			}
		}
	}

	private Optional<Integer> insert(String matchId, MatchEvent.Known event) {
		KeyHolder number = new GeneratedKeyHolder();
		MatchEvent.Goal goal = (event instanceof MatchEvent.Goal candidate) ? candidate : null;
		this.jdbc.sql(APPEND)
			.param("match", matchId)
			.param("type", (goal != null) ? "GOAL" : "END")
			.param("team", (goal != null) ? goal.team() : null, Types.INTEGER)
			.param("minute", (goal != null) ? goal.minute() : null, Types.INTEGER)
			.param("added", (goal != null) ? goal.added() : null, Types.INTEGER)
			.param("player", (goal != null) ? goal.player() : null, Types.VARCHAR)
			.update(number, "number");
		return Optional.ofNullable(number.getKeyAs(Integer.class));
	}

	/** The events with higher numbers than the given one, in order. */
	List<LoggedEvent> after(String matchId, int number) {
		return this.jdbc.sql(READ).param("match", matchId).param("number", number).query(MatchLog::event).list();
	}

	/** What the log of a match sums up to. */
	MatchState state(String matchId) {
		return MatchState.KICK_OFF.with(after(matchId, 0));
	}

	void clear(String matchId) {
		this.jdbc.sql("delete from match_event where match_id = :match").param("match", matchId).update();
	}

	private static LoggedEvent event(ResultSet row, int index) throws SQLException {
		MatchEvent.Known event = row.getString("type").equals("GOAL") ? new MatchEvent.Goal(row.getInt("team"),
				row.getInt("minute_of_play"), row.getInt("added_time"), row.getString("player")) : new MatchEvent.End();
		return new LoggedEvent(row.getInt("number"), event);
	}

}

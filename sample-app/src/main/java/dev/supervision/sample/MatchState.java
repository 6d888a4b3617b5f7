package dev.supervision.sample;

import java.util.List;

/**
 * What a match has come to: its log, summed up.
 *
 * @param last number of the last event that is in it
 * @param over whether the final whistle was blown
 */
record MatchState(Score score, int last, boolean over) {

	static final MatchState KICK_OFF = new MatchState(Score.NONE, 0, false);

	/**
	 * The state after an event. One that is in it already changes nothing.
	 */
	MatchState with(LoggedEvent logged) {
		if (logged.number() <= this.last) {
			return this;
		}
		return (logged.event() instanceof MatchEvent.Goal goal)
				? new MatchState(this.score.plus(goal), logged.number(), this.over)
				: new MatchState(this.score, logged.number(), true);
	}

	MatchState with(List<LoggedEvent> events) {
		MatchState state = this;
		for (LoggedEvent event : events) {
			state = state.with(event);
		}
		return state;
	}

}

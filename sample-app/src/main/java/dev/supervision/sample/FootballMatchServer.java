package dev.supervision.sample;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;
import dev.supervision.spring.ServerContext;
import dev.supervision.spring.StartArgument;

/**
 * Keeps the score of a match. A crash costs nothing but what is not in the log.
 */
@GenServer("football-match")
class FootballMatchServer implements FootballMatch {

	private final String matchId;

	private final MatchLog log;

	private final ServerContext self;

	private MatchState state = MatchState.KICK_OFF;

	FootballMatchServer(@StartArgument String matchId, MatchLog log, ServerContext self) {
		this.matchId = matchId;
		this.log = log;
		this.self = self;
		catchUp();
		if (this.state.over()) {
			self.ignore();
		}
	}

	@Override
	@HandleCast
	public void happened(int number, MatchEvent event) {
		if (!(event instanceof MatchEvent.Known known)) {
			throw new IllegalArgumentException("unknown event " + event);
		}
		if (number > this.state.last() + 1) {
			catchUp(); // what lies between was lost with a mailbox, or comes later
		}
		this.state = this.state.with(new LoggedEvent(number, known));
		if (this.state.over()) {
			this.self.stop();
		}
	}

	@Override
	@HandleCall
	public MatchReport report(int number) {
		if (number > this.state.last()) {
			catchUp();
		}
		return new MatchReport(this.state.score(), this.state.last(), this.self.pid().toString());
	}

	private void catchUp() {
		this.state = this.state.with(this.log.after(this.matchId, this.state.last()));
	}

	@Override
	public String toString() {
		return this.matchId + " " + this.state.score() + " after " + this.state.last() + " events";
	}

}

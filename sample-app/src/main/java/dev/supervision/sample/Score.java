package dev.supervision.sample;

/**
 * Goals of both teams. Those of a penalty shoot-out do not count.
 */
record Score(int team1, int team2) {

	static final Score NONE = new Score(0, 0);

	/**
	 * The score after a goal that counts for a team, which for an own goal is not the one
	 * that shot it.
	 */
	Score plus(MatchEvent.Goal goal) {
		return (goal.team() == 1) ? new Score(this.team1 + 1, this.team2) : new Score(this.team1, this.team2 + 1);
	}

	@Override
	public String toString() {
		return this.team1 + ":" + this.team2;
	}

}

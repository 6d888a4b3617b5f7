package dev.supervision.sample;

import org.jspecify.annotations.Nullable;

/**
 * How tracking a match went.
 *
 * @param tracked what its process said in the end; {@code null} if none could be asked
 * @param problem why not
 */
record Outcome(Fixture fixture, @Nullable Score tracked, @Nullable String problem) {

	boolean mismatch() {
		return this.fixture.comparable() && !this.fixture.official().equals(this.tracked);
	}

	@Override
	public String toString() {
		return String.format("%s  %s %s %s  %s", this.fixture.date(), this.fixture.team1(),
				(this.tracked != null) ? this.tracked : "-:-", this.fixture.team2(), verdict());
	}

	private String verdict() {
		if (this.problem != null) {
			return "MISMATCH: not tracked: " + this.problem;
		}
		if (mismatch()) {
			return "MISMATCH: official is " + this.fixture.official();
		}
		return this.fixture.comparable() ? "as official" : "not compared: the file does not have its goals";
	}

}

package dev.supervision.sample;

import java.util.Comparator;

import org.jspecify.annotations.Nullable;

/**
 * What can be reported of a match. Only what is known can get into its log: the types say
 * so.
 */
sealed interface MatchEvent {

	/** An event that a match can handle. */
	sealed interface Known extends MatchEvent {

	}

	/**
	 * A goal.
	 *
	 * @param team the team that it counts for, 1 or 2
	 * @param minute of the match
	 * @param added minutes of added time after that
	 * @param player who shot it, if that is known
	 */
	record Goal(int team, int minute, int added, @Nullable String player) implements Known {

		static final Comparator<Goal> IN_TIME = Comparator.comparingInt(Goal::minute).thenComparingInt(Goal::added);

		public Goal {
			if (team != 1 && team != 2) {
				throw new IllegalArgumentException("A goal counts for team 1 or 2, not " + team);
			}
			if (minute < 0 || added < 0) {
				throw new IllegalArgumentException("A goal does not fall in minute " + minute + "+" + added);
			}
		}

		String time() {
			return ((this.added > 0) ? this.minute + "+" + this.added : this.minute) + "'";
		}

	}

	/** The final whistle. */
	record End() implements Known {

	}

	/** Anything else. The process that gets it crashes. */
	record Unknown(String type) implements MatchEvent {

		@Override
		public String toString() {
			return this.type;
		}

	}

}

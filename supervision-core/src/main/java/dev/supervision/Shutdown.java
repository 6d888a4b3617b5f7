package dev.supervision;

import java.time.Duration;

/**
 * How a supervisor stops a child (OTP: shutdown). The child is asked to stop with the
 * reason {@code shutdown} and killed when it has not ended within the limit.
 */
public sealed interface Shutdown {

	/** Kill at once; {@code terminate} does not run. */
	Shutdown BRUTAL_KILL = new BrutalKill();

	/** Ask, then wait without limit. The default of supervisors. */
	Shutdown INFINITY = new Infinity();

	/** Ask, then kill after 5 s. The default of workers. */
	Shutdown DEFAULT_WORKER = within(Duration.ofSeconds(5));

	/**
	 * Ask, then kill after the given limit.
	 * @param limit zero or more; zero means to ask and then kill at once
	 */
	static Shutdown within(Duration limit) {
		return new Within(limit);
	}

	/** Kill at once. */
	record BrutalKill() implements Shutdown {
		@Override
		public String toString() {
			return "brutal-kill";
		}
	}

	/** Ask and wait for ever. */
	record Infinity() implements Shutdown {
		@Override
		public String toString() {
			return "infinity";
		}
	}

	/**
	 * Ask and wait for some time.
	 *
	 * @param limit zero or more
	 */
	record Within(Duration limit) implements Shutdown {
		public Within {
			Specs.notNull("shutdown", limit, "a duration of 0 or more, brutal-kill or infinity");
			Specs.require(!limit.isNegative(), "shutdown", limit, "a duration of 0 or more, brutal-kill or infinity");
		}

		@Override
		public String toString() {
			return this.limit.toString();
		}
	}

}

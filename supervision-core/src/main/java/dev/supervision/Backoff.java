package dev.supervision;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * A growing delay between the restarts of a child. A child that has one does not count to
 * its supervisor's {@link RestartIntensity}; using up {@code maxAttempts} counts as the
 * limit exceeded. OTP has no such thing: it restarts at once.
 *
 * @param initial the first delay, more than zero
 * @param max the longest delay, at least {@code initial}
 * @param multiplier the factor from one delay to the next, at least 1
 * @param jitter the part of a delay that is random, from 0 (none) to 1
 * @param resetAfter how long the child must have lived for the count to start anew
 * @param maxAttempts restarts in a row that are allowed, at least 1;
 * {@link Integer#MAX_VALUE} means unlimited
 */
public record Backoff(Duration initial, Duration max, double multiplier, double jitter, Duration resetAfter,
		int maxAttempts) {

	public Backoff {
		Specs.notNull("backoff.initial", initial, "a duration of more than 0");
		Specs.notNull("backoff.max", max, "at least backoff.initial");
		Specs.notNull("backoff.reset-after", resetAfter, "a duration of 0 or more");
		Specs.require(!initial.isNegative() && !initial.isZero(), "backoff.initial", initial,
				"a duration of more than 0");
		Specs.require(max.compareTo(initial) >= 0, "backoff.max", max, "at least backoff.initial (" + initial + ")");
		Specs.require(multiplier >= 1 && multiplier <= 1000, "backoff.multiplier", multiplier,
				"a number from 1 to 1000");
		Specs.require(jitter >= 0 && jitter <= 1, "backoff.jitter", jitter, "a number from 0 to 1");
		Specs.require(!resetAfter.isNegative(), "backoff.reset-after", resetAfter, "a duration of 0 or more");
		Specs.require(maxAttempts >= 1, "backoff.max-attempts", maxAttempts, "a number of 1 or more");
	}

	/**
	 * From {@code initial} up to {@code max}, doubling, without jitter, reset after twice
	 * {@code max}, unlimited.
	 */
	public static Backoff between(Duration initial, Duration max) {
		Specs.notNull("backoff.max", max, "at least backoff.initial");
		Duration twice = Duration.ofNanos(2 * Math.min(Specs.nanos(max), Long.MAX_VALUE / 4));
		return new Backoff(initial, max, 2, 0, twice, Integer.MAX_VALUE);
	}

	/**
	 * The delay before the given restart.
	 * @param attempt 1 for the first restart in a row
	 */
	long delayNanos(int attempt, RandomGenerator random) {
		double full = Math.min(Specs.nanos(this.max),
				Specs.nanos(this.initial) * Math.pow(this.multiplier, attempt - 1));
		return (long) (full - ((this.jitter > 0) ? full * this.jitter * random.nextDouble() : 0));
	}

}

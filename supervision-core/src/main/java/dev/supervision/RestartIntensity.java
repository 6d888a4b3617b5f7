package dev.supervision;

import java.time.Duration;

/**
 * How many restarts a supervisor allows within a period before it gives up (OTP:
 * intensity and period). The window is exact and monotonic: a restart counts as long as
 * less than {@code within} has passed since.
 *
 * @param maxRestarts restarts allowed, 0 or more
 * @param within the period, more than zero
 */
public record RestartIntensity(int maxRestarts, Duration within) {

	/** 3 restarts in 5 s, as in Elixir. */
	public static final RestartIntensity DEFAULT = new RestartIntensity(3, Duration.ofSeconds(5));

	public RestartIntensity {
		Specs.require(maxRestarts >= 0, "max-restarts", maxRestarts, "a number of 0 or more");
		Specs.notNull("within", within, "a duration of more than 0");
		Specs.require(!within.isNegative() && !within.isZero(), "within", within, "a duration of more than 0");
	}

}

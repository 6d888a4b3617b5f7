package dev.supervision.spring;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Waits for something that other threads are about to bring about.
 */
public final class Eventually {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private Eventually() {
	}

	/** Returns as soon as the condition holds, and fails if it does not for long. */
	public static void await(String what, BooleanSupplier condition) {
		long until = System.nanoTime() + LIMIT.toNanos();
		while (!condition.getAsBoolean()) {
			assertThat(System.nanoTime()).as("%s, which did not come within %s", what, LIMIT).isLessThan(until);
			LockSupport.parkNanos(1_000_000);
		}
	}

}

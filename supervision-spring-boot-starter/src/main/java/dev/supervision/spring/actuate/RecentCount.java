package dev.supervision.spring.actuate;

import java.time.Duration;
import java.time.Instant;

/**
 * How much happened within the last quarter of an hour, to the second.
 */
final class RecentCount {

	private static final int SECONDS = 900;

	private final long[] seconds = new long[SECONDS];

	private final int[] counts = new int[SECONDS];

	synchronized void add(Instant time, int count) {
		long second = time.getEpochSecond();
		int slot = (int) Math.floorMod(second, (long) SECONDS);
		if (this.seconds[slot] != second) {
			this.seconds[slot] = second;
			this.counts[slot] = 0;
		}
		this.counts[slot] += count;
	}

	/** What there was within a period of at most a quarter of an hour. */
	synchronized long within(Duration period, Instant now) {
		long last = now.getEpochSecond();
		long first = last - Math.min(period.toSeconds(), SECONDS);
		long sum = 0;
		for (int slot = 0; slot < SECONDS; slot++) {
			if (this.seconds[slot] > first && this.seconds[slot] <= last) {
				sum += this.counts[slot];
			}
		}
		return sum;
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RestartWindowTest {

	private static final long WITHIN = 1000;

	private static RestartWindow window(int maxRestarts) {
		return new RestartWindow(new RestartIntensity(maxRestarts, Duration.ofNanos(WITHIN)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3, 4, 5, 100 })
	void allowsExactlyTheIntensityAtOneInstant(int maxRestarts) {
		RestartWindow window = window(maxRestarts);
		for (int i = 0; i < maxRestarts; i++) {
			assertThat(window.exceededBy(0)).as("restart %s", i + 1).isFalse();
		}
		assertThat(window.exceededBy(0)).isTrue();
		assertThat(window.used(0)).isEqualTo(maxRestarts);
	}

	@Test
	void restartCountsAsLongAsLessThanThePeriodHasPassed() {
		RestartWindow window = window(1);
		assertThat(window.exceededBy(0)).isFalse();
		assertThat(window.used(WITHIN - 1)).isOne();
		assertThat(window.exceededBy(WITHIN - 1)).isTrue();
		assertThat(window.used(WITHIN)).isZero();
		assertThat(window.exceededBy(WITHIN)).isFalse();
	}

	@Test
	void whoeverLooksChangesNothing() {
		RestartWindow window = window(2);
		window.exceededBy(0);
		window.exceededBy(10);
		for (int i = 0; i < 3; i++) {
			assertThat(window.used(5 * WITHIN)).isZero();
			assertThat(window.used(WITHIN + 5)).isOne();
			assertThat(window.used(20)).isEqualTo(2);
		}
		assertThat(window.exceededBy(20)).isTrue();
	}

	@Test
	void windowSlidesRatherThanStartsAnew() {
		RestartWindow window = window(2);
		assertThat(window.exceededBy(0)).isFalse();
		assertThat(window.exceededBy(900)).isFalse();
		// the first is over, the second is not
		assertThat(window.exceededBy(1100)).isFalse();
		assertThat(window.exceededBy(1800)).isTrue();
		assertThat(window.used(1899)).isEqualTo(2);
		assertThat(window.used(1900)).isOne();
	}

	@Test
	void timeMayBeNegativeAndOverflow() {
		// only differences of a monotonic clock mean anything
		long start = Long.MAX_VALUE - WITHIN / 2;
		RestartWindow window = window(1);
		assertThat(window.exceededBy(start)).isFalse();
		assertThat(window.exceededBy(start + WITHIN - 1)).isTrue();
		assertThat(start + WITHIN).isNegative();
		assertThat(window.exceededBy(start + WITHIN)).isFalse();
	}

	@Test
	void hugeLimitsDoNotReserveMemory() {
		RestartWindow window = new RestartWindow(
				new RestartIntensity(Integer.MAX_VALUE, Duration.ofSeconds(Long.MAX_VALUE)));
		for (int i = 0; i < 10_000; i++) {
			assertThat(window.exceededBy(i)).isFalse();
		}
		assertThat(window.used(10_000)).isEqualTo(10_000);
	}

	/** The ring against a list, as OTP keeps it. */
	@RepeatedTest(50)
	void behavesAsANaiveList() {
		long seed = ThreadLocalRandom.current().nextLong();
		Random random = new Random(seed);
		int maxRestarts = random.nextInt(12);
		RestartWindow window = window(maxRestarts);
		List<Long> naive = new ArrayList<>();
		long now = random.nextLong();
		for (int i = 0; i < 2000; i++) {
			now += step(random);
			long at = now;
			naive.removeIf(time -> at - time >= WITHIN);
			if (random.nextInt(4) == 0) {
				assertThat(window.used(now)).as("seed %s, step %s", seed, i).isEqualTo(naive.size());
			}
			else {
				boolean exceeded = naive.size() + 1 > maxRestarts;
				assertThat(window.exceededBy(now)).as("seed %s, step %s", seed, i).isEqualTo(exceeded);
				if (!exceeded) {
					naive.add(now);
				}
			}
		}
	}

	/** Often on an edge of the window, sometimes far beyond it. */
	private static long step(Random random) {
		return switch (random.nextInt(6)) {
			case 0 -> 0;
			case 1 -> WITHIN;
			case 2 -> WITHIN - 1;
			case 3 -> random.nextInt(5_000);
			default -> random.nextInt(200);
		};
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class DeadlineWheelTest {

	private static final long TICK = DeadlineWheel.TICK_NANOS;

	private final DeterministicPlatform platform = new DeterministicPlatform(1);

	private final DeadlineWheel wheel = new DeadlineWheel(this.platform);

	@AfterEach
	void close() {
		this.platform.close();
	}

	private long now() {
		return this.platform.clock().nanoTime();
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, 1, 9_999_999, 10_000_000, 10_000_001, 1_000_000_000, 5_110_000_000L, 5_120_000_000L,
			5_130_000_000L, 60_000_000_000L, 3_600_000_000_000L })
	void limitIsNeverEarlyAndAtMostOneTickLate(long limit) {
		this.platform.advance(Duration.ofNanos(3_333_333));
		Limit one = new Limit(limit);
		this.platform.advance(Duration.ofNanos(limit + TICK));
		assertThat(one.expiredAt).hasSize(1);
		assertThat(one.expiredAt.get(0)).isBetween(one.from + limit, one.from + limit + TICK);
		assertThat(this.wheel.size()).isZero();
	}

	@Test
	void removedLimitNeverExpiresAndTheWheelSleeps() {
		List<Limit> limits = new ArrayList<>();
		for (int i = 0; i < 1_000; i++) {
			limits.add(new Limit(i * 7_000_000L));
		}
		assertThat(this.wheel.size()).isEqualTo(1_000);
		limits.forEach(limit -> this.wheel.remove(limit.deadline));
		limits.forEach(limit -> this.wheel.remove(limit.deadline));
		assertThat(this.wheel.size()).isZero();
		this.platform.advance(Duration.ofMinutes(1));
		assertThat(limits).allSatisfy(limit -> assertThat(limit.expiredAt).isEmpty());
		assertThat(this.platform.pendingTimers()).isZero();
	}

	@Test
	void oneThatCannotBeToldDoesNotKeepTheOthersWaiting() {
		List<Limit> limits = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			limits.add(new Limit(TICK));
			this.wheel.add(new Deadline(this.platform.waiting(), () -> {
				throw new OutOfMemoryError("injected");
			}), TICK);
		}
		this.platform.advance(Duration.ofNanos(3 * TICK));
		assertThat(limits).allSatisfy(limit -> assertThat(limit.expiredAt).hasSize(1));
		Limit later = new Limit(TICK);
		this.platform.advance(Duration.ofNanos(3 * TICK));
		assertThat(later.expiredAt).hasSize(1);
	}

	@Test
	void allLimitsShareOneTimer() {
		for (int i = 1_000; i > 0; i--) {
			new Limit(i * 7_000_000L);
		}
		assertThat(this.platform.pendingTimers()).isEqualTo(1);
		this.platform.advance(Duration.ofSeconds(3));
		assertThat(this.platform.pendingTimers()).isEqualTo(1);
		this.platform.advance(Duration.ofSeconds(30));
		assertThat(this.wheel.size()).isZero();
		assertThat(this.platform.pendingTimers()).isZero();
	}

	@Test
	void shorterLimitThatComesLaterIsNotHeldUpByALongerOne() {
		Limit longer = new Limit(Duration.ofHours(1).toNanos());
		this.platform.advance(Duration.ofSeconds(100));
		Limit shorter = new Limit(Duration.ofSeconds(1).toNanos());
		this.platform.advance(Duration.ofSeconds(1).plusNanos(TICK));
		assertThat(shorter.expiredAt).hasSize(1);
		assertThat(longer.expiredAt).isEmpty();
		this.platform.advance(Duration.ofHours(1));
		assertThat(longer.expiredAt).hasSize(1);
	}

	@Test
	void limitThatIsAddedWhileOthersExpireIsNotForgotten() {
		List<Limit> later = new ArrayList<>();
		Deadline first = new Deadline(this.platform.waiting(), () -> {
			later.add(new Limit(0));
			later.add(new Limit(TICK));
			later.add(new Limit(512 * TICK));
		});
		this.wheel.add(first, 5 * TICK);
		this.platform.advance(Duration.ofNanos(700 * TICK));
		assertThat(later).hasSize(3).allSatisfy(limit -> {
			assertThat(limit.expiredAt).hasSize(1);
			assertThat(limit.expiredAt.get(0)).isBetween(limit.from + limit.nanos, limit.from + limit.nanos + TICK);
		});
	}

	@Test
	void randomLimitsExpireInTimeUnlessTheyWereRemoved() {
		for (long seed = 1; seed <= 20; seed++) {
			Random random = new Random(seed);
			List<Limit> all = new ArrayList<>();
			for (int step = 0; step < 500; step++) {
				switch (random.nextInt(4)) {
					case 0, 1 -> all.add(new Limit((long) (random.nextDouble() * random.nextInt(15_000)) * 1_000_000L
							+ random.nextInt(1_000_000)));
					case 2 -> {
						if (!all.isEmpty()) {
							all.get(random.nextInt(all.size())).remove();
						}
					}
					default -> this.platform.advance(Duration.ofNanos(random.nextInt(200_000_000)));
				}
			}
			this.platform.advance(Duration.ofSeconds(16));
			String place = "seed " + seed;
			assertThat(this.wheel.size()).as(place).isZero();
			assertThat(all).as(place).allSatisfy(limit -> {
				assertThat(limit.expiredAt).hasSizeLessThanOrEqualTo(1);
				assertThat(limit.expiredAt.isEmpty()).isEqualTo(limit.removed);
				if (!limit.removed) {
					assertThat(limit.expiredAt.get(0)).isBetween(limit.from + limit.nanos,
							limit.from + limit.nanos + TICK);
				}
			});
		}
	}

	/** A limit from now on, and when it was over. */
	private final class Limit {

		private final long from = now();

		private final long nanos;

		private final List<Long> expiredAt = new ArrayList<>();

		private final Deadline deadline;

		private boolean removed;

		private Limit(long nanos) {
			this.nanos = nanos;
			this.deadline = new Deadline(DeadlineWheelTest.this.platform.waiting(), () -> this.expiredAt.add(now()));
			DeadlineWheelTest.this.wheel.add(this.deadline, nanos);
		}

		private void remove() {
			if (this.expiredAt.isEmpty()) {
				this.removed = true;
				DeadlineWheelTest.this.wheel.remove(this.deadline);
			}
		}

	}

}

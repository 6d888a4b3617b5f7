package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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

	/** A scheduler that refuses some times in a row. */
	private static final class Refusing extends ForwardingPlatform {

		final AtomicInteger refusals = new AtomicInteger();

		Refusing(Platform real) {
			super(real);
		}

		@Override
		public Scheduler scheduler() {
			Scheduler real = super.scheduler();
			return (delay, task) -> {
				if (this.refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
					throw new RejectedExecutionException("injected");
				}
				return real.schedule(delay, task);
			};
		}

		@Override
		public boolean isSimulated() {
			return true;
		}

	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5 })
	void aLookThatCannotAskForTheNextOneInsists(int refusals) {
		Refusing refusing = new Refusing(this.platform);
		DeadlineWheel insisting = new DeadlineWheel(refusing);
		List<String> expired = new ArrayList<>();
		insisting.add(new Deadline(this.platform.waiting(), () -> expired.add("one")), 5 * TICK);
		refusing.refusals.set(refusals);
		this.platform.advance(Duration.ofNanos(6 * TICK));
		assertThat(expired).containsExactly("one");
	}

	@Test
	void aWheelWithoutALookIsWokenByWhoAddsAndByTheWatchdog() {
		Refusing refusing = new Refusing(this.platform);
		DeadlineWheel stopped = new DeadlineWheel(refusing);
		List<String> expired = new ArrayList<>();
		stopped.add(new Deadline(this.platform.waiting(), () -> expired.add("first")), 5 * TICK);
		refusing.refusals.set(Integer.MAX_VALUE);
		this.platform.advance(Duration.ofNanos(10 * TICK));
		assertThat(expired).isEmpty();
		assertThatExceptionOfType(RejectedExecutionException.class).as("who adds is told")
			.isThrownBy(
					() -> stopped.add(new Deadline(this.platform.waiting(), () -> expired.add("second")), 20 * TICK));
		refusing.refusals.set(0);
		stopped.kick();
		this.platform.advance(Duration.ofNanos(TICK));
		assertThat(expired).containsExactly("first");
		stopped.kick();
		this.platform.advance(Duration.ofNanos(20 * TICK));
		assertThat(expired).containsExactly("first", "second");
	}

	@Test
	void aWheelThatIsClosedEndsAllLimits() {
		List<Limit> limits = List.of(new Limit(TICK), new Limit(Duration.ofDays(365).toNanos()));
		this.platform.advance(Duration.ofNanos(TICK / 2));
		Limit fresh = new Limit(Long.MAX_VALUE);
		this.wheel.close();
		assertThat(limits).allSatisfy(limit -> assertThat(limit.expiredAt).hasSize(1));
		assertThat(fresh.expiredAt).hasSize(1);
		assertThat(this.wheel.size()).isZero();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> new Limit(TICK));
	}

	/** A wheel whose looks are only noted. */
	private DeadlineWheel wheel(Consumer<Runnable> looks) {
		return new DeadlineWheel(new ForwardingPlatform(this.platform) {
			@Override
			public Scheduler scheduler() {
				return (delay, task) -> {
					looks.accept(task);
					return () -> true;
				};
			}
		});
	}

	@Test
	void aWheelThatIsClosedWhileItLooksAsksForNothingMore() {
		List<Runnable> looks = new ArrayList<>();
		DeadlineWheel closing = wheel(looks::add);
		closing.add(new Deadline(this.platform.waiting(), () -> {
		}), Duration.ofHours(1).toNanos());
		closing.close();
		assertThat(looks).hasSize(1);
		looks.get(0).run();
		closing.kick();
		assertThat(looks).hasSize(1);
	}

	@Test
	void limitsThatAreRemovedWhileTheWheelLooksAreGone() throws Exception {
		AtomicReference<Runnable> look = new AtomicReference<>();
		DeadlineWheel busy = wheel(look::set);
		long hour = Duration.ofHours(1).toNanos();
		Deadline first = new Deadline(this.platform.waiting(), () -> {
		});
		busy.add(first, hour);
		AtomicBoolean done = new AtomicBoolean();
		Thread looker = new Thread(() -> {
			while (!done.get()) {
				look.get().run();
			}
		});
		looker.start();
		for (int i = 0; i < 200_000; i++) {
			Deadline deadline = new Deadline(this.platform.waiting(), () -> {
			});
			busy.add(deadline, hour);
			for (int spin = i & 63; spin > 0; spin--) {
				Thread.onSpinWait();
			}
			busy.remove(deadline);
		}
		done.set(true);
		looker.join();
		busy.remove(first);
		look.get().run();
		assertThat(busy.size()).isZero();
	}

	@Test
	void whoseStackEndsWhileAddingKeepsNobodyElseWaiting() throws Exception {
		for (int framesLeft = 1; framesLeft <= 60; framesLeft++) {
			try (Platform real = Platform.system()) {
				DeadlineWheel idle = new DeadlineWheel(real);
				int frames = framesLeft;
				Thread overflowing = new Thread(
						() -> descend(frames, () -> idle.add(new Deadline(real.waiting(), () -> {
						}), TICK)));
				overflowing.start();
				overflowing.join();
				CountDownLatch expired = new CountDownLatch(1);
				idle.add(new Deadline(real.waiting(), expired::countDown), TICK);
				LiveNode.await(expired);
				LiveNode.await("the end of the other one with " + frames + " frames left", () -> idle.size() == 0);
			}
		}
	}

	/** Unwinds some frames from where the stack was full, and runs something there. */
	private static int descend(int framesLeft, Runnable task) {
		int below;
		try {
			below = descend(framesLeft, task);
		}
		catch (StackOverflowError ex) {
			return 0;
		}
		if (below == framesLeft) {
			try {
				task.run();
			}
			catch (StackOverflowError ex) {
				return framesLeft + 1;
			}
		}
		return below + 1;
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

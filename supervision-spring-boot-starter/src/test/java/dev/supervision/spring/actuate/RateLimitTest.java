package dev.supervision.spring.actuate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RateLimitTest {

	/** Clocks of this kind may well be negative, and run over. */
	private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(30).toNanos());

	private final RateLimit limit = new RateLimit(this.now::get);

	private void pass(Duration time) {
		this.now.addAndGet(time.toNanos());
	}

	@Test
	void tenWithinAnyMinuteAreAllowed() {
		for (int i = 0; i < 10; i++) {
			assertThat(this.limit.acquire("alice")).isZero();
			pass(Duration.ofSeconds(1));
		}
		assertThat(this.limit.acquire("alice")).isEqualTo(Duration.ofSeconds(50));
		pass(Duration.ofSeconds(50).minusNanos(1));
		assertThat(this.limit.acquire("alice")).isEqualTo(Duration.ofNanos(1));
		pass(Duration.ofNanos(1));
		assertThat(this.limit.acquire("alice")).isZero();
		assertThat(this.limit.acquire("alice")).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void whatWasRefusedDoesNotCount() {
		for (int i = 0; i < 30; i++) {
			this.limit.acquire("alice");
		}
		pass(Duration.ofMinutes(1));
		assertThat(this.limit.acquire("alice")).isZero();
	}

	@Test
	void everybodyHasAWindowOfTheirOwnAndTheUnknownShareOne() {
		for (int i = 0; i < 10; i++) {
			this.limit.acquire(null);
		}
		assertThat(this.limit.acquire(null)).isPositive();
		assertThat(this.limit.acquire("anonymous")).isZero();
		assertThat(this.limit.acquire("bob")).isZero();
	}

	@Test
	void onlySoManyPrincipalsAreRemembered() {
		for (int i = 0; i < 10_000; i++) {
			this.limit.acquire("user " + i);
		}
		assertThat(this.limit.size()).isEqualTo(RateLimit.MAX_PRINCIPALS);
	}

}

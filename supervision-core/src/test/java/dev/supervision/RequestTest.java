package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestTest {

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final DeterministicPlatform platform = new DeterministicPlatform(1);

	private final DeadlineWheel wheel = new DeadlineWheel(this.platform);

	@AfterEach
	void close() {
		this.platform.close();
	}

	private Question question() {
		return new Question(this.platform.waiting(), Thread.currentThread());
	}

	/** Lets something happen later, in between. */
	private void after(long nanos, Runnable action) {
		this.platform.scheduler().schedule(nanos, action);
	}

	@Test
	void onlyTheFirstOutcomeCounts() {
		Question question = question();
		assertThat(question.isDone()).isFalse();
		assertThat(question.complete("first")).isTrue();
		assertThat(question.complete("second")).isFalse();
		assertThat(question.isDone()).isTrue();
		assertThat(question.await(this.wheel, SECOND)).isEqualTo("first");
		assertThat(this.platform.clock().nanoTime()).as("no wait").isZero();
	}

	@Test
	void waitEndsWhenTheOutcomeComes() {
		Question question = question();
		after(SECOND / 2, () -> question.complete("answer"));
		assertThat(question.await(this.wheel, SECOND)).isEqualTo("answer");
		assertThat(this.platform.clock().nanoTime()).isEqualTo(SECOND / 2);
		assertThat(this.wheel.size()).as("no limit is left").isZero();
	}

	@Test
	void waitEndsAtItsLimitAndALateOutcomeIsRefused() {
		Question question = question();
		List<Boolean> late = new ArrayList<>();
		after(2 * SECOND, () -> late.add(question.complete("late")));
		assertThat(question.await(this.wheel, SECOND)).isEqualTo(Request.Missing.TIMEOUT);
		assertThat(this.platform.clock().nanoTime()).isBetween(SECOND, SECOND + DeadlineWheel.TICK_NANOS);
		assertThat(this.wheel.size()).isZero();
		this.platform.advance(Duration.ofSeconds(2));
		assertThat(late).containsExactly(false);
		assertThat(question.await(this.wheel, SECOND)).isEqualTo(Request.Missing.TIMEOUT);
	}

	@Test
	void outcomeThatIsThereWhenTheLimitIsOverIsUsed() {
		Question question = question();
		// the limit expires before the waiting thread gets to run
		after(SECOND, () -> {
			question.complete("just in time");
			question.expire();
		});
		assertThat(question.await(this.wheel, SECOND)).isEqualTo("just in time");
	}

	@Test
	void zeroLimitDoesNotWaitForever() {
		assertThat(question().await(this.wheel, 0)).isEqualTo(Request.Missing.TIMEOUT);
		assertThat(this.platform.clock().nanoTime()).isLessThanOrEqualTo(DeadlineWheel.TICK_NANOS);
	}

	@Test
	void waitWithoutLimitBurdensNoWheel() {
		Question question = question();
		List<Integer> sizes = new ArrayList<>();
		after(Duration.ofDays(365).toNanos(), () -> {
			sizes.add(this.wheel.size());
			question.complete("at last");
		});
		assertThat(question.await(this.wheel, Long.MAX_VALUE)).isEqualTo("at last");
		assertThat(sizes).containsExactly(0);
	}

	@Test
	void interruptEndsTheWaitAndStaysSet() {
		Question question = question();
		Thread.currentThread().interrupt();
		assertThat(question.await(this.wheel, SECOND)).isEqualTo(Request.Missing.INTERRUPTED);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(question.complete("late")).isFalse();
		assertThat(this.wheel.size()).isZero();
	}

	@Test
	void interruptInTheMiddleOfTheWaitEndsIt() {
		Thread waiter = Thread.currentThread();
		after(SECOND / 2, () -> this.platform.waiting().interrupt(waiter));
		assertThat(question().await(this.wheel, SECOND)).isEqualTo(Request.Missing.INTERRUPTED);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.platform.clock().nanoTime()).isEqualTo(SECOND / 2);
	}

	@Test
	void outcomeThatCameBeforeTheInterruptIsUsed() {
		Question question = question();
		question.complete("answer");
		Thread.currentThread().interrupt();
		assertThat(question.await(this.wheel, SECOND)).isEqualTo("answer");
		assertThat(Thread.interrupted()).as("left to the caller").isTrue();
	}

	@Test
	void wakeUpWithoutAnOutcomeIsNoOutcome() {
		Thread waiter = Thread.currentThread();
		Question question = question();
		after(SECOND / 4, () -> this.platform.waiting().unpark(waiter));
		after(SECOND / 2, () -> question.complete("answer"));
		assertThat(question.await(this.wheel, SECOND)).isEqualTo("answer");
		assertThat(this.platform.clock().nanoTime()).isEqualTo(SECOND / 2);
	}

	@Test
	void requestThatNobodyBlocksForHasAnOutcomeAllTheSame() {
		Question question = new Question(this.platform.waiting(), null);
		this.wheel.add(question, SECOND);
		this.platform.advance(Duration.ofSeconds(2));
		assertThat(question.isDone()).isTrue();
		assertThat(question.await(this.wheel, SECOND)).isEqualTo(Request.Missing.TIMEOUT);
	}

	private static final class Question extends Request {

		private Question(Waiting waiting, @Nullable Thread waiter) {
			super(waiting, waiter);
		}

		@Override
		void deliver(Process process) {
			throw new IllegalStateException("there is no process");
		}

	}

}

package dev.supervision;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When listeners are told, and on what: threads and timers are queues here.
 */
class EventsTest {

	private final List<SupervisionEvent> told = new ArrayList<>();

	private final Deque<Runnable> threads = new ArrayDeque<>();

	private final Deque<Runnable> timers = new ArrayDeque<>();

	private final Counters counters = new Counters();

	private boolean hasTimers = true;

	private boolean hasThreads = true;

	private final Events events = new Events(this.told::add, task -> {
		if (!this.hasThreads) {
			throw new RejectedExecutionException("injected");
		}
		this.threads.add(task);
	}, this.counters, (delay, task) -> {
		if (!this.hasTimers) {
			throw new RejectedExecutionException("injected");
		}
		assertThat(delay).isEqualTo(Events.PAUSE_NANOS);
		this.timers.add(task);
		return () -> this.timers.remove(task);
	});

	private void emit() {
		this.events.emit(new SupervisionEvent.NodeClosed(Instant.EPOCH, List.of()));
	}

	private static void runOne(Deque<Runnable> tasks) {
		tasks.remove().run();
	}

	@Test
	void theFirstEventIsToldAtOnceAndTheNextOnesAfterAPauseTogether() {
		emit();
		assertThat(this.events.isEmpty()).isFalse();
		runOne(this.threads);
		assertThat(this.told).hasSize(1);
		assertThat(this.events.isEmpty()).isTrue();
		emit();
		emit();
		assertThat(this.threads).as("nobody is woken during the pause").isEmpty();
		assertThat(this.events.isEmpty()).isFalse();
		runOne(this.timers);
		runOne(this.threads);
		assertThat(this.told).hasSize(3);
	}

	@Test
	void afterAPauseWithoutEventsTheNextOneIsToldAtOnceAgain() {
		emit();
		runOne(this.threads);
		runOne(this.timers);
		runOne(this.threads);
		assertThat(this.timers).as("it lets go").isEmpty();
		emit();
		runOne(this.threads);
		assertThat(this.told).hasSize(2);
	}

	@Test
	void withoutATimerThereIsNoPause() {
		this.hasTimers = false;
		emit();
		runOne(this.threads);
		emit();
		runOne(this.threads);
		assertThat(this.told).hasSize(2);
	}

	@Test
	void whoWaitsIsToldAsSoonAsAllEventsAre() {
		List<String> waited = new ArrayList<>();
		this.events.whenEmpty(() -> waited.add("nothing to wait for"));
		assertThat(waited).containsExactly("nothing to wait for");
		emit();
		this.events.whenEmpty(() -> waited.add("one event"));
		assertThat(waited).hasSize(1);
		runOne(this.threads);
		assertThat(waited).containsExactly("nothing to wait for", "one event");
		emit();
		this.events.whenEmpty(() -> waited.add("one in a pause"));
		runOne(this.timers);
		assertThat(waited).hasSize(2);
		runOne(this.threads);
		assertThat(waited).hasSize(3);
	}

	@Test
	void whoComesDuringAPauseTakesTheTimersPlace() {
		emit();
		runOne(this.threads);
		for (int i = 0; i < 5; i++) {
			emit();
			this.events.kick();
			runOne(this.threads);
			assertThat(this.timers).as("one pause at a time").hasSize(1);
		}
		assertThat(this.told).hasSize(6);
		this.events.kick();
		assertThat(this.threads).as("there is nothing to tell").isEmpty();
	}

	@Test
	void aPauseEndsEarlyWhenTheQueueIsHalfFull() {
		emit();
		runOne(this.threads);
		for (int i = 1; i < Events.CAPACITY / 2; i++) {
			emit();
		}
		assertThat(this.threads).isEmpty();
		emit();
		runOne(this.threads);
		assertThat(this.told).hasSize(1 + Events.CAPACITY / 2);
	}

	@Test
	void anEventThatFoundNoThreadAfterAPauseWaitsForTheNextOne() {
		emit();
		runOne(this.threads);
		emit();
		this.hasThreads = false;
		runOne(this.timers);
		assertThat(this.told).hasSize(1);
		this.hasThreads = true;
		emit();
		runOne(this.threads);
		assertThat(this.told).hasSize(3);
	}

	@Test
	void whoDoesNotWaitAnyMoreIsNotTold() {
		emit();
		Runnable waiter = () -> {
			throw new AssertionError("nobody waits");
		};
		this.events.whenEmpty(waiter);
		this.events.forget(waiter);
		runOne(this.threads);
	}

	@Test
	void moreThanTheQueueHoldsIsCounted() {
		for (int i = 0; i < Events.CAPACITY + 3; i++) {
			emit();
		}
		assertThat(this.counters.eventsDropped.sum()).isEqualTo(3);
		runOne(this.threads);
		assertThat(this.told).hasSize(Events.CAPACITY);
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Canary}, with a clock that goes on only when a test says so.
 */
@Timeout(60)
class CanaryTest {

	private static final long TICK = Duration.ofMillis(10).toNanos();

	private final ManualClock clock = new ManualClock();

	private final AtomicInteger watchers = new AtomicInteger();

	private final AtomicInteger flights = new AtomicInteger();

	private final AtomicInteger refused = new AtomicInteger();

	private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Thread watcher;

	private volatile boolean holds;

	private volatile boolean refuses;

	private final Canary canary = new Canary(this.clock, this::flight, (task) -> {
		this.watchers.incrementAndGet();
		Thread thread = daemon(task);
		this.watcher = thread;
		return thread;
	});

	@AfterEach
	void close() throws InterruptedException {
		Thread watcher = this.canary.close();
		if (watcher != null) {
			watcher.join();
		}
	}

	private boolean watcherWaitsForWork() {
		return watcherIs(Thread.State.WAITING);
	}

	private boolean watcherIs(Thread.State state) {
		Thread watcher = this.watcher;
		return watcher != null && watcher.getState() == state;
	}

	@Test
	void nothingIsStartedBeforeAnybodyAsksAndOneWatcherIsEnough() {
		assertThat(this.watchers).hasValue(0);
		this.clock.advanceUntil(() -> this.canary.isOverdue() || this.flights.get() == 5);
		assertThat(this.watchers).hasValue(1);
	}

	@Test
	void whereOthersGetTheirTurnsServersStayExceptNowAndThen() {
		this.clock.advanceUntil(this.canary::isOverdue);
		// one at each of ten ticks, and one for the exception
		assertThat(this.flights).hasValue(11);
		this.clock.advanceUntil(() -> !this.canary.isOverdue());
	}

	@Test
	void whileNobodyAsksNothingIsSentOut() {
		this.clock.advanceUntil(() -> this.canary.isOverdue() || this.flights.get() == 2);
		this.clock.advanceUntil(this::watcherWaitsForWork);
		int sent = this.flights.get();
		this.clock.advance(100 * TICK);
		ManualClock.await(this::watcherWaitsForWork);
		assertThat(this.flights).hasValue(sent);
		this.clock.advanceUntil(() -> this.canary.isOverdue() || this.flights.get() > sent);
	}

	@Test
	void whereOthersGetNoTurnServersAreAwayUntilTheyHadOne() {
		Thread server = sendAway();
		assertThat(this.flights).hasValue(1);
		assertThat(server.isAlive()).isTrue();
		this.holds = false;
		this.held.remove().run();
		this.clock.advanceUntil(() -> !this.canary.isOverdue());
		this.clock.advanceUntil(() -> !server.isAlive());
	}

	@Test
	void serversComeBackAfterATickIfItWasNotTheyWhoAreInTheWay() {
		long begin = this.clock.nanoTime();
		Thread server = sendAway();
		this.clock.advanceUntil(() -> !server.isAlive());
		assertThat(this.held).hasSize(1);
		assertThat(this.clock.nanoTime() - begin).isGreaterThanOrEqualTo(2 * TICK);
	}

	@Test
	void anInterruptDoesNotBringAServerBack() {
		Thread server = sendAway();
		server.interrupt();
		ManualClock.await(() -> !server.isInterrupted());
		ManualClock.await(() -> server.getState() == Thread.State.WAITING);
		this.clock.advanceUntil(() -> !server.isAlive());
	}

	@Test
	void whenItIsClosedServersComeBackAndItEnds() throws InterruptedException {
		Thread server = sendAway();
		Thread watcher = this.canary.close();
		assertThat(watcher).isNotNull();
		watcher.join();
		server.join();
		assertThat(this.canary.isOverdue()).isFalse();
		assertThat(this.watchers).hasValue(1);
	}

	@Test
	void anInterruptOfTheWatcherKeepsNothingFromWaiting() {
		this.clock.advanceUntil(() -> this.canary.isOverdue() || this.flights.get() == 1);
		this.clock.advanceUntil(this::watcherWaitsForWork);
		Thread thread = Objects.requireNonNull(this.watcher);
		thread.interrupt();
		ManualClock.await(() -> !thread.isInterrupted());
		ManualClock.await(this::watcherWaitsForWork);
	}

	@Test
	void onceClosedItStartsNothing() {
		assertThat(this.canary.close()).isNull();
		assertThat(this.canary.isOverdue()).isFalse();
		assertThat(this.watchers).hasValue(0);
	}

	@Test
	void whereNoThreadCanBeStartedItIsTriedAgain() {
		this.refuses = true;
		this.clock.advanceUntil(() -> this.canary.isOverdue() || this.refused.get() > 2);
		assertThat(this.watchers).hasValue(1);
		this.refuses = false;
		this.clock.advanceUntil(this.canary::isOverdue);
	}

	/** Holds the next flight back until servers are to leave, and gives one that has. */
	private Thread sendAway() {
		this.holds = true;
		ManualClock.await(() -> this.canary.isOverdue() || this.flights.get() == 1);
		ManualClock.await(() -> watcherIs(Thread.State.TIMED_WAITING));
		this.clock.advance(TICK);
		ManualClock.await(this.canary::isOverdue);
		Thread server = daemon(this.canary::letOthers);
		server.start();
		ManualClock.await(() -> server.getState() == Thread.State.WAITING);
		return server;
	}

	private Thread flight(Runnable task) {
		if (this.refuses) {
			this.refused.incrementAndGet();
			throw new OutOfMemoryError("on purpose");
		}
		return new Thread(task) {

			@Override
			public synchronized void start() {
				if (CanaryTest.this.holds) {
					CanaryTest.this.held.add(task);
				}
				else {
					task.run();
				}
				CanaryTest.this.flights.incrementAndGet();
			}

		};
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		thread.setUncaughtExceptionHandler((ended, ex) -> {
		});
		return thread;
	}

}

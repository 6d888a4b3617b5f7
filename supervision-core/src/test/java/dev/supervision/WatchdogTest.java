package dev.supervision;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the watchdog does while there are no threads.
 */
class WatchdogTest {

	private final Scarce platform = new Scarce(new DeterministicPlatform(1));

	private final List<SupervisionEvent> events = new CopyOnWriteArrayList<>();

	private final Node node = Node.builder()
		.platform(this.platform)
		.listener(this.events::add)
		.stuckAfter(Duration.ofSeconds(10))
		.build();

	@AfterEach
	void close() {
		this.platform.refusing = false;
		this.platform.holding = false;
		this.node.close();
		this.platform.close();
	}

	@Test
	void goesOnLookingAfterATimeWithoutThreads() {
		Pid pid = this.node.spawn(new Script().spec("stuck"));
		this.platform.refusing = true;
		this.node.<Script.Message>ref(pid).cast((state, self) -> {
			this.platform.real.sleep(Duration.ofMinutes(2));
			return Next.with(state);
		});
		this.platform.real.advance(Duration.ofMinutes(1));
		assertThat(this.events).noneMatch(SupervisionEvent.Stuck.class::isInstance);
		this.platform.refusing = false;
		this.platform.real.advance(Duration.ofSeconds(30));
		assertThat(this.events).anyMatch(SupervisionEvent.Stuck.class::isInstance);
	}

	@Test
	void asksForAThreadOnceMoreOnlyForAProcessThatWaitsForOne() {
		Pid pid = this.node.spawn(new Script().spec("waiting").executor(ExecutorType.POOL));
		this.platform.real.runUntilIdle();
		this.platform.holding = true;
		this.node.<Script.Message>ref(pid).cast((state, self) -> Next.with(state));
		this.platform.real.advance(Duration.ofHours(1));
		assertThat(this.platform.held).hasSize(2);
	}

	/** Has threads only when it wants to. */
	private static final class Scarce extends ForwardingPlatform {

		private final DeterministicPlatform real;

		private final List<Runnable> held = new CopyOnWriteArrayList<>();

		private volatile boolean refusing;

		private volatile boolean holding;

		private Scarce(DeterministicPlatform real) {
			super(real);
			this.real = real;
		}

		@Override
		public Executor executor(ExecutorType type) {
			return task -> {
				if (this.refusing && type == ExecutorType.PLATFORM) {
					throw new RejectedExecutionException("no thread");
				}
				if (this.holding && type == ExecutorType.POOL) {
					this.held.add(task);
				}
				else {
					super.executor(type).execute(task);
				}
			};
		}

	}

}

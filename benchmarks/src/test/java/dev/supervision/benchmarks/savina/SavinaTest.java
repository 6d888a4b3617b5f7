package dev.supervision.benchmarks.savina;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * The workloads in small: each checks its own result, in numbers that do not depend on
 * the peer.
 */
@Timeout(30)
class SavinaTest {

	/** More than one, because the runtime of a measurement does many. */
	private static final int RUNS = 3;

	@Nested
	class OnOurs extends OnPeer {

		OnOurs() {
			super("ours");
		}

	}

	@Nested
	class OnOursInParallel extends OnPeer {

		OnOursInParallel() {
			super("parallel");
		}

	}

	@Nested
	class OnPekko extends OnPeer {

		OnPekko() {
			super("pekko");
		}

	}

	abstract static class OnPeer {

		private final Actors actors;

		OnPeer(String peer) {
			this.actors = Actors.of(peer);
		}

		@AfterEach
		void close() {
			this.actors.close();
		}

		@ParameterizedTest
		@EnumSource
		void everyWorkloadEndsWithTheRightResult(Savina.Name workload) {
			Workload small = small(workload);
			for (int i = 0; i < RUNS; i++) {
				assertThatCode(() -> small.run(this.actors)).doesNotThrowAnyException();
			}
		}

		@Test
		void aFailureOfAnActorFailsTheRun() {
			Behaviour<String> root = (message, self) -> self.<String>spawn((text, child) -> {
				throw new IllegalArgumentException(text);
			}).tell(message);
			assertThatIllegalStateException().isThrownBy(() -> this.actors.run(root, "wrong"))
				.withRootCauseInstanceOf(IllegalArgumentException.class);
		}

	}

	private static Workload small(Savina.Name workload) {
		return switch (workload) {
			case PING_PONG -> new PingPong(500);
			case COUNTING -> new Counting(5_000);
			case FORK_JOIN_CREATE -> new ForkJoinCreate(200);
			case FORK_JOIN_THROUGHPUT -> new ForkJoinThroughput(7, 200);
			case THREAD_RING -> new ThreadRing(11, 500);
			case CHAMENEOS -> new Chameneos(9, 500);
			case BIG -> new Big(8, 100);
			case CONCURRENT_DICTIONARY -> new ConcurrentDictionary(5, 200, 10);
			case BOUNDED_BUFFER -> new BoundedBuffer(6, 5, 3, 100);
			case DINING_PHILOSOPHERS -> new DiningPhilosophers(5, 100);
			// the room is full at once, so that customers come back
			case SLEEPING_BARBER -> new SleepingBarber(200, 3, 10, 1_000);
			case CIGARETTE_SMOKERS -> new CigaretteSmokers(7, 300);
			case BANK_TRANSACTION -> new BankTransaction(20, 500);
			case LOGISTIC_MAP -> new LogisticMap(4, 200);
		};
	}

}

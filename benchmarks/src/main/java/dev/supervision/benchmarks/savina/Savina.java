package dev.supervision.benchmarks.savina;

import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long each workload takes, from the start of its first actor until the last has
 * stopped. The runtime is there before, and does one run after the other.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(2)
public class Savina {

	@Param({ "ours", "parallel", "pekko" })
	public String peer = "";

	@Param
	public Name workload = Name.PING_PONG;

	private Workload chosen;

	private Actors actors;

	@Setup
	public void start() {
		this.chosen = this.workload.standard();
		this.actors = Actors.of(this.peer);
	}

	@Benchmark
	public void run() {
		this.chosen.run(this.actors);
	}

	@TearDown
	public void close() {
		this.actors.close();
	}

	/**
	 * The workloads, in the order of the paper.
	 */
	public enum Name {

		PING_PONG(PingPong::new), COUNTING(Counting::new), FORK_JOIN_CREATE(ForkJoinCreate::new),
		FORK_JOIN_THROUGHPUT(ForkJoinThroughput::new), THREAD_RING(ThreadRing::new), CHAMENEOS(Chameneos::new),
		BIG(Big::new), CONCURRENT_DICTIONARY(ConcurrentDictionary::new), BOUNDED_BUFFER(BoundedBuffer::new),
		DINING_PHILOSOPHERS(DiningPhilosophers::new), SLEEPING_BARBER(SleepingBarber::new),
		CIGARETTE_SMOKERS(CigaretteSmokers::new), BANK_TRANSACTION(BankTransaction::new),
		LOGISTIC_MAP(LogisticMap::new);

		private final Supplier<Workload> standard;

		Name(Supplier<Workload> standard) {
			this.standard = standard;
		}

		/** The workload in its default sizes. */
		Workload standard() {
			return this.standard.get();
		}

	}

}

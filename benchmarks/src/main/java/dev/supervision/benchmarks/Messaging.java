package dev.supervision.benchmarks;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Calls and casts. How many callers there are, and on what threads, is the matter of
 * {@link Suite}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Messaging {

	/** As many as a sender sends before it waits for the server to have handled them. */
	static final int BATCH = 10_000;

	static final int HOPS = 100_000;

	@Param({ "ours", "parallel", "pekko" })
	public String peer = "";

	private Peer runtime;

	@Setup(Level.Trial)
	public void start() {
		this.runtime = Peer.of(this.peer, 0);
	}

	@TearDown(Level.Trial)
	public void close() {
		this.runtime.close();
	}

	/** One caller, or many, to one server. */
	@Benchmark
	public long call() {
		return this.runtime.call(41);
	}

	/** To any of a thousand servers. */
	@Benchmark
	public long callAny() {
		return this.runtime.call(ThreadLocalRandom.current().nextInt(Peer.SERVERS), 41);
	}

	/** One sender, or several, to one server. */
	@Benchmark
	@OperationsPerInvocation(BATCH)
	public void cast() {
		for (int i = 0; i < BATCH; i++) {
			this.runtime.cast(i);
		}
		this.runtime.drain();
	}

	/** A token in a ring of a thousand. */
	@Benchmark
	@OperationsPerInvocation(HOPS)
	public void ring() {
		this.runtime.ring(HOPS);
	}

	/** A token between two servers. */
	@Benchmark
	@OperationsPerInvocation(HOPS)
	public void pingPong() {
		this.runtime.pingPong(HOPS);
	}

}

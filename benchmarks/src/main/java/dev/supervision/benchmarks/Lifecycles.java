package dev.supervision.benchmarks;

import java.util.ArrayDeque;
import java.util.Deque;
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
 * Starts, stops and restarts of dynamic children, next to others that are there.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Lifecycles {

	private static final int STORM = 1000;

	private static final int STARTS = 10_000;

	@Param({ "ours", "pekko" })
	public String peer = "";

	@Param({ "1", "1000", "100000", "1000000" })
	public int children;

	private Peer runtime;

	private final Deque<Object> started = new ArrayDeque<>();

	@Setup(Level.Trial)
	public void start() {
		this.runtime = Peer.of(this.peer, this.children);
	}

	@TearDown(Level.Invocation)
	public void stopChildren() {
		this.started.forEach(this.runtime::stopChild);
		this.started.clear();
	}

	@TearDown(Level.Trial)
	public void close() {
		this.runtime.close();
	}

	/**
	 * Until the child answers that it has started; they stay until the measured time is
	 * over.
	 */
	@Benchmark
	@OperationsPerInvocation(STARTS)
	public void startChild() {
		for (int i = 0; i < STARTS; i++) {
			this.started.add(this.runtime.startChild());
		}
	}

	@Benchmark
	public void startAndStopChild() {
		this.runtime.stopChild(this.runtime.startChild());
	}

	/** Until the successor has handled a message. */
	@Benchmark
	public void crash() {
		this.runtime.crash(1);
	}

	/** A thousand at once; the time is that of all of them. */
	@Benchmark
	public void storm() {
		this.runtime.crash(STORM);
	}

}

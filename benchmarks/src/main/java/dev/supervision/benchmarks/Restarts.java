package dev.supervision.benchmarks;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import dev.supervision.ChildSpec;
import dev.supervision.ExitReason;
import dev.supervision.GenServer;
import dev.supervision.Init;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.ServerContext;
import dev.supervision.Strategy;
import dev.supervision.SupervisorSpec;

/**
 * What only this project and Elixir have: kills from outside, and restarts of groups.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Restarts {

	private static final int GROUP = 100;

	private static final int STORM = 1000;

	@Param({ "1", "1000", "100000", "1000000" })
	public int children;

	private Ours runtime;

	private Node node;

	private volatile @Nullable CountDownLatch started;

	@Setup(Level.Trial)
	public void start() {
		this.runtime = new Ours(this.children);
		this.node = Node.builder().name("groups").listener(event -> {
		}).build();
		ChildSpec[] members = IntStream.range(0, GROUP)
			.mapToObj(i -> ChildSpec.worker("member-" + i, Member::new).name("member-" + i))
			.toArray(ChildSpec[]::new);
		this.node.start(SupervisorSpec.of("group", members)
			.strategy(Strategy.ONE_FOR_ALL)
			.intensity(Integer.MAX_VALUE, Duration.ofSeconds(1)));
	}

	@TearDown(Level.Trial)
	public void close() {
		this.node.close();
		this.runtime.close();
	}

	/** Until the successor has handled a message. */
	@Benchmark
	public void kill() {
		this.runtime.kill(1);
	}

	/** A thousand at once; the time is that of all of them. */
	@Benchmark
	public void storm() {
		this.runtime.kill(STORM);
	}

	/** All of a hundred, because of the first. */
	@Benchmark
	public void group() {
		CountDownLatch latch = new CountDownLatch(GROUP);
		this.started = latch;
		this.node.exit(this.node.whereis("member-0").orElseThrow(), ExitReason.KILL);
		Messages.await(latch);
	}

	/** Says when it has started. */
	private final class Member implements GenServer<String, Object> {

		@Override
		public Init<String> init(ServerContext<Object> self) {
			CountDownLatch latch = Restarts.this.started;
			if (latch != null) {
				latch.countDown();
			}
			return Init.ok("state");
		}

		@Override
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			return Next.with(state);
		}

	}

}

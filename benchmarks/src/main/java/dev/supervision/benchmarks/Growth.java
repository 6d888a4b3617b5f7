package dev.supervision.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

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
import dev.supervision.From;
import dev.supervision.GenServer;
import dev.supervision.Init;
import dev.supervision.MailboxLimit;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.ServerContext;
import dev.supervision.ServerRef;

/**
 * What an operation costs as processes and queued messages grow in number.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Growth {

	/** Processes, or queued messages. */
	@Param({ "1", "10", "100", "1000", "10000", "100000", "1000000" })
	public int count;

	private Node node;

	private final List<ServerRef<Object>> servers = new ArrayList<>();

	private ServerRef<Object> queue;

	@Setup(Level.Trial)
	public void start() {
		this.node = Node.builder().listener(event -> {
		}).build();
		this.queue = this.node.ref(this.node.spawn(spec("consumer")));
	}

	private static ChildSpec spec(String id) {
		return ChildSpec.worker(id, Echo::new).mailbox(MailboxLimit.UNBOUNDED);
	}

	@TearDown(Level.Trial)
	public void close() {
		this.node.close();
	}

	/** A call to any of so many processes. */
	@Benchmark
	public long callAmong() {
		while (this.servers.size() < this.count) {
			this.servers.add(this.node.ref(this.node.spawn(spec("server"))));
		}
		return this.servers.get(ThreadLocalRandom.current().nextInt(this.count)).<Long>call(from -> from);
	}

	/** So many casts while the server is busy, and then all of them handled. */
	@Benchmark
	public void castAndDrain() {
		CountDownLatch busy = new CountDownLatch(1);
		this.queue.cast(busy);
		for (int i = 0; i < this.count; i++) {
			this.queue.cast("waits");
		}
		busy.countDown();
		this.queue.<Long>call(from -> from);
	}

	/** Answers who asks. */
	private static final class Echo implements GenServer<String, Object> {

		@Override
		public Init<String> init(ServerContext<Object> self) {
			return Init.ok("state");
		}

		@Override
		@SuppressWarnings("unchecked")
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			if (message instanceof From<?> from) {
				((From<Long>) from).reply(1L);
			}
			else if (message instanceof CountDownLatch busy) {
				Messages.await(busy);
			}
			return Next.with(state);
		}

	}

}

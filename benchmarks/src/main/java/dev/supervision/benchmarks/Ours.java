package dev.supervision.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReferenceArray;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildSpec;
import dev.supervision.DynamicSupervisorRef;
import dev.supervision.DynamicSupervisorSpec;
import dev.supervision.ExecutorType;
import dev.supervision.ExitReason;
import dev.supervision.From;
import dev.supervision.GenServer;
import dev.supervision.Init;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ServerContext;
import dev.supervision.ServerRef;

/**
 * The core of this project as it comes: with names, links, limits, events, and time-outs
 * of calls.
 */
final class Ours implements Peer {

	private final Node node;

	private final ServerRef<Object> one;

	private final List<ServerRef<Object>> many = new ArrayList<>();

	private final List<ServerRef<Object>> ring = new ArrayList<>();

	private final DynamicSupervisorRef children;

	private final ChildSpec child = ChildSpec.worker("child", Adder::new);

	/** By number: each incarnation puts itself here. */
	private final AtomicReferenceArray<ServerContext<Object>> victims;

	/** Counts successors that have handled a message; none are expected at first. */
	private volatile @Nullable CountDownLatch recovered;

	Ours(int children) {
		this(ExecutorType.AUTO, children);
	}

	/**
	 * Creates the peer.
	 * @param executor which threads run servers
	 */
	Ours(ExecutorType executor, int children) {
		this.node = Node.builder().defaultExecutor(executor).listener(event -> {
		}).build();
		this.one = spawn();
		for (int i = 0; i < SERVERS; i++) {
			this.many.add(spawn());
			this.ring.add(this.node.ref(this.node.spawn(ChildSpec.worker("link", Forwarder::new))));
		}
		for (int i = 0; i < SERVERS; i++) {
			this.ring.get(i).cast(this.ring.get((i + 1) % SERVERS));
		}
		this.children = this.node.start(DynamicSupervisorSpec.of("children")
			.maxChildren(Integer.MAX_VALUE)
			.intensity(Integer.MAX_VALUE, Duration.ofSeconds(1)));
		this.victims = new AtomicReferenceArray<>(children);
		ChildSpec victim = ChildSpec.workerOf("victim", arguments -> new Victim((Integer) arguments.get(0)));
		for (int i = 0; i < children; i++) {
			this.children.startChild("victim-" + i, victim, i).pid();
		}
	}

	private ServerRef<Object> spawn() {
		return this.node.ref(this.node.spawn(this.child()));
	}

	private ChildSpec child() {
		return ChildSpec.worker("adder", Adder::new);
	}

	@Override
	public long call(long number) {
		return this.one.<Long>call(from -> new Ask(number, from));
	}

	@Override
	public long call(int server, long number) {
		return this.many.get(server).<Long>call(from -> new Ask(number, from));
	}

	@Override
	public void cast(long number) {
		this.one.cast(new Messages.Add(number));
	}

	@Override
	public void drain() {
		call(0);
	}

	@Override
	public void ring(int hops) {
		CountDownLatch done = new CountDownLatch(1);
		this.ring.get(0).cast(new Messages.Token(hops, done));
		Messages.await(done);
	}

	@Override
	public void pingPong(int messages) {
		CountDownLatch done = new CountDownLatch(1);
		ServerRef<Object> ping = this.node.ref(this.node.spawn(ChildSpec.worker("ping", Forwarder::new)));
		ServerRef<Object> pong = this.node.ref(this.node.spawn(ChildSpec.worker("pong", Forwarder::new)));
		ping.cast(pong);
		pong.cast(ping);
		ping.cast(new Messages.Token(messages, done));
		Messages.await(done);
		ping.stop();
		pong.stop();
	}

	@Override
	public Object startChild() {
		return this.children.startChild(this.child).pid();
	}

	@Override
	public void stopChild(Object child) {
		this.children.terminateChild((Pid) child);
	}

	@Override
	public void crash(int count) {
		CountDownLatch latch = new CountDownLatch(count);
		this.recovered = latch;
		for (int i = 0; i < count; i++) {
			this.victims.get(i).self().cast(new Messages.Crash());
		}
		Messages.await(latch);
	}

	/** As {@link #crash}, but from outside. */
	void kill(int count) {
		CountDownLatch latch = new CountDownLatch(count);
		this.recovered = latch;
		for (int i = 0; i < count; i++) {
			this.node.exit(this.victims.get(i).pid(), ExitReason.KILL);
		}
		Messages.await(latch);
	}

	@Override
	public void close() {
		this.node.close();
	}

	private record Ask(long number, From<Long> from) {
	}

	/** Adds up. */
	private static final class Adder implements GenServer<long[], Object> {

		@Override
		public Init<long[]> init(ServerContext<Object> self) {
			return Init.ok(new long[1]);
		}

		@Override
		public Next<long[]> handle(Object message, long[] sum, ServerContext<Object> self) {
			if (message instanceof Ask ask) {
				ask.from().reply(ask.number() + 1);
			}
			else if (message instanceof Messages.Add add) {
				sum[0] += add.number();
			}
			return Next.with(sum);
		}

	}

	/** Hands a token on. */
	private static final class Forwarder implements GenServer<Object[], Object> {

		@Override
		public Init<Object[]> init(ServerContext<Object> self) {
			return Init.ok(new Object[1]);
		}

		@Override
		@SuppressWarnings("unchecked")
		public Next<Object[]> handle(Object message, Object[] next, ServerContext<Object> self) {
			if (message instanceof Messages.Token token) {
				if (token.hops() == 0) {
					token.done().countDown();
				}
				else {
					((ServerRef<Object>) next[0]).cast(new Messages.Token(token.hops() - 1, token.done()));
				}
			}
			else {
				next[0] = message;
			}
			return Next.with(next);
		}

	}

	/** Crashes when it is told to; its successor handles a message. */
	private final class Victim implements GenServer<String, Object> {

		private final int number;

		Victim(int number) {
			this.number = number;
		}

		@Override
		public Init<String> init(ServerContext<Object> self) {
			Ours.this.victims.set(this.number, self);
			CountDownLatch latch = Ours.this.recovered;
			if (latch != null) {
				self.self().cast(new Messages.Touch(latch));
			}
			return Init.ok("state");
		}

		@Override
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			if (message instanceof Messages.Touch touch) {
				touch.handled().countDown();
				return Next.with(state);
			}
			throw new Messages.Benign();
		}

	}

}

package dev.supervision.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;

import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;

/**
 * Apache Pekko typed, with its default dispatcher. Children are started and stopped by
 * their parent, which is asked to.
 */
final class Pekko implements Peer {

	private static final Duration LIMIT = Duration.ofSeconds(5);

	private final ActorSystem<Object> system = ActorSystem.create(Behaviors.setup(Guardian::new), "peer",
			ConfigFactory.parseString(
					"pekko { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off, jvm-shutdown-hooks = off }")
				.withFallback(ConfigFactory.load()));

	private final ActorRef<Object> one = start(adder());

	private final List<ActorRef<Object>> many = new ArrayList<>();

	private final List<ActorRef<Object>> ring = new ArrayList<>();

	private final List<ActorRef<Object>> victims = new ArrayList<>();

	private volatile @Nullable CountDownLatch recovered;

	Pekko(int children) {
		for (int i = 0; i < SERVERS; i++) {
			this.many.add(start(adder()));
			this.ring.add(start(forwarder()));
		}
		for (int i = 0; i < SERVERS; i++) {
			this.ring.get(i).tell(this.ring.get((i + 1) % SERVERS));
		}
		for (int i = 0; i < children; i++) {
			this.victims.add(start(victim()));
		}
	}

	@SuppressWarnings("unchecked")
	private ActorRef<Object> start(Behavior<Object> behavior) {
		return (ActorRef<Object>) (ActorRef<?>) join(AskPattern.<Object, ActorRef<Object>>ask(this.system,
				replyTo -> new Start(behavior, replyTo), LIMIT, this.system.scheduler()));
	}

	private static <T> T join(CompletionStage<T> stage) {
		return stage.toCompletableFuture().join();
	}

	private long ask(ActorRef<Object> actor, long number) {
		return join(AskPattern.<Object, Long>ask(actor, replyTo -> new Ask(number, replyTo), LIMIT,
				this.system.scheduler()));
	}

	@Override
	public long call(long number) {
		return ask(this.one, number);
	}

	@Override
	public long call(int server, long number) {
		return ask(this.many.get(server), number);
	}

	@Override
	public void cast(long number) {
		this.one.tell(new Messages.Add(number));
	}

	@Override
	public void drain() {
		CountDownLatch drained = new CountDownLatch(1);
		this.one.tell(new Messages.Touch(drained));
		Messages.await(drained);
	}

	@Override
	public void ring(int hops) {
		CountDownLatch done = new CountDownLatch(1);
		this.ring.get(0).tell(new Messages.Token(hops, done));
		Messages.await(done);
	}

	@Override
	public void pingPong(int messages) {
		CountDownLatch done = new CountDownLatch(1);
		ActorRef<Object> ping = start(forwarder());
		ActorRef<Object> pong = start(forwarder());
		ping.tell(pong);
		pong.tell(ping);
		ping.tell(new Messages.Token(messages, done));
		Messages.await(done);
		stopChild(ping);
		stopChild(pong);
	}

	@Override
	public Object startChild() {
		return start(adder());
	}

	@Override
	@SuppressWarnings("unchecked")
	public void stopChild(Object child) {
		join(AskPattern.<Object, String>ask(this.system, replyTo -> new Stop((ActorRef<Object>) child, replyTo), LIMIT,
				this.system.scheduler()));
	}

	@Override
	public void crash(int count) {
		CountDownLatch latch = new CountDownLatch(count);
		this.recovered = latch;
		for (int i = 0; i < count; i++) {
			this.victims.get(i).tell(new Messages.Crash());
		}
		Messages.await(latch);
	}

	@Override
	public void close() {
		this.system.terminate();
		join(this.system.getWhenTerminated());
	}

	private static Behavior<Object> adder() {
		return Behaviors.setup(Adder::new);
	}

	private static Behavior<Object> forwarder() {
		return Behaviors.setup(Forwarder::new);
	}

	private Behavior<Object> victim() {
		return Behaviors.supervise(Behaviors.<Object>setup(Victim::new))
			.onFailure(SupervisorStrategy.restart().withLoggingEnabled(false));
	}

	private record Ask(long number, ActorRef<Long> replyTo) {
	}

	private record Start(Behavior<Object> behavior, ActorRef<ActorRef<Object>> replyTo) {
	}

	private record Stop(ActorRef<Object> child, ActorRef<String> replyTo) {
	}

	/** Starts and stops the others. */
	private static final class Guardian extends AbstractBehavior<Object> {

		private final java.util.Map<ActorRef<Void>, ActorRef<String>> stopping = new java.util.HashMap<>();

		Guardian(ActorContext<Object> context) {
			super(context);
		}

		@Override
		public Receive<Object> createReceive() {
			return newReceiveBuilder().onMessage(Start.class, this::start)
				.onMessage(Stop.class, this::stop)
				.onSignal(Terminated.class, this::terminated)
				.build();
		}

		private Behavior<Object> start(Start start) {
			start.replyTo().tell(getContext().spawnAnonymous(start.behavior()));
			return this;
		}

		private Behavior<Object> stop(Stop stop) {
			this.stopping.put(stop.child().unsafeUpcast().narrow(), stop.replyTo());
			getContext().watch(stop.child());
			getContext().stop(stop.child());
			return this;
		}

		private Behavior<Object> terminated(Terminated signal) {
			ActorRef<String> replyTo = this.stopping.remove(signal.getRef());
			if (replyTo != null) {
				replyTo.tell("stopped");
			}
			return this;
		}

	}

	/** Adds up. */
	private static final class Adder extends AbstractBehavior<Object> {

		private long sum;

		Adder(ActorContext<Object> context) {
			super(context);
		}

		@Override
		public Receive<Object> createReceive() {
			return newReceiveBuilder().onMessage(Ask.class, ask -> {
				ask.replyTo().tell(ask.number() + 1);
				return this;
			}).onMessage(Messages.Add.class, add -> {
				this.sum += add.number();
				return this;
			}).onMessage(Messages.Touch.class, touch -> {
				touch.handled().countDown();
				return this;
			}).build();
		}

	}

	/** Hands a token on. */
	private static final class Forwarder extends AbstractBehavior<Object> {

		private @Nullable ActorRef<Object> next;

		Forwarder(ActorContext<Object> context) {
			super(context);
		}

		@Override
		@SuppressWarnings("unchecked")
		public Receive<Object> createReceive() {
			return newReceiveBuilder().onMessage(Messages.Token.class, token -> {
				ActorRef<Object> neighbour = this.next;
				if (token.hops() == 0 || neighbour == null) {
					token.done().countDown();
				}
				else {
					neighbour.tell(new Messages.Token(token.hops() - 1, token.done()));
				}
				return this;
			}).onAnyMessage(message -> {
				this.next = (ActorRef<Object>) message;
				return this;
			}).build();
		}

	}

	/** Crashes when it is told to, and after that handles a message. */
	private final class Victim extends AbstractBehavior<Object> {

		Victim(ActorContext<Object> context) {
			super(context);
			CountDownLatch latch = Pekko.this.recovered;
			if (latch != null) {
				context.getSelf().tell(new Messages.Touch(latch));
			}
		}

		@Override
		public Receive<Object> createReceive() {
			return newReceiveBuilder().onMessage(Messages.Touch.class, touch -> {
				touch.handled().countDown();
				return this;
			}).onMessage(Messages.Crash.class, crash -> {
				throw new Messages.Benign();
			}).build();
		}

	}

}

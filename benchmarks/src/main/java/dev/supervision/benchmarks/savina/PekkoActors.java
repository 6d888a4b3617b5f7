package dev.supervision.benchmarks.savina;

import java.util.concurrent.CompletableFuture;

import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Actors as typed actors of Pekko, on its default dispatcher. Logging is off.
 */
final class PekkoActors extends Actors {

	private final ActorSystem<Spawn<?>> system = ActorSystem.create(Behaviors.setup(PekkoActors::guardian), "savina",
			ConfigFactory.parseString("pekko { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }")
				.withFallback(ConfigFactory.load()));

	private static Behavior<Spawn<?>> guardian(ActorContext<Spawn<?>> context) {
		return Behaviors.receiveMessage((spawn) -> {
			spawn.in(context);
			return Behaviors.same();
		});
	}

	/** Only the guardian can start an actor for somebody outside. */
	@Override
	<M> Address<M> spawn(Behaviour<M> behaviour, Run run) {
		Spawn<M> spawn = new Spawn<>(behaviour, run, new CompletableFuture<>());
		this.system.tell(spawn);
		return spawn.address.join();
	}

	private static <M> Behavior<M> behavior(Behaviour<M> behaviour, Run run) {
		return Behaviors.setup((context) -> {
			PekkoActor<M> actor = new PekkoActor<>(behaviour, run, context);
			return Behaviors
				.receiveMessage((message) -> actor.receive(message) ? Behaviors.same() : Behaviors.stopped());
		});
	}

	private static <M> Address<M> address(ActorRef<M> actor) {
		return actor::tell;
	}

	@Override
	public void close() {
		this.system.terminate();
		this.system.getWhenTerminated().toCompletableFuture().join();
	}

	private record Spawn<M>(Behaviour<M> behaviour, Run run, CompletableFuture<Address<M>> address) {

		private void in(ActorContext<?> context) {
			this.address.complete(PekkoActors.address(context.spawnAnonymous(behavior(this.behaviour, this.run))));
		}

	}

	private static final class PekkoActor<M> extends Actor<M> {

		private final ActorContext<M> context;

		private PekkoActor(Behaviour<M> behaviour, Run run, ActorContext<M> context) {
			super(behaviour, run, PekkoActors.address(context.getSelf()));
			this.context = context;
		}

		@Override
		<N> Address<N> spawn(Behaviour<N> behaviour, Run run) {
			return PekkoActors.address(this.context.spawnAnonymous(behavior(behaviour, run)));
		}

	}

}

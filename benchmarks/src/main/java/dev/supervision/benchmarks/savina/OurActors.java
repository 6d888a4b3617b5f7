package dev.supervision.benchmarks.savina;

import dev.supervision.ChildSpec;
import dev.supervision.ExecutorType;
import dev.supervision.ExitReason;
import dev.supervision.GenServer;
import dev.supervision.Init;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.ServerContext;
import dev.supervision.ServerRef;

/**
 * Actors as servers of this project: children are linked with their parent.
 */
final class OurActors extends Actors {

	private final Node node;

	OurActors(ExecutorType executor) {
		this.node = Node.builder().defaultExecutor(executor).listener((event) -> {
		}).build();
	}

	@Override
	<M> Address<M> spawn(Behaviour<M> behaviour, Run run) {
		return address(this.node.ref(this.node.spawn(spec(behaviour, run))));
	}

	private static <M> ChildSpec spec(Behaviour<M> behaviour, Run run) {
		return ChildSpec.worker("actor", () -> new Server<>(behaviour, run));
	}

	private static <M> Address<M> address(ServerRef<M> server) {
		return server::cast;
	}

	@Override
	public void close() {
		this.node.close();
	}

	private static final class Server<M> implements GenServer<OurActor<M>, M> {

		private final Behaviour<M> behaviour;

		private final Run run;

		private Server(Behaviour<M> behaviour, Run run) {
			this.behaviour = behaviour;
			this.run = run;
		}

		@Override
		public Init<OurActor<M>> init(ServerContext<M> self) {
			return Init.ok(new OurActor<>(this.behaviour, this.run, self));
		}

		@Override
		public Next<OurActor<M>> handle(M message, OurActor<M> actor, ServerContext<M> self) {
			return actor.receive(message) ? Next.with(actor) : Next.stop(ExitReason.NORMAL, actor);
		}

	}

	private static final class OurActor<M> extends Actor<M> {

		private final ServerContext<M> context;

		private OurActor(Behaviour<M> behaviour, Run run, ServerContext<M> context) {
			super(behaviour, run, OurActors.address(context.self()));
			this.context = context;
		}

		@Override
		<N> Address<N> spawn(Behaviour<N> behaviour, Run run) {
			return OurActors.address(this.context.node().ref(this.context.startLink(spec(behaviour, run))));
		}

	}

}

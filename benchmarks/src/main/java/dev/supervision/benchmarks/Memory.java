package dev.supervision.benchmarks;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

import dev.supervision.ChildSpec;
import dev.supervision.DynamicSupervisorRef;
import dev.supervision.DynamicSupervisorSpec;
import dev.supervision.GenServer;
import dev.supervision.Init;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.ServerContext;

/**
 * What an idle dynamic child occupies: started with an id of at most 16 characters, with
 * a state and a behaviour that all of them share. A virtual machine of its own measures
 * one peer and prints one number, bytes for each child.
 */
public final class Memory {

	private static final int LOOKS = 5;

	private Memory() {
	}

	public static void main(String[] arguments) throws Exception {
		int count = Integer.parseInt(arguments[1]);
		long bytes = arguments[0].equals("ours") ? ours(count) : pekko(count);
		System.out.println(bytes / (double) count);
	}

	private static long ours(int count) throws InterruptedException {
		Idle shared = new Idle();
		ChildSpec spec = ChildSpec.worker("idle", () -> shared);
		try (Node node = Node.builder().listener(event -> {
		}).build()) {
			DynamicSupervisorRef children = node.start(DynamicSupervisorSpec.of("children")
				.maxChildren(Integer.MAX_VALUE)
				.intensity(Integer.MAX_VALUE, Duration.ofSeconds(1)));
			children.startChild("first", spec).pid();
			long before = used();
			for (int i = 0; i < count; i++) {
				children.startChild("child-" + i, spec).pid();
			}
			long after = used();
			if (children.size() != count + 1) {
				throw new IllegalStateException("Only " + children.size() + " children are there");
			}
			return after - before;
		}
	}

	private static long pekko(int count) throws InterruptedException {
		CountDownLatch first = new CountDownLatch(1);
		CountDownLatch all = new CountDownLatch(count + 1);
		Behavior<Object> idle = Behaviors.receive((context, message) -> Behaviors.same());
		Behavior<Object> child = Behaviors.setup(context -> {
			all.countDown();
			return idle;
		});
		ActorSystem<Integer> system = ActorSystem.create(Behaviors.receive((context, more) -> {
			for (int i = 0; i < more; i++) {
				context.spawn(child, (more == 1) ? "first" : "child-" + i);
			}
			first.countDown();
			return Behaviors.same();
		}), "memory", ConfigFactory.parseString("pekko { loglevel = OFF, stdout-loglevel = OFF }")
			.withFallback(ConfigFactory.load()));
		try {
			system.tell(1);
			first.await();
			long before = used();
			system.tell(count);
			all.await();
			return used() - before;
		}
		finally {
			system.terminate();
		}
	}

	private static long used() throws InterruptedException {
		Runtime runtime = Runtime.getRuntime();
		long least = Long.MAX_VALUE;
		for (int i = 0; i < LOOKS; i++) {
			System.gc();
			TimeUnit.MILLISECONDS.sleep(200);
			least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
		}
		return least;
	}

	/** Has nothing of its own. */
	private static final class Idle implements GenServer<String, Object> {

		@Override
		public Init<String> init(ServerContext<Object> self) {
			return Init.ok("state");
		}

		@Override
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			return Next.with(state);
		}

	}

}

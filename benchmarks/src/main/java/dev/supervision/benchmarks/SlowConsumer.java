package dev.supervision.benchmarks;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;

import dev.supervision.ChildSpec;
import dev.supervision.GenServer;
import dev.supervision.Init;
import dev.supervision.MailboxLimit;
import dev.supervision.Next;
import dev.supervision.Node;
import dev.supervision.ServerContext;
import dev.supervision.ServerRef;

/**
 * Ten million casts wait for a server that handles none, and others go on as before: the
 * times of calls to a neighbour without and with them, and the heap that they take.
 */
public final class SlowConsumer {

	private static final int QUEUED = 10_000_000;

	private static final int CALLS = 200_000;

	private SlowConsumer() {
	}

	public static void main(String[] arguments) {
		int queued = (arguments.length > 0) ? Integer.parseInt(arguments[0]) : QUEUED;
		CountDownLatch slow = new CountDownLatch(1);
		try (Node node = Node.builder().listener(event -> {
		}).build()) {
			ServerRef<Object> consumer = node
				.ref(node.spawn(ChildSpec.worker("slow", () -> new Waiting(slow)).mailbox(MailboxLimit.UNBOUNDED)));
			Ours neighbour = new Ours(0);
			times(neighbour);
			System.out.println("calls to a neighbour: " + times(neighbour));
			long begin = System.nanoTime();
			for (int i = 0; i < queued; i++) {
				consumer.cast("waits");
			}
			System.out.printf(Locale.ROOT, "%d casts to the slow one: %.0f ns each%n", queued,
					(System.nanoTime() - begin) / (double) queued);
			System.out.println("calls to a neighbour: " + times(neighbour));
			slow.countDown();
			consumer.stop();
			neighbour.close();
		}
	}

	private static String times(Ours neighbour) {
		long[] nanos = new long[CALLS];
		for (int i = 0; i < CALLS; i++) {
			long begin = System.nanoTime();
			neighbour.call(i);
			nanos[i] = System.nanoTime() - begin;
		}
		Arrays.sort(nanos);
		return String.format(Locale.ROOT, "median %d ns, 99 %% %d ns, 99.9 %% %d ns", nanos[CALLS / 2],
				nanos[CALLS / 100 * 99], nanos[CALLS / 1000 * 999]);
	}

	/** Waits at its first message. */
	private record Waiting(CountDownLatch latch) implements GenServer<String, Object> {

		@Override
		public Init<String> init(ServerContext<Object> self) {
			return Init.ok("state");
		}

		@Override
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			Messages.await(this.latch);
			return Next.with(state);
		}

	}

}

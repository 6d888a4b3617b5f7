package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A node on real threads that keeps its events. What it waits for always comes; the limit
 * is there only so that a defect fails a test instead of hanging it.
 */
final class LiveNode implements AutoCloseable {

	static final Duration LONG = Duration.ofSeconds(60);

	private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

	final Node node;

	private final List<SupervisionEvent> events = new ArrayList<>();

	LiveNode() {
		this(builder -> builder);
	}

	LiveNode(UnaryOperator<Node.Builder> settings) {
		this.node = settings.apply(Node.builder().listener(this::add)).build();
	}

	private void add(SupervisionEvent event) {
		synchronized (this.events) {
			this.events.add(event);
		}
	}

	/** Starts a tree that endures any number of restarts. */
	SupervisorRef tree(ChildSpec... children) {
		return this.node.start(SupervisorSpec.of("tree", children).intensity(1_000_000, Duration.ofSeconds(5)));
	}

	ServerRef<Script.Message> ref(String name) {
		return this.node.ref(new Name<>(name));
	}

	Pid pid(String name) {
		return this.node.awaitStarted(name, LONG);
	}

	void kill(Pid pid) {
		this.node.exit(pid, ExitReason.KILL);
	}

	/** The events of a kind so far. */
	<E extends SupervisionEvent> List<E> events(Class<E> type) {
		synchronized (this.events) {
			return this.events.stream().filter(type::isInstance).map(type::cast).toList();
		}
	}

	/** The first event of a kind that fits, which may still have to come. */
	<E extends SupervisionEvent> E await(Class<E> type, Predicate<E> fits) {
		List<E> found = new ArrayList<>();
		await(type.getSimpleName(), () -> {
			events(type).stream().filter(fits).findFirst().ifPresent(found::add);
			return !found.isEmpty();
		});
		return found.get(0);
	}

	/** The report of the end of a process. */
	SupervisionEvent.ProcessExited awaitExit(Pid pid) {
		return await(SupervisionEvent.ProcessExited.class, exited -> exited.pid() == pid);
	}

	static void await(String what, BooleanSupplier condition) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > LONG.toNanos()) {
				throw new AssertionError("never happened: " + what);
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
	}

	static void await(CountDownLatch latch) {
		try {
			if (!latch.await(LONG.toSeconds(), TimeUnit.SECONDS)) {
				throw new AssertionError("never counted down");
			}
		}
		catch (InterruptedException ex) {
			throw new AssertionError("interrupted", ex);
		}
	}

	/** Waits as code does that takes no notice of being interrupted. */
	static void awaitStubbornly(CountDownLatch latch) {
		while (true) {
			try {
				latch.await();
				return;
			}
			catch (InterruptedException ex) {
				// that is the point
			}
		}
	}

	@Override
	public void close() {
		this.node.close();
	}

}

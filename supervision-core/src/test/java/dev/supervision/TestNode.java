package dev.supervision;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A node under virtual time that keeps its events. Blocking calls made by the test drive
 * the simulation, and move time only when nothing else can happen.
 */
final class TestNode implements AutoCloseable {

	final DeterministicPlatform platform;

	final Node node;

	final List<SupervisionEvent> events = new CopyOnWriteArrayList<>();

	TestNode() {
		this(1);
	}

	TestNode(long seed) {
		this.platform = new DeterministicPlatform(seed);
		this.node = Node.builder().platform(this.platform).listener(this.events::add).build();
	}

	/** Lets everything happen that can happen now. */
	void settle() {
		this.platform.runUntilIdle();
	}

	/** Lets time pass, and everything happen that comes with it. */
	void advance(Duration time) {
		this.platform.advance(time);
	}

	<E extends SupervisionEvent> Stream<E> events(Class<E> type) {
		settle();
		return this.events.stream().filter(type::isInstance).map(type::cast);
	}

	/** The incarnation that is registered now. */
	Pid pid(String name) {
		return this.node.whereis(name).orElseThrow(() -> new AssertionError("nobody is registered as " + name));
	}

	@Override
	public void close() {
		this.node.close();
		this.platform.close();
	}

}

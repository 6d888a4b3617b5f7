package dev.supervision.spring;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A bean to which servers tell what happens to them, and which can hold them up.
 */
final class Probe {

	private static final int LIMIT_IN_SECONDS = 30;

	private final Queue<String> told = new ConcurrentLinkedQueue<>();

	private final Map<String, CountDownLatch> gates = new ConcurrentHashMap<>();

	void tell(String what) {
		this.told.add(what);
	}

	/** All that was told, in order. */
	List<String> told() {
		return List.copyOf(this.told);
	}

	void awaitTold(String what) {
		Eventually.await("'" + what + "' among what was told", () -> this.told.contains(what));
	}

	/** Waits until somebody opens a gate. */
	void pass(String gate) throws InterruptedException {
		assertThat(gate(gate).await(LIMIT_IN_SECONDS, TimeUnit.SECONDS)).as("gate %s", gate).isTrue();
	}

	/** Opens a gate for good. */
	void open(String gate) {
		gate(gate).countDown();
	}

	private CountDownLatch gate(String name) {
		return this.gates.computeIfAbsent(name, key -> new CountDownLatch(1));
	}

}

package dev.supervision;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What servers may expect of each {@link ExecutorType}. Starts wait for an init, and fail
 * where that gets no thread.
 */
class ExecutorTypeTest {

	private static final int MORE_THAN_CORES = 2 * Runtime.getRuntime().availableProcessors();

	private final AtomicBoolean rest = new AtomicBoolean();

	static Set<ExecutorType> all() {
		Set<ExecutorType> types = EnumSet.allOf(ExecutorType.class);
		if (!VirtualThreads.isAvailable()) {
			types.remove(ExecutorType.VIRTUAL);
		}
		return types;
	}

	static Set<ExecutorType> blocking() {
		Set<ExecutorType> types = all();
		types.remove(ExecutorType.PARALLEL);
		return types;
	}

	@ParameterizedTest
	@MethodSource("blocking")
	void whatAHandlerSendsIsHandledWhileItBlocks(ExecutorType type) {
		try (Node node = node(type)) {
			CompletableFuture<String> handled = new CompletableFuture<>();
			CompletableFuture<String> seen = new CompletableFuture<>();
			ServerRef<String> second = start(node, handled::complete);
			ServerRef<String> first = start(node, (message) -> {
				second.cast(message);
				seen.complete(handled.orTimeout(1, TimeUnit.MINUTES).join());
			});
			first.cast("message");
			assertThat(seen.orTimeout(2, TimeUnit.MINUTES).join()).isEqualTo("message");
		}
	}

	@ParameterizedTest
	@MethodSource("all")
	void serversThatSendThemselvesMessagesWithoutEndLeaveTurnsToOthers(ExecutorType type) {
		try (Node node = node(type)) {
			for (int i = 0; i < MORE_THAN_CORES; i++) {
				CompletableFuture<ServerRef<String>> itself = new CompletableFuture<>();
				ServerRef<String> server = passer(node, itself);
				itself.complete(server);
				server.cast("message");
			}
			this.rest.set(true);
		}
	}

	@ParameterizedTest
	@MethodSource("all")
	void tokensThatNeverRestLeaveTurnsToOthers(ExecutorType type) {
		try (Node node = node(type)) {
			passTokens(node);
			start(node, (message) -> {
			});
			this.rest.set(true);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void tokensThatNeverRestLeaveTurnsToTheVirtualThreadsOfOthers() throws Exception {
		try (Node node = node(ExecutorType.VIRTUAL)) {
			passTokens(node);
			CountDownLatch turns = new CountDownLatch(100);
			ThreadFactory factory = VirtualThreads.factory(ClassLoader.getSystemClassLoader());
			for (int i = 0; i < 100; i++) {
				factory.newThread(turns::countDown).start();
			}
			assertThat(turns.await(1, TimeUnit.MINUTES)).isTrue();
			this.rest.set(true);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void callersThatNeverRestLeaveTurnsToOthers() {
		try (Node node = node(ExecutorType.VIRTUAL)) {
			ThreadFactory factory = VirtualThreads.factory(ClassLoader.getSystemClassLoader());
			for (int i = 0; i < MORE_THAN_CORES; i++) {
				ServerRef<From<String>> server = start(node, (from) -> from.reply("answer"));
				factory.newThread(() -> {
					while (!this.rest.get()) {
						server.<String>call((from) -> from, Duration.ofMinutes(1));
					}
				}).start();
			}
			for (int i = 0; i < 50; i++) {
				start(node, (message) -> {
				});
			}
			this.rest.set(true);
		}
	}

	private void passTokens(Node node) {
		for (int i = 0; i < MORE_THAN_CORES; i++) {
			CompletableFuture<ServerRef<String>> there = new CompletableFuture<>();
			ServerRef<String> back = passer(node, there);
			ServerRef<String> forth = passer(node, CompletableFuture.completedFuture(back));
			there.complete(forth);
			forth.cast("token");
		}
	}

	private ServerRef<String> passer(Node node, CompletableFuture<ServerRef<String>> to) {
		return start(node, (message) -> {
			// as an answer does that nobody waited for any more
			LockSupport.unpark(Thread.currentThread());
			if (!this.rest.get()) {
				to.join().cast(message);
			}
		});
	}

	private static Node node(ExecutorType type) {
		return Node.builder().defaultExecutor(type).build();
	}

	private static <M> ServerRef<M> start(Node node, Consumer<M> handler) {
		return node.ref(node.spawn(ChildSpec.worker("server", () -> server(handler))));
	}

	private static <M> GenServer<String, M> server(Consumer<M> handler) {
		return new GenServer<>() {

			@Override
			public Init<String> init(ServerContext<M> self) {
				return Init.ok("state");
			}

			@Override
			public Next<String> handle(M message, String state, ServerContext<M> self) {
				handler.accept(message);
				return Next.with(state);
			}

		};
	}

}

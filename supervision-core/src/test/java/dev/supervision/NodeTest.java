package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a node promises as a whole.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NodeTest {

	private static final Executor NEW_THREAD = task -> new Thread(task).start();

	/** A worker that tells the journal with its id when it starts and terminates. */
	private static ChildSpec telling(String id, List<String> journal) {
		return Script.starting(self -> {
			journal.add("+" + id);
			return Init.ok("state");
		}).onTerminate((reason, state, self) -> journal.add("-" + id)).spec(id);
	}

	private static ChildSpec failing(String id) {
		return Script.starting(self -> Init.stop(ExitReason.of("unwanted"))).spec(id);
	}

	private static Script.Message note(List<String> journal, String text) {
		return (state, self) -> {
			journal.add(text);
			return Next.with(state);
		};
	}

	@Nested
	class Trees {

		@Test
		void startInOrderAndStopInReverse() {
			List<String> journal = new ArrayList<>();
			try (TestNode test = new TestNode()) {
				List<SupervisorRef> trees = test.node
					.start(List.of(SupervisorSpec.of("a", telling("a1", journal), telling("a2", journal)),
							SupervisorSpec.of("b", telling("b1", journal)),
							SupervisorSpec.of("c", telling("c1", journal))));
				assertThat(trees).hasSize(3);
				assertThat(test.node.trees().whichChildren()).extracting(ChildInfo::id).containsExactly("c", "b", "a");
			}
			assertThat(journal).containsExactly("+a1", "+a2", "+b1", "+c1", "-c1", "-b1", "-a2", "-a1");
		}

		@Test
		void areRolledBackIfOneFails() {
			List<String> journal = new ArrayList<>();
			try (TestNode test = new TestNode()) {
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> test.node.start(List.of(SupervisorSpec.of("a", telling("a1", journal)),
							SupervisorSpec.of("b", telling("b1", journal)),
							SupervisorSpec.of("c", telling("c1", journal), failing("c2")),
							SupervisorSpec.of("d", telling("d1", journal)))))
					.withMessageContaining("c2")
					.withMessageContaining("unwanted");
				assertThat(journal).containsExactly("+a1", "+b1", "+c1", "-c1", "-b1", "-a1");
				assertThat(test.node.trees().whichChildren()).isEmpty();
				assertThat(test.node.processes()).hasSize(1);
				test.node.start(SupervisorSpec.of("a", telling("a1", journal)));
				assertThat(test.pid("a1")).isNotNull();
			}
		}

		@Test
		void areAllCheckedBeforeTheFirstStarts() {
			List<String> journal = new ArrayList<>();
			try (TestNode test = new TestNode()) {
				ChildSpec twice = telling("b1", journal);
				assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> test.node.start(
						List.of(SupervisorSpec.of("a", telling("a1", journal)), SupervisorSpec.of("b", twice, twice))));
				assertThat(journal).isEmpty();
			}
		}

		@Test
		void haveIdsOfTheirOwn() {
			try (TestNode test = new TestNode()) {
				Pid first = test.node.start(SupervisorSpec.of("a")).pid().orElseThrow();
				assertThatExceptionOfType(StartException.AlreadyStarted.class)
					.isThrownBy(() -> test.node.start(SupervisorSpec.of("a")))
					.satisfies(ex -> assertThat(ex.pid()).isSameAs(first));
			}
		}

		@Test
		void thatGaveUpAreSeenAndRevivedAtTheRoot() {
			try (TestNode test = new TestNode()) {
				test.node.start(SupervisorSpec.of("a", new Script().spec("w")).intensity(0, Duration.ofSeconds(5)));
				test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
				test.settle();
				assertThat(test.node.whereis("w")).isEmpty();
				assertThat(test.node.trees().whichChild("a")).get()
					.extracting(ChildInfo::state)
					.isEqualTo(ChildInfo.State.STOPPED);
				assertThat(test.node.trees().restartChild("a")).isInstanceOf(ChildResult.Started.class);
				assertThat(test.node.whereis("w")).isPresent();
			}
		}

		@Test
		void thatAreKilledStartAgain() {
			try (TestNode test = new TestNode()) {
				SupervisorRef tree = test.node.start(SupervisorSpec.of("a", new Script().spec("w")));
				Pid first = tree.pid().orElseThrow();
				Pid worker = test.pid("w");
				test.node.exit(first, ExitReason.KILL);
				test.settle();
				assertThat(test.pid("w")).isNotSameAs(worker);
				assertThat(test.node.trees().whichChild("a")).get().extracting(ChildInfo::restarts).isEqualTo(1L);
			}
		}

	}

	@Nested
	class Closing {

		@Test
		void keepsItsLimitAndNamesWhoWasLate() {
			List<String> journal = new ArrayList<>();
			DeterministicPlatform platform = new DeterministicPlatform(1);
			List<SupervisionEvent> events = new CopyOnWriteArrayList<>();
			Node node = Node.builder()
				.platform(platform)
				.listener(events::add)
				.closeTimeout(Duration.ofSeconds(10))
				.killGrace(Duration.ofSeconds(1))
				.build();
			Script stuck = new Script().onTerminate((reason, state, self) -> platform.sleep(Duration.ofHours(1)));
			node.start(SupervisorSpec.of("tree", telling("early", journal),
					stuck.spec("stuck").shutdown(Shutdown.INFINITY), telling("fine", journal)));
			node.spawn(telling("loose", journal));
			long before = platform.clock().nanoTime();
			node.close();
			assertThat(Duration.ofNanos(platform.clock().nanoTime() - before)).isBetween(Duration.ofSeconds(10),
					Duration.ofSeconds(12));
			platform.runUntilIdle();
			SupervisionEvent.NodeClosed closed = (SupervisionEvent.NodeClosed) events.stream()
				.filter(SupervisionEvent.NodeClosed.class::isInstance)
				.findFirst()
				.orElseThrow();
			assertThat(closed.late()).anyMatch(path -> path.startsWith("tree/stuck "))
				.noneMatch(path -> path.startsWith("tree/fine "));
			assertThat(journal).startsWith("+early", "+fine", "+loose", "-fine");
			platform.close();
		}

		@Test
		void ofAHealthyNodeNamesNobody() {
			List<SupervisionEvent> events = new CopyOnWriteArrayList<>();
			Node node = Node.builder().listener(events::add).build();
			node.start(SupervisorSpec.of("tree", new Script().spec("w")));
			node.close();
			assertThat(events).last()
				.isInstanceOfSatisfying(SupervisionEvent.NodeClosed.class,
						closed -> assertThat(closed.late()).isEmpty());
		}

		@Test
		void stopsWhatNobodySupervisesToo() {
			List<String> journal = new CopyOnWriteArrayList<>();
			Node node = Node.create();
			node.spawn(telling("loose", journal));
			node.close();
			assertThat(journal).containsExactly("+loose", "-loose");
		}

		@Test
		void isBoundedForAChildThatNeverLeaves() {
			CountDownLatch never = new CountDownLatch(1);
			List<SupervisionEvent> events = new CopyOnWriteArrayList<>();
			// of its own, so that closing does not wait for the thread, too
			Platform platform = Platform.system();
			Node node = Node.builder()
				.platform(platform)
				.listener(events::add)
				.closeTimeout(Duration.ofMillis(100))
				.killGrace(Duration.ofMillis(50))
				.build();
			CountDownLatch entered = new CountDownLatch(1);
			node.start(SupervisorSpec.of("tree", new Script().spec("stuck")));
			node.<Script.Message>ref(new Name<>("stuck")).cast((state, self) -> {
				entered.countDown();
				LiveNode.awaitStubbornly(never);
				return Next.with(state);
			});
			LiveNode.await(entered);
			node.close();
			assertThat(events).anyMatch(SupervisionEvent.Disowned.class::isInstance);
			assertThat(events).filteredOn(SupervisionEvent.NodeClosed.class::isInstance)
				.singleElement()
				.isInstanceOfSatisfying(SupervisionEvent.NodeClosed.class,
						closed -> assertThat(closed.late()).anyMatch(path -> path.startsWith("tree/stuck ")));
			never.countDown();
			platform.close();
			LiveNode.await("the end of the threads", () -> threads().isEmpty());
		}

		@Test
		void twiceIsOnce() {
			List<SupervisionEvent> events = new CopyOnWriteArrayList<>();
			Node node = Node.builder().listener(events::add).build();
			node.close();
			node.close();
			assertThat(events).filteredOn(SupervisionEvent.NodeClosed.class::isInstance).hasSize(1);
		}

		@Test
		void byAProcessOfTheNodeIsRefused() {
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("w"));
				Optional<Throwable> thrown = live.ref("w")
					.call(Script.ask(self -> Optional.ofNullable(catchThrowable(() -> self.node().close()))));
				assertThat(thrown).get()
					.isInstanceOfSatisfying(IllegalStateException.class,
							ex -> assertThat(ex).hasMessageContaining("tree/w"));
				assertThat(live.ref("w").<String>call(Script.ask(self -> "alive"))).isEqualTo("alive");
			}
		}

		@Test
		void byAProcessOfAnotherNodeIsFine() {
			Node other = Node.create();
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("w"));
				live.ref("w").<String>call(Script.ask(self -> {
					other.close();
					return "closed";
				}));
				assertThatIllegalStateException().isThrownBy(() -> other.start(SupervisorSpec.of("late")));
			}
		}

		@Test
		void refusesStartsAndLeavesNoProcess() {
			Node node = Node.create();
			SupervisorRef tree = node.start(SupervisorSpec.of("tree", new Script().spec("w")));
			ServerRef<Script.Message> byName = node.ref(new Name<>("w"));
			ServerRef<Script.Message> byPid = node.ref(node.whereis("w").orElseThrow());
			node.close();
			assertThatIllegalStateException().isThrownBy(() -> node.start(SupervisorSpec.of("late")));
			assertThatIllegalStateException().isThrownBy(() -> node.start(List.of(SupervisorSpec.of("late"))));
			assertThatIllegalStateException().isThrownBy(() -> node.start(DynamicSupervisorSpec.of("late")));
			assertThatIllegalStateException().isThrownBy(() -> node.spawn(new Script().spec("late")));
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> byName.call(Script.ask(self -> 1)));
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> byPid.call(Script.ask(self -> 1)));
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(tree::whichChildren);
			assertThatNoException().isThrownBy(() -> byPid.cast(Script.crash("dropped")));
			assertThat(node.processes()).isEmpty();
			assertThat(node.names).isEmpty();
			assertThat(node.statistics().live()).isZero();
		}

		@Test
		void endsAStartThatIsUnderWay() throws Exception {
			Node node = Node.builder().closeTimeout(Duration.ofMillis(50)).build();
			CountDownLatch entered = new CountDownLatch(1);
			Script hanging = Script.starting(self -> {
				entered.countDown();
				new CountDownLatch(1).await();
				return Init.ignore();
			});
			CompletableFuture<?> start = CompletableFuture
				.runAsync(() -> node.start(SupervisorSpec.of("tree", hanging.spec("w"))), NEW_THREAD);
			LiveNode.await(entered);
			node.close();
			assertThat(catchThrowable(() -> start.get(60, TimeUnit.SECONDS))).isNotNull();
			assertThat(node.processes()).isEmpty();
		}

		@Test
		void onAnInterruptedThreadStillStopsInOrder() throws InterruptedException {
			List<String> journal = new CopyOnWriteArrayList<>();
			Node node = Node.create();
			node.start(SupervisorSpec.of("tree", telling("a", journal), telling("b", journal)));
			AtomicBoolean interrupted = new AtomicBoolean();
			Thread closer = new Thread(() -> {
				Thread.currentThread().interrupt();
				node.close();
				interrupted.set(Thread.interrupted());
			});
			closer.start();
			closer.join();
			assertThat(journal).containsExactly("+a", "+b", "-b", "-a");
			assertThat(interrupted).isTrue();
		}

		@Test
		void whoWaitsForANameMeanwhileIsToldSo() throws Exception {
			for (int i = 0; i < 20; i++) {
				Node node = Node.builder().listener(event -> {
				}).build();
				AtomicReference<Throwable> thrown = new AtomicReference<>();
				Thread waiter = new Thread(
						() -> thrown.set(catchThrowable(() -> node.awaitStarted("nobody", Duration.ofSeconds(30)))));
				waiter.start();
				LiveNode.await("a waiter", () -> waiter.getState() == Thread.State.WAITING);
				node.close();
				waiter.join();
				assertThat(thrown.get()).isInstanceOf(IllegalStateException.class);
			}
		}

		@Test
		void leavesNoThread() {
			LiveNode live = new LiveNode();
			for (ExecutorType type : ExecutorType.values()) {
				if (type != ExecutorType.VIRTUAL || VirtualThreads.isAvailable()) {
					Pid pid = live.node.spawn(new Script().spec("w" + type).executor(type));
					live.node.<Script.Message>ref(pid).<String>call(Script.ask(self -> "used"));
				}
			}
			assertThat(threads()).isNotEmpty();
			live.close();
			LiveNode.await("the end of the threads", () -> threads().isEmpty());
		}

		private static List<String> threads() {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.map(Thread::getName)
				.filter(name -> name.startsWith("supervision-"))
				.toList();
		}

	}

	@Nested
	class Looking {

		@Test
		void twoNodesDoNotSeeEachOther() {
			try (LiveNode one = new LiveNode(builder -> builder.name("one"));
					LiveNode two = new LiveNode(builder -> builder.name("two"))) {
				one.tree(new Script().spec("w"));
				Pid pid = one.pid("w");
				two.tree(new Script().spec("other"));
				assertThat(two.node.whereis("w")).isEmpty();
				assertThat(two.node.pid(pid.toString())).isEmpty();
				assertThatExceptionOfType(InvalidSpecException.class).isThrownBy(() -> two.node.info(pid));
				assertThatExceptionOfType(InvalidSpecException.class)
					.isThrownBy(() -> two.node.exit(pid, ExitReason.KILL));
				assertThat(one.node.pid(pid.toString())).contains(pid);
				two.node.start(SupervisorSpec.of("tree2", new Script().spec("w")));
				assertThat(two.pid("w")).isNotEqualTo(pid);
				two.node.close();
				assertThat(one.node.isAlive(pid)).isTrue();
				assertThat(one.ref("w").<String>call(Script.ask(self -> "alive"))).isEqualTo("alive");
			}
		}

		@Test
		void awaitStartedWaitsForTheEndOfInit() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new CopyOnWriteArrayList<>();
				Pid starter = test.node.spawn(new Script().spec("starter"));
				test.node.<Script.Message>ref(starter).cast((state, self) -> {
					self.startLink(Script.starting(child -> {
						test.platform.sleep(Duration.ofSeconds(10));
						journal.add("init");
						return Init.ok("state");
					}).spec("slow"));
					return Next.with(state);
				});
				Pid pid = test.node.awaitStarted("slow", Duration.ofMinutes(1));
				assertThat(journal).containsExactly("init");
				assertThat(test.node.whereis("slow")).contains(pid);
			}
		}

		@Test
		void awaitStartedHasALimit() {
			try (TestNode test = new TestNode()) {
				long before = test.platform.clock().nanoTime();
				assertThatExceptionOfType(CallTimeoutException.class)
					.isThrownBy(() -> test.node.awaitStarted("nobody", Duration.ofSeconds(3)));
				assertThat(Duration.ofNanos(test.platform.clock().nanoTime() - before)).isBetween(Duration.ofSeconds(3),
						Duration.ofMillis(3_020));
			}
		}

		@Test
		void awaitStartedEndsWithAnInterrupt() throws InterruptedException {
			try (LiveNode live = new LiveNode()) {
				List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
				Thread waiting = new Thread(
						() -> thrown.add(catchThrowable(() -> live.node.awaitStarted("nobody", LiveNode.LONG))));
				waiting.start();
				waiting.interrupt();
				waiting.join();
				assertThat(thrown).singleElement().isInstanceOf(CallInterruptedException.class);
			}
		}

		@Test
		void aPidIsFoundByItsTextAsLongAsItIsThere() {
			try (TestNode test = new TestNode()) {
				Pid pid = test.node.spawn(new Script().spec("w"));
				assertThat(pid.toString()).startsWith("n1.").doesNotContain("/");
				assertThat(test.node.pid(pid.toString())).contains(pid);
				test.node.ref(pid).stop();
				assertThat(test.node.pid(pid.toString())).isEmpty();
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "n1", "n1.", "n1.!", "n2.1", "1", "n1.1.1", "n1.zzzzzzzzzzzzzzzzzzzz", "n1. 1",
				"n1.-1" })
		void rubbishIsNoPid(String text) {
			try (TestNode test = new TestNode()) {
				assertThat(test.node.pid(text)).isEmpty();
			}
		}

		@Test
		void doesNotWaitForABusySupervisor() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode()) {
				CountDownLatch entered = new CountDownLatch(1);
				SupervisorRef tree = live.tree(new Script().spec("first"));
				Pid supervisor = tree.pid().orElseThrow();
				Script slow = Script.starting(self -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					return Init.ok("state");
				});
				CompletableFuture<ChildResult> start = CompletableFuture
					.supplyAsync(() -> tree.startChild(slow.spec("slow")), NEW_THREAD);
				LiveNode.await(entered);
				assertThat(live.node.children(supervisor)).extracting(ChildInfo::id).containsExactly("first");
				assertThat(live.node.processes().filter(info -> info.state() == ProcessInfo.State.STARTING))
					.singleElement()
					.satisfies(info -> {
						assertThat(info.path()).isEqualTo("tree/slow");
						assertThat(info.parent()).isSameAs(supervisor);
						assertThat(info.name()).isEqualTo("slow");
					});
				assertThat(live.node.info(supervisor)).get().satisfies(info -> {
					assertThat(info.kind()).isEqualTo(ChildType.SUPERVISOR);
					assertThat(info.state()).isEqualTo(ProcessInfo.State.RUNNING);
					assertThat(info.trapsExits()).isTrue();
				});
				assertThat(live.node.intensityUtilization(supervisor)).isZero();
				assertThat(live.node.statistics().live()).isEqualTo(4);
				assertThat(start).isNotDone();
				release.countDown();
				assertThat(start.join()).isInstanceOf(ChildResult.Started.class);
				assertThat(live.node.children(supervisor)).extracting(ChildInfo::id).containsExactly("slow", "first");
			}
		}

		@Test
		void aDynamicChildIsFoundWhileItsSupervisorIsBusy() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode()) {
				CountDownLatch entered = new CountDownLatch(1);
				DynamicSupervisorRef workers = live.node.start(DynamicSupervisorSpec.of("workers"));
				Pid first = workers.startChild("1", new Script().spec("w1")).pid();
				Script slow = Script.starting(self -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					return Init.ok("state");
				});
				CompletableFuture<ChildResult> start = CompletableFuture
					.supplyAsync(() -> workers.startChild("2", slow.spec("w2")), NEW_THREAD);
				LiveNode.await(entered);
				assertThat(workers.find("1")).contains(first);
				assertThat(workers.find("2")).isEmpty();
				release.countDown();
				start.join();
				assertThat(workers.find("2")).isPresent();
			}
		}

	}

	@Nested
	class Threads {

		@Test
		void autoIsVirtualWhereThereAreVirtualThreads() {
			assertThat(threadOf(ExecutorType.AUTO))
				.startsWith((Runtime.version().feature() >= 21) ? "virtual " : "platform supervision-pool-");
		}

		@Test
		void virtualNeedsJava21() {
			if (Runtime.version().feature() >= 21) {
				assertThat(threadOf(ExecutorType.VIRTUAL)).startsWith("virtual ");
			}
			else {
				assertThatExceptionOfType(StartException.Failed.class).isThrownBy(() -> threadOf(ExecutorType.VIRTUAL))
					.withMessageContaining("21");
			}
		}

		@ParameterizedTest
		@EnumSource(names = { "POOL", "PLATFORM", "PARALLEL" })
		void theOthersAreNamedAfterTheirKind(ExecutorType type) {
			assertThat(threadOf(type))
				.startsWith("platform supervision-" + type.name().toLowerCase(java.util.Locale.ROOT));
		}

		private static String threadOf(ExecutorType type) {
			try (LiveNode live = new LiveNode()) {
				Pid pid = live.node.spawn(new Script().spec("w").executor(type));
				return live.node.<Script.Message>ref(pid)
					.<String>call(Script.ask(self -> describe(Thread.currentThread())));
			}
		}

		private static String describe(Thread thread) {
			try {
				boolean virtual = Runtime.version().feature() >= 21
						&& (boolean) Thread.class.getMethod("isVirtual").invoke(thread);
				return (virtual ? "virtual " : "platform ") + thread.getName();
			}
			catch (ReflectiveOperationException ex) {
				throw new AssertionError(ex);
			}
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM" })
		void callChainsMayBeDeeperThanThereAreCores(ExecutorType type) {
			int depth = 3 * Runtime.getRuntime().availableProcessors() + 20;
			try (LiveNode live = new LiveNode()) {
				for (int i = 0; i <= depth; i++) {
					live.node.spawn(new Script().spec("link" + i).executor(type));
				}
				assertThat(live.ref("link0").call(Integer.class, from -> pass(live, from, depth), LiveNode.LONG))
					.isEqualTo(depth);
			}
		}

		private static Script.Message pass(LiveNode live, From<Integer> from, int left) {
			return (state, self) -> {
				if (left == 0) {
					from.reply(0);
				}
				else {
					int number = Integer.parseInt(self.id().substring("link".length()));
					from.reply(1 + live.ref("link" + (number + 1))
						.call(Integer.class, next -> pass(live, next, left - 1), LiveNode.LONG));
				}
				return Next.with(state);
			};
		}

		@Test
		void blockedHandlersOnThePoolDoNotStarveOthers() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode()) {
				int blocked = 2 * Runtime.getRuntime().availableProcessors() + 2;
				CountDownLatch entered = new CountDownLatch(blocked);
				for (int i = 0; i < blocked; i++) {
					Pid pid = live.node.spawn(new Script().spec("b" + i).executor(ExecutorType.POOL));
					live.node.<Script.Message>ref(pid).cast((state, self) -> {
						entered.countDown();
						release.await();
						return Next.with(state);
					});
				}
				LiveNode.await(entered);
				Pid pid = live.node.spawn(new Script().spec("free").executor(ExecutorType.POOL));
				assertThat(live.node.<Script.Message>ref(pid).<String>call(Script.ask(self -> "free"), LiveNode.LONG))
					.isEqualTo("free");
				release.countDown();
			}
		}

	}

	@Nested
	class Mailboxes {

		@Test
		void rejectTellsTheSender() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				ServerRef<Script.Message> ref = busy(test, new MailboxLimit(2, Overflow.REJECT));
				ref.cast(note(journal, "1"));
				ref.cast(note(journal, "2"));
				assertThatExceptionOfType(OverloadException.class).isThrownBy(() -> ref.cast(note(journal, "3")));
				assertThatExceptionOfType(OverloadException.class).isThrownBy(() -> ref.call(Script.ask(self -> 1)));
				test.advance(Duration.ofMinutes(1));
				assertThat(journal).containsExactly("1", "2");
				assertThat(test.node.statistics().droppedMailboxFull()).isEqualTo(2);
				ref.cast(note(journal, "4"));
				test.settle();
				assertThat(journal).containsExactly("1", "2", "4");
			}
		}

		@Test
		void dropNewestDropsSilentlyAndFailsCalls() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				ServerRef<Script.Message> ref = busy(test, new MailboxLimit(2, Overflow.DROP_NEWEST));
				ref.cast(note(journal, "1"));
				ref.cast(note(journal, "2"));
				ref.cast(note(journal, "3"));
				assertThatExceptionOfType(OverloadException.class).isThrownBy(() -> ref.call(Script.ask(self -> 1)));
				test.advance(Duration.ofMinutes(1));
				assertThat(journal).containsExactly("1", "2");
				assertThat(test.node.statistics().droppedMailboxFull()).isEqualTo(2);
			}
		}

		@Test
		void dropOldestMakesRoomAndFailsTheCallItDrops() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				ServerRef<Script.Message> ref = busy(test, new MailboxLimit(2, Overflow.DROP_OLDEST));
				CompletableFuture<Object> call = ref.callAsync(Script.ask(self -> 1));
				ref.cast(note(journal, "2"));
				ref.cast(note(journal, "3"));
				test.settle();
				assertThat(call).isCompletedExceptionally();
				assertThat(catchThrowable(call::join)).hasCauseInstanceOf(OverloadException.class);
				test.advance(Duration.ofMinutes(1));
				assertThat(journal).containsExactly("2", "3");
				assertThat(test.node.statistics().droppedMailboxFull()).isEqualTo(1);
			}
		}

		@ParameterizedTest
		@EnumSource(Overflow.class)
		void signalsAreExempt(Overflow onFull) {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				Script script = Script.trapping().onTerminate((reason, state, self) -> journal.add("-" + reason));
				Pid pid = test.node.spawn(script.spec("w").mailbox(new MailboxLimit(1, onFull)));
				ServerRef<Script.Message> ref = test.node.ref(pid);
				ref.cast((state, self) -> {
					test.platform.sleep(Duration.ofSeconds(2));
					return Next.with(state);
				});
				test.settle();
				ref.cast(note(journal, "queued"));
				test.node.exit(pid, ExitReason.of("trapped"));
				assertThat(test.node.sys(pid).getState()).isEqualTo("state");
				ref.stop();
				assertThat(journal).containsExactly("queued", "-normal");
				assertThat(script.infos).singleElement().isInstanceOf(Info.Exit.class);
			}
		}

		@Test
		void timersToAFullMailboxAreDroppedAndCounted() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				Pid pid = test.node.spawn(new Script().spec("w").mailbox(new MailboxLimit(1, Overflow.REJECT)));
				ServerRef<Script.Message> ref = test.node.ref(pid);
				ref.cast((state, self) -> {
					self.sendAfter(Duration.ofSeconds(1), note(journal, "timer"));
					test.platform.sleep(Duration.ofSeconds(10));
					return Next.with(state);
				});
				test.settle();
				ref.cast(note(journal, "queued"));
				test.advance(Duration.ofMinutes(1));
				assertThat(journal).containsExactly("queued");
				assertThat(test.node.statistics().droppedMailboxFull()).isEqualTo(1);
			}
		}

		private static Script.Message pause(TestNode test) {
			return (state, self) -> {
				test.platform.sleep(Duration.ofSeconds(10));
				return Next.with(state);
			};
		}

		private static ServerRef<Script.Message> busy(TestNode test, MailboxLimit limit) {
			Pid pid = test.node.spawn(new Script().spec("w").mailbox(limit));
			ServerRef<Script.Message> ref = test.node.ref(pid);
			ref.cast(pause(test));
			test.settle();
			return ref;
		}

		@ParameterizedTest
		@ValueSource(booleans = { true, false })
		void aStopKeepsItsPlaceWithDrainOnly(boolean drain) {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				Script script = new Script().onTerminate((reason, state, self) -> journal.add("-" + reason));
				SupervisorRef tree = test.node
					.start(SupervisorSpec.of("tree", script.spec("w").drain(drain).shutdown(Duration.ofMinutes(5))));
				ServerRef<Script.Message> ref = test.node.ref(test.pid("w"));
				ref.cast(pause(test));
				test.settle();
				ref.cast(note(journal, "1"));
				ref.cast(note(journal, "2"));
				assertThat(tree.terminateChild("w")).isEqualTo(new ChildResult.Ok());
				assertThat(journal).isEqualTo(drain ? List.of("1", "2", "-shutdown") : List.of("-shutdown"));
				assertThat(test.node.statistics().droppedNoProcess()).isEqualTo(drain ? 0 : 2);
			}
		}

		@Test
		void drainDoesNotOutlastTheShutdownLimit() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				SupervisorRef tree = test.node.start(
						SupervisorSpec.of("tree", new Script().spec("w").drain(true).shutdown(Duration.ofSeconds(15))));
				ServerRef<Script.Message> ref = test.node.ref(test.pid("w"));
				Pid pid = test.pid("w");
				for (int i = 0; i < 3; i++) {
					ref.cast(pause(test));
					ref.cast(note(journal, "" + i));
				}
				tree.terminateChild("w");
				assertThat(journal).containsExactly("0");
				assertThat(test.events(SupervisionEvent.ProcessExited.class).filter(exited -> exited.pid() == pid))
					.singleElement()
					.satisfies(exited -> assertThat(exited.reason()).isEqualTo(ExitReason.KILLED));
			}
		}

	}

	@Nested
	class Timers {

		@Test
		void sendsAfterTheDelayAndNotBefore() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				TimerRef timer = timer(test, journal, Duration.ofSeconds(10));
				test.advance(Duration.ofSeconds(4));
				assertThat(timer.remaining()).contains(Duration.ofSeconds(6));
				test.advance(Duration.ofMillis(5_999));
				assertThat(journal).isEmpty();
				test.advance(Duration.ofMillis(1));
				assertThat(journal).containsExactly("timer");
				assertThat(timer.remaining()).isEmpty();
				assertThat(timer.cancel()).isEmpty();
			}
		}

		@Test
		void canBeCancelledOnce() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				TimerRef timer = timer(test, journal, Duration.ofSeconds(10));
				test.advance(Duration.ofSeconds(4));
				assertThat(timer.cancel()).contains(Duration.ofSeconds(6));
				assertThat(timer.cancel()).isEmpty();
				assertThat(timer.remaining()).isEmpty();
				test.advance(Duration.ofMinutes(1));
				assertThat(journal).isEmpty();
			}
		}

		@Test
		void endWithTheirProcess() {
			try (TestNode test = new TestNode()) {
				List<String> journal = new ArrayList<>();
				TimerRef timer = timer(test, journal, Duration.ofSeconds(10));
				test.node.exit(test.pid("w"), ExitReason.KILL);
				assertThat(timer.remaining()).isEmpty();
				test.advance(Duration.ofMinutes(1));
				assertThat(journal).isEmpty();
				assertThat(test.node.statistics().droppedNoProcess()).isZero();
			}
		}

		@Test
		void toAnotherProcessArriveAsInfo() {
			try (TestNode test = new TestNode()) {
				Script receiver = new Script();
				Pid to = test.node.spawn(receiver.spec("receiver"));
				test.node.spawn(new Script().spec("w"));
				test.node.<Script.Message>ref(new Name<>("w"))
					.<TimerRef>call(Script.ask(self -> self.sendInfoAfter(Duration.ofSeconds(1), to, "hello")));
				test.advance(Duration.ofSeconds(1));
				assertThat(receiver.infos).containsExactly(new Info.Message("hello"));
			}
		}

		private static TimerRef timer(TestNode test, List<String> journal, Duration delay) {
			test.node.spawn(new Script().spec("w"));
			return test.node.<Script.Message>ref(new Name<>("w"))
				.call(Script.ask(self -> self.sendAfter(delay, note(journal, "timer"))));
		}

	}

	@Nested
	class SlowRestarts {

		private static final Backoff BACKOFF = Backoff.between(Duration.ofSeconds(1), Duration.ofSeconds(4));

		@Test
		void backoffDoublesUpToItsMaximum() {
			try (TestNode test = new TestNode()) {
				SupervisorRef tree = test.node.start(SupervisorSpec.of("tree", new Script().spec("w").backoff(BACKOFF))
					.intensity(0, Duration.ofDays(1)));
				for (long seconds : new long[] { 1, 2, 4, 4, 4 }) {
					test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
					test.settle();
					assertThat(tree.whichChild("w")).get()
						.extracting(ChildInfo::state)
						.isEqualTo(ChildInfo.State.RESTARTING);
					test.advance(Duration.ofMillis(seconds * 1000 - 1));
					assertThat(test.node.whereis("w")).isEmpty();
					test.advance(Duration.ofMillis(1));
					assertThat(test.node.whereis("w")).isPresent();
				}
				test.advance(Duration.ofSeconds(8));
				test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
				test.advance(Duration.ofSeconds(1));
				assertThat(test.node.whereis("w")).isPresent();
			}
		}

		@Test
		void backoffEndsWithItsAttempts() {
			try (TestNode test = new TestNode()) {
				Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0, Duration.ofDays(1),
						2);
				SupervisorRef tree = test.node
					.start(SupervisorSpec.of("tree", new Script().spec("w").backoff(backoff)));
				for (int i = 0; i < 2; i++) {
					test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
					test.advance(Duration.ofSeconds(1));
				}
				assertThat(tree.pid()).isPresent();
				test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
				test.settle();
				assertThat(tree.pid()).isEmpty();
			}
		}

		@Test
		void aStopByHandCancelsTheRestart() {
			try (TestNode test = new TestNode()) {
				SupervisorRef tree = test.node
					.start(SupervisorSpec.of("tree", new Script().spec("w").backoff(BACKOFF)));
				test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
				test.settle();
				assertThat(tree.terminateChild("w")).isEqualTo(new ChildResult.Ok());
				test.advance(Duration.ofMinutes(1));
				assertThat(test.node.whereis("w")).isEmpty();
				assertThat(tree.restartChild("w")).isInstanceOf(ChildResult.Started.class);
			}
		}

		@Test
		void aRestartByHandDoesNotWait() {
			try (TestNode test = new TestNode()) {
				Script script = new Script();
				SupervisorRef tree = test.node.start(SupervisorSpec.of("tree", script.spec("w").backoff(BACKOFF)));
				test.node.<Script.Message>ref(new Name<>("w")).cast(Script.crash("x"));
				test.settle();
				assertThat(tree.restartChild("w")).isInstanceOf(ChildResult.Started.class);
				Pid pid = test.pid("w");
				test.advance(Duration.ofMinutes(1));
				assertThat(test.pid("w")).isSameAs(pid);
				assertThat(script.journal.stream().filter("init"::equals)).hasSize(2);
			}
		}

		@Test
		void parkSetsTheChildAsideAndTheSiblingsLiveOn() {
			try (TestNode test = new TestNode()) {
				SupervisorRef tree = test.node
					.start(SupervisorSpec.of("tree", new Script().spec("bad"), new Script().spec("good"))
						.intensity(1, Duration.ofSeconds(5))
						.onLimit(OnLimit.PARK));
				Pid good = test.pid("good");
				for (int i = 0; i < 2; i++) {
					test.node.<Script.Message>ref(new Name<>("bad")).cast(Script.crash("x"));
					test.settle();
				}
				assertThat(tree.whichChild("bad")).get().extracting(ChildInfo::state).isEqualTo(ChildInfo.State.PARKED);
				assertThat(test.node.isAlive(good)).isTrue();
				assertThat(test.events(SupervisionEvent.LimitExceeded.class)).singleElement()
					.satisfies(exceeded -> assertThat(exceeded.parked()).isTrue());
				assertThat(tree.restartChild("bad")).isInstanceOf(ChildResult.Started.class);
				assertThat(tree.whichChild("bad")).get()
					.extracting(ChildInfo::state)
					.isEqualTo(ChildInfo.State.RUNNING);
			}
		}

	}

}

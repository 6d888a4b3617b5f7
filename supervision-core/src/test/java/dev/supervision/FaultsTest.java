package dev.supervision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What user code can do wrong, and that it harms nobody but its own process.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultsTest {

	private static final Duration GRACE = Duration.ofMillis(50);

	private static LiveNode impatient() {
		return new LiveNode(builder -> builder.killGrace(GRACE));
	}

	@SuppressWarnings("unchecked")
	private static <T extends Throwable> void sneak(Throwable thrown) throws T {
		throw (T) thrown;
	}

	private static Script.Message throwing(Supplier<Throwable> thrown) {
		return (state, self) -> {
			FaultsTest.<RuntimeException>sneak(thrown.get());
			return Next.with(state);
		};
	}

	private static Script.Message run(Runnable action) {
		return (state, self) -> {
			action.run();
			return Next.with(state);
		};
	}

	/** Whether a server answers. */
	private static boolean answers(ServerRef<Script.Message> server) {
		Pid pid = server.<Pid>call(Script.ask(ServerContext::pid), LiveNode.LONG);
		return server.pid().filter(pid::equals).isPresent();
	}

	/** Waits until a successor of the given incarnation answers. */
	private static void awaitSuccessor(LiveNode live, String name, Pid before) {
		LiveNode.await("a restart", () -> live.node.whereis(name).filter(pid -> pid != before).isPresent());
		assertThat(answers(live.ref(name))).isTrue();
	}

	@Nested
	class EveryThrowable {

		static Stream<Arguments> ordinary() {
			return Stream.of(Arguments.of("unchecked", (Supplier<Throwable>) () -> new IllegalStateException("x")),
					Arguments.of("checked", (Supplier<Throwable>) () -> new IOException("x")),
					Arguments.of("bare", (Supplier<Throwable>) () -> new Throwable("x")),
					Arguments.of("assertion", (Supplier<Throwable>) () -> new AssertionError("x")),
					Arguments.of("linkage", (Supplier<Throwable>) () -> new LinkageError("x")),
					Arguments.of("no class", (Supplier<Throwable>) () -> new NoClassDefFoundError("x")),
					Arguments.of("interrupted", (Supplier<Throwable>) () -> new InterruptedException("x")),
					Arguments.of("internal", (Supplier<Throwable>) () -> new InternalError("x")),
					Arguments.of("no stack", (Supplier<Throwable>) () -> new StackOverflowError("x")),
					Arguments.of("no memory", (Supplier<Throwable>) () -> new OutOfMemoryError("x")));
		}

		@ParameterizedTest(name = "{0}")
		@MethodSource("ordinary")
		void endsItsProcessWithOneReportAndIsRestarted(String name, Supplier<Throwable> thrown) {
			try (TestNode test = new TestNode()) {
				Script script = new Script();
				test.node.start(SupervisorSpec.of("tree", script.spec("victim")));
				Pid first = test.pid("victim");
				test.node.<Script.Message>ref(first).cast(throwing(thrown));
				List<SupervisionEvent.ProcessExited> ends = test.events(SupervisionEvent.ProcessExited.class).toList();
				assertThat(ends).hasSize(1);
				CrashReport report = ends.get(0).crash();
				assertThat(report).isNotNull();
				assertThat(report.pid()).isSameAs(first);
				assertThat(report.reason()).isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
					assertThat(failure.exceptionClass()).isEqualTo(thrown.get().getClass().getName());
					assertThat(failure.message()).isEqualTo("x");
					assertThat(failure.stackTrace()).contains("FaultsTest");
				});
				assertThat(script.journal).containsExactly("init", "terminate " + report.reason(), "init");
				assertThat(test.pid("victim")).isNotSameAs(first);
			}
		}

		@ParameterizedTest(name = "{0}")
		@MethodSource("ordinary")
		void inInitFailsTheStart(String name, Supplier<Throwable> thrown) {
			try (TestNode test = new TestNode()) {
				Script script = Script.starting(self -> {
					FaultsTest.<RuntimeException>sneak(thrown.get());
					return Init.ignore();
				});
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> test.node.spawn(script.spec("victim")))
					.satisfies(ex -> assertThat(ex.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.exceptionClass())
								.isEqualTo(thrown.get().getClass().getName())));
				assertThat(test.node.whereis("victim")).isEmpty();
				assertThat(script.journal).containsExactly("init");
			}
		}

		@ParameterizedTest(name = "{0}")
		@MethodSource("ordinary")
		void inTerminateReplacesTheReasonAndIsReported(String name, Supplier<Throwable> thrown) {
			try (TestNode test = new TestNode()) {
				Script script = new Script()
					.onTerminate((reason, state, self) -> FaultsTest.<RuntimeException>sneak(thrown.get()));
				Pid pid = test.node.spawn(script.spec("victim"));
				assertThatExceptionOfType(ServerExitedException.class).isThrownBy(() -> test.node.ref(pid).stop())
					.satisfies(ex -> assertThat(ex.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.exceptionClass())
								.isEqualTo(thrown.get().getClass().getName())));
				assertThat(test.events(SupervisionEvent.ProcessExited.class)).singleElement()
					.satisfies(end -> assertThat(end.crash()).isNotNull());
			}
		}

		@Test
		void waitingCallersGetItAsTheCause() {
			try (TestNode test = new TestNode()) {
				Pid pid = test.node.spawn(new Script().spec("victim"));
				IOException thrown = new IOException("x");
				assertThatExceptionOfType(ServerExitedException.class)
					.isThrownBy(() -> test.node.<Script.Message>ref(pid)
						.call(from -> throwing(() -> thrown), Duration.ofSeconds(1)))
					.withCause(thrown);
			}
		}

		@Test
		void withoutStackTraceSaysThatTheJvmOmittedIt() {
			try (TestNode test = new TestNode()) {
				Pid pid = test.node.spawn(new Script().spec("victim"));
				NullPointerException fast = new NullPointerException();
				fast.setStackTrace(new StackTraceElement[0]);
				test.node.<Script.Message>ref(pid).cast(throwing(() -> fast));
				assertThat(test.events(SupervisionEvent.ProcessExited.class)).singleElement()
					.extracting(SupervisionEvent.ProcessExited::reason)
					.isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.stackTrace()).contains("trace omitted by the JVM"));
			}
		}

		@Test
		void aClassWhoseInitialiserFailsIsReportedBothTimes() {
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("victim"));
				List<String> classes = new ArrayList<>();
				for (int i = 0; i < 2; i++) {
					Pid pid = live.pid("victim");
					live.node.<Script.Message>ref(pid).cast(run(() -> Broken.touch()));
					ExitReason reason = live.awaitExit(pid).reason();
					assertThat(reason).isInstanceOf(ExitReason.Failure.class);
					classes.add(((ExitReason.Failure) reason).exceptionClass());
				}
				assertThat(classes).containsExactly(ExceptionInInitializerError.class.getName(),
						NoClassDefFoundError.class.getName());
			}
		}

	}

	@Nested
	class HostileText {

		static Stream<Arguments> throwables() {
			return HostileThrowables.all().entrySet().stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
		}

		@ParameterizedTest(name = "{0}")
		@MethodSource("throwables")
		void ofAThrowableGivesOneCappedReportAndARestart(String name, Supplier<Throwable> thrown) {
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("victim"), new Script().spec("witness"));
				Pid first = live.pid("victim");
				Pid witness = live.pid("witness");
				live.ref("victim").cast(throwing(thrown));
				awaitSuccessor(live, "victim", first);
				SupervisionEvent.ProcessExited end = live.awaitExit(first);
				assertThat(end.crash()).isNotNull();
				assertThat(end.reason()).isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
					assertThat(failure.exceptionClass()).isEqualTo(thrown.get().getClass().getName());
					assertThat(failure.message() + "").hasSizeLessThan(600).doesNotContain("\n", "\r", "\u2028");
					assertThat(failure.stackTrace()).hasSizeLessThan(100_000);
					assertThat(failure.stackTrace().chars())
						.noneMatch(c -> c == '\r' || c == 0x1b || c == 0x85 || c == 0x2028 || c == 0x2029);
					assertThat(failure.stackTrace().lines().skip(1))
						.allMatch(line -> line.startsWith("\t") || line.startsWith("Caused by: "));
				});
				assertThat(live.events(SupervisionEvent.ProcessExited.class)).hasSize(1);
				assertThat(live.node.isAlive(witness)).isTrue();
				assertThat(live.node.statistics().listenerFailures()).isZero();
			}
		}

		static Stream<Arguments> values() {
			return Stream.of(Arguments.of("throws", (Supplier<Object>) () -> new Value(() -> {
				throw new IllegalStateException();
			})), Arguments.of("recurses", (Supplier<Object>) () -> new Value(HostileText::recurse)),
					Arguments.of("answers 50 MB", (Supplier<Object>) () -> new Value(() -> "x".repeat(50_000_000))),
					Arguments.of("is null", (Supplier<Object>) () -> new Value(() -> null)),
					Arguments.of("forges lines", (Supplier<Object>) () -> new Value(() -> "a\r\nINFO b\u2028c\u001b")));
		}

		private static String recurse() {
			return recurse() + recurse();
		}

		@ParameterizedTest(name = "{0}")
		@MethodSource("values")
		void ofMessageAndStateIsCappedAndOnOneLine(String name, Supplier<Object> value) {
			try (LiveNode live = new LiveNode()) {
				live.tree(ChildSpec.worker("victim", () -> new Values(value.get())).name("victim"));
				Pid first = live.pid("victim");
				live.node.<Object>ref(new Name<>("victim")).cast(value.get());
				CrashReport report = live.awaitExit(first).crash();
				assertThat(report).isNotNull();
				for (String text : new String[] { report.lastMessage(), report.state() }) {
					assertThat(text).isNotNull().hasSizeLessThan(600);
					assertThat(text.chars()).noneMatch(Character::isISOControl).noneMatch(c -> c == 0x2028);
				}
				LiveNode.await("a restart", () -> live.node.whereis("victim").filter(pid -> pid != first).isPresent());
			}
		}

		@Test
		void ofAnExitReasonDoesNotBreakTheStopOfADynamicSupervisor() {
			try (LiveNode live = new LiveNode()) {
				DynamicSupervisorRef workers = live.node.start(DynamicSupervisorSpec.of("workers"));
				List<Pid> pids = new ArrayList<>();
				for (int i = 0; i < 5; i++) {
					ChildSpec spec = ChildSpec.worker("w" + i, () -> new Script().onTerminate((reason, state, self) -> {
						throw new ExitException(ExitReason.of(new Unhashable()));
					}));
					pids.add(workers.startChild(spec).pid());
				}
				assertThat(live.node.trees().terminateChild("workers")).isEqualTo(new ChildResult.Ok());
				assertThat(pids).noneMatch(live.node::isAlive);
				assertThat(live.await(SupervisionEvent.SupervisorStopped.class, e -> e.id().equals("workers")).reason())
					.isEqualTo(ExitReason.SHUTDOWN);
				assertThat(live.events(SupervisionEvent.ShutdownError.class)
					.stream()
					.mapToInt(SupervisionEvent.ShutdownError::count)
					.sum()).isEqualTo(5);
			}
		}

		@Test
		void aMessageThatCannotBeHashedOrComparedIsHandled() {
			try (LiveNode live = new LiveNode()) {
				List<Object> got = new CopyOnWriteArrayList<>();
				Pid pid = live.node.spawn(ChildSpec.worker("w", () -> new Collector(got)));
				live.node.ref(pid).cast(new Unhashable());
				live.node.send(pid, new Unhashable());
				LiveNode.await("two messages", () -> got.size() == 2);
				assertThat(live.node.isAlive(pid)).isTrue();
			}
		}

		@Test
		void aMessageThatBlocksWhileItIsReportedIsKilledAfterTheShutdownLimit() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				live.tree(ChildSpec.worker("victim", () -> new Values("state")).name("victim").shutdown(GRACE));
				Pid first = live.pid("victim");
				live.node.<Object>ref(new Name<>("victim")).cast(new Value(() -> {
					LiveNode.awaitStubbornly(never);
					return "late";
				}));
				assertThat(live.awaitExit(first).reason()).isEqualTo(ExitReason.KILLED);
				LiveNode.await("a restart", () -> live.node.whereis("victim").filter(pid -> pid != first).isPresent());
				never.countDown();
			}
		}

		@Test
		void aThrowableThatBlocksWhileItIsRenderedIsKilledAfterTheShutdownLimit() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				live.tree(new Script().spec("victim").shutdown(GRACE));
				Pid first = live.pid("victim");
				live.ref("victim").cast(throwing(() -> new Telling(() -> LiveNode.awaitStubbornly(never))));
				assertThat(live.awaitExit(first).reason()).isEqualTo(ExitReason.KILLED);
				awaitSuccessor(live, "victim", first);
				never.countDown();
			}
		}

		@Test
		void aThrowableThatKillsItsProcessWhileItIsRenderedSkipsTerminate() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				Script script = new Script().onTerminate((reason, state, self) -> LiveNode.awaitStubbornly(never));
				live.tree(script.spec("victim").shutdown(GRACE));
				Pid first = live.pid("victim");
				live.ref("victim").cast(throwing(() -> new Telling(() -> live.kill(first))));
				awaitSuccessor(live, "victim", first);
				assertThat(live.awaitExit(first).reason()).isEqualTo(ExitReason.KILLED);
				LiveNode.await("its end", () -> live.node.info(first).isEmpty());
				never.countDown();
				assertThat(script.journal).containsExactly("init", "init");
			}
		}

	}

	@Nested
	class Exhaustion {

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM", "PARALLEL" })
		void aStackOverflowEndsItsProcessOnly(ExecutorType threads) {
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("victim").executor(threads));
				for (int i = 0; i < 20; i++) {
					Pid pid = live.pid("victim");
					live.node.<Script.Message>ref(pid).cast(run(() -> recurse(0)));
					assertThat(live.awaitExit(pid).reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.exceptionClass())
								.isEqualTo(StackOverflowError.class.getName()));
					awaitSuccessor(live, "victim", pid);
				}
			}
		}

		@ParameterizedTest
		@EnumSource(names = { "AUTO", "POOL", "PLATFORM" })
		void aStackOverflowOfASenderDoesNotLoseTheReceiver(ExecutorType threads) {
			// the watchdog rescues whom an overflow has kept from waking up
			try (LiveNode live = new LiveNode(builder -> builder.stuckAfter(Duration.ofMillis(20)))) {
				live.tree(new Script().spec("sender").executor(threads));
				Pid receiver = live.node.spawn(new Script().spec("receiver").executor(threads));
				for (int i = 0; i < 20; i++) {
					Pid sender = live.pid("sender");
					int skew = i;
					boolean casting = i % 2 == 0;
					live.node.<Script.Message>ref(sender).cast(run(() -> {
						if (casting) {
							recurseAndCast(live.node.ref(receiver), skew);
						}
						else {
							recurseAndCall(live.node.ref(receiver), skew);
						}
					}));
					assertThat(live.awaitExit(sender).reason()).isInstanceOf(ExitReason.Failure.class);
					assertThat(live.node.isAlive(receiver)).isTrue();
					assertThat(answers(live.node.ref(receiver))).isTrue();
				}
			}
		}

		@Test
		void aProcessWhoseGraceCannotBeTimedEndsAllTheSame() {
			Refusing platform = new Refusing();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				live.tree(new Script().spec("victim"));
				Pid victim = live.pid("victim");
				CountDownLatch busy = new CountDownLatch(1);
				CountDownLatch go = new CountDownLatch(1);
				CompletableFuture<String> caller = live.node.<Script.Message>ref(victim)
					.callAsync(from -> (state, self) -> {
						busy.countDown();
						LiveNode.awaitStubbornly(go);
						return Next.with(state);
					});
				LiveNode.await(busy);
				platform.refusesTimers.set(true);
				// until then the next look had been asked for before
				LiveNode.await("a limit that is refused", () -> {
					Throwable thrown = catchThrowable(
							() -> live.node.wheel.add(new Envelopes.Wait(live.node.waiting), 1));
					return thrown instanceof RejectedExecutionException;
				});
				live.node.exit(victim, ExitReason.KILL);
				assertThatExceptionOfType(ExecutionException.class).isThrownBy(caller::get)
					.withCauseInstanceOf(ServerExitedException.class);
				platform.refusesTimers.set(false);
				go.countDown();
				awaitSuccessor(live, "victim", victim);
			}
			platform.close();
		}

		@Test
		void aStackOverflowInCallsDoesNotStopTheClock() {
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("sender"));
				Pid deaf = live.node.spawn(new Script().spec("deaf"));
				for (int i = 0; i < 6; i++) {
					Pid sender = live.pid("sender");
					Pid receiver = live.node.spawn(new Script().spec("receiver" + i));
					int skew = i;
					live.node.<Script.Message>ref(sender)
						.cast(run(() -> recurseAndCall(live.node.ref(receiver), skew)));
					assertThat(live.awaitExit(sender).reason()).isInstanceOf(ExitReason.Failure.class);
					assertThatExceptionOfType(CallTimeoutException.class)
						.isThrownBy(() -> live.node.<Script.Message>ref(deaf)
							.call(from -> (state, self) -> Next.with(state), Duration.ofMillis(10)));
				}
			}
		}

		@Test
		void aProcessThatRunsAtTheEndOfItsStackStillEnds() {
			// enough to enter the handler, not always enough to render what it throws
			for (int frames = 60; frames < 460; frames += 10) {
				NearlyFull platform = new NearlyFull(frames);
				try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
					Pid pid = live.node.spawn(new Script().spec("victim").executor(ExecutorType.PARALLEL));
					platform.full.set(true);
					live.node.<Script.Message>ref(pid).cast(run(() -> recurse(0)));
					LiveNode.await("the end with " + frames + " frames left", () -> live.node.info(pid).isEmpty());
					platform.full.set(false);
				}
				platform.close();
			}
		}

		@ParameterizedTest
		@ValueSource(booleans = { false, true })
		void aCallIsAnsweredAlthoughTheStackEndedWhereItsCallerWasToBeWoken(boolean limited) {
			Unwaking platform = new Unwaking();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				Pid pid = live.node.spawn(new Script().spec("server").restart(Restart.TEMPORARY));
				platform.exhausted.set(true);
				Duration limit = limited ? Duration.ofMillis(500) : LiveNode.LONG;
				String answer = live.node.<Script.Message>ref(pid).<String>call(from -> (state, self) -> {
					platform.server = Thread.currentThread();
					LiveNode.await(platform.callerParks);
					from.reply("answer");
					return Next.with(state);
				}, limit);
				assertThat(answer).isEqualTo("answer");
				assertThat(platform.exhausted).isFalse();
			}
			platform.close();
		}

		@Test
		void outOfMemoryEndsItsProcessOnly() {
			try (LiveNode live = new LiveNode()) {
				live.tree(new Script().spec("victim"));
				for (int i = 0; i < 5; i++) {
					Pid pid = live.pid("victim");
					live.node.<Script.Message>ref(pid).cast(run(() -> allocate(new ArrayList<>())));
					assertThat(live.awaitExit(pid).reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.exceptionClass())
								.isEqualTo(OutOfMemoryError.class.getName()));
					awaitSuccessor(live, "victim", pid);
				}
			}
		}

		@Test
		void theEndOfALongChainOfLinksIsTheEndOfAll() {
			try (LiveNode live = new LiveNode()) {
				List<Pid> chain = new ArrayList<>();
				for (int i = 0; i < 20_000; i++) {
					Pid before = chain.isEmpty() ? null : chain.get(i - 1);
					chain.add(live.node.spawn(ChildSpec.worker("link", () -> Script.starting(self -> {
						if (before != null) {
							self.link(before);
						}
						return Init.ok("state");
					}))));
				}
				live.kill(chain.get(0));
				LiveNode.await("the end of all", () -> chain.stream().noneMatch(live.node::isAlive));
				assertThat(live.awaitExit(chain.get(19_999)).reason()).isEqualTo(ExitReason.KILLED);
			}
		}

	}

	@Nested
	class BlockedHandlers {

		@Test
		void afterAKillNamesAreFreeAndCallersFailAtOnceAndTheSuccessorWaitsForTheThread() throws Exception {
			try (LiveNode live = new LiveNode(builder -> builder.killGrace(LiveNode.LONG))) {
				CountDownLatch entered = new CountDownLatch(1);
				CountDownLatch release = new CountDownLatch(1);
				Script script = new Script();
				live.tree(script.spec("victim"));
				Pid first = live.pid("victim");
				ServerRef<Script.Message> ref = live.node.ref(first);
				CompletableFuture<Object> handled = ref.callAsync(from -> (state, self) -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					script.journal.add("left");
					return Next.with(state);
				});
				CompletableFuture<Object> queued = ref.callAsync(Script.ask(self -> "never"));
				LiveNode.await(entered);
				live.kill(first);
				assertThat(live.node.whereis("victim")).isEmpty();
				assertThat(live.node.isAlive(first)).isFalse();
				for (CompletableFuture<Object> call : List.of(handled, queued)) {
					assertThat(catchThrowable(() -> call.get(60, TimeUnit.SECONDS)))
						.hasCauseInstanceOf(ServerExitedException.class);
				}
				assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> answers(ref));
				assertThat(live.node.info(first)).get()
					.extracting(ProcessInfo::state)
					.isEqualTo(ProcessInfo.State.KILLED);
				release.countDown();
				LiveNode.await("a restart", () -> live.node.whereis("victim").isPresent());
				LiveNode.await("its init", () -> script.journal.size() == 3);
				assertThat(script.journal).containsExactly("init", "left", "init");
				assertThat(live.node.statistics().disowned()).isZero();
			}
		}

		@Test
		void aKillInterruptsTheHandler() {
			try (LiveNode live = new LiveNode(builder -> builder.killGrace(LiveNode.LONG))) {
				CountDownLatch entered = new CountDownLatch(1);
				AtomicBoolean interrupted = new AtomicBoolean();
				Script script = new Script();
				live.tree(script.spec("victim"));
				Pid first = live.pid("victim");
				live.ref("victim").cast((state, self) -> {
					entered.countDown();
					try {
						new CountDownLatch(1).await();
					}
					catch (InterruptedException ex) {
						interrupted.set(true);
						throw ex;
					}
					return Next.with(state);
				});
				LiveNode.await(entered);
				live.kill(first);
				LiveNode.await("a restart", () -> script.journal.size() == 2);
				assertThat(interrupted).isTrue();
				assertThat(live.awaitExit(first)).satisfies(end -> {
					assertThat(end.reason()).isEqualTo(ExitReason.KILLED);
					assertThat(end.crash()).isNull();
				});
				assertThat(live.node.statistics().disowned()).isZero();
			}
		}

		@Test
		void aHandlerThatSwallowsTheInterruptIsDisownedAndWhatItStillDoesGoesNowhere() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				CountDownLatch entered = new CountDownLatch(1);
				CountDownLatch done = new CountDownLatch(1);
				List<String> effects = new CopyOnWriteArrayList<>();
				List<Object> got = new CopyOnWriteArrayList<>();
				AtomicBoolean closed = new AtomicBoolean();
				Pid bystander = live.node.spawn(ChildSpec.worker("bystander", () -> new Collector(got)));
				Script script = Script.starting(self -> Init.ok(new Resource(() -> closed.set(true))));
				live.tree(script.spec("victim"));
				Pid first = live.pid("victim");
				CompletableFuture<Object> call = live.ref("victim").callAsync(from -> (state, self) -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					Node node = self.node();
					late(effects, "reply", () -> assertThat(from.reply("late")).isFalse());
					late(effects, "cast", () -> node.ref(bystander).cast("late"));
					late(effects, "send", () -> node.send(bystander, "late"));
					late(effects, "kill", () -> node.exit(bystander, ExitReason.KILL));
					fenced(effects, "call", () -> node.ref(bystander).call(f -> "late"));
					fenced(effects, "callAsync", () -> node.ref(bystander).callAsync(f -> "late"));
					fenced(effects, "stop", () -> node.ref(bystander).stop());
					fenced(effects, "exit", () -> self.exit(bystander, ExitReason.KILL));
					fenced(effects, "register", () -> self.register(new Name<>("late")));
					fenced(effects, "link", () -> self.link(bystander));
					fenced(effects, "monitor", () -> self.monitor(bystander));
					fenced(effects, "sendAfter", () -> self.sendInfoAfter(Duration.ZERO, bystander, "late"));
					fenced(effects, "startLink", () -> self.startLink(new Script().spec("late")));
					fenced(effects, "spawn", () -> node.spawn(new Script().spec("late")));
					fenced(effects, "start", () -> node.start(SupervisorSpec.of("late")));
					fenced(effects, "sys", () -> node.sys(bystander).suspend());
					done.countDown();
					return Next.with("late state");
				});
				LiveNode.await(entered);
				live.kill(first);
				SupervisionEvent.Disowned disowned = live.await(SupervisionEvent.Disowned.class, e -> true);
				assertThat(disowned.pid()).isSameAs(first);
				assertThat(disowned.stack()).anyMatch(frame -> frame.contains("awaitStubbornly"));
				LiveNode.await("a restart", () -> script.journal.size() == 2);
				assertThat(live.node.info(first)).get()
					.extracting(ProcessInfo::state)
					.isEqualTo(ProcessInfo.State.DISOWNED);
				assertThat(catchThrowable(call::join)).hasCauseInstanceOf(ServerExitedException.class);
				assertThat(closed).isFalse();
				release.countDown();
				LiveNode.await(done);
				LiveNode.await("its end", () -> live.node.info(first).isEmpty());
				assertThat(effects).allMatch(effect -> effect.endsWith("nothing"));
				assertThat(effects).hasSize(16);
				assertThat(closed).isTrue();
				assertThat(got).isEmpty();
				assertThat(live.node.isAlive(bystander)).isTrue();
				assertThat(live.node.whereis("late")).isEmpty();
				assertThat(live.node.sys(live.pid("victim")).getState()).isInstanceOf(Resource.class);
				assertThat(live.node.statistics().disowned()).isEqualTo(1);
				assertThat(live.node.statistics().droppedFenced()).isGreaterThanOrEqualTo(4);
			}
		}

		@Test
		void aSupervisorServesOthersWhileAKilledChildIsStillOnItsThread() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode(builder -> builder.killGrace(LiveNode.LONG))) {
				CountDownLatch entered = new CountDownLatch(1);
				Script script = new Script();
				SupervisorRef tree = live.tree(script.spec("victim"), new Script().spec("other"));
				Pid first = live.pid("victim");
				Pid other = live.pid("other");
				live.ref("victim").cast(run(() -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
				}));
				LiveNode.await(entered);
				live.kill(first);
				LiveNode.await("it to be noticed",
						() -> tree.whichChild("victim")
							.filter(child -> child.state() == ChildInfo.State.RESTARTING)
							.isPresent());
				live.kill(other);
				LiveNode.await("a restart", () -> live.node.whereis("other").filter(pid -> pid != other).isPresent());
				assertThat(script.journal).containsExactly("init");
				release.countDown();
				LiveNode.await("a restart", () -> script.journal.size() == 2);
			}
		}

		@Test
		void aChildStoppedAndStartedByHandDoesNotRunBesideItsKilledPredecessor() throws Exception {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode(builder -> builder.killGrace(LiveNode.LONG))) {
				CountDownLatch entered = new CountDownLatch(1);
				Script script = new Script();
				SupervisorRef tree = live.tree(script.spec("victim"));
				Pid first = live.pid("victim");
				live.ref("victim").cast(run(() -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					script.journal.add("left");
				}));
				LiveNode.await(entered);
				live.kill(first);
				LiveNode.await("it to be noticed",
						() -> tree.whichChild("victim")
							.filter(child -> child.state() == ChildInfo.State.RESTARTING)
							.isPresent());
				CompletableFuture<ChildResult> restarted = CompletableFuture.supplyAsync(() -> {
					tree.terminateChild("victim");
					return tree.restartChild("victim");
				}, task -> new Thread(task).start());
				// the supervisor has to be at it: another init beside the predecessor
				// would be seen soon
				LiveNode.await("the thread to be in the handler", () -> live.node.info(first).isPresent());
				for (int i = 0; i < 100 && script.journal.size() == 1; i++) {
					java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
				}
				release.countDown();
				assertThat(restarted.get(60, TimeUnit.SECONDS)).isInstanceOf(ChildResult.Started.class);
				assertThat(script.journal).containsExactly("init", "left", "init");
			}
		}

		@Test
		void aKilledSupervisorComesBackWhenItsBusyChildrenHaveLeft() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode()) {
				CountDownLatch entered = new CountDownLatch(1);
				Script script = new Script();
				live.node.start(SupervisorSpec.of("top",
						ChildSpec.supervisor(SupervisorSpec.of("sub", script.spec("victim")).name("sub"))));
				Pid sub = live.pid("sub");
				Pid first = live.pid("victim");
				live.ref("victim").cast(run(() -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					script.journal.add("left");
				}));
				LiveNode.await(entered);
				live.kill(sub);
				live.awaitExit(sub);
				release.countDown();
				LiveNode.await("a new incarnation",
						() -> live.node.whereis("victim").filter(pid -> pid != first).isPresent());
				assertThat(answers(live.ref("victim"))).isTrue();
				assertThat(script.journal).containsExactly("init", "left", "init");
				assertThat(live.events(SupervisionEvent.StartFailed.class)).isEmpty();
			}
		}

		@Test
		void aCrashedParentOfAStuckTrappingChildIsRestarted() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				CountDownLatch entered = new CountDownLatch(1);
				Script child = Script.trapping();
				Script parent = Script.starting(self -> Init.ok(self.startLink(
						ChildSpec.worker("child", () -> Script.starting(own -> child.init(own))).shutdown(GRACE))));
				live.tree(parent.spec("parent"));
				Pid first = live.pid("parent");
				Pid stuck = live.ref("parent").call(from -> (state, self) -> {
					from.reply((Pid) state);
					return Next.with(state);
				});
				live.node.<Script.Message>ref(stuck).cast(run(() -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
				}));
				LiveNode.await(entered);
				live.ref("parent").cast(Script.crash("x"));
				LiveNode.await("a restart", () -> live.node.whereis("parent").filter(pid -> pid != first).isPresent());
				release.countDown();
			}
		}

		@Test
		void anOrderlyStopLetsTheMessageFinishAndKillsAfterTheLimit() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				CountDownLatch entered = new CountDownLatch(1);
				Script script = new Script();
				SupervisorRef tree = live.tree(script.spec("victim").shutdown(GRACE));
				Pid first = live.pid("victim");
				live.ref("victim").cast((state, self) -> {
					entered.countDown();
					never.await();
					return Next.with(state);
				});
				LiveNode.await(entered);
				assertThat(tree.terminateChild("victim")).isEqualTo(new ChildResult.Ok());
				assertThat(live.awaitExit(first).reason()).isEqualTo(ExitReason.KILLED);
				assertThat(live.await(SupervisionEvent.ShutdownError.class, e -> true).reason())
					.isEqualTo(ExitReason.KILLED);
				assertThat(script.journal).containsExactly("init");
			}
		}

		private static void late(List<String> effects, String what, Runnable effect) {
			effect.run();
			effects.add(what + ": nothing");
		}

		private static void fenced(List<String> effects, String what, Runnable effect) {
			Throwable thrown = catchThrowable(effect::run);
			effects.add(what + ": " + ((thrown instanceof FencedException) ? "nothing" : String.valueOf(thrown)));
		}

	}

	@Nested
	class Starting {

		@Test
		void anInitThatHangsFailsWithTimeoutAndLeavesNothingBehind() {
			try (LiveNode live = impatient()) {
				Script hanging = Script.starting(self -> {
					new CountDownLatch(1).await();
					return Init.ignore();
				});
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> live.node.spawn(hanging.spec("late").startTimeout(GRACE)))
					.satisfies(ex -> assertThat(ex.reason()).isEqualTo(ExitReason.TIMEOUT));
				assertThat(live.node.whereis("late")).isEmpty();
				assertThat(live.node.processes().map(ProcessInfo::name)).doesNotContain("late");
				assertThat(live.node.statistics().disowned()).isZero();
			}
		}

		@Test
		void anInitThatHangsStubbornlyIsDisowned() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				Script hanging = Script.starting(self -> {
					LiveNode.awaitStubbornly(never);
					return Init.ok("state");
				});
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> live.node.spawn(hanging.spec("late").startTimeout(GRACE)))
					.satisfies(ex -> assertThat(ex.reason()).isEqualTo(ExitReason.TIMEOUT));
				assertThat(live.node.whereis("late")).isEmpty();
				assertThat(live.await(SupervisionEvent.Disowned.class, e -> true).id()).isEqualTo("late");
				never.countDown();
				LiveNode.await("its end", () -> live.node.processes().noneMatch(info -> info.path().equals("late")));
			}
		}

		@Test
		void aStarterThatTrapsExitsGetsNoExitOfAChildWhoseInitHangs() {
			try (TestNode test = new TestNode()) {
				Script hanging = Script.starting(self -> {
					test.platform.sleep(Duration.ofHours(1));
					return Init.ok("state");
				});
				Script parent = Script.trapping();
				Pid pid = test.node.spawn(parent.spec("parent"));
				String error = test.node.<Script.Message>ref(pid)
					.<String>call(Script.ask(self -> catchThrowable(
							() -> self.startLink(hanging.spec("late").startTimeout(Duration.ofSeconds(1))))
						.toString()), Duration.ofMinutes(1));
				test.advance(Duration.ofHours(2));
				assertThat(error).contains("timeout");
				assertThat(parent.infos).isEmpty();
				assertThat(test.node.whereis("late")).isEmpty();
			}
		}

		@Test
		void aStartThatEndsExactlyAtItsLimitEitherRunsOrLeavesNoExit() {
			int failures = 0;
			for (int seed = 0; seed < 200; seed++) {
				try (TestNode test = new TestNode(seed)) {
					Duration limit = Duration.ofSeconds(1);
					Script slow = Script.starting(self -> {
						test.platform.sleep(limit);
						return Init.ok("state");
					});
					Pid parent = test.node.spawn(new Script().spec("parent"));
					Object child = test.node.<Script.Message>ref(parent).<Object>call(Script.ask(self -> {
						try {
							return self.startLink(slow.spec("late").startTimeout(limit));
						}
						catch (StartException ex) {
							return ex.reason();
						}
					}), Duration.ofMinutes(1));
					test.settle();
					assertThat(test.node.isAlive(parent)).as("seed %d: %s", seed, child).isTrue();
					if (!(child instanceof Pid)) {
						failures++;
						assertThat(test.node.whereis("late")).isEmpty();
					}
				}
			}
			assertThat(failures).isPositive();
		}

		@Test
		void whatALateInitStillMakesIsClosed() {
			CountDownLatch release = new CountDownLatch(1);
			CountDownLatch closed = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				Script slow = Script.starting(self -> {
					LiveNode.awaitStubbornly(release);
					return Init.ok(new Resource(closed::countDown));
				});
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> live.node.spawn(slow.spec("late").startTimeout(GRACE)));
				release.countDown();
				LiveNode.await(closed);
			}
		}

		@Test
		void aKillWhileAStartIsUnderWayFailsTheStartAtOnce() throws Exception {
			try (LiveNode live = new LiveNode()) {
				CountDownLatch entered = new CountDownLatch(1);
				Script hanging = Script.starting(self -> {
					entered.countDown();
					new CountDownLatch(1).await();
					return Init.ignore();
				});
				CompletableFuture<Pid> start = CompletableFuture.supplyAsync(
						() -> live.node.spawn(hanging.spec("late").startTimeout(Duration.ofDays(1))),
						task -> new Thread(task).start());
				LiveNode.await(entered);
				live.kill(live.node.whereis("late").orElseThrow());
				assertThat(catchThrowable(() -> start.get(60, TimeUnit.SECONDS)))
					.hasCauseInstanceOf(StartException.Failed.class);
			}
		}

	}

	@Nested
	class Ending {

		@Test
		void aTerminateThatHangsIsKilledAfterTheShutdownLimit() {
			try (LiveNode live = impatient()) {
				Script script = new Script().onTerminate((reason, state, self) -> new CountDownLatch(1).await());
				SupervisorRef tree = live.tree(script.spec("victim").shutdown(GRACE));
				Pid first = live.pid("victim");
				assertThat(tree.terminateChild("victim")).isEqualTo(new ChildResult.Ok());
				assertThat(live.awaitExit(first).reason()).isEqualTo(ExitReason.KILLED);
				assertThat(script.journal).containsExactly("init", "terminate shutdown");
				assertThat(live.node.whereis("victim")).isEmpty();
			}
		}

		@Test
		void aTerminateThatHangsStubbornlyIsDisowned() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				Script script = new Script().onTerminate((reason, state, self) -> LiveNode.awaitStubbornly(never));
				SupervisorRef tree = live.tree(script.spec("victim").shutdown(GRACE));
				assertThat(tree.terminateChild("victim")).isEqualTo(new ChildResult.Ok());
				assertThat(live.await(SupervisionEvent.Disowned.class, e -> true).id()).isEqualTo("victim");
				never.countDown();
			}
		}

		@Test
		void theStateIsClosedAtEveryEndAfterTerminateOnce() {
			List<String> journal = new CopyOnWriteArrayList<>();
			try (LiveNode live = new LiveNode()) {
				Script script = new Script(journal, new ArrayList<>(),
						self -> Init.ok(new Resource(() -> journal.add("close"))));
				SupervisorRef tree = live.tree(script.spec("victim"));
				live.ref("victim").cast(Script.crash("x"));
				LiveNode.await("a restart", () -> journal.size() == 4);
				assertThat(journal.get(1)).startsWith("terminate java.lang.IllegalStateException");
				live.kill(live.pid("victim"));
				LiveNode.await("a restart", () -> journal.size() == 6);
				live.node.exit(live.pid("victim"), ExitReason.of("enough"));
				LiveNode.await("a restart", () -> journal.size() == 8);
				live.ref("victim").stop();
				LiveNode.await("a restart", () -> journal.size() == 11);
				tree.terminateChild("victim");
				assertThat(journal.subList(2, journal.size())).containsExactly("close", "init", "close", "init",
						"close", "init", "terminate normal", "close", "init", "terminate shutdown", "close");
			}
		}

		@Test
		void aBehaviourThatIsCloseableIsClosedToo() {
			CountDownLatch closed = new CountDownLatch(1);
			try (LiveNode live = new LiveNode()) {
				Pid pid = live.node.spawn(ChildSpec.worker("w", () -> new ClosingServer(closed)));
				live.kill(pid);
				LiveNode.await(closed);
			}
		}

		@Test
		void aCloseThatThrowsReplacesACleanReason() {
			try (LiveNode live = new LiveNode()) {
				Pid pid = live.node.spawn(Script.starting(self -> Init.ok(new Resource(() -> {
					throw new UncheckedIOException(new IOException("disk"));
				}))).spec("victim"));
				assertThatExceptionOfType(ServerExitedException.class).isThrownBy(() -> live.node.ref(pid).stop());
				assertThat(live.awaitExit(pid).crash()).isNotNull();
				assertThat(live.awaitExit(pid).reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
						failure -> assertThat(failure.exceptionClass())
							.isEqualTo(UncheckedIOException.class.getName()));
			}
		}

		@Test
		void aCloseThatThrowsAfterACrashIsTold() {
			try (LiveNode live = new LiveNode()) {
				Pid pid = live.node.spawn(Script.starting(self -> Init.ok(new Resource(() -> {
					throw new UncheckedIOException(new IOException("disk"));
				}))).spec("victim"));
				live.ref("victim").cast(Script.crash("first"));
				assertThat(live.awaitExit(pid).reason()).hasToString("java.lang.IllegalStateException: first");
				assertThat(live.await(SupervisionEvent.Unhandled.class, e -> e.pid() == pid).message())
					.contains("closing failed", "disk");
			}
		}

		@Test
		void aCloseThatHangsIsKilledAfterTheShutdownLimitAndThenDisowned() {
			CountDownLatch never = new CountDownLatch(1);
			try (LiveNode live = impatient()) {
				AtomicBoolean first = new AtomicBoolean(true);
				Script script = Script.starting(self -> {
					boolean hangs = first.getAndSet(false);
					return Init.ok(new Resource(() -> {
						if (hangs) {
							LiveNode.awaitStubbornly(never);
						}
					}));
				});
				live.tree(script.spec("victim").shutdown(GRACE));
				Pid pid = live.pid("victim");
				live.ref("victim").cast(Script.crash("x"));
				assertThat(live.awaitExit(pid).reason()).isEqualTo(ExitReason.KILLED);
				assertThat(live.await(SupervisionEvent.Disowned.class, e -> true).pid()).isSameAs(pid);
				LiveNode.await("a restart", () -> script.journal.stream().filter("init"::equals).count() == 2);
				never.countDown();
			}
		}

		@Test
		void aHundredSuccessorsFindTheFileThatTheirPredecessorHadLocked(@TempDir Path directory) {
			Path file = directory.resolve("lock");
			try (LiveNode live = new LiveNode(builder -> builder.killGrace(LiveNode.LONG))) {
				List<Throwable> refused = new CopyOnWriteArrayList<>();
				AtomicInteger inits = new AtomicInteger();
				Script script = Script.starting(self -> {
					try {
						Init<@Nullable Object> started = Init.ok(new Locked(file));
						inits.incrementAndGet();
						return started;
					}
					catch (Throwable ex) {
						refused.add(ex);
						throw ex;
					}
				});
				live.tree(script.spec("victim"));
				for (int i = 1; i <= 100; i++) {
					int number = i;
					LiveNode.await("init " + i, () -> inits.get() == number);
					Pid pid = live.pid("victim");
					CountDownLatch entered = new CountDownLatch(1);
					if (i % 4 == 0) {
						live.node.<Script.Message>ref(pid).cast((state, self) -> {
							entered.countDown();
							new CountDownLatch(1).await();
							return Next.with(state);
						});
						LiveNode.await(entered);
					}
					switch (i % 4) {
						case 0, 1 -> live.kill(pid);
						case 2 -> live.node.<Script.Message>ref(pid).cast(Script.crash("x"));
						default -> live.node.exit(pid, ExitReason.of("enough"));
					}
				}
				LiveNode.await("the last init", () -> inits.get() == 101);
				assertThat(refused).isEmpty();
				assertThat(live.node.statistics().disowned()).isZero();
			}
		}

	}

	@Nested
	class Listeners {

		@Test
		void oneThatThrowsIsCountedAndHarmsNobody() {
			AtomicInteger told = new AtomicInteger();
			try (LiveNode live = new LiveNode(builder -> builder.listener(event -> {
				told.incrementAndGet();
				throw new StackOverflowError("listener");
			}))) {
				live.tree(new Script().spec("victim"));
				for (int i = 0; i < 10; i++) {
					Pid pid = live.pid("victim");
					live.kill(pid);
					awaitSuccessor(live, "victim", pid);
				}
				LiveNode.await("all events", () -> live.node.statistics().listenerFailures() >= 20);
				LiveNode.await("the last one", () -> live.node.statistics().listenerFailures() == told.get());
			}
		}

		@Test
		void oneThatBlocksHarmsNobodyAndWhatItMissesIsCounted() {
			CountDownLatch release = new CountDownLatch(1);
			AtomicInteger told = new AtomicInteger();
			Node node = Node.builder().listener(event -> {
				told.incrementAndGet();
				LiveNode.awaitStubbornly(release);
			}).build();
			try (node) {
				int count = Events.CAPACITY + 500;
				for (int i = 0; i < count; i++) {
					Pid pid = node.spawn(new Script().spec("w"));
					node.exit(pid, ExitReason.KILL);
				}
				assertThat(node.statistics().exited()).isEqualTo(count);
				assertThat(node.statistics().eventsDropped()).isEqualTo(500);
				assertThat(told).hasValue(1);
				release.countDown();
				LiveNode.await("the rest", () -> told.get() == Events.CAPACITY);
			}
		}

	}

	@Nested
	class Executors {

		@Test
		void aProcessThatGetsNoThreadEndsAndItsSupervisorLearns() {
			Refusing platform = new Refusing();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				Script script = new Script();
				live.tree(script.spec("victim").executor(ExecutorType.PARALLEL));
				Pid first = live.pid("victim");
				platform.refused.set(ExecutorType.PARALLEL);
				// as long as its activation goes on, it needs no other thread
				AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
				LiveNode.await("a refusal", () -> {
					thrown.set(catchThrowable(() -> answers(live.node.ref(first))));
					return thrown.get() != null;
				});
				assertThat(thrown.get()).isInstanceOfSatisfying(CallException.class,
						ex -> assertThat(ex.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
								failure -> assertThat(failure.exceptionClass())
									.isEqualTo(RejectedExecutionException.class.getName())));
				assertThat(live.await(SupervisionEvent.ChildTerminated.class, e -> e.child().pid() == first).reason())
					.isInstanceOf(ExitReason.Failure.class);
				live.await(SupervisionEvent.StartFailed.class, e -> e.child().id().equals("victim"));
				platform.refused.set(null);
				live.await(SupervisionEvent.ChildStarted.class,
						e -> e.child().id().equals("victim") && e.cause() == SupervisionEvent.StartCause.RESTART);
				assertThat(answers(live.ref("victim"))).isTrue();
			}
			platform.close();
		}

		@Test
		void aStartThatGetsNoThreadFails() {
			Refusing platform = new Refusing();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				platform.refused.set(ExecutorType.PARALLEL);
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> live.node.spawn(new Script().spec("w").executor(ExecutorType.PARALLEL)));
				assertThat(live.node.whereis("w")).isEmpty();
			}
			platform.close();
		}

		@Test
		void aRuntimeWithoutSuchThreadsFailsTheStart() {
			Refusing platform = new Refusing();
			platform.unsupported.set(true);
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				assertThatExceptionOfType(StartException.Failed.class)
					.isThrownBy(() -> live.node.spawn(new Script().spec("w").executor(ExecutorType.VIRTUAL)));
				assertThat(live.node.whereis("w")).isEmpty();
			}
			platform.close();
		}

		@Test
		void aFutureCompletesEvenIfThereIsNoThreadForIt() throws Exception {
			Refusing platform = new Refusing();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				CountDownLatch entered = new CountDownLatch(1);
				CountDownLatch release = new CountDownLatch(1);
				AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
				Pid pid = live.node.spawn(new Script().spec("w").executor(ExecutorType.PARALLEL));
				ServerRef<Script.Message> ref = live.node.ref(pid);
				CompletableFuture<Object> first = ref.callAsync(from -> (state, self) -> {
					entered.countDown();
					LiveNode.awaitStubbornly(release);
					try {
						from.reply("answer");
					}
					catch (Throwable ex) {
						thrown.set(ex);
					}
					return Next.with(state);
				});
				CompletableFuture<Object> second = ref.callAsync(Script.ask(self -> "other"));
				LiveNode.await(entered);
				platform.refused.set(ExecutorType.AUTO);
				release.countDown();
				assertThat(first.get(60, TimeUnit.SECONDS)).isEqualTo("answer");
				assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo("other");
				assertThat(thrown).hasValue(null);
				platform.refused.set(null);
			}
			platform.close();
		}

		@Test
		void pendingFuturesWithoutAThreadDoNotKeepTheEndFromOthers() throws Exception {
			Refusing platform = new Refusing();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				CountDownLatch entered = new CountDownLatch(1);
				Pid pid = live.node.spawn(new Script().spec("w").executor(ExecutorType.PARALLEL));
				List<Info> infos = new CopyOnWriteArrayList<>();
				Script watcher = new Script(new CopyOnWriteArrayList<>(), infos, self -> {
					self.monitor(pid);
					return Init.ok("state");
				});
				live.node.spawn(watcher.spec("watcher").executor(ExecutorType.PARALLEL));
				CompletableFuture<Object> pending = live.node.<Script.Message>ref(pid)
					.callAsync(from -> (state, self) -> {
						entered.countDown();
						new CountDownLatch(1).await();
						return Next.with(state);
					});
				LiveNode.await(entered);
				platform.refused.set(ExecutorType.AUTO);
				live.kill(pid);
				LiveNode.await("the watcher to know", () -> infos.size() == 1);
				assertThat(catchThrowable(() -> pending.get(60, TimeUnit.SECONDS)))
					.hasCauseInstanceOf(ServerExitedException.class);
				platform.refused.set(null);
			}
			platform.close();
		}

		@Test
		void pendingFuturesCompleteWhenTheNodeIsClosed() {
			LiveNode live = new LiveNode();
			Pid pid = live.node.spawn(new Script().spec("w"));
			List<CompletableFuture<Object>> pending = new ArrayList<>();
			for (int i = 0; i < 1000; i++) {
				pending.add(live.node.<Script.Message>ref(pid).callAsync(from -> (state, self) -> Next.with(state)));
			}
			live.close();
			assertThat(pending).allSatisfy(future -> assertThatExceptionOfType(CompletionException.class)
				.isThrownBy(() -> future.orTimeout(60, TimeUnit.SECONDS).join())
				.withCauseInstanceOf(ServerExitedException.class));
		}

	}

	@Nested
	class Watching {

		@Test
		void aHandlerThatRunsForLongIsReportedOnceWithItsStack() {
			ManualClock platform = new ManualClock();
			// the test looks itself, so that the node's own watchdog must not
			LiveNode live = new LiveNode(builder -> builder.platform(platform).stuckAfter(Duration.ofDays(1)));
			AtomicBoolean spinning = new AtomicBoolean(true);
			try (live) {
				try {
					Watchdog watchdog = new Watchdog(live.node, Duration.ofSeconds(10));
					CountDownLatch entered = new CountDownLatch(1);
					Pid idle = live.node.spawn(new Script().spec("idle"));
					Pid busy = live.node.spawn(new Script().spec("busy"));
					live.ref("busy").cast(run(() -> spin(spinning, entered)));
					LiveNode.await(entered);
					for (int second = 0; second < 10; second++) {
						watchdog.look();
						platform.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
					}
					assertThat(live.events(SupervisionEvent.Stuck.class)).isEmpty();
					for (int second = 0; second < 5; second++) {
						watchdog.look();
						platform.nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
					}
					SupervisionEvent.Stuck stuck = live.await(SupervisionEvent.Stuck.class, e -> true);
					assertThat(stuck.pid()).isSameAs(busy).isNotSameAs(idle);
					assertThat(stuck.seconds()).isEqualTo(10);
					assertThat(stuck.stack()).anyMatch(frame -> frame.contains("Watching.spin"));
					platform.start();
					spinning.set(false);
					assertThat(answers(live.ref("busy"))).isTrue();
					watchdog.look();
				}
				finally {
					// whatever failed, so that the node can be closed
					spinning.set(false);
				}
			}
			assertThat(live.events(SupervisionEvent.Stuck.class)).hasSize(1);
			platform.close();
		}

		@Test
		void aNodeLooksByItself() {
			CountDownLatch release = new CountDownLatch(1);
			try (LiveNode live = new LiveNode(builder -> builder.stuckAfter(Duration.ofMillis(200)))) {
				Pid pid = live.node.spawn(new Script().spec("busy"));
				live.ref("busy").cast(run(() -> LiveNode.awaitStubbornly(release)));
				SupervisionEvent.Stuck stuck = live.await(SupervisionEvent.Stuck.class, e -> true);
				assertThat(stuck.pid()).isSameAs(pid);
				assertThat(stuck.stack()).anyMatch(frame -> frame.contains("awaitStubbornly"));
				release.countDown();
			}
		}

		private static void spin(AtomicBoolean spinning, CountDownLatch entered) {
			entered.countDown();
			while (spinning.get()) {
				Thread.onSpinWait();
			}
		}

	}

	@Nested
	class SharedThreads {

		@Test
		void anInterruptThatOneHandlerLeavesDoesNotReachTheNextProcess() {
			OneThread platform = new OneThread();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform).killGrace(LiveNode.LONG))) {
				Pid other = live.node.spawn(new Script().spec("other").executor(ExecutorType.PARALLEL));
				for (int i = 0; i < 20; i++) {
					Pid pid = live.node.spawn(new Script().spec("rude").executor(ExecutorType.PARALLEL));
					boolean killed = i % 2 == 0;
					live.node.<Script.Message>ref(pid).cast(run(() -> {
						Thread.currentThread().interrupt();
						if (killed) {
							live.kill(pid);
							Thread.currentThread().interrupt();
						}
					}));
					assertThat(live.node.<Script.Message>ref(other)
						.<Boolean>call(Script.ask(self -> Thread.currentThread().isInterrupted()))).isFalse();
					if (!killed) {
						assertThat(live.node.<Script.Message>ref(pid)
							.<Boolean>call(Script.ask(self -> Thread.currentThread().isInterrupted()))).isFalse();
						live.node.ref(pid).stop();
					}
				}
				assertThat(platform.dirty).hasValue(0);
			}
			platform.close();
		}

		@Test
		void whatOneHandlerLeavesInTheMdcDoesNotReachTheNextProcess() {
			OneThread platform = new OneThread();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				Pid other = live.node.spawn(new Script().spec("other").executor(ExecutorType.PARALLEL));
				Pid pid = live.node.spawn(new Script().spec("rude").executor(ExecutorType.PARALLEL));
				live.node.<Script.Message>ref(pid).cast(run(() -> MDC.put("user", "secret")));
				assertThat(live.node.<Script.Message>ref(other)
					.<Optional<String>>call(Script.ask(self -> Optional.ofNullable(MDC.get("user"))))).isEmpty();
			}
			platform.close();
		}

		@Test
		void noProcessStaysBehindOnAThread() {
			OneThread platform = new OneThread();
			try (LiveNode live = new LiveNode(builder -> builder.platform(platform))) {
				Pid pid = live.node.spawn(new Script().spec("w").executor(ExecutorType.PARALLEL));
				AtomicReference<@Nullable Process> left = new AtomicReference<>();
				CountDownLatch looked = new CountDownLatch(1);
				live.node.<Script.Message>ref(pid).cast(Script.crash("x"));
				live.awaitExit(pid);
				platform.executor(ExecutorType.PARALLEL).execute(() -> {
					left.set(Process.current());
					looked.countDown();
				});
				LiveNode.await(looked);
				assertThat(left).hasValue(null);
			}
			platform.close();
		}

	}

	@Nested
	class Capacity {

		@Test
		void aDeadProcessWithAFullMailboxIsNoProcess() {
			try (LiveNode live = impatient()) {
				CountDownLatch entered = new CountDownLatch(1);
				Pid pid = live.node.spawn(new Script().spec("w").mailbox(new MailboxLimit(2, Overflow.REJECT)));
				ServerRef<Script.Message> ref = live.node.ref(pid);
				ref.cast((state, self) -> {
					entered.countDown();
					new CountDownLatch(1).await();
					return Next.with(state);
				});
				LiveNode.await(entered);
				ref.cast(Script.crash("queued"));
				ref.cast(Script.crash("queued"));
				assertThatExceptionOfType(OverloadException.class).isThrownBy(() -> ref.cast(Script.crash("refused")));
				live.kill(pid);
				assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> answers(ref));
				assertThatCode(() -> ref.cast(Script.crash("dropped"))).doesNotThrowAnyException();
			}
		}

		@ParameterizedTest
		@EnumSource(Overflow.class)
		void holdsWhileTheProcessIsSuspended(Overflow onFull) {
			try (TestNode test = new TestNode()) {
				Pid pid = test.node.spawn(new Script().spec("w").mailbox(new MailboxLimit(3, onFull)));
				ServerRef<Script.Message> ref = test.node.ref(pid);
				AtomicInteger handled = new AtomicInteger();
				test.node.sys(pid).suspend();
				for (int i = 0; i < 100; i++) {
					try {
						ref.cast(run(handled::incrementAndGet));
					}
					catch (OverloadException ex) {
						assertThat(onFull).isEqualTo(Overflow.REJECT);
					}
					test.settle();
				}
				test.node.sys(pid).resume();
				test.settle();
				assertThat(handled).hasValue(3);
				assertThat(test.node.statistics().droppedMailboxFull()).isEqualTo(97);
			}
		}

	}

	// ---- what they need

	private static int recurse(int depth) {
		return recurse(depth + 1) + recurse(depth + 2);
	}

	private static void recurseAndCast(ServerRef<Script.Message> receiver, int depth) {
		if (depth % 20 == 0) {
			receiver.cast((state, self) -> Next.with(state));
		}
		recurseAndCast(receiver, depth + 1);
	}

	/**
	 * Calls on the way back from where the stack ended: the stack of a virtual thread
	 * that has waited is in the heap, and a recursion that waits ends with that. Few
	 * levels call, so that it does not take long.
	 */
	private static void recurseAndCall(ServerRef<Script.Message> receiver, int depth) {
		try {
			recurseAndCall(receiver, depth + 1);
		}
		catch (StackOverflowError ex) {
			if (depth % 20 == 0) {
				receiver.<Pid>call(Script.ask(ServerContext::pid), LiveNode.LONG);
			}
			throw ex;
		}
	}

	private static void allocate(List<long[]> all) {
		while (true) {
			all.add(new long[Integer.MAX_VALUE - 8]);
		}
	}

	private static final class Broken {

		private static final int VALUE = fail();

		private static int fail() {
			throw new IllegalStateException("class");
		}

		static int touch() {
			return VALUE;
		}

	}

	/** A throwable that does something when it is asked for its message. */
	@SuppressWarnings("serial")
	private static final class Telling extends RuntimeException {

		private final Runnable action;

		Telling(Runnable action) {
			this.action = action;
		}

		@Override
		public String getMessage() {
			this.action.run();
			return "told";
		}

	}

	private record Resource(Runnable onClose) implements AutoCloseable {
		@Override
		public void close() {
			this.onClose.run();
		}
	}

	private static final class Locked implements AutoCloseable {

		private final FileChannel channel;

		Locked(Path file) throws IOException {
			this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
			if (this.channel.tryLock() == null) {
				throw new IOException("locked");
			}
		}

		@Override
		public void close() throws IOException {
			this.channel.close();
		}

	}

	private static final class Unhashable {

		@Override
		public int hashCode() {
			throw new IllegalStateException("no hash for you");
		}

		@Override
		public boolean equals(@Nullable Object other) {
			throw new IllegalStateException("no comparison for you");
		}

	}

	private record Value(Supplier<@Nullable String> text) {
		@Override
		@SuppressWarnings("NullAway")
		public String toString() {
			return this.text.get();
		}
	}

	/** Crashes at every message. */
	private record Values(Object first) implements GenServer<Object, Object> {
		@Override
		public Init<Object> init(ServerContext<Object> self) {
			return Init.ok(this.first);
		}

		@Override
		public Next<Object> handle(Object message, Object state, ServerContext<Object> self) {
			throw new IllegalStateException("x");
		}
	}

	private record Collector(List<Object> got) implements GenServer<Object, Object> {
		@Override
		public Init<Object> init(ServerContext<Object> self) {
			return Init.ok("state");
		}

		@Override
		public Next<Object> handle(Object message, Object state, ServerContext<Object> self) {
			this.got.add(message);
			return Next.with(state);
		}

		@Override
		public Next<Object> handleInfo(Info info, Object state, ServerContext<Object> self) {
			this.got.add(info);
			return Next.with(state);
		}
	}

	private record ClosingServer(CountDownLatch closed) implements GenServer<String, Object>, AutoCloseable {
		@Override
		public Init<String> init(ServerContext<Object> self) {
			return Init.ok("state");
		}

		@Override
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			return Next.with(state);
		}

		@Override
		public void close() {
			this.closed.countDown();
		}
	}

	/** The real platform, of which a test replaces something. */
	private static class Wrapped extends ForwardingPlatform {

		Wrapped() {
			super(Platform.system());
		}

	}

	private static final class Refusing extends Wrapped {

		final AtomicReference<@Nullable ExecutorType> refused = new AtomicReference<>();

		final AtomicBoolean unsupported = new AtomicBoolean();

		final AtomicBoolean refusesTimers = new AtomicBoolean();

		@Override
		public Scheduler scheduler() {
			Scheduler real = super.scheduler();
			return (delay, task) -> {
				if (this.refusesTimers.get()) {
					throw new RejectedExecutionException("refused");
				}
				return real.schedule(delay, task);
			};
		}

		@Override
		public Executor executor(ExecutorType type) {
			if (type == ExecutorType.VIRTUAL && this.unsupported.get()) {
				throw new UnsupportedOperationException("no such threads");
			}
			Executor real = super.executor(type);
			return task -> {
				if (this.refused.get() == type) {
					throw new RejectedExecutionException("refused");
				}
				real.execute(task);
			};
		}

	}

	/** Stands still until it is started, but for what the test adds. */
	private static final class ManualClock extends Wrapped {

		final AtomicLong nanos = new AtomicLong();

		private volatile boolean started;

		private volatile long startedAt;

		void start() {
			this.startedAt = super.clock().nanoTime();
			this.started = true;
		}

		@Override
		public Clock clock() {
			return new Clock() {
				@Override
				public long nanoTime() {
					return ManualClock.this.nanos.get()
							+ (ManualClock.this.started ? System.nanoTime() - ManualClock.this.startedAt : 0);
				}

				@Override
				public Instant instant() {
					return Instant.EPOCH;
				}
			};
		}

	}

	/** Has one thread for {@code PARALLEL}, and does not tidy up between tasks. */
	private static final class OneThread extends Wrapped {

		final AtomicInteger dirty = new AtomicInteger();

		private final BlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

		private final Thread thread = new Thread(this::work);

		private volatile boolean closed;

		OneThread() {
			this.thread.setDaemon(true);
			this.thread.start();
		}

		private void work() {
			while (!this.closed) {
				try {
					this.tasks.take().run();
				}
				catch (InterruptedException ex) {
					this.dirty.incrementAndGet();
				}
			}
		}

		@Override
		public Executor executor(ExecutorType type) {
			return (type == ExecutorType.PARALLEL) ? this.tasks::add : super.executor(type);
		}

		@Override
		public void close() {
			this.closed = true;
			this.tasks.add(() -> {
			});
			super.close();
		}

	}

	/** Comes to the end of the stack the first time that a server wakes somebody. */
	private static final class Unwaking extends Wrapped {

		final AtomicBoolean exhausted = new AtomicBoolean();

		private final Thread caller = Thread.currentThread();

		/** An answer that came before would have to wake nobody. */
		final CountDownLatch callerParks = new CountDownLatch(1);

		volatile @Nullable Thread server;

		@Override
		public Waiting waiting() {
			Waiting real = super.waiting();
			return new Waiting() {

				@Override
				public void park(Object blocker) {
					if (Unwaking.this.exhausted.get() && Thread.currentThread() == Unwaking.this.caller) {
						Unwaking.this.callerParks.countDown();
					}
					real.park(blocker);
				}

				@Override
				public void unpark(Thread thread) {
					if (Thread.currentThread() == Unwaking.this.server && Unwaking.this.exhausted.getAndSet(false)) {
						throw new StackOverflowError("here");
					}
					real.unpark(thread);
				}

				@Override
				public void interrupt(Thread thread) {
					real.interrupt(thread);
				}

			};
		}

	}

	/** Runs activations of {@code PARALLEL} with only some frames left on the stack. */
	private static final class NearlyFull extends Wrapped {

		final AtomicBoolean full = new AtomicBoolean();

		private final int framesLeft;

		NearlyFull(int framesLeft) {
			this.framesLeft = framesLeft;
		}

		@Override
		public Executor executor(ExecutorType type) {
			Executor real = super.executor(type);
			if (type != ExecutorType.PARALLEL) {
				return real;
			}
			return task -> real.execute(() -> {
				if (this.full.get()) {
					descend(task);
				}
				else {
					task.run();
				}
			});
		}

		/** Unwinds some frames from where the stack was full, and runs there. */
		private int descend(Runnable task) {
			int below;
			try {
				below = descend(task);
			}
			catch (StackOverflowError ex) {
				return 0;
			}
			if (below == this.framesLeft) {
				task.run();
			}
			return below + 1;
		}

	}

}

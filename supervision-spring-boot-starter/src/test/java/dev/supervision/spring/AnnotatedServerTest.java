package dev.supervision.spring;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import dev.supervision.CallFailedException;
import dev.supervision.CallingSelfException;
import dev.supervision.CrashReport;
import dev.supervision.ExitReason;
import dev.supervision.Node;
import dev.supervision.OverloadException;
import dev.supervision.Pid;
import dev.supervision.RawRef;
import dev.supervision.ServerExitedException;
import dev.supervision.SupervisionEvent;
import dev.supervision.SupervisionListener;

import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.samples.clinic.VisitServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a class annotated with {@link GenServer} is promised: its protocol and its
 * clients, untyped messages, and how it is made and released.
 */
@ExtendWith(OutputCaptureExtension.class)
class AnnotatedServerTest {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	/** No limit ends a test before it has seen what it wants to see. */
	private static ApplicationContextRunner application(Class<?>... servers) {
		return TestTrees.application(servers)
			.withBean(Probe.class)
			.withPropertyValues("supervision.trees[0].id=application", "supervision.trees[0].max-restarts=1000");
	}

	private static Pid pid(ApplicationContext context, String name) {
		return context.getBean(Node.class).awaitStarted(name, LIMIT);
	}

	/** The successor of an incarnation. */
	private static Pid successor(ApplicationContext context, String name, Pid before) {
		Eventually.await("a successor of " + before, () -> {
			Optional<Pid> now = context.getBean(Node.class).whereis(name);
			return now.isPresent() && !now.get().equals(before);
		});
		return pid(context, name);
	}

	@Nested
	class Clients {

		private final ApplicationContextRunner runner = application(AccountServer.class);

		@Test
		void aValueIsTheReplyAndNullIsOneToo() {
			this.runner.run(context -> {
				Account account = context.getBean(Account.class);
				account.deposit(5);
				assertThat(account.balance()).isEqualTo(5);
				assertThat(account.owner()).isNull();
				assertThat(account.statement("a", 2)).containsExactly("a", "a");
			});
		}

		@Test
		void aVoidCallIsAcknowledgedWhenTheHandlerIsThrough() {
			this.runner.run(context -> {
				context.getBean(Account.class).close("savings");
				assertThat(context.getBean(Probe.class).told()).contains("closed savings");
			});
		}

		@Test
		void aVoidCastDoesNotWaitForTheHandler() {
			this.runner.run(context -> {
				Probe probe = context.getBean(Probe.class);
				context.getBean(Account.class).slowly("counting");
				assertThat(probe.told()).doesNotContain("slowly");
				probe.open("counting");
				probe.awaitTold("slowly");
			});
		}

		@Test
		void messagesOfOneSenderStayInOrder() {
			this.runner.run(context -> {
				Account account = context.getBean(Account.class);
				for (int i = 1; i <= 1000; i++) {
					account.deposit(i);
					assertThat(account.balance()).isEqualTo(i * (i + 1) / 2);
				}
			});
		}

		@Test
		void aFutureRepliesWhenItCompletesAndTheServerServesOthersMeanwhile() {
			this.runner.run(context -> {
				Account account = context.getBean(Account.class);
				CompletableFuture<Integer> reply = account.interest("today");
				account.deposit(1);
				assertThat(account.balance()).isEqualTo(1);
				assertThat(reply).isNotDone();
				account.fix("today", 7);
				assertThat(reply.get(30, TimeUnit.SECONDS)).isEqualTo(7);
			});
		}

		@Test
		void aStageOfAnyKindIsAFutureToo() {
			this.runner.run(context -> {
				Account account = context.getBean(Account.class);
				CompletionStage<String> reply = account.report();
				assertThat(reply.toCompletableFuture().get(30, TimeUnit.SECONDS)).isEqualTo("all is well");
			});
		}

		@ParameterizedTest
		@ValueSource(strings = { "failed", "dependent" })
		void aFutureThatFailsReachesTheCallerAsCauseAndTheServerLivesOn(String kind) {
			this.runner.run(context -> {
				Pid before = pid(context, "account");
				Account account = context.getBean(Account.class);
				CompletableFuture<Integer> reply = account.failing(kind);
				Throwable failure = catchThrowable(() -> reply.get(30, TimeUnit.SECONDS));
				assertThat(failure).isInstanceOf(ExecutionException.class);
				assertThat(failure.getCause()).isInstanceOf(CallFailedException.class);
				assertThat(failure.getCause().getCause()).isInstanceOf(IllegalStateException.class)
					.hasMessage("no interest");
				assertThat(account.balance()).isZero();
				assertThat(pid(context, "account")).isEqualTo(before);
			});
		}

		@Test
		void aFutureThatIsWaitedForWhenTheServerEndsFailsAtOnce() {
			this.runner.run(context -> {
				CompletableFuture<Integer> reply = context.getBean(Account.class).interest("never");
				context.getBean(Account.class).balance();
				context.getBean(Node.class).exit(pid(context, "account"), ExitReason.KILL);
				Throwable failure = catchThrowable(() -> reply.get(30, TimeUnit.SECONDS));
				assertThat(failure).hasCauseInstanceOf(ServerExitedException.class);
			});
		}

		static Stream<Arguments> throwables() {
			return Stream.of(Arguments.of(new IllegalStateException("unchecked")),
					Arguments.of(new IOException("checked")), Arguments.of(new AssertionError("assertion")),
					Arguments.of(new StackOverflowError()), Arguments.of(new NoClassDefFoundError("linkage")),
					Arguments.of(new OutOfMemoryError("memory")), Arguments.of(new InterruptedException("interrupt")));
		}

		@ParameterizedTest
		@MethodSource("throwables")
		void everyThrowOfACallCrashesTheServerAndIsTheCauseForItsCaller(Throwable thrown) {
			this.runner.run(context -> {
				Pid before = pid(context, "account");
				Account account = context.getBean(Account.class);
				account.deposit(3);
				assertThatExceptionOfType(ServerExitedException.class).isThrownBy(() -> account.crash(thrown))
					.satisfies(exit -> assertThat(exit.getCause()).isSameAs(thrown))
					.satisfies(exit -> assertThat(exit.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.exceptionClass()).isEqualTo(thrown.getClass().getName())));
				assertThat(successor(context, "account", before)).isNotEqualTo(before);
				assertThat(account.balance()).isZero();
			});
		}

		@Test
		void aThrowOfACastCrashesToo() {
			this.runner.run(context -> {
				Pid before = pid(context, "account");
				Account account = context.getBean(Account.class);
				account.crashLater(new IllegalArgumentException());
				successor(context, "account", before);
			});
		}

		@Test
		void aThrowInsteadOfAFutureCrashesToo() {
			this.runner.run(context -> {
				Pid before = pid(context, "account");
				CompletableFuture<Integer> reply = context.getBean(Account.class).failing("thrown");
				assertThat(catchThrowable(() -> reply.get(30, TimeUnit.SECONDS)))
					.hasCauseInstanceOf(ServerExitedException.class);
				successor(context, "account", before);
			});
		}

		@Test
		void aFullMailboxRefusesCallsAndCasts() {
			this.runner.withPropertyValues("supervision.defaults.mailbox.capacity=1").run(context -> {
				Account account = context.getBean(Account.class);
				Probe probe = context.getBean(Probe.class);
				account.slowly("overload");
				probe.awaitTold("slowly begins");
				account.deposit(1);
				// one is handled, and one waits
				assertThatExceptionOfType(OverloadException.class).isThrownBy(() -> account.deposit(1));
				assertThatExceptionOfType(OverloadException.class).isThrownBy(account::balance);
				probe.open("overload");
			});
		}

		@Test
		void aServerThatCallsItselfCrashesAtOnce() {
			application(Puppet.PuppetServer.class).run(context -> {
				Puppet puppet = context.getBean(Puppet.class);
				assertThatExceptionOfType(ServerExitedException.class)
					.isThrownBy(() -> puppet.ask(server -> puppet.seen()))
					.withCauseInstanceOf(CallingSelfException.class);
			});
		}

		@Test
		void defaultMethodsRunAtTheCallerAndObjectMethodsNeverReachTheServer() {
			this.runner.run(context -> {
				Account account = context.getBean(Account.class);
				account.deposit(4);
				assertThat(account.balanceTwice()).isEqualTo(8);
				context.getBean(Node.class).trees().terminateChild("application");
				assertThat(account).isEqualTo(account).isNotEqualTo("account").hasToString(account.toString());
				assertThat(account.toString()).contains("Account").contains("account");
				assertThat(account.hashCode()).isEqualTo(account.hashCode());
			});
		}

		@Test
		void aProtocolMayBeGenericAndExtendAnother() {
			application(NumbersServer.class).run(context -> {
				Numbers numbers = context.getBean(Numbers.class);
				numbers.put("one", 1);
				assertThat(numbers.get("one")).isEqualTo(1);
				assertThat(((Values<String, Integer>) numbers).get("one")).isEqualTo(1);
			});
		}

		@Test
		void aServerIsFoundInAPackageOfSprings() {
			application(VisitServer.class).run(context -> assertThat(pid(context, "visits").path()).endsWith("visits"));
		}

		@Test
		void theProtocolIsSaidWhereThereAreSeveralInterfaces() {
			application(TwoFacedServer.class, Faces.class).run(context -> {
				Faces faces = context.getBean(Faces.class);
				assertThat(faces.left.left()).isEqualTo("left");
				assertThat(faces.right.getIfAvailable()).isNull();
			});
			TestTrees.application(UndecidedServer.class)
				.run(context -> assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
					.hasMessageContaining("it handles methods of several interfaces"));
		}

		@Test
		void injectingTheProtocolGivesTheClientAndNeverTheServer() {
			this.runner.withUserConfiguration(Branch.class).run(context -> {
				Branch branch = context.getBean(Branch.class);
				assertThat(branch.account).isSameAs(context.getBean("account.client"))
					.isNotInstanceOf(AccountServer.class);
				assertThat(branch.all).containsOnlyKeys("account.client");
				assertThat(branch.raw.pid()).contains(pid(context, "account"));
			});
		}

	}

	@Nested
	class RawMessages {

		private final ApplicationContextRunner runner = application(PostOfficeServer.class);

		@Test
		void handlersOfNoProtocolMethodTakeThemByTypeOfParameter() {
			this.runner.run(context -> {
				RawRef post = context.getBean("post-office.raw", RawRef.class);
				assertThat(post.call(7)).isEqualTo("number 7");
				assertThat(post.call("text")).isEqualTo("text text");
				post.cast("cast");
				assertThat(post.call(List.of("a"))).isEqualTo("got [cast]");
			});
		}

		@Test
		void aMethodOfTheProtocolHandlesOnlyCallsOfThatMethod() {
			application(AccountServer.class).run(context -> {
				Pid before = pid(context, "account");
				RawRef account = context.getBean(Node.class).raw("account");
				// deposit(int) is of the protocol
				account.cast(5);
				successor(context, "account", before);
				assertThat(context.getBean(Account.class).balance()).isZero();
			});
		}

		@Test
		void aCallThatNobodyTakesCrashesTheServer() {
			this.runner.run(context -> {
				Pid before = pid(context, "post-office");
				assertThatExceptionOfType(ServerExitedException.class)
					.isThrownBy(() -> context.getBean(RawRef.class).call(4.5))
					.withCauseInstanceOf(UnsupportedOperationException.class);
				successor(context, "post-office", before);
			});
		}

		@Test
		void aCastThatNobodyTakesCrashesTheServer() {
			this.runner.run(context -> {
				Pid before = pid(context, "post-office");
				// there is a call for numbers, but no cast
				context.getBean(RawRef.class).cast(7);
				successor(context, "post-office", before);
			});
		}

		@Test
		void anyOtherMessageThatNobodyTakesIsReportedAndTheServerLivesOn() {
			this.runner.withUserConfiguration(Listeners.class).run(context -> {
				Pid before = pid(context, "post-office");
				context.getBean(Node.class).send(before, 4.5);
				context.getBean(Probe.class).awaitTold("listener Unhandled");
				assertThat(context.getBean(RawRef.class).call(7)).isEqualTo("number 7");
				assertThat(pid(context, "post-office")).isEqualTo(before);
			});
		}

		@ParameterizedTest
		@ValueSource(classes = { Overlaps.Subclass.class, Overlaps.TwoInterfaces.class, Overlaps.Primitive.class,
				Overlaps.PrimitiveAndObject.class, Overlaps.Infos.class, Overlaps.Continuations.class })
		void twoHandlersThatCouldTakeTheSameMessageAreRefused(Class<?> server) {
			TestTrees.application(server)
				.run(context -> assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
					.hasMessageContaining("could handle the same message"));
		}

		@ParameterizedTest
		@ValueSource(classes = { Overlaps.Apart.class, Overlaps.CallAndCast.class, Overlaps.FinalAndInterface.class })
		void handlersThatExcludeEachOtherAreFine(Class<?> server) {
			TestTrees.application(server).run(context -> assertThat(context).hasNotFailed());
		}

	}

	@Nested
	class Instances {

		private final ApplicationContextRunner runner = application(CarefulServer.class);

		@Test
		void constructorAndPostConstructAreTheInitAndReleaseFollowsTerminate() {
			this.runner.run(context -> {
				Careful careful = context.getBean(Careful.class);
				Pid before = pid(context, "careful");
				careful.end();
				successor(context, "careful", before);
				assertThat(context.getBean(Probe.class).told()).startsWith("constructor 1", "post-construct 1",
						"terminate 1", "pre-destroy 1", "close 1", "constructor 2", "post-construct 2");
			});
		}

		@Test
		void aKilledServerIsReleasedWithoutTerminate() {
			this.runner.run(context -> {
				Pid before = pid(context, "careful");
				context.getBean(Node.class).exit(before, ExitReason.KILL);
				successor(context, "careful", before);
				assertThat(context.getBean(Probe.class).told()).startsWith("constructor 1", "post-construct 1",
						"pre-destroy 1", "close 1", "constructor 2");
			});
		}

		@Test
		void aServerIsReleasedWhenItCrashesAndWhenTheApplicationStops() {
			Probe[] probe = new Probe[1];
			this.runner.run(context -> {
				probe[0] = context.getBean(Probe.class);
				Pid before = pid(context, "careful");
				assertThat(catchThrowable(context.getBean(Careful.class)::crash))
					.isInstanceOf(ServerExitedException.class);
				successor(context, "careful", before);
			});
			assertThat(probe[0].told()).containsExactly("constructor 1", "post-construct 1", "terminate 1",
					"pre-destroy 1", "close 1", "constructor 2", "post-construct 2", "terminate 2", "pre-destroy 2",
					"close 2");
		}

		@Test
		void everyIncarnationIsANewInstanceMadeOnAThreadOfItsOwn() {
			this.runner.run(context -> {
				Careful careful = context.getBean(Careful.class);
				Pid before = pid(context, "careful");
				List<Object> first = careful.made();
				careful.end();
				successor(context, "careful", before);
				List<Object> second = careful.made();
				assertThat(second.get(0)).isNotEqualTo(first.get(0));
				assertThat(first.get(1)).isNotEqualTo(Thread.currentThread().getName());
				// it is the process itself that runs the constructor, and no supervisor
				assertThat(first.get(2)).isEqualTo(before.toString());
				assertThat(second.get(2)).isEqualTo(pid(context, "careful").toString());
			});
		}

		@Test
		void beanPostProcessorsSeeEveryInstance() {
			this.runner.withUserConfiguration(Counting.class).run(context -> {
				Pid before = pid(context, "careful");
				context.getBean(Careful.class).end();
				successor(context, "careful", before);
				assertThat(context.getBean(Probe.class).told().stream().filter("processed"::equals)).hasSize(2);
			});
		}

		@Test
		void aspectsApplyToHandlersOfEveryKindAndStateIsThatOfTheServer() {
			application(CountedServer.class, Auditor.class)
				.withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
				.withPropertyValues("supervision.trees[0].children[0].worker=counted",
						"supervision.trees[0].children[0].arguments.first=40")
				.run(context -> {
					Probe probe = context.getBean(Probe.class);
					Counter counter = context.getBean(Counter.class);
					assertThat(counter.next()).isEqualTo(41);
					assertThat(context.getBean(RawRef.class).call("raw")).isEqualTo("raw 41");
					context.getBean(Node.class).send(pid(context, "counted"), 1.5);
					assertThat(counter.next()).isEqualTo(43);
					assertThat(counter.proxied()).isTrue();
					assertThat(probe.told()).containsSubsequence("before next", "before raw", "before info",
							"before next", "before proxied");
				});
		}

		@Test
		void anInitThatThrowsFailsTheStartWithWhatItThrew() {
			TestTrees.application(StillbornServer.class)
				.withPropertyValues("supervision.crash.include-values=always")
				.run(context -> assertThat(context.getStartupFailure().getCause())
					.isInstanceOfSatisfying(TreeStartException.class, failure -> {
						assertThat(failure.path()).isEqualTo("application/stillborn");
						assertThat(failure.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
								thrown -> assertThat(thrown.stackTrace()).contains("no luck"));
					}));
		}

		@Test
		void aSingletonIsRefused() {
			TestTrees.application(Prototype.class)
				.run(context -> assertThat(context.getBean(RawRef.class).call(1)).isEqualTo("number 1"));
			TestTrees.application(Singleton.class)
				.run(context -> assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
					.hasMessageContaining("has scope 'singleton'"));
		}

		@Test
		void theLogFindsTheProcessInTheContextOfEveryMethod() {
			application(SignedServer.class).run(context -> {
				Probe probe = context.getBean(Probe.class);
				Pid pid = pid(context, "signed");
				String who = " " + pid + " application/signed";
				context.getBean(RawRef.class).call("go on");
				context.getBean(Node.class).send(pid, 1L);
				context.getBean(RawRef.class).cast(2);
				// a stop would overtake it
				probe.awaitTold("cast" + who);
				context.getBean(Node.class).trees().terminateChild("application");
				assertThat(probe.told()).containsExactly("constructor" + who, "call" + who, "continue" + who,
						"info" + who, "cast" + who, "terminate" + who, "pre-destroy" + who);
			});
			assertThat(MDC.getCopyOfContextMap()).satisfiesAnyOf(map -> assertThat(map).isNull(),
					map -> assertThat(map).isEmpty());
		}

		@Test
		void aKilledServerIsReleasedInItsOwnContextToo() {
			application(SignedServer.class).run(context -> {
				Pid pid = pid(context, "signed");
				context.getBean(Node.class).exit(pid, ExitReason.KILL);
				context.getBean(Probe.class).awaitTold("pre-destroy " + pid + " application/signed");
			});
		}

	}

	@Nested
	class Events {

		@Test
		void beansAndMethodsThatListenGetThemAllInOrder() {
			Probe[] probe = new Probe[1];
			application(CarefulServer.class, Listeners.class).run(context -> {
				probe[0] = context.getBean(Probe.class);
				Pid before = pid(context, "careful");
				context.getBean(Careful.class).crashLater();
				successor(context, "careful", before);
				probe[0].awaitTold("listener Restarted");
				probe[0].awaitTold("method Restarted careful");
			});
			assertThat(probe[0].told().stream().filter(what -> what.startsWith("listener"))).containsSubsequence(
					"listener ChildStarted", "listener ProcessExited", "listener ChildTerminated",
					"listener Restarted");
		}

		@Test
		void aCrashShowsClassesAndNoValuesUnlessAskedTo(CapturedOutput output) {
			CrashReport report = crash("never");
			assertThat(report.lastMessage()).isEqualTo("crash(java.lang.IllegalStateException)");
			assertThat(report.state()).isEqualTo(AccountServer.class.getName());
			assertThat(report.reason().toString()).doesNotContain("s3cret");
			assertThat(output).contains("terminating").doesNotContain("s3cret");
		}

		@Test
		void aCrashShowsMessageStateAndClientIfAskedTo(CapturedOutput output) {
			CrashReport report = crash("always");
			assertThat(report.lastMessage()).isEqualTo("crash(java.lang.IllegalStateException: s3cret)");
			// what the container injected is no state
			assertThat(report.state()).isEqualTo("AnnotatedServerTest.AccountServer[waiting={}, balance=5]");
			assertThat(report.client()).contains(Thread.currentThread().getName());
			assertThat(output).contains("** State: AnnotatedServerTest.AccountServer[waiting={}, balance=5]")
				.contains("s3cret");
		}

		private static CrashReport crash(String values) {
			AtomicReference<CrashReport> report = new AtomicReference<>();
			application(AccountServer.class).withPropertyValues("supervision.crash.include-values=" + values)
				.withBean("reports", SupervisionListener.class, () -> event -> {
					if (event instanceof SupervisionEvent.ProcessExited exited && exited.crash() != null) {
						report.set(exited.crash());
					}
				})
				.run(context -> {
					Account account = context.getBean(Account.class);
					account.deposit(5);
					assertThat(catchThrowable(() -> account.crash(new IllegalStateException("s3cret"))))
						.isInstanceOf(ServerExitedException.class);
					Eventually.await("the report", () -> report.get() != null);
				});
			return report.get();
		}

		@Test
		void aListenerThatThrowsKeepsNothingFromTheOthers() {
			application(CarefulServer.class, Listeners.class, Thrower.class).run(context -> {
				Pid before = pid(context, "careful");
				context.getBean(Careful.class).crashLater();
				successor(context, "careful", before);
				context.getBean(Probe.class).awaitTold("listener Restarted");
				context.getBean(Probe.class).awaitTold("method Restarted careful");
			});
		}

	}

	interface Account {

		int balance();

		default int balanceTwice() {
			return 2 * balance();
		}

		@Nullable String owner();

		List<String> statement(String line, int times);

		void deposit(int amount);

		void slowly(String gate);

		void close(String what);

		CompletableFuture<Integer> interest(String day);

		void fix(String day, int interest);

		CompletableFuture<Integer> failing(String kind);

		CompletionStage<String> report();

		void crash(Throwable thrown) throws Throwable;

		void crashLater(RuntimeException thrown);

	}

	@GenServer("account")
	static class AccountServer implements Account {

		private final Probe probe;

		private final Map<String, CompletableFuture<Integer>> waiting = new java.util.HashMap<>();

		private int balance;

		AccountServer(Probe probe) {
			this.probe = probe;
		}

		@Override
		@HandleCall
		public int balance() {
			return this.balance;
		}

		@Override
		@HandleCall
		public @Nullable String owner() {
			return null;
		}

		@Override
		@HandleCall
		public List<String> statement(String line, int times) {
			return java.util.Collections.nCopies(times, line);
		}

		@Override
		@HandleCast
		public void deposit(int amount) {
			this.balance += amount;
		}

		@Override
		@HandleCast
		public void slowly(String gate) {
			this.probe.tell("slowly begins");
			try {
				this.probe.pass(gate);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.probe.tell("slowly");
		}

		@Override
		@HandleCall
		public void close(String what) {
			this.probe.tell("closed " + what);
		}

		@Override
		@HandleCall
		public CompletableFuture<Integer> interest(String day) {
			return this.waiting.computeIfAbsent(day, key -> new CompletableFuture<>());
		}

		@Override
		@HandleCast
		public void fix(String day, int interest) {
			this.waiting.remove(day).complete(interest);
		}

		@Override
		@HandleCall
		public CompletableFuture<Integer> failing(String kind) {
			IllegalStateException failure = new IllegalStateException("no interest");
			return switch (kind) {
				case "failed" -> CompletableFuture.failedFuture(failure);
				case "dependent" -> CompletableFuture.<Integer>failedFuture(failure).thenApply(value -> value + 1);
				default -> throw failure;
			};
		}

		@Override
		@HandleCall
		public CompletionStage<String> report() {
			return CompletableFuture.completedStage("all is well");
		}

		@Override
		@HandleCall
		public void crash(Throwable thrown) throws Throwable {
			throw thrown;
		}

		@Override
		@HandleCast
		public void crashLater(RuntimeException thrown) {
			throw thrown;
		}

	}

	/** A singleton that uses an account. */
	static class Branch {

		final Account account;

		final Map<String, Account> all;

		final RawRef raw;

		Branch(Account account, Map<String, Account> all, @Qualifier("account") RawRef raw) {
			this.account = account;
			this.all = all;
			this.raw = raw;
		}

	}

	interface Values<K, V> {

		@Nullable V get(K key);

		void put(K key, V value);

	}

	interface Numbers extends Values<String, Integer> {

		@Override
		Integer get(String key);

	}

	@GenServer("numbers")
	static class NumbersServer implements Numbers {

		private final Map<String, Integer> entries = new java.util.HashMap<>();

		@Override
		@HandleCall
		public Integer get(String key) {
			return this.entries.get(key);
		}

		@Override
		@HandleCast
		public void put(String key, Integer value) {
			this.entries.put(key, value);
		}

	}

	interface Left {

		String left();

	}

	interface Right {

		String right();

	}

	@GenServer(value = "two-faced", protocol = Left.class)
	static class TwoFacedServer implements Left, Right {

		@Override
		@HandleCall
		public String left() {
			return "left";
		}

		@Override
		@HandleCall
		public String right() {
			return "right";
		}

	}

	static class Faces {

		final Left left;

		final ObjectProvider<Right> right;

		Faces(Left left, ObjectProvider<Right> right) {
			this.left = left;
			this.right = right;
		}

	}

	@GenServer("undecided")
	static class UndecidedServer extends TwoFacedServer {

	}

	@GenServer("post-office")
	static class PostOfficeServer {

		private final List<String> received = new java.util.ArrayList<>();

		@HandleCall
		String number(int number) {
			return "number " + number;
		}

		@HandleCall
		String text(String text) {
			return text + " text";
		}

		@HandleCall
		String list(List<?> list) {
			return "got " + this.received;
		}

		@HandleCast
		void letter(String text) {
			this.received.add(text);
		}

	}

	/** Servers with two handlers of one kind. */
	static final class Overlaps {

		private Overlaps() {
		}

		@GenServer("subclass")
		static class Subclass {

			@HandleCall
			void one(Number message) {
			}

			@HandleCall
			void other(Integer message) {
			}

		}

		@GenServer("two-interfaces")
		static class TwoInterfaces {

			@HandleCast
			void one(Runnable message) {
			}

			@HandleCast
			void other(CharSequence message) {
			}

		}

		@GenServer("primitive")
		static class Primitive {

			@HandleCall
			void one(int message) {
			}

			@HandleCall
			void other(Integer message) {
			}

		}

		@GenServer("primitive-and-object")
		static class PrimitiveAndObject {

			@HandleCall
			void one(int message) {
			}

			@HandleCall
			void other(Object message) {
			}

		}

		@GenServer("infos")
		static class Infos {

			@HandleInfo
			void one(Object message) {
			}

			@HandleInfo
			void other(dev.supervision.Info.Down message) {
			}

		}

		@GenServer("continuations")
		static class Continuations {

			@HandleContinue
			void one(String message) {
			}

			@HandleContinue
			void other(CharSequence message) {
			}

		}

		@GenServer("apart")
		static class Apart {

			@HandleCall
			void one(int message) {
			}

			@HandleCall
			void other(long message) {
			}

		}

		@GenServer("call-and-cast")
		static class CallAndCast {

			@HandleCall
			void one(Object message) {
			}

			@HandleCast
			void other(Object message) {
			}

		}

		@GenServer("final-and-interface")
		static class FinalAndInterface {

			@HandleCall
			void one(String message) {
			}

			@HandleCall
			void other(Runnable message) {
			}

		}

	}

	interface Careful {

		/** Which instance, the thread of its constructor, and the process of that. */
		List<Object> made();

		void end();

		void crash();

		void crashLater();

	}

	@GenServer("careful")
	static class CarefulServer implements Careful, AutoCloseable {

		private final ServerContext self;

		private final Probe probe;

		private final long number;

		private final String thread = Thread.currentThread().getName();

		private final @Nullable String process = MDC.get("supervision.process.id");

		CarefulServer(ServerContext self, Probe probe) {
			this.self = self;
			this.probe = probe;
			this.number = 1 + probe.told().stream().filter(what -> what.startsWith("constructor")).count();
			probe.tell("constructor " + this.number);
		}

		@PostConstruct
		void postConstruct() {
			this.probe.tell("post-construct " + this.number);
		}

		@Override
		@HandleCall
		public List<Object> made() {
			return List.of(this.number, this.thread, String.valueOf(this.process));
		}

		@Override
		@HandleCall
		public void end() {
			this.self.stop();
		}

		@Override
		@HandleCall
		public void crash() {
			throw new IllegalStateException("crash");
		}

		@Override
		@HandleCast
		public void crashLater() {
			throw new IllegalStateException("crash");
		}

		@Terminate
		void terminate() {
			this.probe.tell("terminate " + this.number);
		}

		@PreDestroy
		void preDestroy() {
			this.probe.tell("pre-destroy " + this.number);
		}

		@Override
		public void close() {
			this.probe.tell("close " + this.number);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Counting {

		@Bean
		static BeanPostProcessor counting(ObjectProvider<Probe> probe) {
			return new BeanPostProcessor() {

				@Override
				public Object postProcessAfterInitialization(Object bean, String name) {
					if (bean instanceof CarefulServer) {
						probe.getObject().tell("processed");
					}
					return bean;
				}

			};
		}

	}

	interface Counter {

		int next();

		boolean proxied();

	}

	@GenServer("counted")
	static class CountedServer implements Counter {

		private final Probe probe;

		private int count;

		@Autowired
		private @Nullable ApplicationContext context;

		CountedServer(@StartArgument int first, Probe probe, ServerContext self) {
			this.count = first;
			this.probe = probe;
		}

		@Override
		@HandleCall
		public int next() {
			return ++this.count;
		}

		@Override
		@HandleCall
		public boolean proxied() {
			// within the server it is not
			return this.context != null && !AopUtils.isAopProxy(this);
		}

		@HandleCall
		String raw(String text) {
			return text + " " + this.count;
		}

		@HandleInfo
		void info(Double message) {
			this.count++;
			this.probe.tell("info");
		}

	}

	@Aspect
	static class Auditor {

		private final Probe probe;

		Auditor(Probe probe) {
			this.probe = probe;
		}

		@Before("within(dev.supervision.spring.AnnotatedServerTest.CountedServer)")
		void audit(org.aspectj.lang.JoinPoint point) {
			this.probe.tell("before " + point.getSignature().getName());
		}

	}

	@GenServer("stillborn")
	static class StillbornServer {

		@PostConstruct
		void init() {
			throw new IllegalStateException("no luck");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Singleton {

		@Bean
		PostOfficeServer office() {
			return new PostOfficeServer();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Prototype {

		@Bean
		@GenServer
		PostOfficeServer office() {
			return new PostOfficeServer();
		}

	}

	@GenServer("signed")
	static class SignedServer {

		private final ServerContext self;

		private final Probe probe;

		SignedServer(ServerContext self, Probe probe) {
			this.self = self;
			this.probe = probe;
			tell("constructor");
		}

		private void tell(String what) {
			this.probe.tell(what + " " + MDC.get("supervision.process.id") + " " + MDC.get("supervision.process.path"));
		}

		@HandleCall
		void call(String message) {
			tell("call");
			this.self.continueWith(message);
		}

		@HandleCast
		void cast(int message) {
			tell("cast");
		}

		@HandleInfo
		void info(Long message) {
			tell("info");
		}

		@HandleContinue
		void goOn(String message) {
			tell("continue");
		}

		@Terminate
		void terminate() {
			tell("terminate");
		}

		@PreDestroy
		void release() {
			tell("pre-destroy");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final Probe probe;

		Listeners(Probe probe) {
			this.probe = probe;
		}

		@Bean
		SupervisionListener telling() {
			return event -> this.probe.tell("listener " + event.getClass().getSimpleName());
		}

		@EventListener
		void on(SupervisionEvent.Restarted event) {
			this.probe.tell("method Restarted " + event.child().id());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Listeners.class)
	static class Thrower {

		@Bean
		@org.springframework.core.annotation.Order(0)
		SupervisionListener throwing() {
			return event -> {
				throw new IllegalStateException("a listener that throws");
			};
		}

	}

}

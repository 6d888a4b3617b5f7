package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Servers, row by row of the area GSV. Where a row asks for global, via or node-qualified
 * names, which this project does not have, the forms by pid and by local name stand for
 * all of them; an absolute timeout is the difference to now; a {@code From} that nobody
 * has answered is what OTP calls {@code noreply}.
 */
class GenServerConformanceTest {

	/** A message that keeps the address of its answer for later. */
	private static <R> Function<From<R>, Script.Message> deferred(AtomicReference<From<R>> address) {
		return from -> {
			address.set(from);
			return (state, self) -> Next.with(state);
		};
	}

	/** A message that says when it is handled. */
	private static Script.Message note(List<String> journal, String text) {
		return (state, self) -> {
			journal.add(text);
			return Next.with(state);
		};
	}

	@Nested
	class Starting extends ProcessFixture {

		@Test
		@OtpCase("GSV-001")
		void anonymousServerAnswersUntilItIsStopped() {
			Pid pid = spawn(new Script());
			assertThat(this.node.info(pid).orElseThrow().name()).isNull();
			assertThat(this.<Pid>ask(pid, ServerContext::pid)).isSameAs(pid);
			ref(pid).stop();
			assertThatThrownBy(() -> ask(pid, ServerContext::pid)).isInstanceOfSatisfying(NoProcessException.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.NO_PROCESS));
			assertNothingLogged();
		}

		@Test
		@OtpCase("GSV-003")
		void initMayIgnoreStopOrFail() {
			Script ignoring = Script.starting(self -> Init.ignore());
			assertThatExceptionOfType(StartException.Ignored.class).isThrownBy(() -> spawn("ignore", ignoring));
			Script failing = Script.starting(self -> Init.error(ExitReason.of("foobar")));
			assertThatThrownBy(() -> spawn("error", failing)).isInstanceOfSatisfying(StartException.Failed.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.of("foobar")));
			assertNothingLogged();
			assertThat(
					this.world.events(SupervisionEvent.ProcessExited.class).map(SupervisionEvent.ProcessExited::reason))
				.containsExactly(ExitReason.NORMAL, ExitReason.NORMAL);
			Script stopping = Script.starting(self -> Init.stop(ExitReason.of("stopped")));
			assertThatThrownBy(() -> spawn("stop", stopping)).isInstanceOfSatisfying(StartException.Failed.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.of("stopped")));
			assertThat(crashes()).singleElement()
				.satisfies(report -> assertThat(report.reason()).isEqualTo(ExitReason.of("stopped")));
			// terminate is not called when init fails, and the names are free
			assertThat(List.of(ignoring.journal, failing.journal, stopping.journal))
				.allSatisfy(journal -> assertThat(journal).containsExactly("init"));
			for (String name : List.of("ignore", "error", "stop")) {
				assertThat(this.node.whereis(name)).isEmpty();
			}
		}

		@Test
		@OtpCase("GSV-004")
		void parentGetsTheReasonOfALinkedServerThatStops() {
			Script parent = Script.trapping();
			Pid starting = spawn("parent", parent);
			Pid child = startLink(starting, new Script().spec("child"));
			ref(child).cast(Script.stop(BOOM));
			assertThat(reasonOf(child)).isEqualTo(BOOM);
			assertThat(parent.infos).containsExactly(new Info.Exit(child, BOOM));
		}

		@Test
		@OtpCase("GSV-005")
		void monitorOfAServerThatWasJustStartedGetsItsReason() {
			for (ExitReason reason : List.of(BOOM, ExitReason.NORMAL)) {
				Script starter = new Script();
				Pid starting = spawn(starter);
				Script script = new Script();
				MonitorRef monitor = ask(starting, self -> self.monitor(self.node().spawn(anonymous(script))));
				Pid started = (Pid) monitor.target;
				assertThat(isAlive(started)).isTrue();
				assertThat(starter.infos).isEmpty();
				ref(started).cast(Script.stop(reason));
				assertThat(reasonOf(started)).isEqualTo(reason);
				assertThat(starter.infos).containsExactly(new Info.Down(monitor, started, reason));
				assertThat(isAlive(starting)).as("not linked").isTrue();
			}
		}

		@Test
		@OtpCase("GSV-006")
		void secondStartUnderANameFindsTheFirstAndLeavesItAlone() {
			Script first = Script.starting(self -> Init.ok("first"));
			Pid holder = spawn("holder", first);
			Script parent = Script.trapping();
			Pid starting = spawn("parent", parent);
			Script second = Script.starting(self -> Init.ok("second"));
			ChildSpec spec = second.spec("holder");
			assertThatThrownBy(() -> this.node.spawn(spec)).isInstanceOfSatisfying(StartException.AlreadyStarted.class,
					ex -> assertThat(ex.pid()).isSameAs(holder));
			assertThat(thrownIn(starting, self -> self.startLink(spec))).isInstanceOfSatisfying(
					StartException.AlreadyStarted.class, ex -> assertThat(ex.pid()).isSameAs(holder));
			assertThat(second.journal).as("no init ran").isEmpty();
			assertThat(first.journal).containsExactly("init");
			assertThat(this.node.whereis("holder")).contains(holder);
			assertThat(this.node.sys(holder).getState()).isEqualTo("first");
			assertThat(parent.infos).isEmpty();
		}

		@Test
		@OtpCase("GSV-010")
		void failedLinkedStartLeavesNoExitMessage() {
			Map<String, Script> failures = Map.of("stop", Script.starting(self -> Init.stop(BOOM)), "error",
					Script.starting(self -> Init.error(BOOM)), "exit", Script.starting(self -> {
						throw new ExitException(BOOM);
					}), "ignore", Script.starting(self -> Init.ignore()), "throw", Script.starting(self -> {
						throw new IllegalStateException("broken");
					}));
			Script parent = Script.trapping();
			Pid starting = spawn("parent", parent);
			failures.forEach((name, failing) -> {
				List<Object> seen = new ArrayList<>();
				Throwable thrown = thrownIn(starting, self -> {
					Throwable caught = catchThrowable(() -> self.startLink(failing.spec(name)));
					// dead and released at the moment of the return
					seen.add(self.node().whereis(name).isEmpty());
					seen.add(self.node().processes().noneMatch(info -> name.equals(info.name())));
					throw (RuntimeException) caught;
				});
				assertThat(seen).as(name).containsExactly(true, true);
				switch (name) {
					case "ignore" -> assertThat(thrown).isInstanceOf(StartException.Ignored.class);
					case "throw" -> assertThat(((StartException.Failed) thrown).reason())
						.isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
							assertThat(failure.exceptionClass()).isEqualTo(IllegalStateException.class.getName());
							assertThat(failure.message()).isEqualTo("broken");
						});
					default -> assertThat(((StartException.Failed) thrown).reason()).as(name).isEqualTo(BOOM);
				}
				// an immediate retry finds the name free
				assertThat(isAlive(startLink(starting, new Script().spec(name)))).isTrue();
			});
			this.world.advance(Duration.ofSeconds(60));
			assertThat(parent.infos).isEmpty();
			assertThat(isAlive(starting)).isTrue();
		}

		@Test
		@OtpCase("GSV-011")
		void missingInitIsAnUndefError() {
			// the compiler insists on init; a class that was compiled against another
			// interface gets this
			Script script = Script.starting(self -> {
				throw new AbstractMethodError("init");
			});
			assertThatThrownBy(() -> spawn("undef", script)).isInstanceOfSatisfying(StartException.Failed.class,
					ex -> assertThat(ex.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
							failure -> assertThat(failure.exceptionClass())
								.isEqualTo(AbstractMethodError.class.getName())));
			assertThat(this.node.whereis("undef")).isEmpty();
			assertThat(crashes()).hasSize(1);
		}

		@Test
		void initThatReturnsNothingIsABadReturnValue() {
			Script script = Script.starting(self -> null);
			assertThatThrownBy(() -> spawn("junk", script)).isInstanceOfSatisfying(StartException.Failed.class,
					ex -> assertThat(ex.reason().toString()).contains("bad_return_value"));
			assertThat(script.journal).containsExactly("init");
		}

		@Test
		@OtpCase("GSV-070")
		void childOfARegisteredParentTerminatesWhenThatStops() {
			for (ExitReason reason : List.of(ExitReason.NORMAL, ExitReason.SHUTDOWN, BOOM)) {
				Script child = Script.trapping();
				Pid parent = spawn("registered", new Script());
				Pid started = startLink(parent, child.spec("child"));
				ref("registered").stop(reason, null);
				assertThat(reasonOf(started)).isEqualTo(reason);
				assertThat(child.journal).containsExactly("init", "terminate " + reason);
				assertThat(child.infos).as("the parent's exit is no info").isEmpty();
			}
		}

		@Test
		@OtpCase("GSV-073")
		void childSpecHasTheDefaultsOfOtpAndOverridesWin() {
			ChildSpec worker = ChildSpec.worker("worker", Script::new);
			assertThat(worker.id()).isEqualTo("worker");
			assertThat(worker.restart()).isEqualTo(Restart.PERMANENT);
			assertThat(worker.type()).isEqualTo(ChildType.WORKER);
			assertThat(worker.shutdown()).isEqualTo(Shutdown.within(Duration.ofSeconds(5)));
			assertThat(worker.significant()).isFalse();
			assertThat(worker.name()).isNull();
			ChildSpec supervisor = ChildSpec.supervisor(SupervisorSpec.of("supervisor"));
			assertThat(supervisor.type()).isEqualTo(ChildType.SUPERVISOR);
			assertThat(supervisor.restart()).isEqualTo(Restart.PERMANENT);
			assertThat(supervisor.shutdown()).isEqualTo(Shutdown.INFINITY);
			assertThat(supervisor.significant()).isFalse();
			ChildSpec other = worker.id("other")
				.restart(Restart.TRANSIENT)
				.shutdown(Shutdown.BRUTAL_KILL)
				.significant(true)
				.name("name");
			assertThat(other.id()).isEqualTo("other");
			assertThat(other.restart()).isEqualTo(Restart.TRANSIENT);
			assertThat(other.shutdown()).isEqualTo(Shutdown.BRUTAL_KILL);
			assertThat(other.significant()).isTrue();
			assertThat(other.name()).isEqualTo("name");
			assertThat(other.type()).isEqualTo(ChildType.WORKER);
			assertThat(supervisor.shutdown(Duration.ZERO).shutdown()).isEqualTo(Shutdown.within(Duration.ZERO));
			assertThat(worker.restart()).as("an immutable value").isEqualTo(Restart.PERMANENT);
		}

		@Test
		@OtpCase("GSV-074")
		void illegalNameIsRefusedByItsValueAndNothingStarts() {
			long started = this.node.statistics().started();
			Script script = new Script();
			// the text of the error is on one line, whatever the name
			Map<String, String> shown = Map.of("", "''", "  ", "'  '", "new\nline", "'new\\u000aline'");
			shown.forEach((bad, text) -> {
				assertThatThrownBy(() -> this.node.spawn(anonymous(script).name(bad)))
					.isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining(text);
				assertThatThrownBy(() -> this.node.ref(Name.of(bad))).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining(text);
			});
			this.world.settle();
			assertThat(this.node.statistics().started()).isEqualTo(started);
			assertThat(script.journal).isEmpty();
		}

		@Test
		@OtpCase("GSV-075")
		void withoutANameAndWithoutALink() {
			Pid starter = spawn("starter", new Script());
			Pid anonymous = ask(starter, self -> self.node().spawn(anonymous(new Script())));
			Pid other = ask(starter, self -> self.node().spawn(anonymous(new Script())));
			assertThat(this.node.info(anonymous).orElseThrow().name()).isNull();
			assertThat(this.<List<Pid>>ask(anonymous, ServerContext::ancestors)).isEmpty();
			// not linked, in either direction
			this.node.exit(other, BOOM);
			assertThat(reasonOf(other)).isEqualTo(BOOM);
			assertThat(isAlive(starter)).isTrue();
			this.node.exit(starter, BOOM);
			assertThat(reasonOf(starter)).isEqualTo(BOOM);
			assertThat(isAlive(anonymous)).isTrue();
			// whereis, by each form
			assertThat(ref(anonymous).pid()).contains(anonymous);
			assertThat(this.node.raw(anonymous).pid()).contains(anonymous);
			assertThat(ref(other).pid()).isEmpty();
			Pid named = spawn("named", new Script());
			assertThat(this.node.whereis("named")).contains(named);
			assertThat(ref("named").pid()).contains(named);
			assertThat(this.node.raw("named").pid()).contains(named);
			assertThat(this.node.whereis("anonymous")).isEmpty();
			assertThat(this.node.whereis("starter")).isEmpty();
			assertThat(ref("starter").pid()).isEmpty();
			assertThat(this.node.raw("starter").pid()).isEmpty();
		}

	}

	@Nested
	class Stopping extends ProcessFixture {

		@Test
		@OtpCase("GSV-012")
		void stopIsNormalAndThenThereIsNobody() {
			Script script = new Script();
			Pid pid = spawn(script);
			ref(pid).stop();
			assertThat(this.node.isAlive(pid)).isFalse();
			assertThat(script.journal).containsExactly("init", "terminate normal");
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.NORMAL);
			assertThatThrownBy(() -> ref(pid).stop()).isInstanceOfSatisfying(NoProcessException.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.NO_PROCESS));
			assertNothingLogged();
		}

		@Test
		@OtpCase("GSV-013")
		void stopWithAnotherReasonSucceeds() {
			Script script = new Script();
			Pid pid = spawn(script);
			ref(pid).stop(ExitReason.of("other"), null);
			assertThat(this.node.isAlive(pid)).isFalse();
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.of("other"));
			assertThat(script.journal).containsExactly("init", "terminate other");
			// not clean, therefore reported
			assertThat(crashes()).hasSize(1);
		}

		@Test
		@OtpCase("GSV-014")
		void stopWithAnInvalidLimitIsAnArgumentErrorAndNothingHappens() {
			Script script = new Script();
			Pid pid = spawn(script);
			assertThatExceptionOfType(IllegalArgumentException.class)
				.isThrownBy(() -> ref(pid).stop(ExitReason.NORMAL, Duration.ofMillis(-1)));
			this.world.advance(Duration.ofSeconds(10));
			assertThat(isAlive(pid)).isTrue();
			assertThat(script.journal).containsExactly("init");
		}

		@Test
		@OtpCase("GSV-015")
		void stopByName() {
			Script script = new Script();
			Pid pid = spawn("server", script);
			ref("server").stop();
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.NORMAL);
			assertThat(script.journal).containsExactly("init", "terminate normal");
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> ref("server").stop());
		}

		@Test
		@OtpCase("GSV-016")
		void stopOfItselfOrOfNobody() {
			Pid pid = spawn("self", new Script());
			assertThat(thrownIn(pid, self -> self.self().stop())).isInstanceOfSatisfying(CallingSelfException.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.of("calling_self")));
			assertThat(thrownIn(pid, self -> ref("self").stop())).isInstanceOf(CallingSelfException.class);
			assertThat(thrownIn(pid, self -> ref("self").call(Script.ask(ServerContext::pid))))
				.isInstanceOf(CallingSelfException.class);
			assertThat(thrownIn(pid, self -> self.node().raw("self").call("anything")))
				.isInstanceOf(CallingSelfException.class);
			assertThat(isAlive(pid)).isTrue();
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> ref("nobody").stop());
		}

		@Test
		void stopWorksOnASuspendedServer() {
			Script script = new Script();
			Pid pid = spawn(script);
			this.node.sys(pid).suspend();
			ref(pid).stop(ExitReason.SHUTDOWN, Duration.ofSeconds(1));
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.SHUTDOWN);
			assertThat(script.journal).containsExactly("init", "terminate shutdown");
		}

		@Test
		@OtpCase("GSV-061")
		void serverWithoutTerminateExitsWithTheGivenReason() {
			for (ExitReason reason : List.of(ExitReason.NORMAL, BOOM)) {
				Pid pid = this.node.spawn(ChildSpec.worker("bare", Bare::new));
				Script watcher = new Script();
				Pid watching = spawn(watcher);
				MonitorRef monitor = ask(watching, self -> self.monitor(pid));
				this.node.ref(pid).stop(reason, null);
				assertThat(reasonOf(pid)).isEqualTo(reason);
				assertThat(watcher.infos).containsExactly(new Info.Down(monitor, pid, reason));
			}
		}

		@Test
		@OtpCase("GSV-064")
		void trappingWorkerThatIsShutDownTerminates() {
			Script child = Script.trapping();
			Script parent = Script.trapping();
			Pid starting = spawn("parent", parent);
			Pid worker = startLink(starting, child.spec("child"));
			assertThat(this.<ExitReason>ask(starting,
					self -> self.stopChild(worker, Shutdown.within(Duration.ofSeconds(5)))))
				.isEqualTo(ExitReason.SHUTDOWN);
			assertThat(child.journal).containsExactly("init", "terminate shutdown");
			assertThat(child.infos).isEmpty();
			assertThat(reasonOf(worker)).isEqualTo(ExitReason.SHUTDOWN);
			Script supervised = Script.trapping();
			SupervisorRef tree = this.node.start(SupervisorSpec.of("tree", supervised.spec("supervised")));
			Pid second = this.world.pid("supervised");
			assertThat(tree.terminateChild("supervised")).isEqualTo(new ChildResult.Ok());
			assertThat(supervised.journal).containsExactly("init", "terminate shutdown");
			assertThat(reasonOf(second)).isEqualTo(ExitReason.SHUTDOWN);
			assertNothingLogged();
		}

		@Test
		@OtpCase("GSV-066")
		void linkedServerThatDoesNotTrapOutlivesANormalParent() {
			Script child = new Script();
			Pid parent = spawn("parent", new Script());
			Pid orphan = startLink(parent, child.spec("child"));
			Script trapping = Script.trapping();
			Pid trapper = startLink(parent, trapping.spec("trapping"));
			ref(parent).cast(Script.stop(ExitReason.NORMAL));
			assertThat(reasonOf(parent)).isEqualTo(ExitReason.NORMAL);
			assertThat(isAlive(orphan)).isTrue();
			assertThat(child.journal).containsExactly("init");
			// one that traps ends with its parent, whatever the reason
			assertThat(reasonOf(trapper)).isEqualTo(ExitReason.NORMAL);
			assertThat(trapping.journal).containsExactly("init", "terminate normal");
		}

		@Test
		@OtpCase("GSV-068")
		void killedServerDoesNotTerminate() {
			for (Script script : List.of(new Script(), Script.trapping())) {
				Pid idle = spawn(script);
				this.node.exit(idle, ExitReason.KILL);
				assertThat(reasonOf(idle)).isEqualTo(ExitReason.KILLED);
				assertThat(script.journal).containsExactly("init");
			}
			Script busy = Script.trapping();
			Pid victim = spawn(busy);
			List<String> afterwards = new CopyOnWriteArrayList<>();
			ref(victim).cast((state, self) -> {
				this.world.platform.sleep(Duration.ofSeconds(3));
				return Next.stop(BOOM, state);
			});
			ref(victim).cast(note(afterwards, "next message"));
			this.world.advance(Duration.ofSeconds(1));
			this.node.exit(victim, ExitReason.KILL);
			this.world.advance(Duration.ofSeconds(60));
			assertThat(reasonOf(victim)).isEqualTo(ExitReason.KILLED);
			assertThat(busy.journal).containsExactly("init");
			assertThat(afterwards).isEmpty();
			assertNothingLogged();
		}

		@Test
		void terminateThatFailsReplacesTheReasonAndIsLogged() {
			Pid pid = spawn(new Script().onTerminate((reason, state, self) -> {
				throw new IllegalStateException("in terminate");
			}));
			ref(pid).cast(Script.stop(ExitReason.NORMAL));
			assertThat(reasonOf(pid)).isInstanceOfSatisfying(ExitReason.Failure.class,
					failure -> assertThat(failure.message()).isEqualTo("in terminate"));
			assertThat(crashes()).hasSize(1);
		}

	}

	@Nested
	class Calls extends ProcessFixture {

		@Test
		@OtpCase("GSV-018")
		void cleanEndInsideACallReachesTheCallerAndIsNotLogged() {
			for (ExitReason reason : List.of(ExitReason.SHUTDOWN, ExitReason.shutdown("detail"))) {
				Pid stopping = spawn(new Script());
				assertThatThrownBy(() -> ref(stopping).call(from -> Script.stop(reason))).isInstanceOfSatisfying(
						ServerExitedException.class, ex -> assertThat(ex.reason()).isEqualTo(reason));
				assertThat(reasonOf(stopping)).isEqualTo(reason);
				Pid exiting = spawn(new Script());
				assertThatThrownBy(() -> ref(exiting).call(from -> (state, self) -> {
					throw new ExitException(reason);
				})).isInstanceOfSatisfying(ServerExitedException.class,
						ex -> assertThat(ex.reason()).isEqualTo(reason));
				assertThat(reasonOf(exiting)).isEqualTo(reason);
			}
			assertNothingLogged();
			assertThat(this.node.statistics().crashed()).isZero();
		}

		/**
		 * OTP: the caller exits with {@code {Reason, {gen_server, call, ..}}}, which is
		 * clean for plain {@code shutdown} only.
		 */
		@Test
		void exitOfACallThatIsLetOutIsCleanOnlyIfTheServerWasShutDown() {
			Map<ExitReason, Boolean> reasons = Map.of(ExitReason.SHUTDOWN, true, ExitReason.shutdown("detail"), false,
					ExitReason.NORMAL, false, BOOM, false);
			reasons.forEach((reason, clean) -> {
				Pid server = spawn(new Script());
				Pid caller = spawn(new Script());
				ref(caller).cast((state, self) -> {
					ref(server).<String>call(from -> Script.stop(reason));
					return Next.with(state);
				});
				assertThat(reasonOf(server)).isEqualTo(reason);
				assertThat(reasonOf(caller).isClean()).as("caller of " + reason).isEqualTo(clean);
				assertThat(crashOf(caller) == null).as("caller of " + reason).isEqualTo(clean);
			});
		}

		@Test
		@OtpCase("GSV-019")
		void deferredReplyMayComeFromALaterTimeout() {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid pid = spawn(new Script().onInfo((info, state, self) -> {
				address.get().reply("from " + info);
				return Next.with(state);
			}));
			long before = this.world.platform.clock().nanoTime();
			assertThat(ref(pid).<String>call(from -> {
				address.set(from);
				return (state, self) -> Next.with(state).timeout(Duration.ofSeconds(1));
			})).isEqualTo("from " + new Info.Timeout(null));
			assertThat(this.world.platform.clock().nanoTime() - before).isEqualTo(Duration.ofSeconds(1).toNanos());
		}

		@Test
		@OtpCase("GSV-020")
		void timeoutThatWasSetInAReplyIsCancelledByTheNextCall() {
			Script script = new Script();
			Pid pid = spawn(script);
			Function<From<String>, Script.Message> setting = from -> (state, self) -> {
				from.reply("set");
				return Next.with(state).timeout(Duration.ofSeconds(1));
			};
			assertThat(ref(pid).<String>call(setting)).isEqualTo("set");
			this.world.advance(Duration.ofMillis(900));
			ask(pid, ServerContext::pid);
			this.world.advance(Duration.ofSeconds(10));
			assertThat(script.infos).as("cancelled").isEmpty();
			assertThat(ref(pid).<String>call(setting)).isEqualTo("set");
			this.world.advance(Duration.ofMillis(1_100));
			assertThat(script.infos).as("fired").containsExactly(new Info.Timeout(null));
			ask(pid, ServerContext::pid);
			this.world.advance(Duration.ofSeconds(10));
			assertThat(script.infos).hasSize(1);
		}

		@Test
		@OtpCase("GSV-021")
		void callTimeoutConcernsTheCallerOnly() {
			Script server = new Script();
			Pid pid = spawn(server);
			Script asking = new Script();
			Pid client = spawn(asking);
			List<Boolean> replied = new CopyOnWriteArrayList<>();
			Throwable thrown = thrownIn(client, self -> ref(pid).<String>call(from -> (state, serverSelf) -> {
				this.world.platform.sleep(Duration.ofSeconds(1));
				replied.add(from.reply("late"));
				return Next.with("handled");
			}, Duration.ofMillis(1)));
			assertThat(thrown).isInstanceOfSatisfying(CallTimeoutException.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.TIMEOUT));
			this.world.advance(Duration.ofSeconds(2));
			// the server does it all the same, and the late answer vanishes
			assertThat(this.node.sys(pid).getState()).isEqualTo("handled");
			assertThat(replied).containsExactly(false);
			assertThat(asking.infos).isEmpty();
			assertThat(this.<Pid>ask(client, ServerContext::pid)).isSameAs(client);
			// let out of a callback, it ends the caller
			ref(client).cast((state, self) -> {
				ref(pid).call(deferred(new AtomicReference<From<String>>()), Duration.ofMillis(1));
				return Next.with(state);
			});
			this.world.advance(Duration.ofSeconds(1));
			assertThat(reasonOf(client).isClean()).isFalse();
			assertThat(reasonOf(client).toString()).contains(CallTimeoutException.class.getName());
			assertThat(isAlive(pid)).isTrue();
		}

		@Test
		@OtpCase("GSV-024")
		void handlerThatReturnsJunkEndsTheServer() {
			Script server = new Script();
			Pid pid = spawn(server);
			assertThatThrownBy(() -> ref(pid).call(from -> (state, self) -> null)).isInstanceOfSatisfying(
					ServerExitedException.class, ex -> assertThat(ex.reason().toString()).contains("bad_return_value"));
			assertThat(isAlive(pid)).isFalse();
			assertThat(reasonOf(pid).toString()).contains("bad_return_value");
			assertThat(server.journal).hasSize(2)
				.last()
				.asString()
				.startsWith("terminate")
				.contains("bad_return_value");
			assertThat(crashes()).hasSize(1);
		}

		@Test
		@OtpCase("GSV-026")
		void callOfNobodyIsNoprocAndNamesWhatWasGiven() {
			record Question(int number) {
			}
			// unknown name
			assertThatThrownBy(() -> this.node.raw("ghost").call(new Question(1)))
				.isInstanceOfSatisfying(NoProcessException.class,
						ex -> assertThat(ex.reason()).isEqualTo(ExitReason.NO_PROCESS))
				.hasMessageContaining("ghost")
				.hasMessageContaining(Question.class.getName());
			// stopped pid
			Pid stopped = spawn("brief", new Script());
			ref(stopped).stop();
			assertThatThrownBy(() -> this.node.raw(stopped).call(new Question(2)))
				.isInstanceOfSatisfying(NoProcessException.class,
						ex -> assertThat(ex.reason()).isEqualTo(ExitReason.NO_PROCESS))
				.hasMessageContaining(stopped.toString())
				.hasMessageContaining(Question.class.getName());
			// a name that was given back
			assertThatThrownBy(() -> this.node.raw("brief").call(new Question(3)))
				.isInstanceOf(NoProcessException.class)
				.hasMessageContaining("brief");
			// at once, not after the limit
			assertThat(this.world.platform.clock().nanoTime()).isZero();
		}

		@Test
		@OtpCase("GSV-028")
		void handlerThatStopsWithoutAReplyTellsTheCallerAfterTerminate() {
			List<String> order = new CopyOnWriteArrayList<>();
			Pid pid = spawn(new Script().onTerminate((reason, state, self) -> {
				this.world.platform.sleep(Duration.ofSeconds(1));
				order.add("terminate " + reason);
			}));
			assertThatThrownBy(() -> ref(pid).call(from -> Script.stop(BOOM)))
				.isInstanceOfSatisfying(ServerExitedException.class, ex -> assertThat(ex.reason()).isEqualTo(BOOM));
			order.add("caller");
			assertThat(order).containsExactly("terminate boom", "caller");
			assertThat(reasonOf(pid)).isEqualTo(BOOM);
		}

		@Test
		void replyOfAStopGoesOutAfterTerminateEvenIfThatFails() {
			List<String> order = new CopyOnWriteArrayList<>();
			Pid pid = spawn(new Script().onTerminate((reason, state, self) -> {
				order.add("terminate");
				throw new IllegalStateException("in terminate");
			}));
			Function<From<String>, Script.Message> stopping = from -> (state, self) -> Next.stop(BOOM, state)
				.reply(from, "bye");
			assertThat(ref(pid).<String>call(stopping)).isEqualTo("bye");
			assertThat(order).containsExactly("terminate");
			assertThat(reasonOf(pid).toString()).contains("in terminate");
		}

		@Test
		@OtpCase("GSV-032")
		void anybodyMayReplyOnce() {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid server = spawn(new Script());
			Pid helper = spawn(new Script());
			Script asking = new Script();
			Pid client = spawn(asking);
			CompletableFuture<String> answer = ref(client)
				.callAsync(Script.ask(self -> ref(server).<String>call(deferred(address))));
			this.world.settle();
			assertThat(answer).isNotDone();
			assertThat(holds(helper, self -> address.get().reply("helped"))).isTrue();
			assertThat(holds(helper, self -> address.get().reply("again"))).isFalse();
			this.world.settle();
			assertThat(answer).isCompletedWithValue("helped");
			assertThat(holds(server, self -> address.get().reply("once more"))).isFalse();
			this.world.settle();
			assertThat(asking.infos).isEmpty();
			assertThat(isAlive(client)).isTrue();
		}

		@Test
		@OtpCase("GSV-034")
		void handlerThatRaisesOrExits() {
			Script raising = new Script();
			AtomicReference<ExitReason> terminated = new AtomicReference<>();
			Pid raiser = spawn(raising.onTerminate((reason, state, self) -> terminated.set(reason)));
			IllegalStateException error = new IllegalStateException("raised");
			assertThatThrownBy(() -> ref(raiser).call(from -> (state, self) -> {
				throw error;
			})).isInstanceOfSatisfying(ServerExitedException.class, ex -> {
				assertThat(ex.reason()).isEqualTo(terminated.get());
				assertThat(ex).hasCause(error);
			});
			assertThat(terminated.get()).isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
				assertThat(failure.message()).isEqualTo("raised");
				assertThat(failure.stackTrace()).contains(GenServerConformanceTest.class.getName());
			});
			assertThat(reasonOf(raiser)).isEqualTo(terminated.get());
			assertThat(crashOf(raiser)).isNotNull();
			Script exiting = new Script();
			Pid exiter = spawn(exiting.onTerminate((reason, state, self) -> terminated.set(reason)));
			assertThatThrownBy(() -> ref(exiter).call(from -> (state, self) -> {
				throw new ExitException(BOOM);
			})).isInstanceOfSatisfying(ServerExitedException.class, ex -> assertThat(ex.reason()).isEqualTo(BOOM));
			assertThat(terminated.get()).isEqualTo(BOOM);
			assertThat(reasonOf(exiter)).isEqualTo(BOOM);
			assertThat(crashOf(exiter)).isNotNull();
		}

		@Test
		void callerLearnsAtOnceThatTheServerDied() {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid unanswered = spawn(new Script());
			Pid queued = spawn(new Script());
			Pid client = spawn(new Script());
			this.node.sys(queued).suspend();
			List<CompletableFuture<Throwable>> failures = Stream.of(unanswered, queued)
				.map(server -> ref(spawn(new Script())).<Throwable>callAsync(
						Script.ask(self -> catchThrowable(() -> ref(server).<String>call(deferred(address))))))
				.toList();
			this.world.settle();
			assertThat(failures).noneMatch(CompletableFuture::isDone);
			in(client, self -> List.of(unanswered, queued).forEach(server -> self.exit(server, ExitReason.KILL)));
			this.world.settle();
			assertThat(failures).allSatisfy(failure -> assertThat(failure.getNow(null)).isInstanceOfSatisfying(
					ServerExitedException.class, ex -> assertThat(ex.reason()).isEqualTo(ExitReason.KILLED)));
			assertThat(this.world.platform.clock().nanoTime()).isZero();
			assertThat(address.get().reply("late")).isFalse();
		}

		@Test
		@OtpCase("GSV-035")
		void callCostsTheSameHoweverManyMessagesWaitForTheCaller() {
			// the same seed makes the same choices, unless what waits takes part in them
			assertThat(stepsOfCalls(500_000)).isEqualTo(stepsOfCalls(0)).isGreaterThanOrEqualTo(20_000);
		}

		private static long stepsOfCalls(int waiting) {
			try (TestNode other = new TestNode(35)) {
				ServerRef<Script.Message> server = other.node.ref(other.node.spawn(new Script().spec("server")));
				Pid caller = other.node.spawn(new Script().spec("caller"));
				long[] steps = new long[1];
				other.node.<Script.Message>ref(caller).cast((state, self) -> {
					for (int i = 0; i < waiting; i++) {
						self.self().cast((later, own) -> Next.with(later));
					}
					long before = other.platform.steps();
					for (int i = 0; i < 10_000; i++) {
						server.<Pid>call(Script.ask(ServerContext::pid));
					}
					steps[0] = other.platform.steps() - before;
					// no answer went through the mailbox, and nothing in there was looked
					// at
					ProcessInfo info = self.node().info(caller).orElseThrow();
					assertThat(info.mailboxSize()).isEqualTo(waiting);
					assertThat(info.handled()).isEqualTo(1);
					throw new ExitException(ExitReason.SHUTDOWN);
				});
				List<ExitReason> ends = other.events(SupervisionEvent.ProcessExited.class)
					.map(SupervisionEvent.ProcessExited::reason)
					.toList();
				assertThat(ends).containsExactly(ExitReason.SHUTDOWN);
				return steps[0];
			}
		}

	}

	@Nested
	class ParentAndChild extends ProcessFixture {

		@Test
		void trappingChildTerminatesOnAnyExitOfItsParentAndTakesOthersAsInfo() {
			for (ExitReason reason : List.of(ExitReason.NORMAL, ExitReason.SHUTDOWN, BOOM)) {
				Script script = Script.trapping();
				Pid parent = spawn(Script.trapping());
				Pid stranger = spawn(new Script());
				Pid child = startLink(parent, anonymous(script));
				in(stranger, self -> self.exit(child, reason));
				assertThat(isAlive(child)).isTrue();
				assertThat(script.infos).containsExactly(new Info.Exit(stranger, reason));
				in(parent, self -> self.exit(child, reason));
				assertThat(reasonOf(child)).isEqualTo(reason);
				assertThat(script.journal).last().isEqualTo("terminate " + reason);
				assertThat(script.infos).hasSize(1);
			}
		}

		@Test
		void failedStartDoesNotHarmAParentThatDoesNotTrap() {
			Pid parent = spawn(new Script());
			Script failing = Script.starting(self -> {
				throw new IllegalStateException("in init");
			});
			assertThat(thrownIn(parent, self -> self.startLink(anonymous(failing))))
				.isInstanceOf(StartException.Failed.class);
			assertThat(isAlive(parent)).isTrue();
			// a child that did start takes it along
			Pid child = startLink(parent, anonymous(new Script()));
			ref(child).cast(Script.stop(BOOM));
			assertThat(reasonOf(child)).isEqualTo(BOOM);
			assertThat(reasonOf(parent)).isEqualTo(BOOM);
		}

		@Test
		void unlinkedChildAndParentDoNotConcernEachOther() {
			Script parent = Script.trapping();
			Pid starting = spawn(parent);
			Pid first = startLink(starting, anonymous(new Script()));
			Pid second = startLink(starting, anonymous(new Script()));
			in(starting, self -> self.unlink(first));
			in(second, self -> self.unlink(starting));
			this.node.exit(first, BOOM);
			assertThat(reasonOf(first)).isEqualTo(BOOM);
			assertThat(parent.infos).isEmpty();
			this.node.exit(starting, ExitReason.KILL);
			assertThat(reasonOf(starting)).isEqualTo(ExitReason.KILLED);
			assertThat(isAlive(second)).isTrue();
		}

		@Test
		void childrenOfAKilledParentSeeKilled() {
			Script plain = new Script();
			Script trapping = Script.trapping();
			Pid parent = spawn(Script.trapping());
			Pid first = startLink(parent, anonymous(plain));
			Pid second = startLink(parent, anonymous(trapping));
			this.node.exit(parent, ExitReason.KILL);
			assertThat(reasonOf(first)).isEqualTo(ExitReason.KILLED);
			assertThat(plain.journal).containsExactly("init");
			assertThat(reasonOf(second)).isEqualTo(ExitReason.KILLED);
			assertThat(trapping.journal).containsExactly("init", "terminate killed");
		}

	}

	/** A {@link CompletableFuture} is what OTP calls a request id. */
	@Nested
	class AsyncCalls extends ProcessFixture {

		@Test
		@OtpCase("GSV-036")
		void requestIsAnsweredLater() {
			Pid pid = spawn(new Script());
			CompletableFuture<Pid> request = ref(pid).callAsync(Script.ask(ServerContext::pid));
			assertThat(request).as("does not wait").isNotDone();
			this.world.settle();
			assertThat(request).isCompletedWithValue(pid);
		}

		@Test
		@OtpCase("GSV-037")
		void waitMayTimeOutAndBeRepeated() throws Exception {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid pid = spawn(new Script());
			CompletableFuture<String> request = ref(pid).callAsync(deferred(address));
			this.world.settle();
			assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> request.get(0, TimeUnit.SECONDS));
			assertThat(holds(pid, self -> address.get().reply("answer"))).isTrue();
			this.world.settle();
			assertThat(request.get(0, TimeUnit.SECONDS)).isEqualTo("answer");
		}

		@Test
		@OtpCase("GSV-038")
		void unrelatedMessageIsNoAnswerAndStaysAMessage() {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid server = spawn(new Script());
			Script asking = new Script();
			Pid client = spawn(asking);
			CompletableFuture<String> request = ask(client, self -> ref(server).callAsync(deferred(address)));
			this.world.settle();
			this.node.send(client, "unrelated");
			this.world.settle();
			assertThat(request).isNotDone();
			assertThat(asking.infos).containsExactly(new Info.Message("unrelated"));
			in(server, self -> address.get().reply("answer"));
			this.world.settle();
			assertThat(request).isCompletedWithValue("answer");
			assertThat(asking.infos).hasSize(1);
		}

		@Test
		@OtpCase("GSV-039")
		void requestToAServerThatIsNotThereOrStopsFailsAsAValue() {
			Pid dead = spawn(new Script());
			ref(dead).stop();
			Pid stopping = spawn(new Script());
			Pid queued = spawn(new Script());
			Pid client = spawn(new Script());
			List<CompletableFuture<Pid>> requests = ask(client,
					self -> List.of(ref(dead).<Pid>callAsync(Script.ask(ServerContext::pid)),
							ref("unknown").<Pid>callAsync(Script.ask(ServerContext::pid)),
							ref(stopping).<Pid>callAsync(from -> Script.stop(BOOM)), queuedBehindAStop(queued)));
			this.world.settle();
			List<ExitReason> reasons = requests.stream()
				.map(ProcessFixture::failureOf)
				.map(thrown -> ((CallException) thrown).reason())
				.toList();
			assertThat(reasons).containsExactly(ExitReason.NO_PROCESS, ExitReason.NO_PROCESS, BOOM, BOOM);
			assertThat(isAlive(client)).isTrue();
		}

		private CompletableFuture<Pid> queuedBehindAStop(Pid target) {
			ref(target).cast(Script.stop(BOOM));
			return ref(target).callAsync(Script.ask(ServerContext::pid));
		}

		@Test
		@OtpCase("GSV-040")
		void responsesComeInTheOrderOfTheirCompletion() {
			Pid pid = spawn(new Script());
			List<String> responses = new CopyOnWriteArrayList<>();
			List<CompletableFuture<String>> collection = new ArrayList<>();
			Map<String, Integer> delays = Map.of("slow", 3, "fast", 1, "medium", 2);
			delays.forEach((label, seconds) -> {
				CompletableFuture<String> request = ref(pid).callAsync(from -> (state, self) -> {
					self.sendAfter(Duration.ofSeconds(seconds), (later, own) -> {
						from.reply("after " + seconds);
						return Next.with(later);
					});
					return Next.with(state);
				});
				request.thenAccept(reply -> responses.add(label + " " + reply));
				collection.add(request);
			});
			this.world.settle();
			assertThat(responses).isEmpty();
			for (int left = 2; left >= 0; left--) {
				this.world.advance(Duration.ofSeconds(1));
				collection.removeIf(CompletableFuture::isDone);
				assertThat(collection).hasSize(left);
			}
			assertThat(responses).containsExactly("fast after 1", "medium after 2", "slow after 3");
		}

	}

	@Nested
	class CastsAndInfos extends ProcessFixture {

		@Test
		@OtpCase("GSV-045")
		void castSucceedsAtOnceAndHasItsEffectLater() {
			List<String> handled = new CopyOnWriteArrayList<>();
			Script script = new Script();
			Pid pid = spawn("server", script);
			ref(pid).cast(note(handled, "immediate"));
			assertThat(handled).as("does not wait").isEmpty();
			this.world.settle();
			assertThat(handled).containsExactly("immediate");
			ref("server").cast((state, self) -> {
				self.sendAfter(Duration.ofSeconds(1), note(handled, "delayed"));
				return Next.with(state);
			});
			this.world.advance(Duration.ofMillis(999));
			assertThat(handled).hasSize(1);
			this.world.advance(Duration.ofMillis(1));
			assertThat(handled).containsExactly("immediate", "delayed");
			ref(pid).cast(Script.stop(ExitReason.SHUTDOWN));
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.SHUTDOWN);
			assertThat(script.journal).containsExactly("init", "terminate shutdown");
			// silently, also to nobody
			ref(pid).cast(note(handled, "to a dead process"));
			ref("server").cast(note(handled, "to nobody"));
			this.node.raw(pid).cast("to a dead process");
			this.node.raw("unknown").cast("to nobody");
			this.world.settle();
			assertThat(handled).hasSize(2);
			assertNothingLogged();
		}

		@Test
		@OtpCase("GSV-047")
		void infoImmediateDelayedAndStop() {
			Script script = new Script().onInfo((info, state, self) -> {
				Object message = ((Info.Message) info).message();
				if (message.equals("delay")) {
					self.sendInfoAfter(Duration.ofSeconds(1), self.pid(), "delayed");
				}
				return message.equals("stop") ? Next.stop(ExitReason.NORMAL, state) : Next.with(state);
			});
			Pid pid = spawn(script);
			this.node.send(pid, "delay");
			this.world.settle();
			assertThat(script.infos).containsExactly(new Info.Message("delay"));
			this.world.advance(Duration.ofSeconds(1));
			assertThat(script.infos).containsExactly(new Info.Message("delay"), new Info.Message("delayed"));
			this.node.send(pid, "stop");
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.NORMAL);
			assertThat(script.journal).last().isEqualTo("terminate normal");
			this.node.send(pid, "to a dead process");
			this.world.settle();
			assertThat(script.infos).hasSize(3);
			assertNothingLogged();
		}

		@Test
		@OtpCase("GSV-059")
		void missingHandlerEndsTheServerAndTellsTheCaller() {
			Pid called = this.node.spawn(ChildSpec.worker("called", Bare::new));
			assertThatThrownBy(() -> this.node.raw(called).call("question"))
				.isInstanceOfSatisfying(ServerExitedException.class, ex -> assertUndefined(ex.reason()));
			assertUndefined(reasonOf(called));
			Pid cast = this.node.spawn(ChildSpec.worker("cast", Bare::new));
			this.node.raw(cast).cast("order");
			assertUndefined(reasonOf(cast));
			Pid continued = this.node.spawn(ChildSpec.worker("continued", Bare::new));
			assertThatThrownBy(() -> this.node.<From<String>>ref(continued).<String>call(from -> from))
				.isInstanceOfSatisfying(ServerExitedException.class, ex -> assertUndefined(ex.reason()));
			assertUndefined(reasonOf(continued));
			assertThat(crashes()).hasSize(3);
		}

		private static void assertUndefined(ExitReason reason) {
			assertThat(reason).isInstanceOfSatisfying(ExitReason.Failure.class,
					failure -> assertThat(failure.exceptionClass())
						.isEqualTo(UnsupportedOperationException.class.getName()));
		}

		@Test
		@OtpCase("GSV-062")
		void defaultCallbacksCrashOnCallAndCastAndLogInfos() {
			Pid called = this.node.spawn(ChildSpec.worker("called", Bare::new));
			assertThatExceptionOfType(ServerExitedException.class)
				.isThrownBy(() -> this.node.raw(called).call("question"));
			assertThat(crashOf(called)).isNotNull();
			Pid cast = this.node.spawn(ChildSpec.worker("cast", Bare::new));
			this.node.raw(cast).cast("order");
			assertThat(crashOf(cast)).isNotNull();
			assertThat(this.world.events(SupervisionEvent.Unhandled.class)).isEmpty();
			Pid informed = this.node.spawn(ChildSpec.worker("informed", Bare::new));
			this.node.send(informed, "surprise");
			assertThat(isAlive(informed)).isTrue();
			assertThat(this.world.events(SupervisionEvent.Unhandled.class)).singleElement().satisfies(event -> {
				assertThat(event.pid()).isSameAs(informed);
				assertThat(event.message()).contains("surprise");
			});
			assertThat(crashes()).hasSize(2);
		}

		@Test
		void errorInsideAHandlerForInfosCrashes() {
			Pid pid = spawn(new Script().onInfo((info, state, self) -> {
				throw new UnsupportedOperationException("inside");
			}));
			this.node.send(pid, "anything");
			assertThat(reasonOf(pid).toString()).contains("inside");
			assertThat(crashOf(pid)).isNotNull();
		}

	}

	@Nested
	class Continuations extends ProcessFixture {

		@Test
		@OtpCase("GSV-050")
		void continuationRunsBeforeWhatIsQueued() {
			Pid driver = spawn(new Script());
			Script replying = new Script();
			Pid first = spawn(replying);
			List<CompletableFuture<String>> replies = new ArrayList<>();
			in(driver, self -> {
				replies.add(ref(first).callAsync(from -> (state, own) -> {
					replying.journal.add("replied " + from.reply("reply"));
					return Next.with(state).thenContinue("from call-reply");
				}));
				ref(first).cast(note(replying.journal, "queued"));
			});
			this.world.settle();
			assertThat(replies.get(0)).isCompletedWithValue("reply");
			assertThat(replying.journal).containsExactly("init", "replied true", "continue from call-reply", "queued");
			Script deferring = new Script();
			Pid second = spawn(deferring);
			in(driver, self -> {
				replies.add(ref(second).callAsync(
						from -> (state, own) -> Next.with(state).thenContinue((Script.Message) (later, context) -> {
							from.reply("reply of the continuation");
							return Next.with(later);
						})));
				ref(second).cast(note(deferring.journal, "queued"));
			});
			this.world.settle();
			assertThat(replies.get(1)).isCompletedWithValue("reply of the continuation");
			assertThat(deferring.journal).hasSize(3).last().isEqualTo("queued");
			Script casting = new Script();
			Pid third = spawn(casting);
			in(driver, self -> {
				ref(third).cast((state, own) -> Next.with(state).thenContinue("from cast"));
				ref(third).cast(note(casting.journal, "queued"));
			});
			this.world.settle();
			assertThat(casting.journal).containsExactly("init", "continue from cast", "queued");
			Script informing = new Script().onInfo((info, state, self) -> Next.with(state).thenContinue("from info"));
			Pid fourth = spawn(informing);
			in(driver, self -> {
				self.node().send(fourth, "go");
				ref(fourth).cast(note(informing.journal, "queued"));
			});
			this.world.settle();
			assertThat(informing.journal).containsExactly("init", "info " + new Info.Message("go"),
					"continue from info", "queued");
		}

		@Test
		void replyGoesOutBeforeTheContinuationForWhichTheNextCallWaits() {
			Pid pid = spawn(new Script());
			Function<From<String>, Script.Message> request = from -> (state, self) -> {
				from.reply("first");
				return Next.with(state).thenContinue((Script.Message) (later, own) -> {
					this.world.platform.sleep(Duration.ofSeconds(1));
					return Next.with("continued");
				});
			};
			long before = this.world.platform.clock().nanoTime();
			assertThat(ref(pid).<String>call(request)).isEqualTo("first");
			assertThat(this.world.platform.clock().nanoTime()).isEqualTo(before);
			assertThat(ref(pid).<Object>call(from -> (state, self) -> {
				from.reply(state);
				return Next.with(state);
			})).isEqualTo("continued");
			assertThat(this.world.platform.clock().nanoTime() - before).isEqualTo(Duration.ofSeconds(1).toNanos());
		}

		@Test
		@OtpCase("GSV-051")
		void chainOfContinuationsKeepsItsOrder() {
			AtomicReference<Pid> self = new AtomicReference<>();
			Script script = Script.starting(own -> {
				self.set(own.pid());
				own.node().send(own.pid(), "queued");
				return Init.<Object>ok("state")
					.thenContinue((Script.Message) (state, context) -> Next.with(state).thenContinue("second"));
			});
			Pid pid = spawn(script);
			this.world.settle();
			assertThat(self.get()).isSameAs(pid);
			assertThat(script.journal).hasSize(4);
			assertThat(script.journal.get(1)).startsWith("continue ");
			assertThat(script.journal.subList(2, 4)).containsExactly("continue second",
					"info " + new Info.Message("queued"));
		}

		@Test
		@OtpCase("GSV-052")
		void continuationMayStop() {
			Script script = new Script();
			Pid pid = spawn(script);
			Script watcher = new Script();
			Pid watching = spawn(watcher);
			MonitorRef monitor = ask(watching, self -> self.monitor(pid));
			ref(pid).cast((state, self) -> Next.with(state).thenContinue(Script.stop(ExitReason.NORMAL)));
			assertThat(reasonOf(pid)).isEqualTo(ExitReason.NORMAL);
			assertThat(watcher.infos).containsExactly(new Info.Down(monitor, pid, ExitReason.NORMAL));
			assertThat(script.journal).hasSize(3).last().isEqualTo("terminate normal");
			assertNothingLogged();
		}

	}

	@Nested
	class Timeouts extends ProcessFixture {

		private static final Duration SECOND = Duration.ofSeconds(1);

		@Test
		@OtpCase("GSV-056")
		void timeoutOfInitFiresOnceIfNoMessageComes() {
			Script direct = Script.starting(self -> Init.<Object>ok("state").timeout(SECOND, "tick"));
			Script classic = Script.starting(self -> Init.<Object>ok("state").timeout(SECOND));
			Script continued = Script.starting(self -> Init.<Object>ok("state")
				.thenContinue((Script.Message) (state, own) -> Next.with(state).timeout(SECOND, "tick")));
			spawn(direct);
			spawn(classic);
			spawn(continued);
			this.world.advance(Duration.ofMillis(999));
			assertThat(List.of(direct.infos, classic.infos, continued.infos))
				.allSatisfy(infos -> assertThat(infos).isEmpty());
			this.world.advance(Duration.ofMillis(1));
			assertThat(direct.infos).containsExactly(new Info.Timeout("tick"));
			assertThat(classic.infos).containsExactly(new Info.Timeout(null));
			assertThat(continued.infos).containsExactly(new Info.Timeout("tick"));
			this.world.advance(Duration.ofMinutes(1));
			assertThat(List.of(direct.infos, classic.infos, continued.infos))
				.allSatisfy(infos -> assertThat(infos).hasSize(1));
		}

		@Test
		@OtpCase("GSV-057")
		void timeoutOfAHandlerFiresOnceUnlessAMessageComes() {
			Script.Message setting = (state, self) -> Next.with(state).timeout(SECOND, "tick");
			List<Function<Pid, Runnable>> ways = List.of(pid -> () -> ref(pid).cast(setting),
					pid -> () -> this.node.send(pid, "set"),
					pid -> () -> ref(pid).<String>call(from -> (state, self) -> {
						from.reply("set");
						return setting.run(state, self);
					}));
			for (Function<Pid, Runnable> way : ways) {
				Script script = new Script().onInfo((info, state, self) -> info.equals(new Info.Message("set"))
						? setting.run(state, self) : Next.with(state));
				Pid pid = spawn(script);
				Runnable set = way.apply(pid);
				set.run();
				this.world.advance(Duration.ofMillis(999));
				assertThat(script.infos).doesNotContain(new Info.Timeout("tick"));
				this.world.advance(Duration.ofMinutes(1));
				assertThat(script.infos).containsOnlyOnce(new Info.Timeout("tick"));
				script.infos.clear();
				// any ordinary message cancels
				set.run();
				this.world.advance(Duration.ofMillis(500));
				this.node.send(pid, "other");
				this.world.advance(Duration.ofMinutes(1));
				assertThat(script.infos).doesNotContain(new Info.Timeout("tick"));
				// a system message restarts, and does not cancel
				set.run();
				this.world.advance(Duration.ofMillis(600));
				assertThat(this.node.sys(pid).getState()).isEqualTo("state");
				this.world.advance(Duration.ofMillis(999));
				assertThat(script.infos).doesNotContain(new Info.Timeout("tick"));
				this.world.advance(Duration.ofMillis(1));
				assertThat(script.infos).containsOnlyOnce(new Info.Timeout("tick"));
			}
		}

		@Test
		void zeroTimeoutWaitsForAnEmptyMailboxUnlessItIsNamed() {
			Pid driver = spawn(new Script());
			Script classic = new Script();
			Pid first = spawn(classic);
			in(driver, self -> {
				ref(first).cast((state, own) -> Next.with(state).timeout(Duration.ZERO));
				self.node().send(first, "queued");
			});
			this.world.settle();
			// the queued message wins, and cancels
			assertThat(classic.infos).containsExactly(new Info.Message("queued"));
			ref(first).cast((state, own) -> Next.with(state).timeout(Duration.ZERO));
			this.world.settle();
			assertThat(classic.infos).containsExactly(new Info.Message("queued"), new Info.Timeout(null));
			Script named = new Script();
			Pid second = spawn(named);
			in(driver, self -> {
				ref(second).cast((state, own) -> Next.with(state).timeout(Duration.ZERO, "now"));
				self.node().send(second, "queued");
			});
			this.world.settle();
			assertThat(named.infos).containsExactly(new Info.Timeout("now"), new Info.Message("queued"));
		}

	}

	/** Elixir's Agent, which is a server whose messages are functions. */
	@Nested
	class Agents extends ProcessFixture {

		private static <R> Function<From<R>, Script.Message> get(Function<Object, R> function) {
			return from -> (state, self) -> {
				from.reply(function.apply(state));
				return Next.with(state);
			};
		}

		private static Script.Message update(UnaryOperator<@Nullable Object> function) {
			return (state, self) -> Next.with(function.apply(state));
		}

		private static int number(@Nullable Object state) {
			assertThat(state).isInstanceOf(Integer.class);
			return (Integer) state;
		}

		@Test
		@OtpCase("GSV-076")
		void agentKeepsItsState() {
			Script script = Script.starting(self -> Init.ok(1));
			Pid pid = spawn("agent", script);
			for (ServerRef<Script.Message> agent : List.of(ref(pid), ref("agent"))) {
				int before = agent.<Integer>call(get(Agents::number));
				// update waits until it is done
				assertThat(agent.<String>call(from -> (state, self) -> {
					from.reply("ok");
					return Next.with(number(state) + 1);
				})).isEqualTo("ok");
				assertThat(agent.<Integer>call(get(Agents::number))).isEqualTo(before + 1);
				// get_and_update answers with something of the old state
				assertThat(agent.<Integer>call(from -> (state, self) -> {
					from.reply(number(state));
					return Next.with(number(state) * 10);
				})).isEqualTo(before + 1);
				agent.cast(update(state -> number(state) + 5));
				assertThat(agent.<Integer>call(get(Agents::number))).isEqualTo((before + 1) * 10 + 5);
			}
			// a function that throws ends the agent
			assertThatExceptionOfType(ServerExitedException.class)
				.isThrownBy(() -> ref("agent").<Integer>call(get(state -> {
					throw new IllegalStateException("in the function");
				})));
			assertThat(this.node.whereis("agent")).isEmpty();
			assertThat(crashOf(pid)).isNotNull();
			Pid second = spawn("agent", script);
			assertThat(ref("agent").<Integer>call(get(Agents::number))).isEqualTo(1);
			ref("agent").stop();
			assertThat(reasonOf(second)).isEqualTo(ExitReason.NORMAL);
			assertThatExceptionOfType(NoProcessException.class)
				.isThrownBy(() -> ref("agent").<Integer>call(get(Agents::number)));
		}

	}

	/** A server with no more callbacks than it must have. */
	private static final class Bare implements GenServer<String, Object> {

		@Override
		public Init<String> init(ServerContext<Object> self) {
			return Init.ok("state");
		}

		@Override
		public Next<String> handle(Object message, String state, ServerContext<Object> self) {
			return Next.with(state).thenContinue("missing");
		}

	}

}

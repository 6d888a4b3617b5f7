package dev.supervision;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Processes, exit signals, links, monitors, names, timers and starting, row by row of the
 * area PRO. Where a row speaks of node-qualified or global names, of absolute timers or
 * of tags, which this project does not have, the form by pid and by local name stands for
 * all of them.
 */
class ProcessConformanceTest {

	@Nested
	class ExitSignals extends ProcessFixture {

		@Test
		@OtpCase("PRO-001")
		void trappingLinkerGetsALargeReasonAsItIs() {
			ExitReason large = ExitReason.of(IntStream.range(0, 100_000).boxed().toList());
			Script linker = Script.trapping();
			Pid linking = spawn("linker", linker);
			Pid child = startLink(linking, new Script().spec("child"));
			ref(child).cast(Script.stop(large));
			assertThat(isAlive(linking)).isTrue();
			assertThat(linker.infos)
				.containsExactly(new Info.Exit(child, ExitReason.of(IntStream.range(0, 100_000).boxed().toList())));
			assertThat(reasonOf(child)).isEqualTo(large);
		}

		@Test
		@OtpCase("PRO-002")
		void explicitSignalEndsANonTrappingProcessWithExactlyItsReason() {
			Script linker = Script.trapping();
			Script victim = new Script();
			Pid linking = spawn("linker", linker);
			Pid dying = spawn("victim", victim);
			in(linking, self -> self.link(dying));
			ExitReason reason = ExitReason.of(List.of("because", 42));
			this.node.exit(dying, reason);
			assertThat(reasonOf(dying)).isEqualTo(reason);
			assertThat(linker.infos).containsExactly(new Info.Exit(dying, reason));
			// no further user code, and no crash of its own
			assertThat(victim.journal).containsExactly("init");
			assertNothingLogged();
		}

		@Test
		@OtpCase("PRO-004")
		void normalSignalBecomesAMessageOfATrappingProcess() {
			Script script = Script.trapping();
			Pid trapping = spawn("trapping", script);
			Pid sender = spawn("sender", new Script());
			in(sender, self -> self.exit(trapping, ExitReason.NORMAL));
			assertThat(isAlive(trapping)).isTrue();
			assertThat(script.infos).containsExactly(new Info.Exit(sender, ExitReason.NORMAL));
		}

		@Test
		@OtpCase("PRO-006")
		void trappingProcessGetsTheSignalThatItSendsToItself() {
			Script script = Script.trapping();
			Pid pid = spawn("self", script);
			in(pid, self -> self.exit(self.pid(), BOOM));
			assertThat(isAlive(pid)).isTrue();
			assertThat(script.infos).containsExactly(new Info.Exit(pid, BOOM));
		}

		@Test
		@OtpCase("PRO-007")
		void signalToItselfIsTheSameAsEndingWithThatReason() {
			Script linker = Script.trapping();
			Pid linking = spawn("linker", linker);
			Pid suicide = spawn("suicide", new Script());
			Pid ending = spawn("ending", new Script());
			List<MonitorRef> monitors = ask(linking, self -> {
				self.link(suicide);
				self.link(ending);
				return List.of(self.monitor(suicide), self.monitor(ending));
			});
			ref(suicide).cast((state, self) -> {
				self.exit(self.pid(), BOOM);
				return Next.with(state);
			});
			this.world.settle();
			ref(ending).cast(Script.stop(BOOM));
			assertThat(reasonOf(suicide)).isEqualTo(BOOM);
			assertThat(reasonOf(ending)).isEqualTo(BOOM);
			assertThat(linker.infos).containsExactlyInAnyOrder(new Info.Exit(suicide, BOOM),
					new Info.Down(monitors.get(0), suicide, BOOM), new Info.Exit(ending, BOOM),
					new Info.Down(monitors.get(1), ending, BOOM));
		}

		@Test
		@OtpCase("PRO-009")
		void signalEndsAProcessThatWaitsWithATimeout() {
			Script script = new Script();
			Pid waiting = spawn("waiting", script);
			ref(waiting).cast((state, self) -> Next.with(state).timeout(Duration.ofSeconds(10)));
			this.world.advance(Duration.ofSeconds(5));
			this.node.exit(waiting, BOOM);
			this.world.advance(Duration.ofSeconds(60));
			assertThat(reasonOf(waiting)).isEqualTo(BOOM);
			assertThat(script.journal).containsExactly("init");
		}

		@Test
		@OtpCase("PRO-013")
		void killCannotBeTrapped() {
			Script watcher = Script.trapping();
			Script victim = Script.trapping();
			Pid watching = spawn("watcher", watcher);
			Pid dying = spawn("victim", victim);
			MonitorRef monitor = ask(watching, self -> {
				self.link(dying);
				return self.monitor(dying);
			});
			this.node.exit(dying, ExitReason.KILL);
			assertThat(reasonOf(dying)).isEqualTo(ExitReason.KILLED);
			// peers see killed, never kill
			assertThat(watcher.infos).containsExactlyInAnyOrder(new Info.Exit(dying, ExitReason.KILLED),
					new Info.Down(monitor, dying, ExitReason.KILLED));
			assertThat(victim.journal).containsExactly("init");
		}

		@Test
		@OtpCase("PRO-014")
		void shutdownOverALinkEndsANonTrappingPeer() {
			for (ExitReason reason : List.of(ExitReason.SHUTDOWN, ExitReason.shutdown("detail"))) {
				Script script = new Script();
				Pid peer = spawn(script);
				Pid dying = spawn(new Script());
				in(peer, self -> self.link(dying));
				ref(dying).cast(Script.stop(reason));
				assertThat(reasonOf(dying)).isEqualTo(reason);
				assertThat(reasonOf(peer)).isEqualTo(reason);
				assertThat(script.journal).containsExactly("init");
			}
			assertNothingLogged();
		}

		@Test
		@OtpCase("PRO-015")
		void normalEndOfALinkedPeerIsHarmless() {
			Script script = new Script();
			Pid peer = spawn("peer", script);
			Pid dying = spawn("dying", new Script());
			in(peer, self -> self.link(dying));
			ref(dying).cast(Script.stop(ExitReason.NORMAL));
			assertThat(reasonOf(dying)).isEqualTo(ExitReason.NORMAL);
			assertThat(isAlive(peer)).isTrue();
			assertThat(script.infos).isEmpty();
			assertThat(linksOf(peer)).isEmpty();
		}

		/**
		 * The decision table of the contract, section 1.1, for signals that somebody else
		 * sent and for those that came over a link.
		 */
		@ParameterizedTest
		@CsvSource(nullValues = "-",
				value = { "sent,     false, normal,   -", "sent,     false, shutdown, shutdown",
						"sent,     false, boom,     boom", "sent,     false, kill,     killed",
						"sent,     true,  normal,   message", "sent,     true,  shutdown, message",
						"sent,     true,  boom,     message", "sent,     true,  kill,     killed",
						"link,     false, normal,   -", "link,     false, shutdown, shutdown",
						"link,     false, boom,     boom", "link,     false, kill,     kill",
						"link,     true,  normal,   message", "link,     true,  shutdown, message",
						"link,     true,  boom,     message", "link,     true,  kill,     message",
						"unlinked, false, boom,     -", "unlinked, true,  boom,     -",
						"self,     false, normal,   normal", "self,     false, boom,     boom",
						"self,     true,  normal,   message", "self,     true,  boom,     message" })
		void exitSignalDecisionTable(String way, boolean trapping, String reason, String effect) {
			ExitReason signalled = reason(reason);
			Script script = trapping ? Script.trapping() : new Script();
			Pid receiver = spawn("receiver", script);
			Pid sender = spawn("sender", new Script());
			Pid from = sender;
			switch (way) {
				case "sent" -> in(sender, self -> self.exit(receiver, signalled));
				case "self" -> {
					from = receiver;
					ref(receiver).cast((state, self) -> {
						self.exit(self.pid(), signalled);
						return Next.with(state);
					});
				}
				default -> {
					in(receiver, self -> self.link(sender));
					if (way.equals("unlinked")) {
						in(sender, self -> self.unlink(receiver));
					}
					ref(sender).cast(Script.stop(signalled));
				}
			}
			this.world.settle();
			if (effect == null || effect.equals("message")) {
				assertThat(isAlive(receiver)).isTrue();
				assertThat(script.infos)
					.isEqualTo((effect != null) ? List.of(new Info.Exit(from, signalled)) : List.of());
			}
			else {
				assertThat(reasonOf(receiver)).isEqualTo(reason(effect));
				assertThat(script.journal).containsExactly("init");
			}
		}

		private static ExitReason reason(String text) {
			return switch (text) {
				case "normal" -> ExitReason.NORMAL;
				case "shutdown" -> ExitReason.SHUTDOWN;
				case "kill" -> ExitReason.KILL;
				case "killed" -> ExitReason.KILLED;
				default -> ExitReason.of(text);
			};
		}

		@Test
		void firstOfTwoSignalsDecidesTheReason() {
			Script linker = Script.trapping();
			Pid linking = spawn("linker", linker);
			Pid victim = spawn("victim", new Script());
			in(linking, self -> {
				self.link(victim);
				self.exit(victim, ExitReason.of("first"));
				self.exit(victim, ExitReason.of("second"));
				self.exit(victim, ExitReason.KILL);
			});
			assertThat(reasonOf(victim)).isEqualTo(ExitReason.of("first"));
			assertThat(linker.infos).containsExactly(new Info.Exit(victim, ExitReason.of("first")));
		}

		@Test
		void messageThatWasSentAfterAnExitSignalIsNeverHandled() {
			for (long seed = 1; seed <= 50; seed++) {
				try (TestNode other = new TestNode(seed)) {
					List<String> journal = new CopyOnWriteArrayList<>();
					Pid victim = other.node.spawn(new Script().spec("victim"));
					Pid sender = other.node.spawn(new Script().spec("sender"));
					other.node.<Script.Message>ref(sender).cast((state, self) -> {
						self.exit(victim, BOOM);
						self.node().<Script.Message>ref(victim).cast((victimState, victimSelf) -> {
							journal.add("handled");
							return Next.with(victimState);
						});
						return Next.with(state);
					});
					other.settle();
					assertThat(journal).as("seed " + seed).isEmpty();
				}
			}
		}

		@Test
		void messagesOfADyingProcessAreThereBeforeItsExitAndDown() {
			for (long seed = 1; seed <= 50; seed++) {
				try (TestNode other = new TestNode(seed)) {
					Script watcher = Script.trapping();
					Pid watching = other.node.spawn(watcher.spec("watcher"));
					Pid dying = other.node.spawn(new Script().spec("dying"));
					other.node.<Script.Message>ref(watching).<Boolean>call(Script.ask(self -> {
						self.link(dying);
						self.monitor(dying);
						return true;
					}));
					other.node.<Script.Message>ref(dying).cast((state, self) -> {
						self.node().send(watching, "last words");
						return Next.stop(BOOM, state);
					});
					other.settle();
					assertThat(watcher.infos).as("seed " + seed).hasSize(3);
					assertThat(watcher.infos.get(0)).as("seed " + seed).isEqualTo(new Info.Message("last words"));
				}
			}
		}

	}

	@Nested
	class LinksBetweenProcesses extends ProcessFixture {

		@Test
		@OtpCase("PRO-018")
		void oneUnlinkFromEitherSideRemovesALinkThatWasMadeTwice() {
			for (boolean unlinkedByLinker : new boolean[] { true, false }) {
				for (boolean linkerDies : new boolean[] { true, false }) {
					Pid linker = spawn(new Script());
					Pid peer = spawn(new Script());
					in(linker, self -> self.link(peer));
					in(peer, self -> self.link(linker));
					in(linker, self -> self.link(peer));
					assertThat(linksOf(linker)).containsExactly((Process) peer);
					assertThat(linksOf(peer)).containsExactly((Process) linker);
					in(unlinkedByLinker ? linker : peer, self -> self.unlink(unlinkedByLinker ? peer : linker));
					assertThat(linksOf(linker)).isEmpty();
					assertThat(linksOf(peer)).isEmpty();
					this.node.exit(linkerDies ? linker : peer, BOOM);
					assertThat(reasonOf(linkerDies ? linker : peer)).isEqualTo(BOOM);
					assertThat(isAlive(linkerDies ? peer : linker)).isTrue();
				}
			}
		}

		@Test
		@OtpCase("PRO-019")
		void trappingPartnerGetsTheReasonAndLives() {
			Script partner = Script.trapping();
			Pid living = spawn("partner", partner);
			Pid peer = spawn("peer", new Script());
			// the link was made by the one that dies: it is symmetric
			in(peer, self -> self.link(living));
			ref(peer).cast(Script.stop(BOOM));
			assertThat(reasonOf(peer)).isEqualTo(BOOM);
			assertThat(isAlive(living)).isTrue();
			assertThat(partner.infos).containsExactly(new Info.Exit(peer, BOOM));
			assertThat(linksOf(living)).isEmpty();
		}

		@Test
		@OtpCase("PRO-024")
		void linkToADeadProcessSucceedsForATrappingOneAndYieldsNoproc() {
			Pid dead = spawn("dead", new Script());
			ref(dead).stop(BOOM, null);
			Script trapping = Script.trapping();
			Pid trapper = spawn("trapping", trapping);
			assertThat(thrownIn(trapper, self -> self.link(dead))).isNull();
			assertThat(isAlive(trapper)).isTrue();
			// never the old reason
			assertThat(trapping.infos).containsExactly(new Info.Exit(dead, ExitReason.NO_PROCESS));
			// the link call of one that does not trap raises
			Script plain = new Script();
			Pid linker = spawn("plain", plain);
			assertThat(thrownIn(linker, self -> self.link(dead))).isInstanceOf(NoProcessException.class);
			assertThat(plain.infos).isEmpty();
		}

		@Test
		void relinkingAfterThePeerDiedYieldsNoproc() {
			Script trapping = Script.trapping();
			Pid linker = spawn("linker", trapping);
			Pid peer = spawn("peer", new Script());
			in(linker, self -> {
				self.link(peer);
				self.unlink(peer);
			});
			this.node.exit(peer, BOOM);
			this.world.settle();
			assertThat(trapping.infos).isEmpty();
			in(linker, self -> self.link(peer));
			this.world.settle();
			assertThat(trapping.infos).containsExactly(new Info.Exit(peer, ExitReason.NO_PROCESS));
		}

		@Test
		@OtpCase("PRO-025")
		void exitOfALinkedChildThatFailsInstantlyIsAlwaysDelivered() {
			for (long seed = 1; seed <= 100; seed++) {
				try (TestNode other = new TestNode(seed)) {
					Script parent = Script.trapping();
					Pid starting = other.node.spawn(parent.spec("parent"));
					Script failing = Script
						.starting(self -> Init.<Object>ok("state").thenContinue(Script.crash("instantly")));
					Pid child = other.node.<Script.Message>ref(starting)
						.<Pid>call(Script.ask(self -> self.startLink(failing.spec("child"))));
					other.settle();
					assertThat(parent.infos).as("seed " + seed).singleElement().satisfies(info -> {
						Info.Exit exit = (Info.Exit) info;
						assertThat(exit.from()).isSameAs(child);
						assertThat(exit.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
								failure -> assertThat(failure.message()).isEqualTo("instantly"));
					});
				}
			}
		}

	}

	@Nested
	class Monitors extends ProcessFixture {

		private final Script watcher = new Script();

		private final Pid watching = spawn("watcher", this.watcher);

		@Test
		@OtpCase("PRO-026")
		void downCarriesTheReason() {
			for (ExitReason reason : List.of(ExitReason.NORMAL, ExitReason.of("frop"))) {
				this.watcher.infos.clear();
				Pid target = spawn(new Script());
				MonitorRef monitor = ask(this.watching, self -> self.monitor(target));
				ref(target).cast(Script.stop(reason));
				assertThat(reasonOf(target)).isEqualTo(reason);
				assertThat(this.watcher.infos).containsExactly(new Info.Down(monitor, target, reason));
				assertThat(isAlive(this.watching)).as("a monitor is one-way and harmless").isTrue();
			}
		}

		@Test
		@OtpCase("PRO-027")
		void monitorOfADeadProcessFiresAtOnce() {
			Pid dead = spawn("dead", new Script());
			ref(dead).stop(BOOM, null);
			MonitorRef monitor = ask(this.watching, self -> self.monitor(dead));
			this.world.settle();
			assertThat(this.watcher.infos).containsExactly(new Info.Down(monitor, dead, ExitReason.NO_PROCESS));
		}

		@Test
		@OtpCase("PRO-028")
		void downOfAMonitorByNameCarriesTheName() {
			Name<Script.Message> name = Name.of("target");
			Pid target = spawn("target", new Script());
			MonitorRef monitor = ask(this.watching, self -> self.monitor(name));
			ref(target).cast(Script.stop(BOOM));
			assertThat(reasonOf(target)).isEqualTo(BOOM);
			assertThat(this.watcher.infos).containsExactly(new Info.Down(monitor, name, BOOM));
		}

		@Test
		@OtpCase("PRO-029")
		void monitorOfAnUnregisteredNameFiresAtOnce() {
			Name<Script.Message> name = Name.of("nobody");
			MonitorRef monitor = ask(this.watching, self -> self.monitor(name));
			this.world.settle();
			assertThat(this.watcher.infos).containsExactly(new Info.Down(monitor, name, ExitReason.NO_PROCESS));
			// it does not wait for somebody to take the name
			Pid late = spawn("nobody", new Script());
			ref(late).stop(BOOM, null);
			this.world.settle();
			assertThat(this.watcher.infos).hasSize(1);
		}

		@Test
		void monitorsAreStackable() {
			Pid target = spawn("target", new Script());
			List<MonitorRef> monitors = ask(this.watching, self -> List.of(self.monitor(target), self.monitor(target),
					self.monitor(Name.<Script.Message>of("target"))));
			assertThat(monitors).doesNotHaveDuplicates();
			this.node.exit(target, BOOM);
			this.world.settle();
			assertThat(this.watcher.infos).containsExactlyInAnyOrder(new Info.Down(monitors.get(0), target, BOOM),
					new Info.Down(monitors.get(1), target, BOOM),
					new Info.Down(monitors.get(2), Name.of("target"), BOOM));
		}

		@Test
		@OtpCase("PRO-031")
		void demonitorTwiceOrOfAnUnknownReferenceDoesNothing() {
			Pid target = spawn("target", new Script());
			MonitorRef kept = ask(this.watching, self -> {
				MonitorRef twice = self.monitor(target);
				MonitorRef other = self.monitor(target);
				self.demonitor(twice);
				self.demonitor(twice);
				self.demonitor(new MonitorRef((Process) self.pid(), (Process) target, target));
				return other;
			});
			this.node.exit(target, BOOM);
			this.world.settle();
			assertThat(this.watcher.infos).containsExactly(new Info.Down(kept, target, BOOM));
			// one that has fired
			assertThat(thrownIn(this.watching, self -> self.demonitor(kept))).isNull();
			this.world.settle();
			assertThat(this.watcher.infos).hasSize(1);
		}

		@Test
		void demonitorTakesBackADownThatWaitsAlready() {
			Pid target = spawn("target", new Script());
			in(this.watching, self -> {
				MonitorRef monitor = self.monitor(target);
				self.node().exit(target, ExitReason.KILL);
				self.demonitor(monitor);
			});
			assertThat(reasonOf(target)).isEqualTo(ExitReason.KILLED);
			assertThat(this.watcher.infos).isEmpty();
		}

		@Test
		@OtpCase("PRO-032")
		void demonitorBySomebodyElseLeavesTheMonitorActive() {
			Script stranger = new Script();
			Pid other = spawn("stranger", stranger);
			Pid target = spawn("target", new Script());
			MonitorRef monitor = ask(this.watching, self -> self.monitor(target));
			in(other, self -> self.demonitor(monitor));
			in(target, self -> self.demonitor(monitor));
			this.node.exit(target, BOOM);
			this.world.settle();
			assertThat(this.watcher.infos).containsExactly(new Info.Down(monitor, target, BOOM));
			assertThat(stranger.infos).isEmpty();
		}

		@Test
		@OtpCase("PRO-033")
		void processNeverGetsADownOfItself() {
			in(this.watching, self -> {
				self.monitor(self.pid());
				self.monitor(Name.<Script.Message>of("watcher"));
			});
			this.world.advance(Duration.ofSeconds(10));
			assertThat(this.watcher.infos).isEmpty();
			ref(this.watching).stop(BOOM, null);
			this.world.settle();
			assertThat(this.watcher.journal).containsExactly("init", "terminate boom");
			assertThat(watchersOf(this.watching)).isEmpty();
		}

		@Test
		@OtpCase("PRO-034")
		void nothingIsLeftAtTheTargetWhenTheWatcherDies() {
			Pid target = spawn("target", new Script());
			in(this.watching, self -> {
				self.monitor(target);
				self.monitor(target);
				self.monitor(Name.<Script.Message>of("target"));
			});
			assertThat(watchersOf(target)).hasSize(3);
			this.node.exit(this.watching, ExitReason.KILL);
			this.world.settle();
			assertThat(watchersOf(target)).isEmpty();
			assertThat(isAlive(target)).isTrue();
		}

		@Test
		@OtpCase("PRO-035")
		void watcherThatIsKilledByItsTargetLeavesNothingBehind() {
			for (long seed = 1; seed <= 50; seed++) {
				try (TestNode other = new TestNode(seed)) {
					Script first = new Script();
					Pid a = other.node.spawn(first.spec("a"));
					Pid b = other.node.spawn(new Script().spec("b"));
					long before = other.node.statistics().live();
					other.node.<Script.Message>ref(a).<Boolean>call(Script.ask(self -> {
						self.monitor(b);
						return true;
					}));
					other.node.<Script.Message>ref(b).cast((state, self) -> {
						self.exit(a, ExitReason.KILL);
						return Next.stop(ExitReason.NORMAL, state);
					});
					List<String> ends = other.events(SupervisionEvent.ProcessExited.class)
						.map(event -> event.id() + " " + event.reason() + " " + (event.crash() != null))
						.toList();
					assertThat(ends).as("seed " + seed).containsExactlyInAnyOrder("a killed false", "b normal false");
					assertThat(first.infos).isEmpty();
					assertThat(watchersOf(b)).isEmpty();
					assertThat(other.node.statistics().live()).isEqualTo((int) before - 2);
				}
			}
		}

		@Test
		@OtpCase("PRO-036")
		void monitorOfSomethingThatIsNoProcessIsAnArgumentError() {
			// the types admit pids and names only; what is left is null and what cannot
			// be a name
			assertThat(thrownIn(this.watching, self -> self.monitor((Pid) null))).isInstanceOf(RuntimeException.class);
			assertThat(thrownIn(this.watching, self -> self.monitor((Name<?>) null)))
				.isInstanceOf(RuntimeException.class);
			assertThat(thrownIn(this.watching, self -> self.monitor(Name.of(" "))))
				.isInstanceOf(IllegalArgumentException.class);
			this.world.settle();
			assertThat(this.watcher.infos).isEmpty();
		}

		@Test
		@OtpCase("PRO-042")
		void monitorOfANameWhoseHolderIsDyingGetsTheRealReasonAndThenTheNameIsFree() {
			Name<Script.Message> name = Name.of("holder");
			List<String> seen = new CopyOnWriteArrayList<>();
			Script claiming = new Script().onInfo((info, state, self) -> {
				seen.add("free " + self.node().whereis("holder").isEmpty() + ", taken " + self.register(name));
				return Next.with(state);
			});
			Pid claimer = spawn("claimer", claiming);
			Pid holder = spawn("holder", new Script()
				.onTerminate((reason, state, self) -> this.world.platform.sleep(Duration.ofSeconds(2))));
			ref(holder).cast(Script.stop(BOOM));
			this.world.advance(Duration.ofSeconds(1));
			MonitorRef monitor = ask(claimer, self -> self.monitor(name));
			assertThat(claiming.infos).isEmpty();
			this.world.advance(Duration.ofSeconds(1));
			assertThat(reasonOf(holder)).isEqualTo(BOOM);
			assertThat(claiming.infos).containsExactly(new Info.Down(monitor, name, BOOM));
			assertThat(seen).containsExactly("free true, taken true");
			assertThat(this.node.whereis("holder")).contains(claimer);
		}

	}

	/**
	 * An alias is a reply address that can be withdrawn. It is no API of its own here:
	 * {@link From} is that address, and whoever asked withdraws it by not waiting any
	 * more.
	 */
	@Nested
	class ReplyAddresses extends ProcessFixture {

		@Test
		@OtpCase("PRO-037")
		void replyToAWithdrawnAddressIsDropped() {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid server = spawn("server", new Script());
			Script asking = new Script();
			Pid client = spawn("client", asking);
			Throwable thrown = thrownIn(client, self -> ref(server).<String>call(from -> {
				address.set(from);
				return (state, serverSelf) -> Next.with(state);
			}, Duration.ofSeconds(1)));
			assertThat(thrown).isInstanceOf(CallTimeoutException.class);
			long late = this.node.statistics().lateReplies();
			assertThat(holds(server, self -> address.get().reply("late"))).isFalse();
			assertThat(holds(server, self -> address.get().reply("later"))).isFalse();
			this.world.settle();
			assertThat(this.node.statistics().lateReplies()).isEqualTo(late + 2);
			assertThat(asking.infos).isEmpty();
			assertThat(isAlive(client)).isTrue();
		}

		@Test
		@OtpCase("PRO-039")
		void replyAfterTheAskerGaveUpIsDropped() {
			AtomicReference<From<String>> address = new AtomicReference<>();
			Pid server = spawn("server", new Script());
			Script asking = new Script();
			Pid client = spawn("client", asking);
			List<Object> outcomes = new CopyOnWriteArrayList<>();
			CompletableFuture<String> answer = ask(client, self -> {
				CompletableFuture<String> future = ref(server).callAsync(from -> {
					address.set(from);
					return (state, serverSelf) -> Next.with(state);
				});
				future.thenAccept(outcomes::add);
				return future;
			});
			this.world.settle();
			answer.cancel(false);
			assertThat(holds(server, self -> address.get().reply("late"))).isFalse();
			this.world.settle();
			assertThat(answer).isCancelled();
			assertThat(outcomes).isEmpty();
			assertThat(asking.infos).isEmpty();
			assertThat(isAlive(client)).isTrue();
			assertThat(isAlive(server)).isTrue();
		}

	}

	@Nested
	class NamesAndLooks extends ProcessFixture {

		@Test
		@OtpCase("PRO-040")
		void registeringABadNameOrADeadProcessIsRejected() {
			Script script = new Script();
			Pid pid = spawn("holder", script);
			for (String bad : List.of("", " ", "a\nb", "\u0000")) {
				assertThat(thrownIn(pid, self -> self.register(Name.of(bad)))).as("name '" + bad + "'")
					.isInstanceOf(IllegalArgumentException.class);
			}
			Pid dying = spawn("dying", new Script());
			ServerContext<Script.Message> dead = ask(dying, self -> self);
			ref(dying).stop();
			Name<Script.Message> name = Name.of("ghost");
			assertThat(catchThrowable(() -> dead.register(name))).isInstanceOf(FencedException.class);
			assertThat(this.node.whereis("ghost")).isEmpty();
			assertThatExceptionOfType(NoProcessException.class)
				.isThrownBy(() -> ref("ghost").call(Script.ask(ServerContext::pid)));
			// a name that is taken stays with its holder
			Pid other = spawn("other", new Script());
			assertThat(holds(other, self -> self.register(Name.<Script.Message>of("holder")))).isFalse();
			assertThat(this.node.whereis("holder")).contains(pid);
		}

		@Test
		@OtpCase("PRO-043")
		void timerDeliversOnceAndCannotBeCancelledAfterThat() {
			Script script = new Script();
			List<String> handled = new CopyOnWriteArrayList<>();
			Pid pid = spawn("timed", script);
			List<TimerRef> timers = ask(pid, self -> List.of(self.sendAfter(Duration.ofSeconds(3), (state, own) -> {
				handled.add("message");
				return Next.with(state);
			}), self.sendInfoAfter(Duration.ofSeconds(3), pid, "info"),
					self.sendInfoAfter(Duration.ofSeconds(3), pid, "cancelled")));
			this.world.advance(Duration.ofSeconds(1));
			assertThat(timers.get(0).remaining()).contains(Duration.ofSeconds(2));
			assertThat(timers.get(2).cancel()).contains(Duration.ofSeconds(2));
			assertThat(timers.get(2).cancel()).isEmpty();
			assertThat(timers.get(2).remaining()).isEmpty();
			this.world.advance(Duration.ofMillis(1_999));
			assertThat(handled).isEmpty();
			this.world.advance(Duration.ofMillis(1));
			assertThat(handled).containsExactly("message");
			assertThat(script.infos).containsExactly(new Info.Message("info"));
			assertThat(timers.get(0).remaining()).isEmpty();
			assertThat(timers.get(0).cancel()).isEmpty();
			assertThat(timers.get(1).cancel()).isEmpty();
			this.world.advance(Duration.ofMinutes(1));
			assertThat(handled).hasSize(1);
			assertThat(script.infos).hasSize(1);
		}

		@Test
		void timerEndsWithItsProcess() {
			Script target = new Script();
			Pid receiver = spawn("receiver", target);
			Pid owner = spawn("owner", new Script());
			TimerRef timer = ask(owner, self -> self.sendInfoAfter(Duration.ofSeconds(3), receiver, "info"));
			this.node.exit(owner, ExitReason.KILL);
			this.world.advance(Duration.ofSeconds(10));
			assertThat(target.infos).isEmpty();
			assertThat(timer.remaining()).isEmpty();
		}

		@Test
		@OtpCase("PRO-044")
		void looksAtADeadProcessAreEmptyAndNoErrors() {
			Pid pid = spawn("brief", new Script());
			String text = pid.toString();
			assertThat(this.node.info(pid)).isPresent();
			assertThat(this.node.pid(text)).contains(pid);
			ref(pid).stop();
			assertThat(this.node.info(pid)).isEmpty();
			assertThat(this.node.isAlive(pid)).isFalse();
			assertThat(this.node.pid(text)).isEmpty();
			assertThat(this.node.whereis("brief")).isEmpty();
			assertThat(ref(pid).pid()).isEmpty();
			assertThat(this.node.children(pid)).isEmpty();
			assertThat(this.node.intensityUtilization(pid)).isZero();
			assertThat(this.node.processes().map(ProcessInfo::pid)).doesNotContain(pid);
		}

	}

	@Nested
	class Starting extends ProcessFixture {

		private Script slow(Duration time) {
			return Script.starting(self -> {
				this.world.platform.sleep(time);
				Thread.interrupted();
				return Init.ok("state");
			});
		}

		@Test
		@OtpCase("PRO-045")
		void startBlocksUntilInitHasAcknowledged() {
			List<String> order = new CopyOnWriteArrayList<>();
			Script script = Script.starting(self -> {
				this.world.platform.sleep(Duration.ofSeconds(3));
				order.add("acknowledged");
				return Init.ok("state");
			});
			long before = this.world.platform.clock().nanoTime();
			Pid alone = this.node.spawn(script.spec("alone"));
			order.add("spawned");
			assertThat(this.world.platform.clock().nanoTime() - before).isEqualTo(Duration.ofSeconds(3).toNanos());
			Pid parent = spawn("parent", Script.trapping());
			CompletableFuture<Pid> linked = ref(parent).callAsync(Script.ask(self -> {
				Pid pid = self.startLink(script.spec("linked"));
				order.add("linked");
				return pid;
			}));
			this.world.advance(Duration.ofMillis(2_999));
			assertThat(linked).isNotDone();
			assertThat(this.node.whereis("linked")).as("registered before init").isPresent();
			assertThat(order).containsExactly("acknowledged", "spawned");
			this.world.advance(Duration.ofMillis(1));
			assertThat(linked).isCompleted();
			assertThat(order).containsExactly("acknowledged", "spawned", "acknowledged", "linked");
			assertThat(isAlive(alone)).isTrue();
			assertThat(isAlive(linked.join())).isTrue();
		}

		@Test
		@OtpCase("PRO-047")
		void startThatTakesTooLongIsATimeoutAndItsMonitorSaysKilled() {
			// there is no start_monitor: a watcher gets at the child by the name that it
			// has before its init runs
			Name<Script.Message> name = Name.of("slow");
			Script watcher = new Script();
			Pid watching = spawn("watcher", watcher);
			Script parent = Script.trapping();
			Pid starting = spawn("parent", parent);
			CompletableFuture<Throwable> failure = ref(starting).callAsync(Script.ask(self -> catchThrowable(
					() -> self.startLink(slow(Duration.ofHours(1)).spec("slow").startTimeout(Duration.ofSeconds(1))))));
			this.world.settle();
			MonitorRef monitor = ask(watching, self -> self.monitor(name));
			this.world.advance(Duration.ofMillis(999));
			assertThat(failure).isNotDone();
			this.world.advance(Duration.ofMillis(100));
			assertThat(failure).isCompletedWithValueMatching(
					thrown -> thrown instanceof StartException.Failed failed && failed.reason() == ExitReason.TIMEOUT);
			assertThat(watcher.infos).containsExactly(new Info.Down(monitor, name, ExitReason.KILLED));
			assertThat(parent.infos).isEmpty();
			assertThat(isAlive(starting)).isTrue();
			assertThat(this.node.whereis("slow")).isEmpty();
		}

		@Test
		void startOfAChildThatDiesBeforeItAcknowledgesFailsWithItsReason() {
			Script parent = Script.trapping();
			Pid starting = spawn("parent", parent);
			CompletableFuture<Throwable> failure = ref(starting).callAsync(
					Script.ask(self -> catchThrowable(() -> self.startLink(slow(Duration.ofHours(1)).spec("slow")))));
			this.world.settle();
			Pid child = this.world.pid("slow");
			this.node.exit(child, ExitReason.KILL);
			this.world.settle();
			assertThat(failure).isCompletedWithValueMatching(
					thrown -> thrown instanceof StartException.Failed failed && failed.reason() == ExitReason.KILLED);
			assertThat(parent.infos).isEmpty();
			assertThat(this.node.whereis("slow")).isEmpty();
		}

		@Test
		@OtpCase("PRO-049")
		void outcomesOfABody() {
			Pid error = spawn("error", new Script());
			ref(error).cast(Script.crash("an error"));
			assertThat(reasonOf(error)).isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
				assertThat(failure.exceptionClass()).isEqualTo(IllegalStateException.class.getName());
				assertThat(failure.message()).isEqualTo("an error");
				assertThat(failure.stackTrace()).contains(Script.class.getName());
			});
			assertThat(crashOf(error)).isNotNull();
			Pid exit = spawn("exit", new Script());
			ref(exit).cast((state, self) -> {
				throw new ExitException(ExitReason.of("bare"));
			});
			assertThat(reasonOf(exit)).isEqualTo(ExitReason.of("bare"));
			assertThat(crashOf(exit)).isNotNull();
			// Java has one kind of throw: what OTP wraps in nocatch is a failure as well
			Pid thrown = spawn("throw", new Script());
			ref(thrown).cast((state, self) -> {
				throw new IOException("thrown");
			});
			assertThat(reasonOf(thrown)).isInstanceOfSatisfying(ExitReason.Failure.class, failure -> {
				assertThat(failure.exceptionClass()).isEqualTo(IOException.class.getName());
				assertThat(failure.message()).isEqualTo("thrown");
				assertThat(failure.stackTrace()).contains(ProcessConformanceTest.class.getName());
			});
			Pid clean = spawn("clean", new Script());
			ref(clean).cast((state, self) -> {
				throw new ExitException(ExitReason.shutdown("done"));
			});
			assertThat(reasonOf(clean)).isEqualTo(ExitReason.shutdown("done"));
			assertThat(crashOf(clean)).isNull();
			Pid normal = spawn("normal", new Script());
			ref(normal).cast(Script.stop(ExitReason.NORMAL));
			assertThat(reasonOf(normal)).isEqualTo(ExitReason.NORMAL);
			assertThat(crashOf(normal)).isNull();
		}

		@Test
		@OtpCase("PRO-050")
		void synchronousStop() {
			Pid obedient = spawn("obedient", new Script());
			ref(obedient).stop();
			assertThat(this.node.isAlive(obedient)).as("when stop returns").isFalse();
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> ref(obedient).stop());
			Pid stubborn = spawn("stubborn", new Script().onTerminate((reason, state, self) -> {
				throw new ExitException(ExitReason.of("another"));
			}));
			assertThatThrownBy(() -> ref(stubborn).stop()).isInstanceOfSatisfying(ServerExitedException.class,
					ex -> assertThat(ex.reason()).isEqualTo(ExitReason.of("another")));
			Script slow = new Script()
				.onTerminate((reason, state, self) -> this.world.platform.sleep(Duration.ofSeconds(3)));
			Pid hanging = spawn("hanging", slow);
			assertThatThrownBy(() -> ref(hanging).stop(BOOM, Duration.ofSeconds(1))).isInstanceOfSatisfying(
					CallTimeoutException.class, ex -> assertThat(ex.reason()).isEqualTo(ExitReason.TIMEOUT));
			assertThat(this.node.isAlive(hanging)).isTrue();
			this.world.advance(Duration.ofSeconds(3));
			assertThat(reasonOf(hanging)).isEqualTo(BOOM);
			assertThat(slow.journal).containsExactly("init", "terminate boom");
			Pid named = spawn("named", new Script());
			ref("named").stop(ExitReason.SHUTDOWN, null);
			assertThat(this.node.whereis("named")).isEmpty();
			assertThat(this.node.names).as("nothing is kept for a dead process").doesNotContainKey("named");
			assertThat(reasonOf(named)).isEqualTo(ExitReason.SHUTDOWN);
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(() -> ref("named").stop());
			assertThat(ref("named").pid()).isEqualTo(Optional.empty());
		}

	}

}

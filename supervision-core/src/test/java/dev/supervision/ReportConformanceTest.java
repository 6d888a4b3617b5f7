package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import static dev.supervision.TestTree.BOOM;
import static dev.supervision.TestTree.WITHIN;
import static dev.supervision.TestTree.child;
import static dev.supervision.TestTree.endingWith;
import static dev.supervision.TestTree.failing;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is reported, as in section 1.5 of the contract: as events, and in the default log.
 */
class ReportConformanceTest {

	private final TestTree trees = new TestTree();

	@AfterEach
	void close() {
		this.trees.close();
	}

	private CrashReport crashReport() {
		return this.trees.test.events(SupervisionEvent.ProcessExited.class)
			.filter(exited -> exited.crash() != null)
			.map(SupervisionEvent.ProcessExited::crash)
			.findFirst()
			.orElseThrow();
	}

	/** What the default listener makes of all events so far, without the times. */
	private List<String> log() {
		Appender appender = new Appender();
		Logger logger = (Logger) LoggerFactory.getLogger("supervision");
		Level level = logger.getLevel();
		appender.start();
		logger.setLevel(Level.DEBUG);
		logger.addAppender(appender);
		try {
			LoggingListener listener = new LoggingListener();
			this.trees.test.events(SupervisionEvent.class).forEach(listener::onEvent);
		}
		finally {
			logger.detachAppender(appender);
			logger.setLevel(level);
		}
		return appender.lines;
	}

	// ---- crash reports

	@Test
	@OtpCase("LOG-005")
	void crashAfterIdlenessIsReportedAsUsual() {
		// hibernation is what every idle process does: it holds no thread
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		this.trees.test.advance(Duration.ofDays(1));
		assertThat(this.trees.test.platform.isIdle()).isTrue();
		this.trees.tell("a", Script.crash("woken"));
		assertThat(crashReport().reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
				failure -> assertThat(failure.message()).isEqualTo("woken"));
		assertThat(this.trees.reports())
			.containsExactly("terminated a java.lang.IllegalStateException: woken, restarting", "restarted 1 for a");
		assertThat(supervisor.pid()).isPresent();
	}

	@Test
	@OtpCase("LOG-006")
	void errorOfAServerHasFixedPrefixesAndLimits() {
		this.trees.start(SupervisorSpec.of("tree", child("a")));
		String huge = "first line\nsecond line " + "x".repeat(100_000);
		this.trees.tell("a", new Script.Message() {
			@Override
			public Next<Object> run(Object state, ServerContext<Script.Message> self) {
				return deep(500);
			}

			private Next<Object> deep(int depth) {
				if (depth == 0) {
					throw new IllegalStateException(huge);
				}
				return deep(depth - 1);
			}

			@Override
			public String toString() {
				return huge;
			}
		});
		String report = log().stream().filter(line -> line.contains("terminating")).findFirst().orElseThrow();
		String[] lines = report.split("\n");
		assertThat(lines[0]).startsWith("ERROR Server tree/a (").endsWith(") terminating");
		assertThat(lines[1]).startsWith("** Last message: first line\\u000asecond line xxx");
		assertThat(lines[2]).isEqualTo("** State: state");
		// nobody waits for an answer to a cast: there is no client to be named
		assertThat(lines[3]).startsWith("** Ancestors: [");
		assertThat(lines[4]).startsWith("** Mailbox: ");
		assertThat(lines[5]).startsWith("** Reason: java.lang.IllegalStateException: first line\\u000asecond line xxx");
		// each text is capped and says so; so is the depth of the stack
		assertThat(lines[1].length()).isLessThan(CrashRenderer.MAX_TEXT + 100);
		assertThat(lines[1]).endsWith("(" + huge.length() + " characters)");
		assertThat(lines[5].length()).isLessThan(CrashRenderer.MAX_TEXT + 100);
		assertThat(lines).filteredOn(line -> line.startsWith("\tat ")).hasSizeBetween(10, 100);
	}

	@Test
	@OtpCase("LOG-007")
	void reportCarriesTheLabelOfTheProcess() {
		// a label is what the place in the tree and the registered name say
		this.trees.start(SupervisorSpec.of("tree").child(SupervisorSpec.of("inner", child("a").name("the-label"))));
		Pid pid = this.trees.pid("the-label");
		this.trees.tell("the-label", Script.crash("boom"));
		assertThat(crashReport().path()).isEqualTo("tree/inner/a");
		assertThat(crashReport().name()).isEqualTo("the-label");
		assertThat(log()).anyMatch(line -> line.contains("Server tree/inner/a (" + pid + ", "));
	}

	@Test
	void crashReportNamesBehaviourAncestorsMessageStateAndClient() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a"), child("b")));
		Pid crashed = this.trees.pid("a");
		Pid client = this.trees.pid("b");
		ServerRef<Script.Message> target = this.trees.node.ref(crashed);
		this.trees.tell("b", (state, self) -> {
			target.call(from -> Script.crash("boom"));
			return Next.with(state);
		});
		CrashReport report = crashReport();
		assertThat(report.pid()).isEqualTo(crashed);
		assertThat(report.type()).isEqualTo(Script.class.getName());
		assertThat(report.ancestors()).first().isEqualTo(supervisor.pid().orElseThrow());
		assertThat(report.reason()).isInstanceOf(ExitReason.Failure.class);
		assertThat(report.lastMessage()).contains("Script");
		assertThat(report.state()).isEqualTo("state");
		assertThat(report.client()).isEqualTo(client.toString());
		assertThat(report.handled()).isOne();
	}

	// ---- reports of supervisors

	@Test
	@OtpCase("LOG-008")
	void reportsOfSupervisorsHaveTheirFieldsInFixedOrder() {
		AtomicInteger failures = new AtomicInteger();
		SupervisorRef supervisor = this.trees
			.start(SupervisorSpec.of("tree", failing("a", failures)).intensity(1, WITHIN));
		DynamicSupervisorRef dynamic = this.trees.start(DynamicSupervisorSpec.of("dynamic"));
		Pid first = this.trees.pid("a");
		Pid pid = supervisor.pid().orElseThrow();
		this.trees.end("a", BOOM);
		failures.set(1);
		this.trees.end("a", BOOM);
		dynamic.startChild(endingWith("d1", BOOM));
		dynamic.startChild(endingWith("d2", BOOM));
		this.trees.stop("dynamic");
		assertThat(supervisor.pid()).isEmpty();
		String gaveUp = "{shutdown, gave up on a: boom}";
		assertThat(log()).contains("DEBUG Started tree/a as " + first + " (INITIAL)",
				"WARN Child terminated: tree/a, reason boom, restarting",
				"DEBUG Restarted 1 children because of tree/a",
				"ERROR Restarted too often: tree/a, last reason boom. The supervisor gives up.",
				"DEBUG Supervisor tree stopped, reason " + gaveUp, "DEBUG Started root/tree as " + pid + " (MANUAL)",
				"WARN Child did not stop as asked: dynamic/d1, reason boom, times 2");
	}

	@Test
	@OtpCase("LOG-010")
	void fatalCrashIsReportedInOrder() {
		this.trees.start(SupervisorSpec.of("tree", child("a"), child("b"), child("c")).intensity(0, WITHIN));
		this.trees.forget();
		this.trees.tell("b", Script.crash("boom"));
		List<String> order = new ArrayList<>();
		this.trees.test.events(SupervisionEvent.class).forEach(event -> {
			if (event instanceof SupervisionEvent.ProcessExited exited) {
				order.add("exit " + exited.id() + ((exited.crash() != null) ? " with crash report" : ""));
			}
			else if (event instanceof SupervisionEvent.ChildTerminated terminated) {
				order.add("terminated " + terminated.child().id());
			}
			else if (event instanceof SupervisionEvent.LimitExceeded exceeded) {
				order.add("limit exceeded " + exceeded.child().id());
			}
		});
		assertThat(order).startsWith("exit b with crash report", "terminated b", "limit exceeded b", "exit c", "exit a",
				"exit tree");
	}

	@Test
	@OtpCase("LOG-012")
	void crashOfATemporaryChildIsReportedAndNotRestarted() {
		this.trees.start(SupervisorSpec.of("tree", child("a").restart(Restart.TEMPORARY)));
		Pid pid = this.trees.pid("a");
		this.trees.forget();
		this.trees.end("a", BOOM);
		assertThat(this.trees.test.events(SupervisionEvent.ChildTerminated.class)).singleElement()
			.satisfies(terminated -> {
				assertThat(terminated.child().pid()).isEqualTo(pid);
				assertThat(terminated.child().spec().restart()).isEqualTo(Restart.TEMPORARY);
				assertThat(terminated.reason()).isEqualTo(BOOM);
				assertThat(terminated.restarted()).isFalse();
			});
		assertThat(this.trees.starts()).isEmpty();
	}

	@Test
	@OtpCase("LOG-014")
	void everyFailedAttemptIsReported() {
		AtomicInteger failures = new AtomicInteger();
		this.trees.start(SupervisorSpec.of("tree", failing("a", failures)).intensity(3, WITHIN));
		failures.set(2);
		this.trees.forget();
		this.trees.end("a", BOOM);
		assertThat(this.trees.reports()).containsExactly("terminated a boom, restarting", "start failed a no RESTART",
				"start failed a no RESTART", "restarted 1 for a");
	}

	@Test
	@OtpCase("LOG-015")
	void wrongReasonsOfDynamicChildrenAreReportedOncePerReasonWithCount() {
		DynamicSupervisorRef supervisor = this.trees.start(DynamicSupervisorSpec.of("tree"));
		List<ExitReason> reasons = List.of(BOOM, ExitReason.of("bang"), BOOM, ExitReason.SHUTDOWN, BOOM,
				ExitReason.of("bang"));
		for (int i = 0; i < reasons.size(); i++) {
			supervisor.startChild(endingWith("a" + i, reasons.get(i)));
		}
		this.trees.stop("tree");
		assertThat(this.trees.test.events(SupervisionEvent.ShutdownError.class)
			.map(error -> error.reason() + " x" + error.count())).containsExactlyInAnyOrder("boom x3", "bang x2");
	}

	@Test
	@OtpCase("LOG-016")
	void supervisorReportsJunkAndLivesOn() {
		SupervisorRef supervisor = this.trees.start(SupervisorSpec.of("tree", child("a")));
		Pid pid = supervisor.pid().orElseThrow();
		Pid sibling = this.trees.pid("a");
		this.trees.node.send(pid, "junk");
		this.trees.node.raw(pid).cast("more junk");
		assertThat(this.trees.test.events(SupervisionEvent.Unhandled.class)).hasSize(2).allSatisfy(unhandled -> {
			assertThat(unhandled.pid()).isEqualTo(pid);
			assertThat(unhandled.message()).contains("junk");
		});
		assertThat(log()).anyMatch(line -> line.startsWith("WARN tree (" + pid + "): unexpected message: "));
		assertThat(supervisor.pid()).hasValue(pid);
		assertThat(this.trees.pid("a")).isEqualTo(sibling);
	}

	@Test
	void cleanEndOfAPermanentChildIsReportedAndOfAnyOtherNot() {
		this.trees.start(SupervisorSpec.of("tree", child("a"), child("b").restart(Restart.TRANSIENT),
				child("c").restart(Restart.TEMPORARY)));
		for (String id : List.of("a", "b", "c")) {
			this.trees.end(id, ExitReason.NORMAL);
		}
		assertThat(this.trees.reports()).containsExactly("terminated a normal, restarting", "restarted 1 for a");
	}

	/** Level and text of what is logged. */
	private static final class Appender extends AppenderBase<ILoggingEvent> {

		private final List<String> lines = new ArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			this.lines.add(event.getLevel() + " " + event.getFormattedMessage());
		}

	}

}

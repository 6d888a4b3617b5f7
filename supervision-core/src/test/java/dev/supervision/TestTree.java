package dev.supervision;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * Trees of scripted children under virtual time, and what can be observed of them as
 * text. A child is registered under its id.
 */
final class TestTree implements AutoCloseable {

	static final ExitReason BOOM = ExitReason.of("boom");

	/** What OTP writes as {@code {shutdown, x}}. */
	static final ExitReason SHUTDOWN_X = ExitReason.shutdown("x");

	static final Duration WITHIN = Duration.ofSeconds(5);

	final TestNode test = new TestNode();

	final Node node = this.test.node;

	SupervisorRef start(SupervisorSpec spec) {
		return this.node.start(spec);
	}

	DynamicSupervisorRef start(DynamicSupervisorSpec spec) {
		return this.node.start(spec);
	}

	/** Stops a tree in order. */
	void stop(String tree) {
		assertOk(this.node.trees().terminateChild(tree));
		this.test.settle();
	}

	private static void assertOk(ChildResult result) {
		if (!(result instanceof ChildResult.Ok)) {
			throw new AssertionError("expected ok but got " + result);
		}
	}

	// ---- children

	/** A child that does what it is told. */
	static ChildSpec child(String id) {
		return new Script().spec(id);
	}

	/**
	 * A child whose init stops with {@code no} as long as the number is above zero, and
	 * counts it down.
	 */
	static ChildSpec failing(String id, AtomicInteger failures) {
		return Script.starting(self -> {
			if (failures.get() > 0) {
				failures.decrementAndGet();
				return Init.stop(ExitReason.of("no"));
			}
			return Init.ok("state");
		}).spec(id);
	}

	/** A child that ends with the given reason when it is told to stop. */
	static ChildSpec endingWith(String id, ExitReason reason) {
		return new Script().onTerminate((asked, state, self) -> {
			throw new ExitException(reason);
		}).spec(id);
	}

	/** A child whose terminate does not return unless it is interrupted. */
	ChildSpec stuck(String id) {
		return new Script().onTerminate((reason, state, self) -> this.test.platform.sleep(Duration.ofDays(1))).spec(id);
	}

	/**
	 * Makes the child end by itself with the given reason; {@code killed} is what a kill
	 * signal makes of it.
	 */
	void end(String id, ExitReason reason) {
		endSoon(id, reason);
		this.test.settle();
	}

	/** As {@link #end}, but nothing has happened yet when it returns. */
	void endSoon(String id, ExitReason reason) {
		if (reason == ExitReason.KILLED) {
			this.node.exit(pid(id), ExitReason.KILL);
		}
		else {
			tell(id, Script.stop(reason));
		}
	}

	void tell(String id, Script.Message message) {
		this.node.ref(Name.<Script.Message>of(id)).cast(message);
	}

	<R> R ask(String id, Function<ServerContext<Script.Message>, R> question) {
		return this.node.ref(Name.<Script.Message>of(id)).call(Script.ask(question));
	}

	Pid pid(String id) {
		return this.test.pid(id);
	}

	List<Pid> pids(String... ids) {
		List<Pid> pids = new ArrayList<>();
		for (String id : ids) {
			pids.add(pid(id));
		}
		return pids;
	}

	boolean isRunning(String id) {
		return this.node.whereis(id).isPresent();
	}

	// ---- what has happened

	/** Forgets what has happened so far. */
	void forget() {
		this.test.settle();
		this.test.events.clear();
	}

	/** Who has ended in which order, such as {@code a shutdown}. */
	List<String> exits() {
		return this.test.events(SupervisionEvent.ProcessExited.class)
			.map(exited -> exited.id() + " " + exited.reason())
			.toList();
	}

	/** Which children were started in which order, such as {@code a RESTART}. */
	List<String> starts() {
		return this.test.events(SupervisionEvent.ChildStarted.class)
			.map(started -> started.child().id() + " " + started.cause())
			.toList();
	}

	/** What supervisors reported of failures, in order. */
	List<String> reports() {
		return this.test.events(SupervisionEvent.class).map(TestTree::report).flatMap(Optional::stream).toList();
	}

	private static Optional<String> report(SupervisionEvent event) {
		if (event instanceof SupervisionEvent.ChildTerminated e) {
			return Optional
				.of("terminated " + e.child().id() + " " + e.reason() + (e.restarted() ? ", restarting" : ""));
		}
		if (event instanceof SupervisionEvent.StartFailed e) {
			return Optional.of("start failed " + e.child().id() + " " + e.reason() + " " + e.cause());
		}
		if (event instanceof SupervisionEvent.ShutdownError e) {
			return Optional.of("shutdown error " + e.child().id() + " " + e.reason() + " x" + e.count());
		}
		if (event instanceof SupervisionEvent.LimitExceeded e) {
			return Optional.of("limit exceeded " + e.child().id() + " " + e.reason() + (e.parked() ? ", parked" : ""));
		}
		if (event instanceof SupervisionEvent.Restarted e) {
			return Optional.of("restarted " + e.restarted() + " for " + e.child().id());
		}
		return Optional.empty();
	}

	/** A child as its supervisor sees it, such as {@code a RUNNING}; newest first. */
	static List<String> states(SupervisorRef supervisor) {
		return supervisor.whichChildren().stream().map(child -> child.id() + " " + child.state()).toList();
	}

	@Override
	public void close() {
		this.test.close();
	}

}

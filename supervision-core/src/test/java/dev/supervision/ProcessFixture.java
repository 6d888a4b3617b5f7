package dev.supervision;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A node under virtual time, and the questions that tests of single processes ask.
 */
class ProcessFixture {

	static final ExitReason BOOM = ExitReason.of("boom");

	final TestNode world = new TestNode();

	final Node node = this.world.node;

	@AfterEach
	void closeWorld() {
		this.world.close();
	}

	/** Starts a script that nobody supervises, registered under its id. */
	Pid spawn(String id, Script script) {
		return this.node.spawn(script.spec(id));
	}

	/** Starts a script without a name; it is good for one incarnation. */
	Pid spawn(Script script) {
		return this.node.spawn(anonymous(script));
	}

	static ChildSpec anonymous(Script script) {
		return ChildSpec.worker("anonymous", () -> script);
	}

	ServerRef<Script.Message> ref(Pid pid) {
		return this.node.ref(pid);
	}

	ServerRef<Script.Message> ref(String name) {
		return this.node.ref(Name.<Script.Message>of(name));
	}

	/** Lets a process do something, and waits until it has. */
	void in(Pid pid, Consumer<ServerContext<Script.Message>> action) {
		ask(pid, self -> {
			action.accept(self);
			return Boolean.TRUE;
		});
	}

	/** Asks a process, which finds the answer in a callback of its own. */
	<R> R ask(Pid pid, Function<ServerContext<Script.Message>, R> question) {
		return ref(pid).<R>call(Script.ask(question));
	}

	/** Whether something is so, as a process sees it. */
	boolean holds(Pid pid, Predicate<ServerContext<Script.Message>> question) {
		return ask(pid, question::test);
	}

	/** What a process runs into when it does something; it survives that. */
	@Nullable Throwable thrownIn(Pid pid, Consumer<ServerContext<Script.Message>> action) {
		List<Throwable> thrown = this.<List<Throwable>>ask(pid, self -> {
			Throwable caught = catchThrowable(() -> action.accept(self));
			return (caught != null) ? List.of(caught) : List.of();
		});
		return thrown.isEmpty() ? null : thrown.get(0);
	}

	Pid startLink(Pid parent, ChildSpec spec) {
		return ask(parent, self -> self.startLink(spec));
	}

	boolean isAlive(Pid pid) {
		this.world.settle();
		return this.node.isAlive(pid);
	}

	/** The one end of a process. */
	SupervisionEvent.ProcessExited end(Pid pid) {
		List<SupervisionEvent.ProcessExited> ends = this.world.events(SupervisionEvent.ProcessExited.class)
			.filter(event -> event.pid() == pid)
			.toList();
		assertThat(ends).as("ends of " + pid).hasSize(1);
		return ends.get(0);
	}

	ExitReason reasonOf(Pid pid) {
		return end(pid).reason();
	}

	/** What OTP would log about the end of one process. */
	@Nullable CrashReport crashOf(Pid pid) {
		return end(pid).crash();
	}

	/** What OTP would log about the ends of all processes. */
	List<CrashReport> crashes() {
		return this.world.events(SupervisionEvent.ProcessExited.class)
			.filter(event -> event.crash() != null)
			.map(SupervisionEvent.ProcessExited::crash)
			.toList();
	}

	void assertNothingLogged() {
		assertThat(crashes()).as("crash reports").isEmpty();
		assertThat(this.world.events(SupervisionEvent.Unhandled.class)).as("unexpected messages").isEmpty();
	}

	/** The monitors on a process. */
	static Collection<MonitorRef> watchersOf(Pid pid) {
		Relations relations = ((Process) pid).relations;
		return (relations != null) ? relations.watchers : List.of();
	}

	/** The processes that are linked with a process other than by being its child. */
	static Collection<Process> linksOf(Pid pid) {
		Relations relations = ((Process) pid).relations;
		return (relations != null) ? relations.links : List.of();
	}

	/** What a future failed with, without waiting for it. */
	static Throwable failureOf(CompletableFuture<?> future) {
		assertThat(future).isCompletedExceptionally();
		Throwable[] failure = new Throwable[1];
		future.whenComplete((value, thrown) -> failure[0] = thrown);
		return failure[0];
	}

}

package dev.supervision;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * A server whose messages are what it shall do, and which writes down what happens to it.
 * The journal belongs to the test and outlives incarnations.
 */
final class Script implements GenServer<@Nullable Object, Script.Message> {

	/**
	 * Entries such as {@code init}, {@code info Exit[...]}, {@code terminate shutdown}.
	 */
	final List<String> journal;

	/** Every {@link Info} that arrived. */
	final List<Info> infos;

	private final Start start;

	private Handler onInfo = (info, state, self) -> Next.with(state);

	private Ending onTerminate = (reason, state, self) -> {
	};

	Script(List<String> journal, List<Info> infos, Start start) {
		this.journal = journal;
		this.infos = infos;
		this.start = start;
	}

	Script() {
		this(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>(), self -> Init.ok("state"));
	}

	/** One that traps exits. */
	static Script trapping() {
		return new Script(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>(), self -> {
			self.trapExits(true);
			return Init.ok("state");
		});
	}

	static Script starting(Start start) {
		return new Script(new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>(), start);
	}

	Script onInfo(Handler handler) {
		this.onInfo = handler;
		return this;
	}

	Script onTerminate(Ending ending) {
		this.onTerminate = ending;
		return this;
	}

	/**
	 * A worker that runs this script; each start is a new incarnation with the same
	 * journal.
	 */
	ChildSpec spec(String id) {
		return ChildSpec
			.worker(id,
					() -> new Script(this.journal, this.infos, this.start).onInfo(this.onInfo)
						.onTerminate(this.onTerminate))
			.name(id);
	}

	@Override
	public Init<@Nullable Object> init(ServerContext<Message> self) throws Exception {
		this.journal.add("init");
		return this.start.run(self);
	}

	@Override
	public Next<@Nullable Object> handle(Message message, @Nullable Object state, ServerContext<Message> self)
			throws Exception {
		return message.run(state, self);
	}

	@Override
	public Next<@Nullable Object> handleInfo(Info info, @Nullable Object state, ServerContext<Message> self)
			throws Exception {
		this.infos.add(info);
		this.journal.add("info " + info);
		return this.onInfo.run(info, state, self);
	}

	@Override
	public Next<@Nullable Object> handleContinue(Object continuation, @Nullable Object state,
			ServerContext<Message> self) throws Exception {
		this.journal.add("continue " + continuation);
		return (continuation instanceof Message message) ? message.run(state, self) : Next.with(state);
	}

	@Override
	public void terminate(ExitReason reason, @Nullable Object state, ServerContext<Message> self) throws Exception {
		this.journal.add("terminate " + reason);
		this.onTerminate.run(reason, state, self);
	}

	/** A message that answers with what the function makes of the context. */
	static <R> Function<From<R>, Message> ask(Function<ServerContext<Message>, R> question) {
		return from -> (state, self) -> {
			from.reply(question.apply(self));
			return Next.with(state);
		};
	}

	/** A message that throws. */
	static Message crash(String text) {
		return (state, self) -> {
			throw new IllegalStateException(text);
		};
	}

	/** A message that stops the server. */
	static Message stop(ExitReason reason) {
		return (state, self) -> Next.stop(reason, state);
	}

	/** Something to do. */
	@FunctionalInterface
	interface Message {

		Next<@Nullable Object> run(@Nullable Object state, ServerContext<Message> self) throws Exception;

	}

	/** What init does. */
	@FunctionalInterface
	interface Start {

		Init<@Nullable Object> run(ServerContext<Message> self) throws Exception;

	}

	/** What an info does. */
	@FunctionalInterface
	interface Handler {

		Next<@Nullable Object> run(Info info, @Nullable Object state, ServerContext<Message> self) throws Exception;

	}

	/** What terminate does. */
	@FunctionalInterface
	interface Ending {

		void run(ExitReason reason, @Nullable Object state, ServerContext<Message> self) throws Exception;

	}

}

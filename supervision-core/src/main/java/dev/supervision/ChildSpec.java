package dev.supervision;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * How to start, restart and stop one child (OTP: child specification). An immutable
 * value: every method that sets something returns a copy. It holds a factory, never an
 * instance, because every start needs a new one. Contradictions are found when the
 * specification is used, before anything starts.
 */
public final class ChildSpec {

	/** How long a start may take by default: 30 s (OTP: for ever). */
	public static final Duration DEFAULT_START_TIMEOUT = Duration.ofSeconds(30);

	private final String id;

	private final ChildType type;

	private final ServerFactory factory;

	private final Options options;

	private ChildSpec(String id, ChildType type, ServerFactory factory, Options options) {
		this.id = id;
		this.type = type;
		this.factory = factory;
		this.options = options;
	}

	/**
	 * A worker: permanent, stopped within 5 s, not significant.
	 * @param id unique among its siblings
	 * @param factory makes a new instance for each start; called on the child's own
	 * thread
	 */
	public static ChildSpec worker(String id, Supplier<? extends GenServer<?, ?>> factory) {
		Specs.notNull("start", factory, "a factory that makes a new server for each start");
		return new ChildSpec(checkId(id), ChildType.WORKER, arguments -> factory.get(), Options.DEFAULT);
	}

	/**
	 * A worker that is made from the arguments of its start, for dynamic supervisors.
	 * @param factory makes a new instance for each start, from the supervisor's extra
	 * arguments followed by the start's own; called on the child's own thread
	 */
	public static ChildSpec workerOf(String id, Function<List<Object>, ? extends GenServer<?, ?>> factory) {
		Specs.notNull("start", factory, "a factory that makes a new server for each start");
		return new ChildSpec(checkId(id), ChildType.WORKER, factory::apply, Options.DEFAULT);
	}

	/**
	 * A supervisor as a child: permanent, stopped without limit.
	 */
	public static ChildSpec supervisor(SupervisorSpec spec) {
		return new ChildSpec(spec.id(), ChildType.SUPERVISOR, new SupervisorFactory(spec), Options.DEFAULT)
			.registerAs(spec.name());
	}

	/**
	 * A dynamic supervisor as a child: permanent, stopped without limit.
	 */
	public static ChildSpec supervisor(DynamicSupervisorSpec spec) {
		return new ChildSpec(spec.id(), ChildType.SUPERVISOR, new DynamicSupervisorFactory(spec), Options.DEFAULT)
			.registerAs(spec.name());
	}

	private static String checkId(String id) {
		return Specs.id("child id", id);
	}

	private ChildSpec with(Consumer<Options> change) {
		Options copy = new Options(this.options);
		change.accept(copy);
		return new ChildSpec(this.id, this.type, this.factory, copy);
	}

	/** The same child under another id. */
	public ChildSpec id(String id) {
		return new ChildSpec(checkId(id), this.type, this.factory, this.options);
	}

	/** When it is started again. Default: {@link Restart#PERMANENT}. */
	public ChildSpec restart(Restart restart) {
		Specs.notNull("restart", restart, "permanent, transient or temporary");
		return with(options -> options.restart = restart);
	}

	/** How it is stopped. Default: 5 s for a worker, without limit for a supervisor. */
	public ChildSpec shutdown(Shutdown shutdown) {
		Specs.notNull("shutdown", shutdown, "a limit, brutal-kill or infinity");
		return with(options -> options.shutdown = shutdown);
	}

	/** As {@link #shutdown(Shutdown)}, within a limit. */
	public ChildSpec shutdown(Duration limit) {
		return shutdown(Shutdown.within(limit));
	}

	/**
	 * Whether its end counts for the supervisor's {@link AutoShutdown}. Default: no.
	 * Neither a permanent child nor one of a supervisor that never stops itself can be
	 * significant.
	 */
	public ChildSpec significant(boolean significant) {
		return with(options -> options.significant = significant);
	}

	/** How long its start may take. Default: {@link #DEFAULT_START_TIMEOUT}. */
	public ChildSpec startTimeout(Duration limit) {
		Specs.notNull("start-timeout", limit, "a duration of more than 0");
		Specs.require(!limit.isNegative() && !limit.isZero(), "start-timeout", limit, "a duration of more than 0");
		return with(options -> options.startTimeout = limit);
	}

	/** Restarts with growing delays. Default: at once. */
	public ChildSpec backoff(Backoff backoff) {
		Specs.notNull("backoff", backoff, "a backoff");
		return with(options -> options.backoff = backoff);
	}

	/** The bound of its mailbox. Default: none. */
	public ChildSpec mailbox(MailboxLimit limit) {
		Specs.notNull("mailbox", limit, "a limit, or MailboxLimit.UNBOUNDED");
		return with(options -> options.mailbox = limit);
	}

	/**
	 * Whether an orderly stop keeps its place in the mailbox, so that what was queued
	 * before it is handled first. Default: no, it is taken after the current message.
	 */
	public ChildSpec drain(boolean drain) {
		return with(options -> options.drain = drain);
	}

	/** Which threads run it. Default: {@link ExecutorType#AUTO}. */
	public ChildSpec executor(ExecutorType executor) {
		Specs.notNull("executor", executor, "auto, virtual, pool, platform or parallel");
		return with(options -> options.executor = executor);
	}

	/**
	 * What reports and process lists call its kind. Default: the class of its behaviour,
	 * which says little where one behaviour runs many kinds of servers.
	 */
	public ChildSpec serverType(String type) {
		return with(options -> options.serverType = Specs.id("server type", type));
	}

	/** Registers it under a name before its init runs. Default: no name. */
	public ChildSpec name(String name) {
		return registerAs(new Name<>(name).value());
	}

	/** Registers it under a name before its init runs. Default: no name. */
	public ChildSpec name(Name<?> name) {
		return registerAs(name.value());
	}

	private ChildSpec registerAs(@Nullable String name) {
		return with(options -> options.name = name);
	}

	public String id() {
		return this.id;
	}

	public ChildType type() {
		return this.type;
	}

	public Restart restart() {
		return this.options.restart;
	}

	public Shutdown shutdown() {
		Shutdown shutdown = this.options.shutdown;
		if (shutdown != null) {
			return shutdown;
		}
		return (this.type == ChildType.SUPERVISOR) ? Shutdown.INFINITY : Shutdown.DEFAULT_WORKER;
	}

	public boolean significant() {
		return this.options.significant;
	}

	public Duration startTimeout() {
		return this.options.startTimeout;
	}

	public @Nullable Backoff backoff() {
		return this.options.backoff;
	}

	public MailboxLimit mailbox() {
		return this.options.mailbox;
	}

	public boolean drain() {
		return this.options.drain;
	}

	public ExecutorType executor() {
		return this.options.executor;
	}

	public @Nullable String name() {
		return this.options.name;
	}

	public @Nullable String serverType() {
		return this.options.serverType;
	}

	/** What is nested here, if this is a supervisor with fixed children. */
	public Optional<SupervisorSpec> supervisorSpec() {
		return (this.factory instanceof SupervisorFactory nested) ? Optional.of(nested.spec()) : Optional.empty();
	}

	/** What is nested here, if this is a dynamic supervisor. */
	public Optional<DynamicSupervisorSpec> dynamicSupervisorSpec() {
		return (this.factory instanceof DynamicSupervisorFactory nested) ? Optional.of(nested.spec())
				: Optional.empty();
	}

	/** The same place and options, for another supervisor with fixed children. */
	public ChildSpec withSupervisor(SupervisorSpec spec) {
		Specs.require(supervisorSpec().isPresent(), "supervisor", this.id, "the specification of a supervisor");
		return new ChildSpec(spec.id(), this.type, new SupervisorFactory(spec), this.options);
	}

	/** The same place and options, for another dynamic supervisor. */
	public ChildSpec withSupervisor(DynamicSupervisorSpec spec) {
		Specs.require(dynamicSupervisorSpec().isPresent(), "dynamic supervisor", this.id,
				"the specification of a dynamic supervisor");
		return new ChildSpec(spec.id(), this.type, new DynamicSupervisorFactory(spec), this.options);
	}

	ServerFactory factory() {
		return this.factory;
	}

	/**
	 * Checks this specification and all below it.
	 * @param path the place of the supervisor that would get this child
	 */
	void validate(String path, AutoShutdown autoShutdown) {
		String place = path + "/" + this.id;
		try {
			if (significant()) {
				Specs.require(autoShutdown != AutoShutdown.NEVER, "significant", true,
						"false under a supervisor with auto-shutdown never; set any-significant or all-significant");
				Specs.require(restart() != Restart.PERMANENT, "significant", true,
						"false for a permanent child: it never ends for good; make it transient or temporary");
			}
		}
		catch (InvalidSpecException ex) {
			throw ex.at(place);
		}
		validateBelow(path);
	}

	/** The part of the check that does not depend on the supervisor. */
	void validateBelow(String path) {
		if (this.factory instanceof SupervisorFactory nested) {
			nested.spec().validate(path + "/" + this.id);
		}
	}

	@Override
	public String toString() {
		return this.id + " (" + this.type + ", " + restart() + ", shutdown " + shutdown() + ")";
	}

	/** Never changed once a specification has it. */
	private static final class Options {

		static final Options DEFAULT = new Options();

		private Restart restart = Restart.PERMANENT;

		private @Nullable Shutdown shutdown;

		private boolean significant;

		private Duration startTimeout = DEFAULT_START_TIMEOUT;

		private @Nullable Backoff backoff;

		private MailboxLimit mailbox = MailboxLimit.UNBOUNDED;

		private boolean drain;

		private ExecutorType executor = ExecutorType.AUTO;

		private @Nullable String name;

		private @Nullable String serverType;

		private Options() {
		}

		private Options(Options other) {
			this.restart = other.restart;
			this.shutdown = other.shutdown;
			this.significant = other.significant;
			this.startTimeout = other.startTimeout;
			this.backoff = other.backoff;
			this.mailbox = other.mailbox;
			this.drain = other.drain;
			this.executor = other.executor;
			this.name = other.name;
			this.serverType = other.serverType;
		}

	}

}

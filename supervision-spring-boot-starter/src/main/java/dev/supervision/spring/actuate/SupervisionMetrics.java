package dev.supervision.spring.actuate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.supervision.CallException;
import dev.supervision.CallTimeoutException;
import dev.supervision.ChildSpec;
import dev.supervision.ChildType;
import dev.supervision.ExitReason;
import dev.supervision.Instrumentation;
import dev.supervision.NoProcessException;
import dev.supervision.Node;
import dev.supervision.NodeStatistics;
import dev.supervision.OverloadException;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.SupervisionEvent;

import org.springframework.util.ClassUtils;

/**
 * Counts what the node does. Tags are declared names and types of servers only, and no
 * more pairs of them than a bound; what is beyond shares one group.
 */
public final class SupervisionMetrics implements MeterBinder, Instrumentation {

	private static final Logger logger = LoggerFactory.getLogger(SupervisionMetrics.class);

	private static final String OTHER = "_other";

	private static final String NONE = "none";

	private static final int MAX_EXCEPTIONS = 50;

	private final int maxGroups;

	private final Supplier<Node> node;

	private final ProcessSnapshot snapshot;

	private final Map<Key, MeteredGroup> groups = new ConcurrentHashMap<>();

	private final AtomicBoolean warned = new AtomicBoolean();

	/** Simple names of exceptions that have a tag of their own. */
	private final Set<String> exceptions = ConcurrentHashMap.newKeySet();

	/** What there are gauges of that several groups share. */
	private final Set<String> shared = ConcurrentHashMap.newKeySet();

	private volatile @Nullable MeterRegistry registry;

	/**
	 * Creates the meters' owner; it counts as soon as it is bound.
	 * @param maxGroups for how many pairs of supervisor and type there are meters of
	 * their own
	 * @param node the node that gauges look at, which may need this to be made
	 */
	public SupervisionMetrics(int maxGroups, Supplier<Node> node) {
		this.maxGroups = maxGroups;
		this.node = node;
		this.snapshot = new ProcessSnapshot(node);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		this.registry = registry;
		dropped(registry, "no_process", NodeStatistics::droppedNoProcess);
		dropped(registry, "mailbox_full", NodeStatistics::droppedMailboxFull);
		dropped(registry, "fenced", NodeStatistics::droppedFenced);
	}

	private void dropped(MeterRegistry registry, String cause, ToDoubleFunction<NodeStatistics> count) {
		FunctionCounter.builder("supervision.messages.dropped", this, metrics -> metrics.statistic(count))
			.tag("cause", cause)
			.description("Messages that nobody handled")
			.register(registry);
	}

	private double statistic(ToDoubleFunction<NodeStatistics> count) {
		return count.applyAsDouble(this.node.get().statistics());
	}

	@Override
	public Group group(@Nullable Pid supervisor, ChildSpec spec) {
		Key key = new Key((supervisor != null) ? ProcessSnapshot.id(supervisor) : NONE, ProcessSnapshot.type(spec),
				spec.type());
		MeteredGroup known = this.groups.get(key);
		if (known != null) {
			return known;
		}
		if (this.groups.size() < this.maxGroups) {
			return this.groups.computeIfAbsent(key, MeteredGroup::new);
		}
		if (this.warned.compareAndSet(false, true)) {
			logger.warn("More than {} pairs of supervisor and type of server: the rest is counted together as {} "
					+ "(supervision.metrics.max-groups)", this.maxGroups, OTHER);
		}
		return this.groups.computeIfAbsent(new Key(OTHER, OTHER, spec.type()), MeteredGroup::new);
	}

	@Override
	public void calledNobody() {
		MeterRegistry bound = this.registry;
		if (bound != null) {
			callTimer(bound, NONE, "noproc").record(Duration.ZERO);
		}
	}

	@Override
	public void gaveUp(Pid supervisor) {
		MeterRegistry bound = this.registry;
		if (bound != null) {
			Counter.builder("supervision.restart.escalations")
				.description("Supervisors that gave up, because a child was restarted too often")
				.tag("supervisor", ProcessSnapshot.id(supervisor))
				.register(bound)
				.increment();
		}
	}

	private static Timer callTimer(MeterRegistry registry, String type, String error) {
		return Timer.builder("supervision.call")
			.description("Calls, on the caller's side")
			.tags("type", type, "error.type", error)
			.register(registry);
	}

	/** The simple name of an exception, as long as there are not too many. */
	private String exception(ExitReason reason) {
		if (!(reason instanceof ExitReason.Failure failure)) {
			return "exit";
		}
		String name = ClassUtils.getShortName(failure.exceptionClass());
		if (this.exceptions.contains(name)) {
			return name;
		}
		return (this.exceptions.size() < MAX_EXCEPTIONS && this.exceptions.add(name)) ? name : OTHER;
	}

	private record Key(String supervisor, String type, ChildType kind) {
	}

	/** Meters are made when first needed, because the registry may come later. */
	private final class MeteredGroup implements Group {

		private final Key key;

		private final Tags tags;

		private final Map<SupervisionEvent.StartCause, Counter> starts = new EnumMap<>(
				SupervisionEvent.StartCause.class);

		private final Map<String, Counter> exits = new ConcurrentHashMap<>();

		private final Map<String, Timer> calls = new ConcurrentHashMap<>();

		private final Map<MessageKind, Timer> handled = new EnumMap<>(MessageKind.class);

		private volatile @Nullable Counter restarts;

		private volatile boolean bound;

		MeteredGroup(Key key) {
			this.key = key;
			this.tags = Tags.of("supervisor", key.supervisor, "type", key.type);
		}

		/** The registry, with all that is known beforehand. */
		private @Nullable MeterRegistry registry() {
			MeterRegistry registry = SupervisionMetrics.this.registry;
			if (registry != null && !this.bound) {
				bind(registry);
			}
			return registry;
		}

		private synchronized void bind(MeterRegistry registry) {
			if (this.bound) {
				return;
			}
			for (SupervisionEvent.StartCause cause : SupervisionEvent.StartCause.values()) {
				this.starts.put(cause,
						Counter.builder("supervision.process.starts")
							.description("Processes started")
							.tags(this.tags)
							.tag("cause", cause.name().toLowerCase(Locale.ROOT))
							.register(registry));
			}
			this.restarts = Counter.builder("supervision.process.restarts")
				.description("Processes that their supervisor started again")
				.tags(this.tags)
				.register(registry);
			for (MessageKind kind : MessageKind.values()) {
				this.handled.put(kind, processing(registry, kind, NONE));
			}
			this.calls.put(NONE, callTimer(registry, this.key.type, NONE));
			registerGauges(registry);
			this.bound = true;
		}

		private void registerGauges(MeterRegistry registry) {
			gauge(registry, "supervision.mailbox.size", this.tags, "messages", "Messages that wait",
					snapshot -> snapshot.mailboxSum(this.key.supervisor, this.key.type));
			gauge(registry, "supervision.mailbox.size.max", this.tags, "messages", "The deepest mailbox",
					snapshot -> snapshot.mailboxMax(this.key.supervisor, this.key.type));
			String kind = this.key.kind.name().toLowerCase(Locale.ROOT);
			if (SupervisionMetrics.this.shared.add(this.key.supervisor + ' ' + kind)) {
				for (ProcessInfo.State state : ProcessInfo.State.values()) {
					gauge(registry, "supervision.process.live",
							Tags.of("supervisor", this.key.supervisor, "kind", kind, "state",
									state.name().toLowerCase(Locale.ROOT)),
							null, "Processes that are there",
							snapshot -> snapshot.live(this.key.supervisor, this.key.kind, state));
				}
			}
			if (SupervisionMetrics.this.shared.add(this.key.supervisor)) {
				gauge(registry, "supervision.restart.intensity.utilization", Tags.of("supervisor", this.key.supervisor),
						null, "Restarts within the period, of those allowed: from 0 to 1",
						snapshot -> snapshot.utilization(this.key.supervisor));
			}
		}

		private void gauge(MeterRegistry registry, String name, Tags tags, @Nullable String unit, String description,
				ToDoubleFunction<ProcessSnapshot> value) {
			Gauge.builder(name, SupervisionMetrics.this.snapshot, value)
				.description(description)
				.baseUnit(unit)
				.tags(tags)
				.register(registry);
		}

		private Timer processing(MeterRegistry registry, MessageKind kind, String error) {
			return Timer.builder("supervision.message.processing")
				.description("Handling one message")
				.tags(this.tags)
				.tags("kind", kind.name().toLowerCase(Locale.ROOT), "error.type", error)
				.register(registry);
		}

		@Override
		public void started(SupervisionEvent.StartCause cause) {
			if (registry() != null) {
				increment(this.starts.get(cause));
			}
		}

		@Override
		public void exited(ExitReason reason, boolean crashed) {
			MeterRegistry registry = registry();
			if (registry == null) {
				return;
			}
			String word = word(reason, crashed);
			increment(this.exits.computeIfAbsent(word,
					key -> Counter.builder("supervision.process.exits")
						.description("Processes ended")
						.tags(this.tags)
						.tag("reason", key)
						.register(registry)));
			if (crashed) {
				Counter.builder("supervision.crash.reports")
					.description("Crashes by exception")
					.tags(this.tags)
					.tag("exception", exception(reason))
					.register(registry)
					.increment();
			}
		}

		private static String word(ExitReason reason, boolean crashed) {
			if (crashed) {
				return "error";
			}
			if (reason == ExitReason.NORMAL) {
				return "normal";
			}
			if (reason == ExitReason.KILLED) {
				return "killed";
			}
			return reason.isClean() ? "shutdown" : "linked";
		}

		@Override
		public void restarted() {
			if (registry() != null) {
				increment(this.restarts);
			}
		}

		private static void increment(@Nullable Counter counter) {
			if (counter != null) {
				counter.increment();
			}
		}

		@Override
		public void handled(MessageKind kind, long nanos, @Nullable ExitReason ended) {
			MeterRegistry registry = registry();
			if (registry == null) {
				return;
			}
			Timer timer = (ended == null || ended.isClean()) ? this.handled.get(kind)
					: processing(registry, kind, exception(ended));
			if (timer != null) {
				timer.record(nanos, TimeUnit.NANOSECONDS);
			}
		}

		@Override
		public void called(long nanos, @Nullable CallException failure) {
			MeterRegistry registry = registry();
			if (registry != null) {
				this.calls.computeIfAbsent(error(failure), error -> callTimer(registry, this.key.type, error))
					.record(nanos, TimeUnit.NANOSECONDS);
			}
		}

		private static String error(@Nullable CallException failure) {
			if (failure == null) {
				return NONE;
			}
			if (failure instanceof CallTimeoutException) {
				return "timeout";
			}
			if (failure instanceof NoProcessException) {
				return "noproc";
			}
			return (failure instanceof OverloadException) ? "overload" : "exit";
		}

	}

}

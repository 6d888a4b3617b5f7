package dev.supervision;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Makes specifications from what a recorded script says, with starts that follow the
 * script's plans.
 */
final class TraceTree {

	private static final Duration PERIOD = Duration.ofSeconds(3600);

	private final TraceRecorder recorder;

	private final boolean planned;

	/**
	 * Makes specifications.
	 * @param planned whether supervisors, too, follow the plans; otherwise they are as a
	 * user would write them
	 */
	TraceTree(TraceRecorder recorder, boolean planned) {
		this.recorder = recorder;
		this.planned = planned;
	}

	/** The supervisor at a path with all below it. */
	SupervisorSpec supervisor(String path, Map<String, @Nullable Object> spec) {
		SupervisorSpec supervisor = SupervisorSpec.of(lastOf(path))
			.strategy(strategy(spec.get("strategy")))
			.intensity(Math.toIntExact((Long) spec.get("intensity")), PERIOD)
			.autoShutdown(AutoShutdown.valueOf(constant(spec.get("auto_shutdown"))));
		for (Object child : list(spec.get("children"))) {
			Map<String, @Nullable Object> childSpec = map(child);
			supervisor = supervisor.child(child(path + "/" + childSpec.get("id"), childSpec));
		}
		return supervisor;
	}

	private static DynamicSupervisorSpec dynamic(String path, Map<String, @Nullable Object> spec) {
		return DynamicSupervisorSpec.of(lastOf(path)).intensity(Math.toIntExact((Long) spec.get("intensity")), PERIOD);
	}

	/** The child at a path. */
	ChildSpec child(String path, Map<String, @Nullable Object> spec) {
		if (!spec.containsKey("strategy")) {
			return options(ChildSpec.workerOf(lastOf(path), arguments -> worker(path, spec)), spec);
		}
		ChildSpec real = spec.containsKey("template") ? ChildSpec.supervisor(dynamic(path, spec))
				: ChildSpec.supervisor(supervisor(path, spec));
		return options(this.planned ? planned(real, path, spec) : real, spec);
	}

	/**
	 * What every instance of a dynamic supervisor is made from; its one argument is a
	 * label.
	 */
	ChildSpec template(TraceIncarnation supervisor) {
		Map<String, @Nullable Object> spec = map(supervisor.spec.get("template"));
		ChildSpec template = ChildSpec.workerOf(String.valueOf(spec.get("id")),
				arguments -> worker(supervisor.path + "/" + arguments.get(0), spec));
		// a dynamic supervisor has no auto-shutdown for which a child could be
		// significant
		return options(template, spec).significant(false);
	}

	private TraceWorker worker(String path, Map<String, @Nullable Object> spec) {
		String outcome = this.recorder.outcome(path);
		return new TraceWorker(this.recorder, this.recorder.attempt(path, spec, outcome), outcome);
	}

	private static ChildSpec options(ChildSpec child, Map<String, @Nullable Object> spec) {
		ChildSpec result = child.significant(Boolean.TRUE.equals(spec.get("significant")));
		if (spec.containsKey("restart")) {
			result = result.restart(Restart.valueOf(constant(spec.get("restart"))));
		}
		return spec.containsKey("shutdown") ? result.shutdown(shutdown(spec.get("shutdown"))) : result;
	}

	/**
	 * A supervisor's start is not the user's code here, so that no plan could let it fail
	 * and nobody could see it begin. Therefore this puts a factory of the test before the
	 * real one.
	 */
	private ChildSpec planned(ChildSpec real, String path, Map<String, @Nullable Object> spec) {
		ServerFactory factory = arguments -> {
			String outcome = this.recorder.outcome(path);
			this.recorder.attempt(path, spec, outcome);
			return switch (outcome) {
				case "ok" -> real.factory().create(arguments);
				case "ignore" -> new Ignoring();
				default -> throw new ExitException(ExitReason.of("boom"));
			};
		};
		try {
			Field options = ChildSpec.class.getDeclaredField("options");
			options.setAccessible(true);
			Constructor<?> constructor = ChildSpec.class.getDeclaredConstructors()[0];
			constructor.setAccessible(true);
			return (ChildSpec) constructor.newInstance(real.id(), real.type(), factory, options.get(real));
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("ChildSpec has changed", ex);
		}
	}

	// ---- what is wrong with a specification

	/** Whether the types let nobody write this specification, or one below it. */
	static boolean isInexpressible(Map<String, @Nullable Object> spec) {
		return isInexpressibleSupervisor(spec) || isInexpressibleChild(spec);
	}

	/** As {@link #isInexpressible}, for a root, which is nobody's child. */
	static boolean isInexpressibleSupervisor(Map<String, @Nullable Object> spec) {
		if (!spec.containsKey("strategy")) {
			return false;
		}
		if ("one_for_some".equals(spec.get("strategy"))) {
			return true;
		}
		List<?> children = spec.containsKey("template") ? List.of(map(spec.get("template")))
				: list(spec.get("children"));
		return children.stream().anyMatch(child -> isInexpressible(map(child)));
	}

	private static boolean isInexpressibleChild(Map<String, @Nullable Object> spec) {
		return !spec.containsKey("id") || Boolean.TRUE.equals(spec.get("no_start"))
				|| "sometimes".equals(spec.get("restart")) || "soon".equals(spec.get("shutdown"))
				|| "thing".equals(spec.get("type")) || "maybe".equals(spec.get("significant"));
	}

	/** The name that OTP gives to a fault. */
	static String tag(InvalidSpecException fault) {
		String what = fault.what();
		if (what.endsWith("child id")) {
			return "duplicate_child_name";
		}
		if (what.endsWith("max-restarts")) {
			return "invalid_intensity";
		}
		if (what.endsWith("shutdown")) {
			return "invalid_shutdown";
		}
		if (what.endsWith("significant")) {
			return fault.allowed().contains("permanent") ? "significant_but_permanent"
					: "significant_but_auto_shutdown_never";
		}
		throw new AssertionError("A fault that no script has", fault);
	}

	// ---- the words of the scripts

	private static Strategy strategy(@Nullable Object written) {
		return Strategy.valueOf(constant(written));
	}

	private static Shutdown shutdown(@Nullable Object written) {
		if (written instanceof Long millis) {
			return Shutdown.within(Duration.ofMillis(millis));
		}
		return "infinity".equals(written) ? Shutdown.INFINITY : Shutdown.BRUTAL_KILL;
	}

	static Object written(Shutdown shutdown) {
		if (shutdown instanceof Shutdown.Within within) {
			return within.limit().toMillis();
		}
		return (shutdown instanceof Shutdown.Infinity) ? "infinity" : "brutal_kill";
	}

	private static String constant(@Nullable Object written) {
		return String.valueOf(written).toUpperCase(java.util.Locale.ROOT);
	}

	static String lastOf(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

	@SuppressWarnings("unchecked")
	static Map<String, @Nullable Object> map(@Nullable Object value) {
		return (value != null) ? (Map<String, @Nullable Object>) value : Map.of();
	}

	static List<?> list(@Nullable Object value) {
		return (value != null) ? (List<?>) value : List.of();
	}

	/**
	 * A supervisor whose start says that it is not wanted.
	 */
	private static final class Ignoring implements GenServer<@Nullable Object, Object> {

		@Override
		public Init<@Nullable Object> init(ServerContext<Object> self) {
			return Init.ignore();
		}

		@Override
		public Next<@Nullable Object> handle(Object message, @Nullable Object state, ServerContext<Object> self) {
			return Next.with(state);
		}

	}

}

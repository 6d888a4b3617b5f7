package dev.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Does what the commands of a recorded script say, and gives back what they answer, in
 * the script's words.
 */
final class TraceCommands {

	private static final List<Object> DONE = List.of("done");

	private final Node node;

	private final TraceRecorder recorder;

	private final TraceTree tree;

	private final Pid stranger;

	TraceCommands(Node node, TraceRecorder recorder) {
		this.node = node;
		this.recorder = recorder;
		this.tree = new TraceTree(recorder, true);
		this.stranger = node.spawn(ChildSpec.worker("stranger", TraceStranger::new));
	}

	/** Starts the tree in the way of {@link Node#start}; it has been checked before. */
	List<@Nullable Object> startTree(Map<String, @Nullable Object> root) {
		plan("root", root);
		List<@Nullable Object> result = result(
				this.node.trees().startChild(this.tree.child("root", root).restart(Restart.TRANSIENT)));
		return (result.size() == 3) ? List.of("error", Objects.requireNonNull(result.get(2))) : result;
	}

	boolean isWrong(Map<String, @Nullable Object> root) {
		try {
			if (!root.containsKey("template")) {
				asWritten("root", root).validate("root");
			}
			return false;
		}
		catch (InvalidSpecException ex) {
			return true;
		}
	}

	/** Starts a wrong tree as a user would, which has to be refused. */
	InvalidSpecException refusal(Map<String, @Nullable Object> root) {
		try {
			this.node.start(asWritten("root", root));
		}
		catch (InvalidSpecException ex) {
			return ex;
		}
		throw new AssertionError("A wrong tree was accepted");
	}

	private SupervisorSpec asWritten(String path, Map<String, @Nullable Object> spec) {
		return new TraceTree(this.recorder, false).supervisor(path, spec);
	}

	private void plan(String path, Map<String, @Nullable Object> spec) {
		if (spec.containsKey("starts")) {
			this.recorder.plan(path, TraceTree.list(spec.get("starts")));
		}
		for (Object child : TraceTree.list(spec.get("children"))) {
			Map<String, @Nullable Object> childSpec = TraceTree.map(child);
			if (childSpec.containsKey("id")) {
				plan(path + "/" + childSpec.get("id"), childSpec);
			}
		}
	}

	@Nullable Object run(Map<String, @Nullable Object> command) {
		return switch (word(command, "cmd")) {
			case "stop_tree" -> {
				this.node.trees().terminateChild("root");
				yield DONE;
			}
			case "plan" -> {
				this.recorder.plan(word(command, "path"), TraceTree.list(command.get("starts")));
				yield DONE;
			}
			case "stop_self", "signal" -> deliver(command);
			case "queued" -> queued(command);
			default -> {
				TraceIncarnation supervisor = this.recorder.running(word(command, "sup"));
				yield supervisor.isDynamic() ? dynamic(supervisor, command) : fixed(supervisor, command);
			}
		};
	}

	private List<Object> deliver(Map<String, @Nullable Object> command) {
		TraceIncarnation target = this.recorder.incarnation(word(command, "path"), number(command));
		if (!target.isAlive()) {
			return List.of("no_process");
		}
		this.recorder.target(target);
		ExitReason reason = TraceReasons.read(command.get("reason"));
		if ("stop_self".equals(command.get("cmd"))) {
			this.node.<ExitReason>ref(target.process).cast(reason);
		}
		else {
			target.signalled = true;
			this.node.<TraceStranger.Signal>ref(this.stranger).cast(new TraceStranger.Signal(target.process, reason));
			this.recorder.platform.runUntilIdle();
			target.signalled = false;
		}
		this.recorder.platform.runUntilIdle();
		return DONE;
	}

	// ---- one call

	private List<@Nullable Object> fixed(TraceIncarnation target, Map<String, @Nullable Object> command) {
		SupervisorRef supervisor = this.node.supervisor(target.process);
		return switch (word(command, "cmd")) {
			case "start_child" -> {
				Map<String, @Nullable Object> spec = TraceTree.map(command.get("spec"));
				yield startChild(target, spec, child -> result(supervisor.startChild(child)), refusal -> refusal);
			}
			case "terminate_child" -> result(supervisor.terminateChild(word(command, "id")));
			case "restart_child" -> result(supervisor.restartChild(word(command, "id")));
			case "delete_child" -> result(supervisor.deleteChild(word(command, "id")));
			case "get_childspec" -> described(supervisor.childSpec(word(command, "id")));
			default -> throw unknown(command);
		};
	}

	private List<@Nullable Object> dynamic(TraceIncarnation target, Map<String, @Nullable Object> command) {
		DynamicSupervisorRef supervisor = this.node.dynamicSupervisor(target.process);
		return switch (word(command, "cmd")) {
			case "start_instance" -> result(supervisor.startChild(this.tree.template(target), word(command, "label")));
			case "terminate_instance" -> result(supervisor.terminateChild(instance(target, command).process));
			case "terminate_stranger" -> result(supervisor.terminateChild(this.stranger));
			case "terminate_child" -> result(supervisor.terminateChild(word(command, "id")));
			case "restart_child" -> result(supervisor.restartChild(word(command, "id")));
			// the public type has neither of these
			case "delete_child", "get_childspec" -> {
				Supplier<List<@Nullable Object>> answer = send(target, command);
				this.recorder.platform.runUntilIdle();
				yield answer.get();
			}
			default -> throw unknown(command);
		};
	}

	/**
	 * What is wrong by type stays here; the plans count even if the supervisor refuses.
	 */
	private <R> R startChild(TraceIncarnation target, Map<String, @Nullable Object> spec, Function<ChildSpec, R> start,
			Function<List<@Nullable Object>, R> refuse) {
		String path = target.path + "/" + spec.get("id");
		if (spec.containsKey("id")) {
			plan(path, spec);
		}
		if (TraceTree.isInexpressible(spec)) {
			return refuse.apply(TraceReplay.NOT_EXPRESSIBLE);
		}
		try {
			return start.apply(this.tree.child(path, spec));
		}
		catch (InvalidSpecException ex) {
			return refuse.apply(invalid(ex));
		}
	}

	// ---- several things in one mailbox

	private List<@Nullable Object> queued(Map<String, @Nullable Object> command) {
		TraceIncarnation supervisor = this.recorder.running(word(command, "sup"));
		Sys sys = this.node.sys(supervisor.process);
		sys.suspend();
		List<Supplier<List<@Nullable Object>>> answers = new ArrayList<>();
		for (Object op : TraceTree.list(command.get("ops"))) {
			Map<String, @Nullable Object> operation = TraceTree.map(op);
			if (operation.containsKey("path")) {
				List<@Nullable Object> result = new ArrayList<>(deliver(operation));
				answers.add(() -> result);
			}
			else {
				answers.add(send(supervisor, operation));
			}
		}
		sys.resume();
		settle();
		List<@Nullable Object> results = new ArrayList<>();
		answers.forEach(answer -> results.add(answer.get()));
		return results;
	}

	/** Sends a call and does not wait; the answer is there once nothing moves. */
	private Supplier<List<@Nullable Object>> send(TraceIncarnation target, Map<String, @Nullable Object> command) {
		Ref<SupervisorMessage> supervisor = new Ref<>(Address.of(target.process));
		String id = word(command, "id");
		return switch (word(command, "cmd")) {
			case "start_child" -> startChild(target, TraceTree.map(command.get("spec")),
					child -> sent(
							supervisor
								.callAsync(from -> new SupervisorMessage.StartChild(null, child, List.of(), from)),
							TraceCommands.this::result),
					refusal -> () -> refusal);
			case "start_instance" -> sent(supervisor.callAsync(from -> new SupervisorMessage.StartChild(null,
					this.tree.template(target), List.of(word(command, "label")), from)), this::result);
			case "terminate_instance" -> sent(
					supervisor.callAsync(
							from -> new SupervisorMessage.TerminateProcess(instance(target, command).process, from)),
					this::result);
			case "terminate_stranger" -> sent(
					supervisor.callAsync(from -> new SupervisorMessage.TerminateProcess((Process) this.stranger, from)),
					this::result);
			case "terminate_child" ->
				sent(supervisor.callAsync(from -> new SupervisorMessage.TerminateChild(id, from)), this::result);
			case "restart_child" ->
				sent(supervisor.callAsync(from -> new SupervisorMessage.RestartChild(id, from)), this::result);
			case "delete_child" ->
				sent(supervisor.callAsync(from -> new SupervisorMessage.DeleteChild(id, from)), this::result);
			case "get_childspec" ->
				sent(supervisor.<Optional<ChildInfo>>callAsync(from -> new SupervisorMessage.WhichChild(id, from)),
						found -> described(found.map(ChildInfo::spec)));
			case "which_children" -> sent(supervisor.<List<ChildInfo>>callAsync(SupervisorMessage.WhichChildren::new),
					children -> children(target, children));
			case "count_children" -> sent(supervisor.<ChildCounts>callAsync(SupervisorMessage.CountChildren::new),
					counts -> counts(target, counts));
			default -> throw unknown(command);
		};
	}

	private <R> Supplier<List<@Nullable Object>> sent(CompletableFuture<R> future,
			Function<R, List<@Nullable Object>> write) {
		return () -> {
			if (!future.isDone()) {
				throw new AssertionError("A queued call was not answered");
			}
			try {
				return write.apply(future.getNow(null));
			}
			catch (CompletionException ex) {
				if (ex.getCause() instanceof ServerExitedException exited) {
					return List.of("exit", TraceReasons.write(exited.reason()));
				}
				if (ex.getCause() instanceof CallFailedException failed
						&& failed.getCause() instanceof InvalidSpecException invalid) {
					return invalid(invalid);
				}
				throw new AssertionError("A queued call failed", ex.getCause());
			}
		};
	}

	// ---- answers

	private List<@Nullable Object> result(ChildResult result) {
		if (result instanceof ChildResult.Ok) {
			return List.of("ok");
		}
		if (result instanceof ChildResult.Started started) {
			return List.of("ok", this.recorder.of(started.pid()).number);
		}
		if (result instanceof ChildResult.Ignored) {
			List<@Nullable Object> ignored = new ArrayList<>();
			ignored.add("ok");
			ignored.add(null);
			return ignored;
		}
		if (result instanceof ChildResult.AlreadyStarted already) {
			return List.of("error", "already_started", this.recorder.of(already.pid()).number);
		}
		if (result instanceof ChildResult.AlreadyPresent) {
			return List.of("error", "already_present");
		}
		if (result instanceof ChildResult.Failed failed) {
			return List.of("error", "start_failed", TraceReasons.write(failed.reason()));
		}
		if (result instanceof ChildResult.Running) {
			return List.of("error", "running");
		}
		if (result instanceof ChildResult.Restarting) {
			return List.of("error", "restarting");
		}
		if (result instanceof ChildResult.NotFound) {
			return List.of("error", "not_found");
		}
		throw new AssertionError("No script expects " + result);
	}

	private static List<@Nullable Object> invalid(InvalidSpecException fault) {
		return List.of("error", "invalid_spec", TraceTree.tag(fault));
	}

	private static List<@Nullable Object> described(Optional<ChildSpec> found) {
		if (found.isEmpty()) {
			return List.of("error", "not_found");
		}
		ChildSpec spec = found.get();
		return List.of("ok",
				Map.of("id", spec.id(), "restart", lower(spec.restart().name()), "shutdown",
						TraceTree.written(spec.shutdown()), "significant", spec.significant(), "type",
						lower(spec.type().name())));
	}

	private static String lower(String constant) {
		return constant.toLowerCase(java.util.Locale.ROOT);
	}

	// ---- views

	/** What all running supervisors say once nothing moves. */
	Map<String, @Nullable Object> views() {
		Map<String, @Nullable Object> views = new TreeMap<>();
		List.copyOf(this.recorder.running().values()).forEach(each -> views.put(each.path, view(each)));
		return views;
	}

	private List<@Nullable Object> view(TraceIncarnation supervisor) {
		List<@Nullable Object> view = new ArrayList<>();
		if (supervisor.isDynamic()) {
			DynamicSupervisorRef ref = this.node.dynamicSupervisor(supervisor.process);
			view.add(children(supervisor, ref.whichChildren()));
			view.add(counts(supervisor, ref.countChildren()));
			view.add(held(supervisor));
		}
		else {
			SupervisorRef ref = this.node.supervisor(supervisor.process);
			view.add(children(supervisor, ref.whichChildren()));
			view.add(counts(supervisor, ref.countChildren()));
		}
		return view;
	}

	private List<@Nullable Object> children(TraceIncarnation supervisor, List<ChildInfo> newestFirst) {
		List<@Nullable Object> entries = new ArrayList<>();
		for (ChildInfo child : newestFirst) {
			boolean restarting = child.state() == ChildInfo.State.RESTARTING;
			Pid pid = child.pid();
			List<@Nullable Object> entry = new ArrayList<>();
			if (!supervisor.isDynamic()) {
				entry.add(child.id());
			}
			else {
				entry.add((pid != null) ? TraceTree.lastOf(this.recorder.of(pid).path) : null);
			}
			entry.add(restarting ? "restarting" : this.recorder.number(pid));
			entries.add(0, entry);
		}
		if (supervisor.isDynamic()) {
			entries.sort(TraceCommands::byLabel);
		}
		return entries;
	}

	/** Those that are restarting come first; they have no identity. */
	private static int byLabel(@Nullable Object left, @Nullable Object right) {
		List<?> a = TraceTree.list(left);
		List<?> b = TraceTree.list(right);
		if (a.get(0) == null || b.get(0) == null) {
			return Boolean.compare(a.get(0) != null, b.get(0) != null);
		}
		int byLabel = String.valueOf(a.get(0)).compareTo(String.valueOf(b.get(0)));
		return (byLabel != 0) ? byLabel : Long.compare((Long) a.get(1), (Long) b.get(1));
	}

	private List<@Nullable Object> counts(TraceIncarnation supervisor, ChildCounts counts) {
		long specs = counts.specs();
		if (supervisor.isDynamic() && specs == counts.supervisors() + counts.workers()) {
			if (specs != 1) {
				this.recorder.differs(TraceDifference.DYNAMIC_SPECIFICATIONS);
			}
			specs = 1;
		}
		return List.of(specs, (long) counts.active(), (long) counts.supervisors(), (long) counts.workers());
	}

	/** The labels whose start arguments the supervisor still holds. */
	private static List<Object> held(TraceIncarnation supervisor) {
		List<Object> labels = new ArrayList<>();
		Supervision supervision = supervisor.process.supervision();
		if (supervision != null) {
			supervision.children.forEach(child -> labels.addAll(child.arguments));
		}
		labels.sort((a, b) -> String.valueOf(a).compareTo(String.valueOf(b)));
		return labels;
	}

	// ---- time

	/**
	 * Lets everything happen, limits of stops included; far less than a restart period.
	 */
	void settle() {
		this.recorder.platform.advance(java.time.Duration.ofSeconds(1));
		List<ProcessInfo> moving = this.node.processes()
			.filter(process -> process.state() != ProcessInfo.State.RUNNING || process.mailboxSize() > 0)
			.toList();
		if (!moving.isEmpty()) {
			throw new AssertionError("Does not come to rest: " + moving);
		}
	}

	// ---- commands

	private TraceIncarnation instance(TraceIncarnation supervisor, Map<String, @Nullable Object> command) {
		return this.recorder.incarnation(supervisor.path + "/" + command.get("label"), number(command));
	}

	private static Object number(Map<String, @Nullable Object> command) {
		return String.valueOf(command.get("n"));
	}

	static String word(Map<String, @Nullable Object> command, String key) {
		return String.valueOf(command.get(key));
	}

	private static AssertionError unknown(Map<String, @Nullable Object> command) {
		return new AssertionError("Unknown command " + command);
	}

}

package dev.supervision;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Replays one recorded script on a node of its own, under virtual time, and compares
 * everything that was recorded, step by step.
 */
final class TraceReplay {

	/** The result of what was not done, because the types leave no way to do it. */
	static final List<@Nullable Object> NOT_EXPRESSIBLE = List.of("not expressible");

	private static final List<String> NOT_FOUND = List.of("error", "not_found");

	private final Map<String, @Nullable Object> script;

	private final DeterministicPlatform simulation;

	private final TraceRecorder recorder;

	/** What the supervisors said after the step before, as recorded. */
	private final Map<String, @Nullable Object> views = new TreeMap<>();

	private int step;

	private Map<String, @Nullable Object> command = Map.of();

	/**
	 * A replay.
	 * @param schedule decides in which order processes run
	 */
	TraceReplay(Map<String, @Nullable Object> script, long schedule) {
		this.script = script;
		this.simulation = new DeterministicPlatform(schedule);
		this.recorder = new TraceRecorder(this.simulation);
	}

	/**
	 * Replays the script.
	 * @return the kinds of deliberate differences that were met
	 * @throws AssertionError at the first other one
	 */
	Set<TraceDifference> run() {
		try (Node node = Node.builder().platform(new TracePlatform(this.simulation)).listener(this.recorder).build()) {
			replay(new TraceCommands(node, this.recorder));
			return Set.copyOf(this.recorder.differences());
		}
		catch (RuntimeException | AssertionError ex) {
			throw new AssertionError("Script " + this.script.get("seed") + ", step " + this.step + " " + this.command
					+ ": " + ex.getMessage(), ex);
		}
		finally {
			this.simulation.close();
		}
	}

	private void replay(TraceCommands commands) {
		for (Object recorded : TraceTree.list(this.script.get("steps"))) {
			Map<String, @Nullable Object> expected = TraceTree.map(recorded);
			this.command = TraceTree.map(expected.get("do"));
			this.recorder.beginStep(this.step);
			if (this.step == 0 && isRefused(commands, expected)) {
				return;
			}
			boolean dynamic = this.command.containsKey("sup")
					&& this.recorder.running(TraceCommands.word(this.command, "sup")).isDynamic();
			Object result = (this.step == 0) ? commands.startTree(tree()) : commands.run(this.command);
			commands.settle();
			if (hasStoppedItselfInOtp(expected)) {
				this.recorder.differs(TraceDifference.DYNAMIC_AUTO_SHUTDOWN);
				return;
			}
			compare("result", expected.get("result"), results(dynamic, expected.get("result"), result));
			compare("events", TraceTree.list(expected.get("events")), this.recorder.ordered());
			compare("unordered", sorted(TraceTree.list(expected.get("unordered"))), sorted(this.recorder.unordered()));
			compare("after", viewsAfter(expected), commands.views());
			this.step++;
		}
		compare("ended", this.script.get("ended"), this.recorder.rootEnded());
	}

	private Map<String, @Nullable Object> tree() {
		return TraceTree.map(this.script.get("tree"));
	}

	private static void compare(String what, @Nullable Object expected, @Nullable Object actual) {
		if (!Objects.equals(expected, actual)) {
			throw new AssertionError(what + "\n  expected " + expected + "\n  actual   " + actual);
		}
	}

	private static List<String> sorted(List<?> events) {
		return events.stream().map(String::valueOf).sorted().toList();
	}

	private Map<String, @Nullable Object> viewsAfter(Map<String, @Nullable Object> expected) {
		TraceTree.map(expected.get("after")).forEach((path, view) -> {
			if (view != null) {
				this.views.put(path, view);
			}
			else {
				this.views.remove(path);
			}
		});
		return this.views;
	}

	// ---- differences

	/**
	 * A wrong tree is refused before anything starts, where OTP's supervisor starts and
	 * finds it out.
	 */
	private boolean isRefused(TraceCommands commands, Map<String, @Nullable Object> expected) {
		Object reason;
		if (TraceTree.isInexpressibleSupervisor(tree())) {
			this.recorder.differs(TraceDifference.NOT_EXPRESSIBLE);
			reason = TraceTree.list(expected.get("result")).get(1);
		}
		else if (commands.isWrong(tree())) {
			this.recorder.differs(TraceDifference.CHECKED_BEFORE_THE_START);
			String tag = TraceTree.tag(commands.refusal(tree()));
			reason = List.of("invalid_intensity".equals(tag) ? "supervisor_data" : "start_spec", tag);
		}
		else {
			return false;
		}
		compare("result", expected.get("result"), List.of("error", reason));
		compare("events", expected.get("events"),
				List.of(List.of("start", "root", 1L, "ok"), List.of("failed", "root", 1L, reason)));
		compare("events of a refused tree", List.of(), this.recorder.ordered());
		compare("ended", this.script.get("ended"), null);
		return true;
	}

	private @Nullable Object results(boolean dynamic, @Nullable Object expected, @Nullable Object actual) {
		if (!"queued".equals(this.command.get("cmd"))) {
			return result(this.command, dynamic, expected, actual);
		}
		List<?> operations = TraceTree.list(this.command.get("ops"));
		List<@Nullable Object> results = new ArrayList<>();
		for (int i = 0; i < operations.size(); i++) {
			results.add(result(TraceTree.map(operations.get(i)), dynamic, TraceTree.list(expected).get(i),
					TraceTree.list(actual).get(i)));
		}
		return results;
	}

	/**
	 * The recorded result where the actual one may differ from it, else the actual one.
	 */
	private @Nullable Object result(Map<String, @Nullable Object> operation, boolean dynamic, @Nullable Object expected,
			@Nullable Object actual) {
		if (NOT_EXPRESSIBLE.equals(actual)) {
			this.recorder.differs(TraceDifference.NOT_EXPRESSIBLE);
			// a supervisor that ended before it came to this has refused nothing
			boolean refused = begins(expected, "error", "invalid_spec") || begins(expected, "exit");
			return refused ? expected : actual;
		}
		if (!dynamic || !NOT_FOUND.equals(actual) || NOT_FOUND.equals(expected)) {
			return actual;
		}
		boolean allowed = switch (TraceCommands.word(operation, "cmd")) {
			case "terminate_child", "restart_child", "delete_child" ->
				differs(TraceDifference.DYNAMIC_BY_ID, List.of("error", "simple_one_for_one").equals(expected));
			case "get_childspec" -> differs(TraceDifference.DYNAMIC_BY_ID, begins(expected, "ok"));
			case "terminate_instance" -> differs(TraceDifference.DYNAMIC_TERMINATED_TWICE,
					List.of("ok").equals(expected) && this.recorder.hasEnded(instance(operation)));
			default -> false;
		};
		return allowed ? expected : actual;
	}

	private static boolean begins(@Nullable Object result, Object... words) {
		List<?> all = TraceTree.list(result);
		return all.size() >= words.length && all.subList(0, words.length).equals(List.of(words));
	}

	private boolean differs(TraceDifference difference, boolean applies) {
		if (applies) {
			this.recorder.differs(difference);
		}
		return applies;
	}

	private String instance(Map<String, @Nullable Object> operation) {
		Object supervisor = this.command.get("sup");
		return supervisor + "/" + operation.get("label") + " #" + operation.get("n");
	}

	/**
	 * Whether OTP's dynamic supervisor has stopped itself after a significant child: it
	 * stops, and nobody gave up or stopped it from above.
	 */
	private boolean hasStoppedItselfInOtp(Map<String, @Nullable Object> expected) {
		List<List<?>> events = new ArrayList<>();
		Stream.of("events", "unordered")
			.flatMap(key -> TraceTree.list(expected.get(key)).stream())
			.forEach(event -> events.add(TraceTree.list(event)));
		return events.stream().noneMatch(event -> "gave_up".equals(event.get(0))) && events.stream()
			.filter(event -> "stop".equals(event.get(0)) && "shutdown".equals(event.get(3)))
			.filter(event -> this.recorder.couldStopItselfInOtp(event.get(1) + " #" + event.get(2)))
			.anyMatch(event -> events.stream()
				.noneMatch(other -> "stop".equals(other.get(0))
						&& String.valueOf(event.get(1)).startsWith(other.get(1) + "/")));
	}

}

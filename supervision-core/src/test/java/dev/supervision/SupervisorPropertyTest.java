package dev.supervision;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.SupervisorModel.ChildSetup;
import dev.supervision.SupervisorModel.Outcome;
import dev.supervision.SupervisorModel.Setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

/**
 * One supervisor against {@link SupervisorModel}: random scripts, and after each command
 * what is to be seen must be the same. A script that fails is made as short as it gets,
 * and printed in the form that {@link #replay} takes.
 *
 * <p>
 * The first line is the supervisor, with {@code !} behind a significant child; then one
 * command a line. It starts first, or where {@code begin} stands. What begins with
 * {@code &} happens while the supervisor is suspended, up to the next line that does not,
 * so that messages meet in its mailbox. {@code -Dproperty.seeds} runs another number of
 * scripts, {@code -Dproperty.first} others.
 */
class SupervisorPropertyTest {

	private static final int SEEDS = Integer.getInteger("property.seeds", 2_000);

	private static final long FIRST = Long.getLong("property.first", 1);

	private static final int COMMANDS = 30;

	/** Up to this length the shrinker tries to take away any two commands together. */
	private static final int PAIRS = 8;

	private static final List<String> IDS = List.of("a", "b", "c", "d", "e");

	@Test
	void theSupervisorDoesWhatTheModelDoes() {
		for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
			Script script = generate(new Random(seed * 0x9E3779B97F4A7C15L));
			String difference = difference(script, SupervisorModel::new);
			if (difference != null) {
				Script shortest = shrink(script, SupervisorModel::new);
				fail("Seed %d. Replay with replay(\"\"\"%n%s\"\"\"):%n%s", seed, shortest,
						difference(shortest, SupervisorModel::new));
			}
		}
	}

	/** Scripts that were wrong once, and those that are easily got wrong. */
	@ParameterizedTest
	@ValueSource(strings = { """
			one-for-all intensity=1 escalate never a:permanent b:permanent
			terminate b
			kill a
			""", """
			rest-for-one intensity=3 escalate never a:permanent b:temporary c:permanent
			fail c
			crash a
			crash c
			""", """
			one-for-one intensity=1 escalate never a:permanent
			& fail a
			& kill a
			& terminate a
			advance 1
			restart a
			""", """
			one-for-one intensity=1 escalate never a:permanent
			kill a
			advance 5
			kill a
			advance 4
			kill a
			""", """
			one-for-one intensity=0 park never a:permanent b:permanent
			kill a
			start a:permanent
			restart a
			""", """
			dynamic intensity=1 escalate never
			start a:permanent
			ignore a
			kill a
			start a:temporary
			kill a
			""", """
			one-for-one intensity=1 escalate all-significant a:transient! b:temporary!
			& kill a
			& exit b
			exit a
			""" })
	void oldAcquaintances(String script) {
		replay(script);
	}

	@Nested
	class AWrongModelIsFound {

		@Test
		void thatRestartsATransientChildAfterACleanEnd() {
			Script shortest = shortest(setup -> new SupervisorModel(setup) {
				@Override
				boolean restarts(Restart restart, boolean clean) {
					return restart != Restart.TEMPORARY;
				}
			});
			assertThat(shortest.commands()).singleElement().asString().startsWith("exit ");
			assertThat(shortest.setup().children().size()
					+ shortest.commands().stream().filter(line -> line.startsWith("start ")).count())
				.isEqualTo(1);
		}

		@Test
		void thatDoesNotReviveStoppedSiblings() {
			Script shortest = shortest(setup -> new SupervisorModel(setup) {
				@Override
				boolean revivesStopped() {
					return false;
				}
			});
			assertThat(shortest.commands()).hasSizeLessThanOrEqualTo(3);
			assertThat(shortest.setup().children()).hasSizeLessThanOrEqualTo(3);
		}

		@Test
		void thatForgetsRestartsTooEarly() {
			Script shortest = shortest(setup -> new SupervisorModel(setup) {
				@Override
				boolean counts(long age) {
					return age < 4_000_000_000L;
				}
			});
			assertThat(shortest.commands()).hasSizeLessThanOrEqualTo(3).contains("advance 4");
		}

		private Script shortest(Function<Setup, SupervisorModel> wrong) {
			for (long seed = 1; seed <= 500; seed++) {
				Script script = generate(new Random(seed));
				if (difference(script, wrong) != null) {
					return shrink(script, wrong);
				}
			}
			throw new AssertionError("no script of 500 finds that the model is wrong");
		}

	}

	/** Runs a script in its text form, as a failure prints it. */
	static void replay(String text) {
		Script script = Script.parse(text);
		assertThat(difference(script, SupervisorModel::new)).as("%s", script).isNull();
		assertThat(Script.parse(script.toString())).isEqualTo(script);
	}

	// ---- comparing

	/** The first difference, or {@code null}. */
	private static @Nullable String difference(Script script, Function<Setup, SupervisorModel> models) {
		SupervisorModel model = models.apply(script.setup());
		try (Subject subject = new Subject(script.setup())) {
			List<String> lines = new ArrayList<>(script.commands());
			if (!lines.contains("begin")) {
				lines.add(0, "begin");
			}
			boolean suspended = false;
			for (int i = 0; i < lines.size(); i++) {
				String line = lines.get(i);
				boolean queued = line.startsWith("& ");
				String command = queued ? line.substring(2) : line;
				if (queued && !suspended && model.ended() == null) {
					model.suspend();
					subject.suspend();
					suspended = true;
				}
				if (!queued && suspended) {
					model.resume();
					subject.resume();
					suspended = false;
				}
				execute(command, model, subject);
				if (i + 1 == lines.size() && suspended) {
					model.resume();
					subject.resume();
					suspended = false;
				}
				if (!suspended) {
					String different = subject.differsFrom(model);
					if (different != null) {
						return "After line " + i + " (" + line + "): " + different;
					}
				}
			}
			return null;
		}
		catch (AssertionError | RuntimeException ex) {
			// the simulation itself found something, such as a wait without end
			return ex.toString();
		}
	}

	private static void execute(String command, SupervisorModel model, Subject subject) {
		String[] words = command.split(" ");
		String id = (words.length > 1) ? words[1] : "";
		switch (words[0]) {
			case "begin" -> {
				model.start();
				subject.begin();
			}
			case "start" -> {
				ChildSetup child = Script.child(id);
				model.startChild(child);
				subject.startChild(child);
			}
			case "terminate" -> {
				model.terminateChild(id);
				subject.ask(ref -> ref.terminateChild(id), ref -> ref.terminateChild(id));
			}
			case "restart" -> {
				model.restartChild(id);
				subject.ask(ref -> ref.restartChild(id), ref -> ref.restartChild(id));
			}
			case "delete" -> {
				model.deleteChild(id);
				subject.ask(ref -> ref.deleteChild(id), ref -> {
					throw new IllegalStateException("not for a dynamic supervisor");
				});
			}
			case "kill" -> {
				model.childEnds(id, "killed");
				subject.end(id, End.KILL);
			}
			case "crash" -> {
				model.childEnds(id, "crash");
				subject.end(id, End.CRASH);
			}
			case "exit" -> {
				model.childEnds(id, "normal");
				subject.end(id, End.NORMAL);
			}
			case "fail", "ignore" -> {
				Outcome outcome = Outcome.valueOf(words[0].toUpperCase(Locale.ROOT));
				model.plan(id, outcome);
				subject.plan(id, outcome);
			}
			case "advance" -> {
				model.advance(Integer.parseInt(id));
				subject.test.advance(Duration.ofSeconds(Integer.parseInt(id)));
			}
			case "stop" -> {
				model.stop();
				subject.stop();
			}
			default -> throw new IllegalArgumentException("no such command: " + command);
		}
	}

	// ---- generating and shrinking

	private static Script generate(Random random) {
		boolean dynamic = random.nextInt(4) == 0;
		Strategy strategy = dynamic ? Strategy.ONE_FOR_ONE : Strategy.values()[random.nextInt(3)];
		boolean park = strategy == Strategy.ONE_FOR_ONE && random.nextInt(4) == 0;
		AutoShutdown auto = (dynamic || random.nextInt(2) == 0) ? AutoShutdown.NEVER
				: AutoShutdown.values()[random.nextInt(3)];
		List<ChildSetup> children = new ArrayList<>();
		for (int i = dynamic ? 5 : 5 - random.nextInt(5); i < 5; i++) {
			children.add(child(random, IDS.get(children.size()), auto));
		}
		Setup setup = new Setup(dynamic, strategy, random.nextInt(4), park, auto,
				dynamic ? 1 + random.nextInt(4) : Integer.MAX_VALUE, children);
		List<String> commands = new ArrayList<>();
		boolean queued = false;
		if (random.nextInt(10) == 0) {
			for (int i = 1 + random.nextInt(2); i > 0; i--) {
				commands.add((random.nextBoolean() ? "fail " : "ignore ") + IDS.get(random.nextInt(3)));
			}
			commands.add("begin");
		}
		for (int i = 0; i < COMMANDS; i++) {
			queued = random.nextInt(4) == 0 || queued && random.nextInt(3) > 0;
			String command = command(random, setup);
			commands.add((queued && !command.equals("stop")) ? "& " + command : command);
		}
		return new Script(setup, commands);
	}

	private static ChildSetup child(Random random, String id, AutoShutdown auto) {
		Restart restart = Restart.values()[random.nextInt(3)];
		return new ChildSetup(id, restart,
				auto != AutoShutdown.NEVER && restart != Restart.PERMANENT && random.nextBoolean());
	}

	private static String command(Random random, Setup setup) {
		String id = IDS.get(random.nextInt(IDS.size()));
		int choice = random.nextInt(setup.dynamic() ? 120 : 100);
		if (choice < 14) {
			return "kill " + id;
		}
		if (choice < 24) {
			return "crash " + id;
		}
		if (choice < 34) {
			return "exit " + id;
		}
		if (choice < 46) {
			return "fail " + id;
		}
		if (choice < 50) {
			return "ignore " + id;
		}
		if (choice < 60) {
			return "terminate " + id;
		}
		if (choice < 70) {
			return "restart " + id;
		}
		if (choice < 75) {
			return setup.dynamic() ? "terminate " + id : "delete " + id;
		}
		if (choice < 89) {
			return "advance " + (1 + random.nextInt(6));
		}
		if (choice < 90) {
			return "stop";
		}
		return "start " + Script.text(child(random, id, setup.autoShutdown()));
	}

	/** Takes away, greedily, whatever is not needed for a difference. */
	private static Script shrink(Script script, Function<Setup, SupervisorModel> models) {
		Script best = script;
		for (boolean shorter = true; shorter;) {
			shorter = false;
			for (Script candidate : smaller(best)) {
				if (difference(candidate, models) != null) {
					best = candidate;
					shorter = true;
					break;
				}
			}
		}
		return best;
	}

	private static List<Script> smaller(Script script) {
		List<Script> candidates = new ArrayList<>();
		int size = script.commands().size();
		for (int length = Math.max(1, size / 2); length >= 1; length /= 2) {
			for (int from = 0; from + length <= size; from += length) {
				List<String> fewer = new ArrayList<>(script.commands());
				fewer.subList(from, from + length).clear();
				candidates.add(new Script(script.setup(), fewer));
			}
			if (size == 0) {
				break;
			}
		}
		Setup setup = script.setup();
		for (int i = 0; i < setup.children().size(); i++) {
			List<ChildSetup> fewer = new ArrayList<>(setup.children());
			fewer.remove(i);
			candidates.add(new Script(with(setup, fewer, setup.autoShutdown()), script.commands()));
		}
		if (setup.intensity() > 0) {
			candidates.add(new Script(new Setup(setup.dynamic(), setup.strategy(), setup.intensity() - 1, setup.park(),
					setup.autoShutdown(), setup.maxChildren(), setup.children()), script.commands()));
		}
		for (int i = 0; i < size && size <= PAIRS; i++) {
			for (int j = i + 1; j < size; j++) {
				List<String> fewer = new ArrayList<>(script.commands());
				fewer.remove(j);
				fewer.remove(i);
				candidates.add(new Script(setup, fewer));
				if (setup.intensity() > 0) {
					candidates.add(new Script(new Setup(setup.dynamic(), setup.strategy(), setup.intensity() - 1,
							setup.park(), setup.autoShutdown(), setup.maxChildren(), setup.children()), fewer));
				}
			}
		}
		candidates.addAll(withChildFromTheBeginning(script));
		if (setup.autoShutdown() != AutoShutdown.NEVER) {
			List<ChildSetup> plain = setup.children()
				.stream()
				.map(child -> new ChildSetup(child.id(), child.restart(), false))
				.toList();
			candidates.add(new Script(with(setup, plain, AutoShutdown.NEVER),
					script.commands().stream().map(line -> line.replace("!", "")).toList()));
		}
		for (int i = 0; i < size; i++) {
			if (script.commands().get(i).startsWith("& ")) {
				List<String> simpler = new ArrayList<>(script.commands());
				simpler.set(i, simpler.get(i).substring(2));
				candidates.add(new Script(setup, simpler));
			}
		}
		return candidates;
	}

	/** Instead of being started by a command. */
	private static List<Script> withChildFromTheBeginning(Script script) {
		List<Script> candidates = new ArrayList<>();
		Setup setup = script.setup();
		for (int i = 0; i < script.commands().size() && !setup.dynamic(); i++) {
			String line = script.commands().get(i).replace("& ", "");
			if (line.startsWith("start ")) {
				ChildSetup child = Script.child(line.substring(6));
				if (setup.children().stream().noneMatch(other -> other.id().equals(child.id()))) {
					List<ChildSetup> more = new ArrayList<>(setup.children());
					more.add(child);
					List<String> fewer = new ArrayList<>(script.commands());
					fewer.remove(i);
					candidates.add(new Script(with(setup, more, setup.autoShutdown()), fewer));
				}
			}
		}
		return candidates;
	}

	private static Setup with(Setup setup, List<ChildSetup> children, AutoShutdown auto) {
		return new Setup(setup.dynamic(), setup.strategy(), setup.intensity(), setup.park(), auto, setup.maxChildren(),
				List.copyOf(children));
	}

	/** A supervisor and what happens to it. */
	private record Script(Setup setup, List<String> commands) {

		static Script parse(String text) {
			List<String> lines = text.strip().lines().map(String::strip).toList();
			String[] words = lines.get(0).split(" ");
			boolean dynamic = words[0].startsWith("dynamic");
			int max = words[0].startsWith("dynamic-") ? Integer.parseInt(words[0].substring(8)) : Integer.MAX_VALUE;
			Strategy strategy = dynamic ? Strategy.ONE_FOR_ONE : Strategy.valueOf(constant(words[0]));
			List<ChildSetup> children = Arrays.stream(words, 4, words.length).map(Script::child).toList();
			Setup setup = new Setup(dynamic, strategy, Integer.parseInt(words[1].split("=")[1]),
					words[2].equals("park"), AutoShutdown.valueOf(constant(words[3])), max, children);
			return new Script(setup, lines.subList(1, lines.size()));
		}

		static ChildSetup child(String text) {
			String[] parts = text.replace("!", "").split(":");
			return new ChildSetup(parts[0], Restart.valueOf(constant(parts[1])), text.endsWith("!"));
		}

		static String text(ChildSetup child) {
			return child.id() + ":" + word(child.restart()) + (child.significant() ? "!" : "");
		}

		private static String constant(String word) {
			return word.toUpperCase(Locale.ROOT).replace('-', '_');
		}

		private static String word(Enum<?> constant) {
			return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

		@Override
		public String toString() {
			Setup own = this.setup;
			String kind = !own.dynamic() ? word(own.strategy())
					: (own.maxChildren() != Integer.MAX_VALUE) ? "dynamic-" + own.maxChildren() : "dynamic";
			String children = own.children().stream().map(child -> " " + text(child)).collect(Collectors.joining());
			return kind + " intensity=" + own.intensity() + " " + (own.park() ? "park" : "escalate") + " "
					+ word(own.autoShutdown()) + children + "\n" + String.join("\n", this.commands) + "\n";
		}

	}

	// ---- the shipped code

	/** How a child is made to end. */
	private enum End {

		KILL, CRASH, NORMAL

	}

	/** The real supervisor, seen as the model is. */
	private static final class Subject implements AutoCloseable {

		final TestNode test = new TestNode();

		private final Setup setup;

		private final Map<String, Deque<Outcome>> plans = new HashMap<>();

		private final List<String> results = new CopyOnWriteArrayList<>();

		private final Set<Pid> running = new HashSet<>();

		private int seen;

		private @Nullable Pid supervisor;

		private @Nullable String ended;

		Subject(Setup setup) {
			this.setup = setup;
		}

		void begin() {
			Duration period = Duration.ofSeconds(SupervisorModel.PERIOD);
			OnLimit onLimit = this.setup.park() ? OnLimit.PARK : OnLimit.ESCALATE;
			try {
				if (this.setup.dynamic()) {
					this.supervisor = this.test.node
						.start(DynamicSupervisorSpec.of("sup")
							.intensity(this.setup.intensity(), period)
							.onLimit(onLimit)
							.maxChildren(this.setup.maxChildren()))
						.pid()
						.orElseThrow();
					return;
				}
				SupervisorSpec spec = SupervisorSpec.of("sup")
					.strategy(this.setup.strategy())
					.intensity(this.setup.intensity(), period)
					.onLimit(onLimit)
					.autoShutdown(this.setup.autoShutdown());
				for (ChildSetup child : this.setup.children()) {
					spec = spec.child(spec(child));
				}
				this.supervisor = this.test.node.start(spec).pid().orElseThrow();
			}
			catch (StartException ex) {
				// its exit says why
			}
		}

		private ChildSpec spec(ChildSetup child) {
			return ChildSpec.worker(child.id(), () -> new Worker(plan(child.id())))
				.restart(child.restart())
				.significant(child.significant());
		}

		private Outcome plan(String id) {
			Deque<Outcome> plan = this.plans.get(id);
			return (plan != null && !plan.isEmpty()) ? plan.remove() : Outcome.OK;
		}

		void plan(String id, Outcome outcome) {
			this.plans.computeIfAbsent(id, key -> new ArrayDeque<>()).add(outcome);
		}

		void suspend() {
			this.test.node.sys(pid()).suspend();
		}

		void resume() {
			if (this.test.node.isAlive(pid())) {
				this.test.node.sys(pid()).resume();
			}
			this.test.settle();
		}

		void end(String id, End how) {
			if (this.supervisor == null) {
				return;
			}
			for (ChildInfo child : this.test.node.children(pid())) {
				Pid pid = child.pid();
				if (child.spec().id().equals(id) && pid != null) {
					if (how == End.KILL) {
						this.test.node.exit(pid, ExitReason.KILL);
					}
					else {
						this.test.node.<End>ref(pid).cast(how);
					}
				}
			}
			this.test.settle();
		}

		void startChild(ChildSetup child) {
			ask(ref -> ref.startChild(spec(child)), ref -> ref.startChild(child.id(), spec(child)));
		}

		/** From somebody outside, who waits while the supervisor is suspended. */
		void ask(Function<SupervisorRef, ChildResult> ifStatic, Function<DynamicSupervisorRef, ChildResult> ifDynamic) {
			int place = this.results.size();
			this.results.add("NoProcess");
			if (this.supervisor != null) {
				Supplier<ChildResult> call = this.setup.dynamic()
						? () -> ifDynamic.apply(this.test.node.dynamicSupervisor(pid()))
						: () -> ifStatic.apply(this.test.node.supervisor(pid()));
				this.test.platform.executor(ExecutorType.AUTO).execute(() -> this.results.set(place, result(call)));
				this.test.settle();
			}
		}

		private static String result(Supplier<ChildResult> call) {
			try {
				return call.get().getClass().getSimpleName();
			}
			catch (NoProcessException ex) {
				return "NoProcess";
			}
			catch (ServerExitedException ex) {
				return "ServerExited";
			}
		}

		void stop() {
			this.test.node.trees().terminateChild("sup");
		}

		private Pid pid() {
			Pid pid = this.supervisor;
			if (pid == null) {
				throw new IllegalStateException("the supervisor did not start");
			}
			return pid;
		}

		@Nullable String differsFrom(SupervisorModel model) {
			this.test.settle();
			List<String> journal = journal();
			List<String> expected = model.journal();
			if (this.ended != null && this.setup.dynamic()) {
				// all are told at once, so that they end in any order
				journal = sorted(journal);
				expected = sorted(expected);
			}
			String difference = compare("starts and ends", expected, journal);
			difference = (difference != null) ? difference : compare("answers", model.results(), results());
			difference = (difference != null) ? difference
					: compare("exits of the supervisor", String.valueOf(model.ended()), String.valueOf(this.ended));
			if (difference == null && this.ended == null && this.supervisor != null) {
				List<ChildInfo> infos = new ArrayList<>(this.test.node.children(pid()));
				Collections.reverse(infos);
				difference = compare("children", model.children(),
						infos.stream().map(info -> info.spec().id() + " " + info.state()).toList());
				ChildCounts counts = this.setup.dynamic() ? this.test.node.dynamicSupervisor(pid()).countChildren()
						: this.test.node.supervisor(pid()).countChildren();
				difference = (difference != null) ? difference : compare("counts", model.counts(), counts);
			}
			return difference;
		}

		private static List<String> sorted(List<String> lines) {
			return lines.stream().sorted().toList();
		}

		private static @Nullable String compare(String what, Object model, Object real) {
			return model.equals(real) ? null
					: what + " are, in the model, " + model + ", but with the shipped code " + real;
		}

		private List<String> results() {
			List<String> since = List.copyOf(this.results);
			this.results.clear();
			return since;
		}

		private List<String> journal() {
			List<String> journal = new ArrayList<>();
			for (; this.seen < this.test.events.size(); this.seen++) {
				SupervisionEvent event = this.test.events.get(this.seen);
				if (event instanceof SupervisionEvent.ChildStarted started && !started.child().id().equals("sup")) {
					this.running.add(started.child().pid());
					journal.add("start " + started.child().id());
				}
				else if (event instanceof SupervisionEvent.StartFailed failed && !failed.child().id().equals("sup")) {
					journal.add("fail " + failed.child().id());
				}
				else if (event instanceof SupervisionEvent.ProcessExited exited) {
					exited(exited, journal);
				}
			}
			return journal;
		}

		private void exited(SupervisionEvent.ProcessExited event, List<String> journal) {
			if (event.id().equals("sup")) {
				this.ended = text(event.reason());
			}
			else if (this.running.remove(event.pid())) {
				journal.add("end " + event.id() + " " + text(event.reason()));
			}
			else if (event.reason() == ExitReason.NORMAL) {
				journal.add("ignore " + event.id());
			}
		}

		private static String text(ExitReason reason) {
			if (reason instanceof ExitReason.Failure) {
				return "crash";
			}
			if (reason instanceof ExitReason.Shutdown shutdown
					&& shutdown.detail() instanceof ExitReason.GaveUp gaveUp) {
				return "gave up on " + gaveUp.childId();
			}
			if (reason instanceof ExitReason.Shutdown shutdown
					&& shutdown.detail() instanceof ExitReason.FailedToStart failed) {
				return "failed to start " + failed.childId();
			}
			return reason.toString();
		}

		@Override
		public void close() {
			this.test.close();
		}

	}

	/** A child, whose messages say how it ends. */
	private record Worker(Outcome outcome) implements GenServer<Worker, End> {

		@Override
		public Init<Worker> init(ServerContext<End> self) {
			return switch (this.outcome) {
				case OK -> Init.ok(this);
				case FAIL -> Init.stop(ExitReason.of("planned"));
				case IGNORE -> Init.ignore();
			};
		}

		@Override
		public Next<Worker> handle(End message, Worker state, ServerContext<End> self) {
			if (message == End.CRASH) {
				throw new IllegalStateException("crash");
			}
			return Next.stop(ExitReason.NORMAL, state);
		}

	}

}

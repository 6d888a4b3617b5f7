package dev.supervision.sample;

import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

import dev.supervision.CallException;
import dev.supervision.Node;
import dev.supervision.NodeStatistics;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/**
 * The world outside: plays the matches of an edition, day by day, those of a day at the
 * same time, and compares what the processes say with the official scores. No process
 * itself, as it has nothing to recover.
 */
@Component
class Replay implements ExitCodeGenerator {

	/** World Cups have up to four matches a day. */
	private static final int AT_ONCE = 4;

	private static final int EVERY = 10;

	private static final int STOP_MILLIS = 10_000;

	private final Edition edition;

	private final FootballProperties properties;

	private final Matches matches;

	private final LeagueTable table;

	private final Node node;

	private final PrintStream out = System.out;

	private final CompletableFuture<ReplayReport> report = new CompletableFuture<>();

	private final Thread thread = new Thread(this::run, "replay");

	Replay(Edition edition, FootballProperties properties, Matches matches, LeagueTable table, Node node) {
		this.edition = edition;
		this.properties = properties;
		this.matches = matches;
		this.table = table;
		this.node = node;
	}

	@EventListener(ApplicationReadyEvent.class)
	void start() {
		this.thread.start();
	}

	@EventListener(ContextClosedEvent.class)
	void stop() throws InterruptedException {
		this.thread.interrupt();
		this.thread.join(STOP_MILLIS);
	}

	/** Waits for the end of the replay. */
	ReplayReport await() {
		return this.report.join();
	}

	@Override
	public int getExitCode() {
		return (this.report.isDone() && !this.report.isCompletedExceptionally() && await().mismatches() == 0) ? 0 : 1;
	}

	private void run() {
		ExecutorService feeds = Executors.newFixedThreadPool(AT_ONCE, new CustomizableThreadFactory("feed-"));
		try {
			this.out.printf("Replaying %s: %d matches%n", this.edition.name(), this.edition.fixtures().size());
			NodeStatistics before = this.node.statistics();
			List<Outcome> outcomes = play(feeds);
			NodeStatistics after = this.node.statistics();
			ReplayReport result = new ReplayReport(outcomes, groups(), after.crashed() - before.crashed(),
					after.restarted() - before.restarted());
			result.print(this.out);
			this.report.complete(result);
		}
		catch (InterruptedException ex) {
			this.out.println("The replay was stopped.");
			this.report.completeExceptionally(ex);
		}
		catch (Throwable ex) {
			this.report.completeExceptionally(ex);
			throw ex;
		}
		finally {
			feeds.shutdownNow();
		}
	}

	private List<Outcome> play(ExecutorService feeds) throws InterruptedException {
		List<Outcome> outcomes = new ArrayList<>();
		Map<LocalDate, List<Fixture>> days = this.edition.fixtures()
			.stream()
			.collect(Collectors.groupingBy(Fixture::date, TreeMap::new, Collectors.toList()));
		for (List<Fixture> day : days.values()) {
			List<Callable<Outcome>> plays = new ArrayList<>();
			for (Fixture fixture : day) {
				boolean disturbed = this.properties.unknownEvents()
						&& (outcomes.size() + plays.size() + 1) % EVERY == 0;
				plays.add(() -> play(fixture, disturbed));
			}
			for (Future<Outcome> played : feeds.invokeAll(plays)) {
				outcomes.add(outcome(played));
			}
		}
		return outcomes;
	}

	private static Outcome outcome(Future<Outcome> played) throws InterruptedException {
		try {
			return played.get();
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex.getCause());
		}
	}

	private Outcome play(Fixture fixture, boolean disturbed) throws InterruptedException {
		Outcome outcome;
		try {
			outcome = new Outcome(fixture, track(fixture, disturbed), null);
		}
		catch (RuntimeException ex) {
			if (Thread.currentThread().isInterrupted()) {
				throw new InterruptedException();
			}
			outcome = new Outcome(fixture, null, ex.getMessage());
		}
		this.out.println(outcome);
		return outcome;
	}

	private Score track(Fixture fixture, boolean disturbed) throws InterruptedException {
		String id = fixture.id();
		List<MatchEvent.Goal> goals = fixture.knownGoals();
		this.matches.kickOff(id);
		int minute = 0;
		for (int index = 0; index < goals.size(); index++) {
			MatchEvent.Goal goal = goals.get(index);
			minute = wait(minute, goal.minute() + goal.added());
			if (!this.matches.happened(id, goal)) {
				break;
			}
			showGoal(fixture, goal);
			if (disturbed && index == goals.size() / 2) {
				disturb(id);
			}
		}
		if (disturbed && goals.isEmpty()) {
			disturb(id);
		}
		wait(minute, 90);
		return this.matches.end(id);
	}

	/** The event of the second article: the process knows GOAL, not goal. */
	private void disturb(String id) {
		FootballMatch.MatchReport before = this.matches.report(id);
		this.matches.happened(id, new MatchEvent.Unknown("goal"));
		FootballMatch.MatchReport after = this.matches.report(id);
		this.out.printf("%s  process %s got an unknown event at %s; process %s goes on at %s%n", id, before.process(),
				before.score(), after.process(), after.score());
	}

	private void showGoal(Fixture fixture, MatchEvent.Goal goal) {
		if (!this.properties.pace().isZero()) {
			this.out.printf("%s  %s for %s: %s%n", fixture.id(), goal.time(),
					(goal.team() == 1) ? fixture.team1() : fixture.team2(), goal.player());
		}
	}

	private int wait(int from, int to) throws InterruptedException {
		Duration time = this.properties.pace().multipliedBy(Math.max(0, to - from));
		Thread.sleep(time.toMillis());
		return Math.max(from, to);
	}

	private List<Group> groups() {
		try {
			return this.table.groups();
		}
		catch (CallException ex) {
			this.out.println("No tables: " + ex.getMessage());
			return List.of();
		}
	}

}

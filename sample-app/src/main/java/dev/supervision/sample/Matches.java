package dev.supervision.sample;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.supervision.CallException;
import dev.supervision.NoProcessException;
import dev.supervision.ServerExitedException;
import dev.supervision.StartException;
import dev.supervision.spring.Children;
import org.springframework.core.retry.RetryPolicy;
import org.springframework.core.retry.RetryTemplate;
import org.springframework.stereotype.Component;

/**
 * What feeds the matches: first the log, then the process. So whatever a process misses
 * while it restarts, it finds.
 */
@Component
class Matches {

	private static final Logger logger = LoggerFactory.getLogger(Matches.class);

	private final Children<FootballMatch> processes;

	private final MatchLog log;

	private final LeagueTable table;

	/** What is going on outside, whatever happens to the processes. */
	private final Set<String> playing = ConcurrentHashMap.newKeySet();

	/**
	 * Between a crash and the restart nobody answers. That lasts milliseconds; whether to
	 * ask again is up to the caller.
	 */
	private final RetryTemplate retry = new RetryTemplate(RetryPolicy.builder()
		.includes(NoProcessException.class, ServerExitedException.class)
		.delay(Duration.ofMillis(5))
		.multiplier(2)
		.maxDelay(Duration.ofMillis(100))
		.maxRetries(10)
		.build());

	Matches(Children<FootballMatch> processes, MatchLog log, LeagueTable table) {
		this.processes = processes;
		this.log = log;
		this.table = table;
	}

	/** Begins a match anew. */
	void kickOff(String id) {
		this.retry.invoke(() -> this.processes.terminate(id));
		this.log.clear(id);
		this.playing.add(id);
		this.retry.invoke(() -> process(id));
	}

	/**
	 * Something that the match knows has happened.
	 * @return whether the match was still on
	 */
	boolean happened(String id, MatchEvent.Known event) {
		Optional<LoggedEvent> logged = this.log.append(id, event);
		logged.ifPresent(known -> tell(id, known.number(), event));
		return logged.isPresent();
	}

	/**
	 * Something that nobody knows has happened. It is not for the log: the process gets
	 * it, crashes, and does not see it again.
	 */
	void happened(String id, MatchEvent.Unknown event) {
		tell(id, 0, event);
	}

	/**
	 * Ends a match: asks for the final score, and then the process may go.
	 * @return the final score
	 */
	Score end(String id) {
		Score score = report(id).score();
		if (happened(id, new MatchEvent.End())) {
			this.table.finished(id, score);
		}
		this.playing.remove(id);
		return score;
	}

	/**
	 * Where a match stands, with everything that is in its log. Waits for the restart of
	 * a process that has crashed.
	 */
	FootballMatch.MatchReport report(String id) {
		MatchState logged = this.log.state(id);
		if (logged.over()) {
			return new FootballMatch.MatchReport(logged.score(), logged.last(), "");
		}
		try {
			return this.retry.invoke(() -> process(id).report(logged.last()));
		}
		catch (StartException.Ignored ex) {
			return report(id); // the match has ended meanwhile
		}
	}

	boolean isPlaying(String id) {
		return this.playing.contains(id);
	}

	/** A process that went down with its supervisor starts again here. */
	private FootballMatch process(String id) {
		return this.processes.find(id).orElseGet(() -> start(id));
	}

	private FootballMatch start(String id) {
		try {
			return this.processes.start(id, id);
		}
		catch (StartException.AlreadyStarted ex) {
			return this.processes.find(id).orElseThrow(() -> ex);
		}
	}

	private void tell(String id, int number, MatchEvent event) {
		try {
			process(id).happened(number, event);
		}
		catch (CallException | StartException ex) {
			logger.debug("{} did not hear of event {}; it will find it in its log", id, number, ex);
		}
	}

}

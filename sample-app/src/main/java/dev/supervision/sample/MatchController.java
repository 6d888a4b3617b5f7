package dev.supervision.sample;

import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.supervision.CallException;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Matches over HTTP. Those that are over are answered from the log.
 */
@RestController
@RequestMapping("/matches")
class MatchController {

	private final Edition edition;

	private final Matches matches;

	private final MatchLog log;

	MatchController(Edition edition, Matches matches, MatchLog log) {
		this.edition = edition;
		this.matches = matches;
		this.log = log;
	}

	@GetMapping
	List<MatchView> all() {
		return this.edition.fixtures().stream().map(this::viewForAll).toList();
	}

	/** Waits while its process restarts; if it does not, the answer is 503. */
	@GetMapping("/{id}")
	MatchView one(@PathVariable String id) {
		return view(fixture(id));
	}

	/**
	 * Accepts an event. One that nobody knows goes to the process like any other, which
	 * crashes.
	 */
	@PostMapping("/{id}/events")
	@ResponseStatus(HttpStatus.ACCEPTED)
	void report(@PathVariable String id, @RequestBody ReportedEvent reported) {
		MatchView match = view(fixture(id));
		MatchEvent event = reported.event();
		if (match.state() != MatchView.State.RUNNING) {
			throw new ResponseStatusException(HttpStatus.CONFLICT, id + " is " + match.state().text());
		}
		if (event instanceof MatchEvent.Unknown unknown) {
			this.matches.happened(id, unknown);
		}
		else if (event instanceof MatchEvent.Goal goal) {
			this.matches.happened(id, goal);
		}
		else {
			this.matches.end(id);
		}
	}

	private Fixture fixture(String id) {
		return this.edition.find(id)
			.orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND, "There is no match " + id));
	}

	/** The list does without a process that does not answer. */
	private MatchView viewForAll(Fixture fixture) {
		try {
			return view(fixture);
		}
		catch (CallException ex) {
			return MatchView.of(fixture, MatchView.State.RUNNING, this.log.state(fixture.id()));
		}
	}

	private MatchView view(Fixture fixture) {
		MatchState recorded = this.log.state(fixture.id());
		if (recorded.over()) {
			return MatchView.of(fixture, MatchView.State.FINISHED, recorded);
		}
		if (!this.matches.isPlaying(fixture.id())) {
			return MatchView.of(fixture, MatchView.State.SCHEDULED, recorded);
		}
		return MatchView.of(fixture, this.matches.report(fixture.id()));
	}

	/**
	 * An event as it comes from outside.
	 *
	 * @param type {@code GOAL} or {@code END}; anything else is unknown
	 * @param team of a goal, 1 or 2
	 */
	record ReportedEvent(@Nullable String type, @Nullable Integer team, @Nullable Integer minute,
			@Nullable Integer added, @Nullable String player) {

		MatchEvent event() {
			if (this.type == null) {
				throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "type is missing, such as GOAL");
			}
			return switch (this.type) {
				case "GOAL" -> goal();
				case "END" -> new MatchEvent.End();
				default -> new MatchEvent.Unknown(this.type);
			};
		}

		private MatchEvent.Goal goal() {
			try {
				return new MatchEvent.Goal(orZero(this.team), orZero(this.minute), orZero(this.added), this.player);
			}
			catch (IllegalArgumentException ex) {
				throw new ResponseStatusException(HttpStatus.BAD_REQUEST, ex.getMessage(), ex);
			}
		}

		private static int orZero(@Nullable Integer number) {
			return (number != null) ? number : 0;
		}

	}

}

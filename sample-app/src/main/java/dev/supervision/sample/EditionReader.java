package dev.supervision.sample;

import java.io.IOException;
import java.io.InputStream;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.Resource;

/**
 * Reads a file of openfootball's worldcup.json. Needed are date, teams and final score of
 * each match; whatever is wrong is reported with the match that it belongs to.
 */
final class EditionReader {

	private static final int MAX_ID = 64;

	/** Files differ: 45 with an offset of 1, or "45+1". */
	private static final Pattern MINUTE = Pattern.compile("(\\d{1,3})(?:\\+(\\d{1,2}))?");

	private static final JsonMapper JSON = JsonMapper.shared();

	private final String source;

	private final List<Fixture> fixtures = new ArrayList<>();

	private final Set<String> ids = new HashSet<>();

	private String name = "";

	/** The match that is being read, as it is called in messages. */
	private @Nullable String current;

	private EditionReader(String source) {
		this.source = source;
	}

	static Edition read(Resource file) {
		return new EditionReader(file.getDescription()).parse(file);
	}

	private Edition parse(Resource file) {
		if (!file.exists()) {
			throw new BrokenEditionException(this.source + " does not exist");
		}
		try (InputStream content = file.getInputStream(); JsonParser parser = JSON.createParser(content)) {
			readEdition(parser);
		}
		catch (IOException ex) {
			throw new BrokenEditionException(this.source + " cannot be read: " + ex.getMessage(), ex);
		}
		catch (JacksonException ex) {
			throw new BrokenEditionException(where() + " is not JSON: " + ex.getMessage(), ex);
		}
		if (this.fixtures.isEmpty()) {
			throw broken("there are no matches; a file has the form {\"name\": .., \"matches\": [..]}");
		}
		this.fixtures.sort(Comparator.comparing(Fixture::date));
		return new Edition(this.name, List.copyOf(this.fixtures));
	}

	/** One match at a time, so that a syntax error has a match that it belongs to. */
	private void readEdition(JsonParser parser) {
		if (parser.nextToken() != JsonToken.START_OBJECT) {
			return;
		}
		while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
			String property = parser.currentName();
			JsonToken value = parser.nextToken();
			if (property.equals("matches") && value == JsonToken.START_ARRAY) {
				for (int number = 1; next(parser, number); number++) {
					readMatch(number, parser.readValueAsTree());
				}
			}
			else if (property.equals("name") && value == JsonToken.VALUE_STRING) {
				this.name = parser.getString();
			}
			else {
				parser.skipChildren();
			}
		}
	}

	private boolean next(JsonParser parser, int number) {
		this.current = "match " + number + ((number > 1) ? " (after " + this.fixtures.get(number - 2).id() + ")" : "");
		boolean more = parser.nextToken() != JsonToken.END_ARRAY;
		this.current = more ? this.current : null;
		return more;
	}

	private void readMatch(int number, JsonNode match) {
		this.current = "match " + number + " (" + match.path("date").asString("no date") + " "
				+ match.path("team1").asString("?") + " - " + match.path("team2").asString("?") + ")";
		LocalDate date = date(match);
		String team1 = text(match, "team1");
		String team2 = text(match, "team2");
		String id = slug(date + "-" + team1 + "-" + team2);
		if (!this.ids.add(id)) {
			throw broken("is there twice");
		}
		this.fixtures.add(new Fixture(id, date, match.path("round").asString(""), match.path("group").stringValue(null),
				team1, team2, official(match.path("score")), goals(match)));
	}

	private LocalDate date(JsonNode match) {
		String date = text(match, "date");
		try {
			return LocalDate.parse(date);
		}
		catch (DateTimeParseException ex) {
			throw broken("date must look like 2022-11-20, but is \"" + date + "\"");
		}
	}

	private String text(JsonNode match, String property) {
		String text = match.path(property).stringValue("");
		if (text.isBlank()) {
			throw broken(property + " must be a text, but is " + shown(match.path(property)));
		}
		return text;
	}

	/**
	 * After extra time if there was one. Penalties of a shoot-out decide, but do not
	 * count.
	 */
	private Score official(JsonNode score) {
		String property = score.has("et") ? "et" : "ft";
		JsonNode goals = score.path(property);
		if (goals.size() != 2 || !isCount(goals.path(0)) || !isCount(goals.path(1))) {
			throw broken("score." + property + " must be two numbers, such as [2, 1], but is " + shown(goals));
		}
		return new Score(goals.path(0).intValue(), goals.path(1).intValue());
	}

	private @Nullable List<MatchEvent.Goal> goals(JsonNode match) {
		if (!match.has("goals1") && !match.has("goals2")) {
			return null;
		}
		List<MatchEvent.Goal> goals = new ArrayList<>();
		for (int team = 1; team <= 2; team++) {
			String property = "goals" + team;
			JsonNode scored = match.path(property);
			if (!scored.isArray() && !scored.isMissingNode()) {
				throw broken(property + " must be a list, but is " + shown(scored));
			}
			for (int index = 0; index < scored.size(); index++) {
				goals.add(goal(team, property + "[" + index + "]", scored.path(index)));
			}
		}
		goals.sort(MatchEvent.Goal.IN_TIME);
		return List.copyOf(goals);
	}

	private MatchEvent.Goal goal(int team, String place, JsonNode goal) {
		JsonNode minute = goal.path("minute");
		Matcher parts = MINUTE.matcher(minute.isContainer() ? "" : minute.asString(""));
		if (!parts.matches()) {
			throw broken(place + ".minute must be a number, but is " + shown(minute));
		}
		JsonNode offset = goal.path("offset");
		if (!offset.isMissingNode() && !isCount(offset)) {
			throw broken(place + ".offset must be a number, but is " + shown(offset));
		}
		String added = parts.group(2);
		return new MatchEvent.Goal(team, Integer.parseInt(parts.group(1)),
				(added != null) ? Integer.parseInt(added) : offset.asInt(0), goal.path("name").stringValue(null));
	}

	private static boolean isCount(JsonNode number) {
		return number.isInt() && number.intValue() >= 0;
	}

	private static String shown(JsonNode node) {
		return node.isMissingNode() ? "not there" : node.toString();
	}

	private BrokenEditionException broken(String what) {
		return new BrokenEditionException(where() + ": " + what);
	}

	private String where() {
		return (this.current != null) ? this.source + ", " + this.current : this.source;
	}

	/** What a child may be called: see {@link dev.supervision.spring.Children#start}. */
	private static String slug(String text) {
		String slug = Normalizer.normalize(text, Normalizer.Form.NFD)
			.replaceAll("\\p{M}", "")
			.toLowerCase(Locale.ROOT)
			.replaceAll("[^a-z0-9]+", "-");
		return slug.substring(0, Math.min(slug.length(), MAX_ID));
	}

}

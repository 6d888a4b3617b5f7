package dev.supervision.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EditionReaderTest {

	private static final String GOOD = """
			{"date": "2022-11-20", "team1": "Qatar", "team2": "Ecuador", "score": {"ft": [0, 2]}}""";

	@ParameterizedTest
	@CsvSource({ "2018, 169", "2022, 172" })
	void readsTheBundledFiles(String year, int goals) {
		Edition edition = EditionReader.read(new ClassPathResource("worldcup/" + year + ".json"));
		assertThat(edition.name()).isEqualTo("World Cup " + year);
		assertThat(edition.fixtures()).hasSize(64).isSortedAccordingTo((a, b) -> a.date().compareTo(b.date()));
		assertThat(edition.fixtures().stream().mapToInt(fixture -> fixture.knownGoals().size()).sum()).isEqualTo(goals);
	}

	@Test
	void anIdIsDateAndTeamsInLowerCaseAscii() {
		assertThat(
				one("""
						{"date": "2026-06-12", "team1": "Côte d'Ivoire", "team2": "Bosnia & Herzegovina", "score": {"ft": [0, 0]}}""")
					.id())
			.isEqualTo("2026-06-12-cote-d-ivoire-bosnia-herzegovina");
	}

	@Test
	void anIdIsNeverTooLongForAChild() {
		assertThat(one("""
				{"date": "2026-06-12", "team1": "%s", "team2": "b", "score": {"ft": [0, 0]}}"""
			.formatted("a".repeat(90))).id()).hasSize(64);
	}

	@Test
	void goalsOfBothTeamsComeInTheOrderInWhichTheyFell() {
		Fixture fixture = one("""
				{"date": "2022-11-21", "team1": "A", "team2": "B", "score": {"ft": [2, 1]},
				 "goals1": [{"name": "late", "minute": 90, "offset": 9}, {"name": "added", "minute": 45, "offset": 1}],
				 "goals2": [{"name": "between", "minute": 46}]}""");
		assertThat(fixture.knownGoals()).containsExactly(new MatchEvent.Goal(1, 45, 1, "added"),
				new MatchEvent.Goal(2, 46, 0, "between"), new MatchEvent.Goal(1, 90, 9, "late"));
	}

	@Nested
	class Tolerates {

		@Test
		void absentTimeAndHalfTimeAndNumberAndRoundAndGroup() {
			Fixture fixture = one(GOOD);
			assertThat(fixture.official()).isEqualTo(new Score(0, 2));
			assertThat(fixture.date()).isEqualTo(LocalDate.of(2022, 11, 20));
			assertThat(fixture.group()).isNull();
		}

		@Test
		void absentGoalsWhichMeansThatThereIsNothingToCompare() {
			assertThat(one(GOOD).knownGoals()).isEmpty();
			assertThat(one(GOOD).comparable()).isFalse();
			assertThat(one(GOOD.replace("[0, 2]", "[0, 0]")).comparable()).isTrue();
		}

		@Test
		void absentGoalsOfOneTeam() {
			Fixture fixture = one(GOOD.replace("}}", "}, \"goals2\": [{\"minute\": 16}, {\"minute\": 31}]}"));
			assertThat(fixture.knownGoals()).containsExactly(new MatchEvent.Goal(2, 16, 0, null),
					new MatchEvent.Goal(2, 31, 0, null));
			assertThat(fixture.comparable()).isTrue();
		}

		@Test
		void minutesThatAreTexts() {
			assertThat(one(GOOD.replace("}}", "}, \"goals1\": [{\"minute\": \"45+1\"}, {\"minute\": \"7\"}]}"))
				.knownGoals()).containsExactly(new MatchEvent.Goal(1, 7, 0, null), new MatchEvent.Goal(1, 45, 1, null));
		}

		@Test
		void whatItDoesNotKnow() {
			assertThat(EditionReader.read(
					file("{\"season\": {\"year\": 2022}, \"name\": \"Cup\", \"matches\": [" + GOOD + "], \"x\": []}")))
				.isEqualTo(new Edition("Cup", List.of(one(GOOD))));
		}

	}

	@Nested
	class OfABrokenFile {

		@ParameterizedTest
		@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
				// what stands in the file | what it is replaced by | what is said of it
				"[0, 2] | [0, \"two\"] | score.ft must be two numbers, such as [2, 1], but is [0,\"two\"]",
				"[0, 2] | [0] | score.ft must be two numbers, such as [2, 1], but is [0]",
				"[0, 2] | [0, -1] | score.ft must be two numbers, such as [2, 1], but is [0,-1]",
				"[0, 2] | [0, 99999999999] | score.ft must be two numbers",
				"\"ft\" | \"ht\" | score.ft must be two numbers, such as [2, 1], but is not there",
				"{\"ft\": [0, 2]} | null | score.ft must be two numbers, such as [2, 1], but is not there",
				"{\"ft\": [0, 2]} | {\"ft\": [0, 2], \"et\": 3} | score.et must be two numbers, such as [2, 1], but is 3",
				"{\"ft\": [0, 2]} | {\"ft\": [0, 2]}, \"goals1\": 3 | goals1 must be a list, but is 3",
				"{\"ft\": [0, 2]} | {\"ft\": [0, 2]}, \"goals2\": [{\"name\": \"X\"}] | goals2[0].minute must be a number, but is not there",
				"{\"ft\": [0, 2]} | {\"ft\": [0, 2]}, \"goals2\": [{\"minute\": []}] | goals2[0].minute must be a number, but is []",
				"{\"ft\": [0, 2]} | {\"ft\": [0, 2]}, \"goals2\": [{\"minute\": \"soon\"}] | goals2[0].minute must be a number, but is \"soon\"",
				"{\"ft\": [0, 2]} | {\"ft\": [0, 2]}, \"goals2\": [{\"minute\": 9, \"offset\": -1}] | goals2[0].offset must be a number, but is -1" })
		void theMessageNamesTheMatchAndWhatIsWrongWithIt(String what, String by, String message) {
			assertThatExceptionOfType(BrokenEditionException.class)
				.isThrownBy(() -> EditionReader.read(matches(other("A"), GOOD.replace(what, by), other("B"))))
				.withMessageContaining("match 2 (2022-11-20 Qatar - Ecuador): " + message);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
				"\"2022-11-20\" | \"yesterday\" | match 2 (yesterday Qatar - Ecuador): date must look like 2022-11-20, but is \"yesterday\"",
				"\"date\" | \"day\" | match 2 (no date Qatar - Ecuador): date must be a text, but is not there",
				"\"Qatar\" | \" \" | match 2 (2022-11-20   - Ecuador): team1 must be a text, but is \" \"",
				"\"Ecuador\" | {\"name\": \"Ecuador\"} | match 2 (2022-11-20 Qatar - ?): team2 must be a text, but is {\"name\":\"Ecuador\"}" })
		void aMatchIsNamedEvenByWhatIsLeftOfItsName(String what, String by, String message) {
			assertThatExceptionOfType(BrokenEditionException.class)
				.isThrownBy(() -> EditionReader.read(matches(other("A"), GOOD.replace(what, by))))
				.withMessageContaining(message);
		}

		@Test
		void aMatchThatIsThereTwiceIsNamed() {
			assertThatExceptionOfType(BrokenEditionException.class)
				.isThrownBy(() -> EditionReader.read(matches(GOOD, other("A"), GOOD)))
				.withMessageContaining("match 3 (2022-11-20 Qatar - Ecuador): is there twice");
		}

		@Test
		void aSyntaxErrorIsReportedWithTheMatchThatItFollows() {
			assertThatExceptionOfType(BrokenEditionException.class)
				.isThrownBy(() -> EditionReader.read(matches(GOOD, other("A").replace("]", ""))))
				.withMessageContaining("match 2 (after 2022-11-20-qatar-ecuador) is not JSON");
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "``", "[]", "{}", "{\"matches\": []}",
				"{\"matches\": {}}", "<html>", "{\"matches\": [3]}", "{\"matches\": [[]]}", "{\"matches\": [" })
		void aFileOfAnotherFormIsRefused(String content) {
			assertThatExceptionOfType(BrokenEditionException.class).isThrownBy(() -> EditionReader.read(file(content)))
				.withMessageContaining("cup.json");
		}

		@Test
		void aFileThatIsNotThereIsNamed() {
			assertThatExceptionOfType(BrokenEditionException.class)
				.isThrownBy(() -> EditionReader.read(new FileSystemResource(Path.of("no-such-cup.json"))))
				.withMessageContaining("no-such-cup.json] does not exist");
		}

	}

	private static Fixture one(String match) {
		return EditionReader.read(matches(match)).fixtures().get(0);
	}

	private static String other(String team) {
		return GOOD.replace("Qatar", team);
	}

	private static ByteArrayResource matches(String... matches) {
		return file("{\"name\": \"Cup\", \"matches\": [" + String.join(",\n", matches) + "]}");
	}

	private static ByteArrayResource file(String content) {
		return new ByteArrayResource(content.getBytes(StandardCharsets.UTF_8), "cup.json");
	}

}

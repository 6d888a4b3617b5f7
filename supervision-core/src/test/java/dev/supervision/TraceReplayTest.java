package dev.supervision;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import java.util.zip.GZIPInputStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Replays what Erlang/OTP 25.2.3's own supervisor did with 1,500 random trees, and
 * compares every result, event and view.
 */
class TraceReplayTest {

	private static final String RECORDED = "/otp-traces/open.jsonl.gz";

	/** So many failures in full; the rest in number. */
	private static final int SHOWN = 10;

	/**
	 * How many scripts meet each kind of deliberate difference, so that none grows
	 * unseen.
	 */
	private static final Map<TraceDifference, Integer> DIFFERENCES = Map.of(TraceDifference.TERMINATE_WITHOUT_TRAPPING,
			1129, TraceDifference.NOT_EXPRESSIBLE, 102, TraceDifference.CHECKED_BEFORE_THE_START, 14,
			TraceDifference.DYNAMIC_BY_ID, 113, TraceDifference.DYNAMIC_TERMINATED_TWICE, 28,
			TraceDifference.DYNAMIC_SPECIFICATIONS, 373, TraceDifference.DYNAMIC_AUTO_SHUTDOWN, 2);

	@Test
	void everyRecordedScriptGoesAsInOtp() throws IOException {
		Replays replays = new Replays();
		recorded().forEach(line -> replays.run(line, seed -> seed));
		assertThat(replays.failures()).isEmpty();
		assertThat(replays.number).isEqualTo(1500);
		assertThat(replays.differences).containsExactlyInAnyOrderEntriesOf(DIFFERENCES);
	}

	/** What OTP promises must not hang on the order in which processes happen to run. */
	@Test
	void anotherScheduleChangesNothing() throws IOException {
		Replays replays = new Replays();
		recorded().forEach(line -> replays.run(line, seed -> ~seed));
		assertThat(replays.failures()).isEmpty();
	}

	private static List<String> recorded() throws IOException {
		try (InputStream packed = Objects.requireNonNull(TraceReplayTest.class.getResourceAsStream(RECORDED));
				BufferedReader lines = new BufferedReader(
						new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.US_ASCII))) {
			return lines.lines().toList();
		}
	}

	private static Map<String, @Nullable Object> script(String line) {
		return TraceTree.map(TraceJson.parse(line));
	}

	/**
	 * The comparison itself, on a script that is true as it stands.
	 */
	@Nested
	class WhenTheRecordingIsTamperedWith {

		private static final String SCRIPT = """
				{"seed":4711,"family":"static","tree":{"strategy":"one_for_one","intensity":1,"auto_shutdown":"never",
				"children":[{"id":"a","type":"worker","restart":"permanent","shutdown":5000,"trap":true,"terminate":"hang"}]},
				"steps":[
				{"do":{"cmd":"start_tree"},"result":["ok",1],
				"events":[["start","root",1,"ok"],["start","root/a",1,"ok"],["up","root",1]],
				"after":{"root":[[["a",1]],[1,1,0,1]]}},
				{"do":{"cmd":"stop_self","path":"root/a","n":1,"reason":"boom"},"result":["done"],
				"events":[["terminate","root/a",1,"boom"],["stop","root/a",1,"boom"],
				["report","root","child_terminated","a","boom"],["start","root/a",2,"ok"]],
				"after":{"root":[[["a",2]],[1,1,0,1]]}},
				{"do":{"cmd":"stop_tree"},"result":["done"],
				"events":[["terminate","root/a",2,"shutdown"],["stop","root/a",2,"killed"],
				["report","root","shutdown_error","a","killed"],["stop","root",1,"shutdown"]],
				"after":{"root":null}}],
				"ended":"shutdown"}
				""";

		@Test
		void theScriptItselfReplays() {
			assertThat(new TraceReplay(script(SCRIPT), 1).run()).isEmpty();
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
				// what is altered | into what | the step that fails | what is compared
				// there
				"'result':['ok',1] | 'result':['ok',2] | step 0 | result",
				"['stop','root/a',1,'boom'] | ['stop','root/a',1,'killed'] | step 1 | events",
				"['terminate','root/a',2,'shutdown'], | `` | step 2 | events",
				"['report','root','shutdown_error','a','killed'], | `` | step 2 | events",
				"{'root':[[['a',2]],[1,1,0,1]]} | {'root':[[['a',2]],[1,0,0,1]]} | step 1 | after",
				"{'root':null} | {} | step 2 | after", "'ended':'shutdown' | 'ended':'killed' | step 3 | ended",
				"'intensity':1 | 'intensity':0 | step 1 | events" })
		void theReplaySaysWhere(String from, String to, String step, String what) {
			String tampered = SCRIPT.replace(from.replace('\'', '"'), to.replace('\'', '"'));
			assertThat(tampered).isNotEqualTo(SCRIPT);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> new TraceReplay(script(tampered), 1).run())
				.withMessageContainingAll("Script 4711", step, what, "expected", "actual");
		}

	}

	/**
	 * Many replays, and what came of them.
	 */
	private static final class Replays {

		private final Map<TraceDifference, Integer> differences = new EnumMap<>(TraceDifference.class);

		private final List<String> failed = new ArrayList<>();

		private int number;

		private void run(String line, LongUnaryOperator schedule) {
			Map<String, @Nullable Object> script = script(line);
			long seed = (Long) Objects.requireNonNull(script.get("seed"));
			this.number++;
			try {
				new TraceReplay(script, schedule.applyAsLong(seed)).run()
					.forEach(difference -> this.differences.merge(difference, 1, Integer::sum));
			}
			catch (AssertionError ex) {
				this.failed.add(String.valueOf(ex.getMessage()));
			}
		}

		private List<String> failures() {
			List<String> shown = new ArrayList<>(this.failed.subList(0, Math.min(SHOWN, this.failed.size())));
			if (this.failed.size() > SHOWN) {
				shown.add("... and " + (this.failed.size() - SHOWN) + " more");
			}
			return shown;
		}

	}

}

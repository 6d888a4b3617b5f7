package dev.supervision.sample;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.supervision.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Does what the README tells the reader to do in a shell, and compares what is printed.
 */
class WalkTest {

	private static final Pattern BLOCK = Pattern.compile("<!-- walk -->\\s*```console\\n(.*?)```", Pattern.DOTALL);

	private static final Pattern STEP = Pattern.compile("(?m)^\\$ (.*)\\n((?:(?!\\$ ).*\\n)*)");

	private static final Pattern PID = Pattern.compile("\\bn\\d+\\.\\w+");

	/** What nobody can know beforehand. */
	private static final Pattern CHANCE = Pattern.compile("(\"(?:revision|uptimeMillis|handled)\":)\\d+");

	@Test
	@EnabledIf(value = "hasShell", disabledReason = "THE WALK OF THE README IS NOT TESTED: there is no bash or no curl")
	void everyCommandPrintsWhatTheReadmeSays() throws Exception {
		StringBuilder script = new StringBuilder();
		StringBuilder expected = new StringBuilder();
		Matcher block = BLOCK.matcher(readme());
		while (block.find()) {
			Matcher step = STEP.matcher(block.group(1));
			while (step.find()) {
				script.append("echo '# step'; ").append(step.group(1)).append("\necho\n");
				expected.append("# step\n").append(step.group(2));
			}
		}
		assertThat(expected).hasSizeGreaterThan(1000);
		try (RunningSample sample = RunningSample.start("--football.pace=1m")) {
			String match = "2022-11-20-qatar-ecuador";
			while (!sample.bean(Matches.class).isPlaying(match)) {
				Thread.onSpinWait();
			}
			sample.bean(Matches.class).report(match);
			String here = script.toString()
				.replace("localhost:8080", sample.uri("").getAuthority())
				.replace("/n1.", "/" + node(sample));
			assertThat(comparable(run(here))).isEqualTo(comparable(expected.toString()));
		}
	}

	static boolean hasShell() throws Exception {
		return new ProcessBuilder("sh", "-c", "command -v bash && command -v curl").start().waitFor() == 0;
	}

	private static String readme() throws IOException {
		Path root = Path.of("").toAbsolutePath();
		while (!Files.exists(root.resolve(".ci"))) {
			root = root.getParent();
		}
		return Files.readString(root.resolve("README.md"));
	}

	/** How the pids of this application begin. */
	private static String node(RunningSample sample) {
		return sample.bean(Node.class).trees().pid().orElseThrow().toString().replaceAll("\\..*", ".");
	}

	private static String run(String script) throws Exception {
		Process shell = new ProcessBuilder("bash").redirectErrorStream(true).start();
		try (var input = shell.getOutputStream()) {
			input.write(script.getBytes(StandardCharsets.UTF_8));
		}
		String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(shell.waitFor(1, TimeUnit.MINUTES)).isTrue();
		return printed;
	}

	/** Names pids in the order in which they come, and leaves out empty lines. */
	private static String comparable(String printed) {
		Map<String, String> pids = new LinkedHashMap<>();
		String named = PID.matcher(printed)
			.replaceAll(pid -> pids.computeIfAbsent(pid.group(), key -> "pid" + pids.size()));
		return CHANCE.matcher(named).replaceAll("$1#").replaceAll("\n\n+", "\n");
	}

}

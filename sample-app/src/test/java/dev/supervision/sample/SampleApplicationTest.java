package dev.supervision.sample;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application in a JVM of its own, which it ends.
 */
class SampleApplicationTest {

	@TempDir
	private Path directory;

	@Test
	void endsAfterTheReplayIfItIsToldTo() throws Exception {
		Run run = run("--football.exit=true");
		assertThat(run.output).contains("crashes: 6").contains("restarts: 6").contains("mismatches: 0");
		assertThat(run.exitCode).isZero();
	}

	@Test
	void endsWithAnErrorIfAScoreIsNotTheOfficialOne() throws Exception {
		Path file = this.directory.resolve("cup.json");
		Files.writeString(file,
				"""
						{"name": "Cup", "matches": [
						{"date": "2022-11-20", "team1": "A", "team2": "B", "score": {"ft": [1, 2]}, "goals1": [{"minute": 3}]}]}""");
		Run run = run("--football.exit=true", "--football.file=" + file);
		assertThat(run.output).contains("2022-11-20  A 1:0 B  MISMATCH: official is 1:2").contains("mismatches: 1");
		assertThat(run.exitCode).isEqualTo(1);
	}

	@Test
	void doesNotStartWithABrokenFileAndSaysWhere() throws Exception {
		Path file = this.directory.resolve("cup.json");
		Files.writeString(file, """
				{"matches": [{"date": "2022-11-20", "team1": "A", "team2": "B", "score": {}}]}""");
		Run run = run("--football.file=" + file);
		assertThat(run.output).contains("APPLICATION FAILED TO START")
			.contains("match 1 (2022-11-20 A - B): score.ft must be two numbers, such as [2, 1], but is not there")
			.contains("Correct the file, or replay a bundled one (football.edition).");
		assertThat(run.exitCode).isEqualTo(1);
	}

	private Run run(String... arguments) throws IOException, InterruptedException {
		Path output = this.directory.resolve("output");
		List<String> command = new ArrayList<>(
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp",
						classPath(), SampleApplication.class.getName(), "--server.port=0"));
		command.addAll(Arrays.asList(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			assertThat(process.waitFor(100, TimeUnit.SECONDS)).as("it ends").isTrue();
			return new Run(process.exitValue(), Files.readString(output));
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** Without the tests and their logging. Surefire hides the real one in a jar. */
	private static String classPath() {
		String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		return Arrays.stream(all.split(File.pathSeparator))
			.filter(entry -> !entry.contains("test-classes"))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private record Run(int exitCode, String output) {

	}

}

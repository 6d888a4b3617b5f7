package dev.supervision;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compiles and runs what the README shows, and compares the output with the one it
 * prints.
 */
class ReadmeTest {

	private static final Pattern EXAMPLE = Pattern
		.compile("<!-- example: (\\w+) -->\\s*```java\\n(.*?)```\\s*```text\\n(.*?)```", Pattern.DOTALL);

	@TempDir
	Path directory;

	@TestFactory
	List<DynamicTest> everyExamplePrintsWhatTheReadmeSays() throws Exception {
		List<Example> examples = examples();
		compile(examples);
		return examples.stream()
			.map(example -> DynamicTest.dynamicTest(example.name,
					() -> assertThat(run(example.name)).isEqualTo(example.output)))
			.toList();
	}

	@Test
	void theReadmeHasTheThreeExamplesThatItPromises() throws IOException {
		assertThat(examples()).extracting(Example::name).contains("Counter", "Cache", "OwnSupervisor");
	}

	@Test
	void theSupervisorByHandIsSomeFortyLinesLong() throws IOException {
		String code = examples().stream()
			.filter(example -> example.name.equals("OwnSupervisor"))
			.findFirst()
			.orElseThrow().code;
		String server = code.substring(0, code.indexOf("public static void main"));
		assertThat(server.lines().filter(line -> !line.isBlank()).count()).isLessThanOrEqualTo(45);
	}

	private static List<Example> examples() throws IOException {
		Matcher matcher = EXAMPLE.matcher(Files.readString(readme()));
		List<Example> examples = new ArrayList<>();
		while (matcher.find()) {
			examples.add(new Example(matcher.group(1), matcher.group(2), matcher.group(3)));
		}
		return examples;
	}

	private static Path readme() {
		Path directory = Path.of("").toAbsolutePath();
		while (!Files.exists(directory.resolve(".ci"))) {
			directory = directory.getParent();
		}
		return directory.resolve("README.md");
	}

	private void compile(List<Example> examples) throws IOException {
		List<Path> sources = new ArrayList<>();
		for (Example example : examples) {
			sources.add(Files.writeString(this.directory.resolve(example.name + ".java"), example.code));
		}
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
			boolean compiled = compiler.getTask(
					messages, files, null, List.of("-proc:none", "--release", "17", "-cp",
							System.getProperty("java.class.path"), "-d", this.directory.toString()),
					null, files.getJavaFileObjectsFromPaths(sources))
				.call();
			assertThat(compiled).as(messages.toString()).isTrue();
		}
	}

	private String run(String mainClass) throws Exception {
		PrintStream console = System.out;
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() },
				getClass().getClassLoader())) {
			System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
			loader.loadClass(mainClass).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
		}
		finally {
			System.setOut(console);
		}
		String printed = output.toString(StandardCharsets.UTF_8);
		if (Boolean.getBoolean("readme.show")) {
			console.println("--- " + mainClass + "\n" + printed);
		}
		return printed;
	}

	private record Example(String name, String code, String output) {
	}

}

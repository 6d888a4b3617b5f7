package dev.supervision.spring;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import org.springframework.boot.SpringApplication;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Compiles and runs the first example of the README, and compares what it prints.
 */
class SpringReadmeTest {

	private static final Pattern EXAMPLE = Pattern
		.compile("<!-- spring-example: (\\w+) -->\\s*```java\\n(.*?)```\\s*```text\\n(.*?)```", Pattern.DOTALL);

	private static final int NEWCOMERS_LINES = 20;

	@TempDir
	Path directory;

	@Test
	void theFirstExamplePrintsWhatTheReadmeSays() throws Exception {
		Matcher example = example();
		compile(example.group(1), example.group(2));
		assertThat(run(example.group(1))).isEqualTo(example.group(3));
	}

	@Test
	void aSupervisedBeanOfOnesOwnTakesLessThanTwentyLines() throws IOException {
		String code = example().group(2);
		String bean = code.substring(code.indexOf("	public interface"), code.indexOf("	public static void main"));
		assertThat(bean.lines().filter(line -> !line.isBlank())).hasSizeLessThan(NEWCOMERS_LINES);
	}

	private static Matcher example() throws IOException {
		Path root = Path.of("").toAbsolutePath();
		while (!Files.exists(root.resolve(".ci"))) {
			root = root.getParent();
		}
		Matcher example = EXAMPLE.matcher(Files.readString(root.resolve("README.md")));
		assertThat(example.find()).isTrue();
		return example;
	}

	private void compile(String name, String code) throws IOException {
		Path source = Files.writeString(this.directory.resolve(name + ".java"), code);
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		StringWriter messages = new StringWriter();
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
			boolean compiled = compiler
				.getTask(messages, files, null,
						List.of("-proc:none", "-parameters", "--release", "17", "-cp",
								System.getProperty("java.class.path"), "-d", this.directory.toString()),
						null, files.getJavaFileObjects(source))
				.call();
			assertThat(compiled).as(messages.toString()).isTrue();
		}
	}

	private String run(String name) throws Exception {
		PrintStream console = System.out;
		Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
		Level level = root.getLevel();
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		ByteArrayOutputStream output = new ByteArrayOutputStream();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.directory.toUri().toURL() },
				getClass().getClassLoader())) {
			Thread.currentThread().setContextClassLoader(loader);
			System.setOut(new PrintStream(output, true, StandardCharsets.UTF_8));
			Method main = loader.loadClass("shop." + name).getMethod("main", String[].class);
			SpringApplication.from(arguments -> invoke(main, arguments))
				.run("--spring.main.web-application-type=none", "--spring.main.banner-mode=off",
						"--logging.level.root=off")
				.getApplicationContext()
				.close();
		}
		finally {
			System.setOut(console);
			root.setLevel(level);
			Thread.currentThread().setContextClassLoader(before);
		}
		return output.toString(StandardCharsets.UTF_8);
	}

	private static void invoke(Method main, String[] arguments) throws Exception {
		try {
			main.invoke(null, (Object) arguments);
		}
		catch (InvocationTargetException ex) {
			if (ex.getCause() instanceof RuntimeException failure) {
				throw failure;
			}
			throw ex;
		}
	}

}

package dev.supervision;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import javax.tools.ToolProvider;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Shows that a check is worth something: the same test method fails once a bug is in the
 * shipped classes.
 */
final class SeededBug {

	/** Maven runs the tests of a module in its directory. */
	private static final Path SOURCES = Path.of("src/main/java/dev/supervision");

	private static final int CAUGHT = 3;

	/** A busy machine gives two threads fewer chances to meet. */
	private static final int TRIES = 20;

	private SeededBug() {
	}

	/**
	 * Replaces one passage of a source file, compiles it, puts it before the shipped
	 * classes, and runs the test in a virtual machine of its own.
	 */
	static void isCaughtBy(Class<?> test, String method, String file, String passage, String bug)
			throws IOException, InterruptedException {
		String shipped = Files.readString(SOURCES.resolve(file));
		assertThat(shipped.indexOf(passage)).as("%s holds once: %s", file, passage)
			.isNotNegative()
			.isEqualTo(shipped.lastIndexOf(passage));
		Path home = Files.createTempDirectory("seeded");
		Path source = Files.writeString(home.resolve(file), shipped.replace(passage, bug));
		String classPath = System.getProperty("java.class.path");
		int compiled = ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-proc:none", "-nowarn", "-cp", classPath, "-d", home.toString(), source.toString());
		assertThat(compiled).isZero();
		Path log = home.resolve("log");
		List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx1g",
				"-XX:+EnableDynamicAgentLoading", "-cp", home + File.pathSeparator + classPath,
				SeededBug.class.getName(), test.getName(), method);
		int exit = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
		assertThat(exit).as(() -> read(log)).isEqualTo(CAUGHT);
		assertThat(read(log)).doesNotContain("bug in Lincheck");
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** The virtual machine with the bug. */
	public static void main(String[] args) throws Exception {
		Class<?> type = Class.forName(args[0]);
		Method method = type.getDeclaredMethod(args[1]);
		try {
			for (int i = 0; i < TRIES; i++) {
				method.invoke(type.getDeclaredConstructor().newInstance());
			}
			System.exit(0);
		}
		catch (InvocationTargetException ex) {
			ex.getCause().printStackTrace();
			System.exit((ex.getCause() instanceof AssertionError) ? CAUGHT : 1);
		}
	}

}

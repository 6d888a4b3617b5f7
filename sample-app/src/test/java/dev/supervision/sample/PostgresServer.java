package dev.supervision.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.springframework.util.FileSystemUtils;

/**
 * A PostgreSQL server of a test's own, from the programs that a Linux distribution
 * installs: in a new directory, on a free port of the loopback address. It refuses to run
 * as root; then it runs as the user {@code postgres}, which the installation has made.
 */
final class PostgresServer implements AutoCloseable {

	private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");

	private static final String USER = "postgres";

	private final Path programs;

	private final Path directory;

	private final int port;

	private PostgresServer(Path programs) throws IOException {
		this.programs = programs;
		this.directory = Files.createTempDirectory("postgres-test");
		this.port = freePort();
	}

	/** Where the programs of the newest version are. */
	static Optional<Path> installation() throws IOException {
		if (!Files.isDirectory(INSTALLATIONS)) {
			return Optional.empty();
		}
		try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
			return versions.map(version -> version.resolve("bin"))
				.filter(programs -> Files.isExecutable(programs.resolve("initdb")))
				.max(Comparator.comparing(Path::toString));
		}
	}

	static PostgresServer start(Path programs) throws IOException {
		PostgresServer server = new PostgresServer(programs);
		try {
			server.start();
		}
		catch (IOException | RuntimeException ex) {
			server.close();
			throw ex;
		}
		return server;
	}

	String url() {
		return "jdbc:postgresql://127.0.0.1:" + this.port + "/postgres";
	}

	private void start() throws IOException {
		if (isRoot()) {
			Files.setOwner(this.directory,
					FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(USER));
		}
		run("initdb", "-D", data(), "-U", "football", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
		run("pg_ctl", "-D", data(), "-w", "-t", "60", "-l", this.directory.resolve("server.log").toString(), "-o",
				"-p " + this.port + " -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off", "start");
	}

	/**
	 * Ends the server whose pid stands in its directory: the one that this has started.
	 */
	@Override
	public void close() throws IOException {
		if (Files.exists(this.directory.resolve("data/postmaster.pid"))) {
			run("pg_ctl", "-D", data(), "-w", "-t", "60", "-m", "fast", "stop");
		}
		FileSystemUtils.deleteRecursively(this.directory);
	}

	private String data() {
		return this.directory.resolve("data").toString();
	}

	private void run(String program, String... arguments) throws IOException {
		List<String> command = new ArrayList<>();
		if (isRoot()) {
			command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
		}
		command.add(this.programs.resolve(program).toString());
		command.addAll(Arrays.asList(arguments));
		Path output = Files.createTempFile("postgres-test", ".log");
		Process process = new ProcessBuilder(command).directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			if (!process.waitFor(90, TimeUnit.SECONDS) || process.exitValue() != 0) {
				process.destroyForcibly();
				throw new IllegalStateException(command + " failed: " + Files.readString(output));
			}
		}
		catch (InterruptedException ex) {
			process.destroyForcibly();
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
		finally {
			Files.delete(output);
		}
	}

	private static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

}

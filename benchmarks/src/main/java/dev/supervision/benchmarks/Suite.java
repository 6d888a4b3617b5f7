package dev.supervision.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Runs the workloads, the peers in turn within each: what disturbs the machine for a
 * while then disturbs both. Prints the table and writes it as JSON. A peer of ours that
 * fails, as one that hangs for a minute does, is tried again, and the report says so; if
 * ours fails, this does.
 *
 * <p>
 * Arguments: {@code --forks=5}, {@code --iterations=5} (of a second, after three to warm
 * up), {@code --only=<regular expression>}, {@code --peers=ours,pekko} (also
 * {@code parallel}: ours on that executor),
 * {@code --elixir=<JSON of benchmarks/elixir/run>}, {@code --out=<file>}.
 */
public final class Suite {

	private static final JsonMapper JSON = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

	private static final int WARMUP = 3;

	private static final int TRIES = 3;

	private final int forks;

	private final int iterations;

	private final List<String> peers;

	private final Elixir elixir;

	/** Of peers, in words. */
	private final List<String> failures = new ArrayList<>();

	private Suite(int forks, int iterations, List<String> peers, Elixir elixir) {
		this.forks = forks;
		this.iterations = iterations;
		this.peers = peers;
		this.elixir = elixir;
	}

	public static void main(String[] arguments) throws Exception {
		Map<String, String> options = new LinkedHashMap<>();
		for (String argument : arguments) {
			int equals = argument.indexOf('=');
			if (!argument.startsWith("--") || equals < 0) {
				throw new IllegalArgumentException("Not an option: " + argument
						+ ". Allowed are --forks=, --iterations=, --only=, --peers=, --elixir= and --out=");
			}
			options.put(argument.substring(2, equals), argument.substring(equals + 1));
		}
		Suite suite = new Suite(Integer.parseInt(options.getOrDefault("forks", "5")),
				Integer.parseInt(options.getOrDefault("iterations", "5")),
				List.of(options.getOrDefault("peers", "ours,pekko").split(",")),
				options.containsKey("elixir") ? Elixir.read(Path.of(options.get("elixir"))) : Elixir.none());
		Pattern only = Pattern.compile(options.getOrDefault("only", ""));
		Path out = Path.of(options.getOrDefault("out", "benchmarks-" + Runtime.version().feature() + ".json"));
		Report report = suite.run(Workload.all().stream().filter(row -> only.matcher(row.name()).find()).toList(), out);
		System.out.println(report.table());
	}

	private Report run(List<Workload> workloads, Path out) throws RunnerException, IOException {
		List<Report.Row> rows = new ArrayList<>();
		Report report = new Report(Instant.now().toString(), System.getProperty("java.vm.version"),
				Runtime.getRuntime().availableProcessors() + " processors, " + System.getProperty("os.name") + " "
						+ System.getProperty("os.arch"),
				this.forks, rows, this.failures);
		for (Workload workload : workloads) {
			rows.add(new Report.Row(workload.name(), measure(workload)));
			// what was measured is kept, whatever becomes of the rest
			Files.writeString(out, JSON.writeValueAsString(report));
			System.out.println(rows.get(rows.size() - 1));
		}
		return report;
	}

	private Map<String, Report.Figure> measure(Workload workload) throws RunnerException {
		Map<String, List<Double>> times = new LinkedHashMap<>();
		Map<String, List<Double>> cpu = new LinkedHashMap<>();
		double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
		boolean bytes = workload.benchmark().equals(Workload.MEMORY);
		for (int fork = 0; fork < this.forks; fork++) {
			for (String peer : workload.peers().stream().filter(this.peers::contains).toList()) {
				if (bytes) {
					times.computeIfAbsent(peer, key -> new ArrayList<>()).add(memory(peer, workload.operations()));
					cpu.computeIfAbsent(peer, key -> new ArrayList<>()).add(0.0);
					continue;
				}
				RunResult result = runOnce(workload, peer);
				times.computeIfAbsent(peer, key -> new ArrayList<>())
					// of the threads together: JMH gives that of each
					.add(nanos(result.getPrimaryResult()) / workload.operations() / workload.threads());
				cpu.computeIfAbsent(peer, key -> new ArrayList<>())
					.add(result.getSecondaryResults().get(CpuTime.LABEL).getScore() / workload.operations());
			}
		}
		Map<String, Report.Figure> figures = new LinkedHashMap<>();
		times.forEach((peer, forks) -> figures.put(peer,
				Report.Figure.of(forks, cpu.get(peer), load, bytes ? "bytes" : "ns")));
		Report.Figure theirs = this.elixir.figure(workload.name());
		if (theirs != null) {
			figures.put("elixir", theirs);
		}
		return figures;
	}

	private static double memory(String peer, int count) {
		try {
			Process machine = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx3g", "-cp", System.getProperty("java.class.path"), Memory.class.getName(), peer,
					String.valueOf(count))
				.redirectError(ProcessBuilder.Redirect.INHERIT)
				.start();
			String printed = new String(machine.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (machine.waitFor() != 0) {
				throw new IllegalStateException("The memory of " + peer + " could not be measured: " + printed);
			}
			return Double.parseDouble(printed.strip().lines().reduce((first, second) -> second).orElseThrow());
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static double nanos(Result<?> result) {
		return result.getScore() * (result.getScoreUnit().startsWith("ms") ? 1_000_000 : 1);
	}

	private RunResult runOnce(Workload workload, String peer) throws RunnerException {
		for (int tries = 1;; tries++) {
			try {
				return new Runner(options(workload, peer).build()).runSingle();
			}
			catch (RunnerException ex) {
				if (!peer.equals("pekko") || tries == TRIES) {
					throw ex;
				}
				String failure = workload.name() + ", " + peer + ": " + reason(ex);
				System.out.println(Report.FAILED + failure);
				this.failures.add(failure);
			}
		}
	}

	/** What the workload threw is suppressed in the last cause. */
	private static String reason(Throwable thrown) {
		Throwable cause = thrown;
		while (cause.getCause() != null) {
			cause = cause.getCause();
		}
		return String.valueOf((cause.getSuppressed().length != 0) ? cause.getSuppressed()[0] : cause);
	}

	private ChainedOptionsBuilder options(Workload workload, String peer) {
		ChainedOptionsBuilder options = new OptionsBuilder()
			.include("^" + Pattern.quote(Suite.class.getPackageName() + "." + workload.benchmark()) + "$")
			.forks(1)
			.threads(workload.threads())
			.warmupIterations(WARMUP)
			.warmupTime(TimeValue.seconds(1))
			.measurementIterations(this.iterations)
			.measurementTime(TimeValue.seconds(1))
			.addProfiler(CpuTime.class)
			.verbosity(VerboseMode.SILENT)
			.shouldFailOnError(true)
			.jvmArgsAppend("-Xms2g", "-Xmx4g");
		if (workload.virtual()) {
			options.jvmArgsAppend("-Xms2g", "-Xmx4g", "-Djmh.executor=VIRTUAL");
		}
		if (workload.peers().size() > 1) {
			options.param("peer", peer);
		}
		workload.parameters().forEach(options::param);
		return options;
	}

}

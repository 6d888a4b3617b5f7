package dev.supervision.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a run has shown; its form as JSON, too.
 *
 * @param date when it began
 * @param java the version of the runtime
 * @param machine processors and system
 * @param forks how many virtual machines for each figure
 * @param rows the table
 * @param failures virtual machines of peers that failed, and were replaced, in words
 */
record Report(String date, String java, String machine, int forks, List<Row> rows, List<String> failures) {

	static final String FAILED = "failed, and tried again: ";

	/**
	 * One workload.
	 *
	 * @param figures by peer
	 */
	record Row(String workload, Map<String, Figure> figures) {

		/** How ours compares; {@code null} where there is nobody to compare with. */
		@Nullable Double ratio(String peer) {
			return ratio("ours", peer);
		}

		private @Nullable Double ratio(String one, String peer) {
			Figure first = this.figures.get(one);
			Figure other = this.figures.get(peer);
			return (first != null && other != null) ? first.median() / other.median() : null;
		}

	}

	/**
	 * A figure, in nanoseconds for each operation unless it says bytes.
	 *
	 * @param median of the forks
	 * @param min the best fork
	 * @param max the worst
	 * @param cpu processor time for each operation
	 * @param load the load average when the first fork began
	 * @param unit of all but the load
	 */
	record Figure(double median, double min, double max, double cpu, double load, String unit) {

		static Figure of(List<Double> forks, List<Double> cpu, double load, String unit) {
			List<Double> sorted = forks.stream().sorted().toList();
			return new Figure(median(forks), sorted.get(0), sorted.get(sorted.size() - 1), median(cpu), load, unit);
		}

		private static double median(List<Double> values) {
			List<Double> sorted = values.stream().sorted().toList();
			int middle = sorted.size() / 2;
			return (sorted.size() % 2 == 1) ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
		}

		@Override
		public String toString() {
			return (this.unit.equals("bytes") ? String.format(Locale.ROOT, "%.0f B", this.median) : time(this.median))
					+ String.format(Locale.ROOT, " (%s-%s%s)", plain(this.min), plain(this.max),
							Double.isNaN(this.cpu) ? "" : ", cpu " + plain(this.cpu));
		}

		private static String plain(double value) {
			return String.format(Locale.ROOT, (value < 10) ? "%.1f" : "%.0f", value);
		}

		private static String time(double nanos) {
			if (nanos < 1000) {
				return plain(nanos) + " ns";
			}
			return (nanos < 1_000_000) ? plain(nanos / 1000) + " µs" : plain(nanos / 1_000_000) + " ms";
		}

	}

	/**
	 * The table in Markdown; the executor {@code parallel} only where it was measured.
	 * Failures come below.
	 */
	String table() {
		boolean parallel = this.rows.stream().anyMatch(row -> row.figures().containsKey("parallel"));
		StringBuilder text = new StringBuilder("| workload | ours | Pekko | ratio | Elixir | ratio |")
			.append(parallel ? " ours, `parallel` | by Pekko's |\n|---|---|" : "\n|")
			.append("---|---|---|---|---|---|\n");
		for (Row row : this.rows) {
			text.append("| ").append(row.workload());
			cell(text, row.figures().get("ours"));
			cell(text, row.figures().get("pekko"));
			ratio(text, row.ratio("pekko"));
			cell(text, row.figures().get("elixir"));
			ratio(text, row.ratio("elixir"));
			if (parallel) {
				cell(text, row.figures().get("parallel"));
				ratio(text, row.ratio("parallel", "pekko"));
			}
			text.append(" |\n");
		}
		this.failures.forEach((failure) -> text.append('\n').append(FAILED).append(failure).append('\n'));
		return text.toString();
	}

	private static void cell(StringBuilder text, @Nullable Figure figure) {
		text.append(" | ").append((figure != null) ? figure : "");
	}

	private static void ratio(StringBuilder text, @Nullable Double ratio) {
		text.append(" | ").append((ratio != null) ? String.format(Locale.ROOT, "%.2f", ratio) : "");
	}

}

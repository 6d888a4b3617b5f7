package dev.supervision.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import tools.jackson.databind.json.JsonMapper;

/**
 * Draws the ratios of a run as bars, on a logarithmic scale from a hundredth to a
 * hundredfold: left of the middle ours is faster. Below them, how the cost of one
 * operation grows with the number of processes or of queued messages. Arguments: the
 * JSON, and the SVG to be written.
 */
public final class Chart {

	private static final int ROW = 26;

	private static final int LEFT = 220;

	private static final int HALF = 260;

	private static final int TOP = 60;

	private static final List<String> PEERS = List.of("pekko", "elixir");

	/** Rows of these names end with how many there were. */
	private static final List<String> GROWING = List.of("call-among-", "cast-queued-", "crash-", "kill-");

	private static final List<String> COLOURS = List.of("#2a6f97", "#a05195", "#d45087", "#f0901e");

	/** The curves go from 10 ns to 100 µs, and from 1 to 1,000,000. */
	private static final int DECADES = 4;

	private static final int DECADE = 60;

	private static final int MAGNITUDES = 6;

	private Chart() {
	}

	public static void main(String[] arguments) throws IOException {
		Report report = JsonMapper.shared().readValue(Path.of(arguments[0]).toFile(), Report.class);
		Files.writeString(Path.of(arguments[1]), draw(report));
	}

	static String draw(Report report) {
		List<Report.Row> rows = new ArrayList<>(report.rows());
		rows.removeIf(row -> PEERS.stream().allMatch(peer -> row.ratio(peer) == null));
		int width = LEFT + 2 * HALF + 40;
		int bars = TOP + rows.size() * ROW + 30;
		int height = bars + TOP + DECADES * DECADE + 30;
		StringBuilder svg = new StringBuilder();
		line(svg,
				"<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif' font-size='12'>",
				width, height);
		line(svg, "<rect width='100%%' height='100%%' fill='white'/>");
		line(svg, "<text x='10' y='20'>Time of ours by that of the peer, medians of %d forks, JDK %s, %s</text>",
				report.forks(), report.java(), report.date().substring(0, 10));
		for (int i = 0; i < PEERS.size(); i++) {
			line(svg, "<rect x='%d' y='30' width='12' height='10' fill='%s'/><text x='%d' y='40'>%s</text>",
					LEFT + i * 90, COLOURS.get(i), LEFT + 16 + i * 90, PEERS.get(i));
		}
		for (double mark : new double[] { 0.01, 0.1, 1, 10, 100 }) {
			double x = position(mark);
			line(svg,
					"<line x1='%.1f' y1='%d' x2='%.1f' y2='%d' stroke='%s'/><text x='%.1f' y='%d' "
							+ "text-anchor='middle'>%s</text>",
					x, TOP - 6, x, bars - 20, (mark == 1) ? "black" : "#cccccc", x, bars - 6,
					(mark < 1) ? String.valueOf(mark) : String.valueOf((int) mark));
		}
		for (int i = 0; i < rows.size(); i++) {
			bars(svg, rows.get(i), TOP + i * ROW);
		}
		curves(svg, report, bars + TOP);
		return svg.append("</svg>\n").toString();
	}

	private static void bars(StringBuilder svg, Report.Row row, int top) {
		line(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 8, top + 14, row.workload());
		for (int i = 0; i < PEERS.size(); i++) {
			Double ratio = row.ratio(PEERS.get(i));
			if (ratio != null) {
				double x = position(ratio);
				double from = Math.min(x, position(1));
				line(svg, "<rect x='%.1f' y='%d' width='%.1f' height='9' fill='%s'><title>%.2f</title></rect>", from,
						top + 2 + i * 11, Math.max(1, Math.abs(x - position(1))), COLOURS.get(i), ratio);
			}
		}
	}

	private static void curves(StringBuilder svg, Report report, int top) {
		line(svg, "<text x='10' y='%d'>Time of one operation of ours, by processes, queued messages or siblings</text>",
				top - 30);
		List<String> marks = List.of("100 µs", "10 µs", "1 µs", "100 ns", "10 ns");
		for (int i = 0; i <= DECADES; i++) {
			line(svg,
					"<line x1='%d' y1='%d' x2='%d' y2='%d' stroke='#cccccc'/><text x='%d' y='%d' "
							+ "text-anchor='end'>%s</text>",
					LEFT, top + i * DECADE, LEFT + 2 * HALF, top + i * DECADE, LEFT - 8, top + i * DECADE + 4,
					marks.get(i));
		}
		for (int i = 0; i <= MAGNITUDES; i++) {
			line(svg, "<text x='%.1f' y='%d' text-anchor='middle'>%d</text>", across(Math.pow(10, i)),
					top + DECADES * DECADE + 18, (int) Math.pow(10, i));
		}
		for (int i = 0; i < GROWING.size(); i++) {
			String series = GROWING.get(i);
			line(svg, "<rect x='%d' y='%d' width='12' height='10' fill='%s'/><text x='%d' y='%d'>%s</text>",
					LEFT + i * 110, top - 20, COLOURS.get(i), LEFT + 16 + i * 110, top - 10,
					series.substring(0, series.length() - 1));
			StringBuilder points = new StringBuilder();
			for (Report.Row row : report.rows()) {
				Report.Figure ours = row.figures().get("ours");
				if (ours != null && row.workload().matches(series + "\\d+")) {
					double count = Integer.parseInt(row.workload().substring(series.length()));
					points.append(String.format(Locale.ROOT, "%.1f,%.1f ", across(count), top + down(ours.median())));
				}
			}
			line(svg, "<polyline points='%s' fill='none' stroke='%s' stroke-width='2'/>", points.toString().strip(),
					COLOURS.get(i));
		}
	}

	private static double across(double count) {
		return LEFT + Math.log10(count) * 2 * HALF / MAGNITUDES;
	}

	private static double down(double nanos) {
		return (DECADES + 1 - Math.log10(Math.max(10, Math.min(100_000, nanos)))) * DECADE;
	}

	private static double position(double ratio) {
		double bounded = Math.max(0.01, Math.min(100, ratio));
		return LEFT + HALF + Math.log10(bounded) * HALF / 2;
	}

	private static void line(StringBuilder svg, String format, Object... values) {
		svg.append(String.format(Locale.ROOT, format, values)).append('\n');
	}

}

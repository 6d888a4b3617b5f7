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
 * hundredfold: left of the middle ours is faster. Arguments: the JSON, and the SVG to be
 * written.
 */
public final class Chart {

	private static final int ROW = 26;

	private static final int LEFT = 220;

	private static final int HALF = 260;

	private static final int TOP = 60;

	private static final List<String> PEERS = List.of("pekko", "elixir");

	private static final List<String> COLOURS = List.of("#2a6f97", "#a05195");

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
		int height = TOP + rows.size() * ROW + 30;
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
					x, TOP - 6, x, height - 20, (mark == 1) ? "black" : "#cccccc", x, height - 6,
					(mark < 1) ? String.valueOf(mark) : String.valueOf((int) mark));
		}
		for (int i = 0; i < rows.size(); i++) {
			bars(svg, rows.get(i), TOP + i * ROW);
		}
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

	private static double position(double ratio) {
		double bounded = Math.max(0.01, Math.min(100, ratio));
		return LEFT + HALF + Math.log10(bounded) * HALF / 2;
	}

	private static void line(StringBuilder svg, String format, Object... values) {
		svg.append(String.format(Locale.ROOT, format, values)).append('\n');
	}

}

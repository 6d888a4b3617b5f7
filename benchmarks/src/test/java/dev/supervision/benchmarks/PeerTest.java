package dev.supervision.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * That each workload does what it is measured for.
 */
class PeerTest {

	@ParameterizedTest
	@ValueSource(strings = { "ours", "parallel", "pekko" })
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void everyWorkloadDoesItsWork(String name) {
		try (Peer peer = Peer.of(name, 20)) {
			assertThat(peer.call(41)).isEqualTo(42);
			assertThat(peer.call(Peer.SERVERS - 1, 1)).isEqualTo(2);
			for (int i = 0; i < 1000; i++) {
				peer.cast(i);
			}
			peer.drain();
			peer.ring(3000);
			peer.pingPong(1000);
			Object child = peer.startChild();
			peer.stopChild(child);
			peer.crash(1);
			peer.crash(20);
			peer.crash(20);
		}
	}

	@Test
	@Timeout(value = 60, unit = TimeUnit.SECONDS)
	void killedOnesComeBackToo() {
		try (Ours peer = new Ours(20)) {
			peer.kill(1);
			peer.kill(20);
		}
	}

	@Test
	void theTableComparesMedians() {
		Report.Figure ours = Report.Figure.of(List.of(30.0, 10.0, 20.0), List.of(1.0, 2.0, 3.0), 0.5, "ns");
		Report.Figure peer = Report.Figure.of(List.of(80.0, 120.0), List.of(1.0, 2.0), 0.5, "ns");
		Report report = report(new Report.Row("call-1", Map.of("ours", ours, "pekko", peer)));
		assertThat(report.table())
			.contains("| call-1 | 20 ns (10-30, cpu 2.0) | 100 ns (80-120, cpu 1.5) | 0.20 |  |  |");
	}

	@Test
	void theTableShowsTheOtherExecutorWhereItWasMeasured() {
		Report.Figure figure = Report.Figure.of(List.of(20.0), List.of(1.0), 0.5, "ns");
		Report.Figure peer = Report.Figure.of(List.of(80.0), List.of(1.0), 0.5, "ns");
		Report report = report(new Report.Row("ring-hop", Map.of("ours", figure, "parallel", figure, "pekko", peer)),
				row("call", 1));
		assertThat(report.table().lines()).last().asString().endsWith(" |  |  |  |  |  |  |");
		assertThat(report.table()).contains("| 0.25 |  |  | 20 ns (20-20, cpu 1.0) | 0.25 |");
	}

	@Test
	void theChartShowsOurAdvantageLeftOfTheMiddle() {
		Report.Figure ours = Report.Figure.of(List.of(10.0), List.of(1.0), 0.5, "ns");
		Report.Figure peer = Report.Figure.of(List.of(100.0), List.of(1.0), 0.5, "ns");
		Report report = report(new Report.Row("call-1", Map.of("ours", ours, "pekko", peer)),
				new Report.Row("alone", Map.of("ours", ours)));
		assertThat(Chart.draw(report)).contains(">call-1<", "<title>0.10</title>").doesNotContain("alone");
	}

	@Test
	void theChartDrawsHowTheCostGrows() {
		Report report = report(row("kill-1", 1_000), row("kill-1000", 10_000), row("kill-storm-1000", 100),
				row("call-1-virtual", 100));
		assertThat(Chart.draw(report)).contains("<polyline points='220.0,270.0 480.0,210.0' ").doesNotContain("storm");
	}

	@Test
	void aPeerThatFailedOnceIsToldBelowTheTable() {
		Report report = new Report("2026-01-01T00:00:00Z", "25", "here", 1, List.of(row("call", 1)),
				List.of("savina-big, pekko: it hung"));
		assertThat(report.table()).endsWith(" |\n\nfailed, and tried again: savina-big, pekko: it hung\n");
	}

	@Test
	void theLoadUnderWhichElixirWasMeasuredIsRead() {
		Report.Figure figure = Elixir.read(Path.of("results", "elixir.json")).figure("call-1-virtual");
		assertThat(figure).isNotNull().extracting(Report.Figure::load).isNotEqualTo(Double.NaN);
	}

	private static Report report(Report.Row... rows) {
		return new Report("2026-01-01T00:00:00Z", "25", "here", 1, List.of(rows), List.of());
	}

	private static Report.Row row(String workload, double nanos) {
		return new Report.Row(workload, Map.of("ours", Report.Figure.of(List.of(nanos), List.of(1.0), 0.5, "ns")));
	}

	@Test
	void everyWorkloadNamesABenchmarkThatIsThere() {
		assertThat(Workload.all()).allSatisfy(workload -> {
			if (!workload.benchmark().equals(Workload.MEMORY)) {
				int dot = workload.benchmark().lastIndexOf('.');
				Class<?> type = Class.forName("dev.supervision.benchmarks." + workload.benchmark().substring(0, dot));
				assertThat(type.getMethods()).extracting(java.lang.reflect.Method::getName)
					.contains(workload.benchmark().substring(dot + 1));
				for (String parameter : workload.parameters().keySet()) {
					assertThat(type.getField(parameter)).isNotNull();
				}
			}
		});
		assertThat(Workload.all()).extracting(Workload::name).doesNotHaveDuplicates();
	}

}

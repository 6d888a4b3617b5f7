package dev.supervision.benchmarks;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What benchmarks/elixir/run has measured on this machine, by the names of workloads.
 */
final class Elixir {

	private static final Map<String, String> OTHER_NAMES = Map.of("call-any-100", "call-1000-servers", "call-any-1000",
			"many-to-many");

	private final Map<String, Report.Figure> figures = new HashMap<>();

	private Elixir() {
	}

	static Elixir none() {
		return new Elixir();
	}

	static Elixir read(Path file) {
		Elixir elixir = new Elixir();
		JsonNode json = JsonMapper.shared().readTree(file.toFile());
		double load = json.path("load_average").path("begin").asDouble(Double.NaN);
		for (JsonNode result : json.get("results")) {
			elixir.figures.put(result.get("workload").asString(),
					new Report.Figure(result.get("median").asDouble(), result.get("min").asDouble(),
							result.get("max").asDouble(), Double.NaN, load,
							result.get("unit").asString().equals("bytes") ? "bytes" : "ns"));
		}
		return elixir;
	}

	/**
	 * The figure to compare with; its processes are all alike, as virtual threads are.
	 */
	Report.@Nullable Figure figure(String workload) {
		String name = workload.endsWith("-virtual") ? workload.substring(0, workload.length() - "-virtual".length())
				: workload;
		return this.figures.get(OTHER_NAMES.getOrDefault(name, name));
	}

}

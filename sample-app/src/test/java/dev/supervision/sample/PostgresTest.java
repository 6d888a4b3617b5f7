package dev.supervision.sample;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * The match log in PostgreSQL, where one is installed.
 */
class PostgresTest {

	private static PostgresServer postgres;

	@BeforeAll
	static void startServer() throws IOException {
		Optional<Path> installation = PostgresServer.installation();
		if (installation.isEmpty()) {
			System.err.println("*** PostgreSQL is NOT TESTED: it is not installed (apt-get install postgresql).");
		}
		assumeTrue(installation.isPresent(), "PostgreSQL is not installed");
		postgres = PostgresServer.start(installation.get());
	}

	@AfterAll
	static void stopServer() throws IOException {
		if (postgres != null) {
			postgres.close();
		}
	}

	@Test
	void theMatchLogCanBeInPostgresAndOutlivesTheApplication() {
		try (RunningSample sample = start("--football.edition=2018")) {
			ReplayReport report = sample.replayed();
			assertThat(report.mismatches()).isZero();
			assertThat(report.crashes()).isPositive();
		}
		try (RunningSample sample = start("--football.edition=2018", "--football.pace=60s")) {
			JsonNode match = RunningSample.json(sample.get("/matches/2018-07-15-france-croatia"));
			assertThat(match.path("state").asString()).isEqualTo("finished");
			assertThat(match.path("score").asString()).isEqualTo("4:2");
			assertThat(sample.get("/store/leader-group-b").body()).isEqualTo("Spain");
		}
	}

	private static RunningSample start(String... arguments) {
		String[] all = new String[arguments.length + 2];
		System.arraycopy(arguments, 0, all, 0, arguments.length);
		all[arguments.length] = "--spring.profiles.active=postgresql";
		all[arguments.length + 1] = "--spring.datasource.url=" + postgres.url();
		return RunningSample.start(all);
	}

}

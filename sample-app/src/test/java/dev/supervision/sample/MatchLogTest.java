package dev.supervision.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

import static org.assertj.core.api.Assertions.assertThat;

class MatchLogTest {

	private static final MatchEvent.Goal GOAL = new MatchEvent.Goal(2, 45, 1, "Enner Valencia");

	private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
		.generateUniqueName(true)
		.addScript("schema.sql")
		.build();

	private final MatchLog log = new MatchLog(JdbcClient.create(this.database));

	@AfterEach
	void shutDown() {
		this.database.shutdown();
	}

	@Test
	void eachMatchHasItsOwnNumbersFromOne() {
		assertThat(this.log.append("a", GOAL)).contains(new LoggedEvent(1, GOAL));
		assertThat(this.log.append("b", GOAL)).contains(new LoggedEvent(1, GOAL));
		assertThat(this.log.append("a", GOAL)).contains(new LoggedEvent(2, GOAL));
	}

	@Test
	void whatIsReadIsWhatWasWritten() {
		MatchEvent.Goal nobody = new MatchEvent.Goal(1, 7, 0, null);
		this.log.append("a", GOAL);
		this.log.append("a", nobody);
		this.log.append("a", new MatchEvent.End());
		assertThat(this.log.after("a", 1)).containsExactly(new LoggedEvent(2, nobody),
				new LoggedEvent(3, new MatchEvent.End()));
		assertThat(this.log.state("a")).isEqualTo(new MatchState(new Score(1, 1), 3, true));
	}

	@Test
	void nothingHappensAfterTheEnd() {
		this.log.append("a", new MatchEvent.End());
		assertThat(this.log.append("a", GOAL)).isEmpty();
		assertThat(this.log.append("a", new MatchEvent.End())).isEmpty();
		assertThat(this.log.state("a")).isEqualTo(new MatchState(Score.NONE, 1, true));
	}

	@Test
	void aMatchThatIsClearedBeginsAnew() {
		this.log.append("a", new MatchEvent.End());
		this.log.append("b", GOAL);
		this.log.clear("a");
		assertThat(this.log.state("a")).isEqualTo(MatchState.KICK_OFF);
		assertThat(this.log.state("b").last()).isEqualTo(1);
	}

	@Test
	void writersAtTheSameTimeGetDifferentNumbersWithoutGaps() throws Exception {
		int writers = 4;
		int each = 50;
		ExecutorService threads = Executors.newFixedThreadPool(writers);
		try {
			List<Callable<List<Integer>>> tasks = new ArrayList<>();
			for (int writer = 0; writer < writers; writer++) {
				tasks.add(() -> IntStream.range(0, each)
					.mapToObj(index -> this.log.append("a", GOAL).orElseThrow().number())
					.toList());
			}
			List<Integer> numbers = new ArrayList<>();
			for (Future<List<Integer>> written : threads.invokeAll(tasks)) {
				numbers.addAll(written.get());
			}
			assertThat(numbers)
				.containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(1, writers * each).boxed().toList());
		}
		finally {
			threads.shutdownNow();
		}
	}

}

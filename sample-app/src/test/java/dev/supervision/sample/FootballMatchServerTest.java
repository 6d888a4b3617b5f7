package dev.supervision.sample;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.supervision.spring.ServerContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A server is a plain object: this needs no process.
 */
class FootballMatchServerTest {

	private static final MatchEvent.Goal FIRST = new MatchEvent.Goal(1, 10, 0, null);

	private static final MatchEvent.Goal SECOND = new MatchEvent.Goal(2, 20, 0, null);

	private final EmbeddedDatabase database = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
		.generateUniqueName(true)
		.addScript("schema.sql")
		.build();

	private final MatchLog log = new MatchLog(JdbcClient.create(this.database));

	/** What the server asked of its process. */
	private final List<String> asked = new ArrayList<>();

	private final ServerContext self = (ServerContext) Proxy.newProxyInstance(getClass().getClassLoader(),
			new Class<?>[] { ServerContext.class }, (proxy, method, arguments) -> {
				this.asked.add(method.getName());
				return null;
			});

	@AfterEach
	void shutDown() {
		this.database.shutdown();
	}

	@Test
	void beginsWithWhatTheLogHas() {
		this.log.append("final", FIRST);
		this.log.append("final", SECOND);
		assertThat(server()).hasToString("final 1:1 after 2 events");
	}

	@Test
	void appliesAnEventOnce() {
		FootballMatchServer server = server();
		server.happened(1, FIRST);
		server.happened(1, FIRST);
		assertThat(server).hasToString("final 1:0 after 1 events");
	}

	@Test
	void readsInTheLogWhatItHasMissed() {
		FootballMatchServer server = server();
		this.log.append("final", FIRST);
		this.log.append("final", SECOND);
		server.happened(2, SECOND);
		assertThat(server).hasToString("final 1:1 after 2 events");
		server.happened(1, FIRST);
		assertThat(server).hasToString("final 1:1 after 2 events");
	}

	@Test
	void anEventThatItDoesNotKnowIsThrown() {
		FootballMatchServer server = server();
		assertThatIllegalArgumentException().isThrownBy(() -> server.happened(0, new MatchEvent.Unknown("goal")))
			.withMessage("unknown event goal");
	}

	@Test
	void theFinalWhistleStopsIt() {
		FootballMatchServer server = server();
		server.happened(1, FIRST);
		assertThat(this.asked).isEmpty();
		server.happened(2, new MatchEvent.End());
		assertThat(this.asked).containsExactly("stop");
	}

	@Test
	void aMatchThatIsOverIsNotPlayedAgain() {
		this.log.append("final", new MatchEvent.End());
		server();
		assertThat(this.asked).containsExactly("ignore");
	}

	private FootballMatchServer server() {
		return new FootballMatchServer("final", this.log, this.self);
	}

}

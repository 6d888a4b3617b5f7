package dev.supervision.spring;

import org.junit.jupiter.api.Test;

import dev.supervision.ChildInfo;
import dev.supervision.ChildSpec;
import dev.supervision.Node;
import dev.supervision.Restart;
import dev.supervision.RestartIntensity;
import dev.supervision.SupervisorSpec;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Where children come from, seen in trees that run.
 */
class PlacementTest {

	private static ApplicationContextRunner application(Class<?>... configurations) {
		return TestTrees.application(configurations).withBean(Probe.class);
	}

	@Test
	void annotatedServersRunInTheirTreeInTheirOrder() {
		application(Band.class).run(context -> {
			assertThat(context.getBean(Probe.class).told()).containsExactly("drums", "bass", "guitar", "singer");
			Node node = context.getBean(Node.class);
			// as in OTP, the last comes first
			assertThat(node.supervisor("band").whichChildren().stream().map(ChildInfo::id)).containsExactly("singer",
					"guitar", "bass", "drums");
			ChildSpec singer = node.supervisor("band").childSpec("singer").orElseThrow();
			assertThat(singer.restart()).isEqualTo(Restart.TRANSIENT);
		});
	}

	@Test
	void whatIsStartedFirstIsStoppedLast() {
		Probe[] probe = new Probe[1];
		application(Band.class).run(context -> probe[0] = context.getBean(Probe.class));
		assertThat(probe[0].told()).endsWith("singer off", "guitar off", "bass off", "drums off");
	}

	@Test
	void anAnnotatedServerStandsInATreeOfTheConfiguration() {
		application(Band.class)
			.withPropertyValues("supervision.trees[0].id=hall", "supervision.trees[0].children[0].id=band",
					"supervision.trees[0].children[0].children[0].worker=bass")
			.run(context -> {
				assertThat(context.getBean(Probe.class).told()).containsExactly("bass", "drums", "guitar", "singer");
				assertThat(context.getBean(Node.class).whereis("drums").orElseThrow().path())
					.isEqualTo("hall/band/drums");
			});
	}

	@Test
	void aServerInNoTreeRunsInTheDefaultTree() {
		application(Soloist.class)
			.run(context -> assertThat(context.getBean(Node.class).whereis("soloist").orElseThrow().path())
				.isEqualTo("application/soloist"));
	}

	@Test
	void aServerInNoTreeIsNotStartedIfSoWished() {
		application(Soloist.class, Band.class).withPropertyValues("supervision.unplaced=ignore").run(context -> {
			assertThat(context.getBean(Node.class).whereis("soloist")).isEmpty();
			assertThat(context.getBean(Node.class).whereis("drums")).isPresent();
		});
	}

	@Test
	void aServerInNoTreeIsRefusedIfSoWished() {
		application(Soloist.class, Band.class).withPropertyValues("supervision.unplaced=fail")
			.run(context -> assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
				.hasMessageContaining("Server 'soloist'")
				.hasMessageContaining("is in no tree"));
	}

	@Test
	void aTreeThatIsABeanRunsWithTheServersThatItAsksFor() {
		application(Orchestra.class).run(context -> {
			Node node = context.getBean(Node.class);
			assertThat(node.whereis("soloist").orElseThrow().path()).isEqualTo("orchestra/first");
			assertThat(node.whereis("second").orElseThrow().path()).isEqualTo("orchestra/second");
			assertThat(((Player) context.getBean("soloist.client")).play()).isEqualTo("soloist of first");
			SpringServers servers = context.getBean(SpringServers.class);
			assertThat(servers.client(Player.class, "second").play()).isEqualTo("soloist of second");
			assertThat(context.getBean(SupervisionRuntime.class).forest().trees().get(0).intensity())
				.isEqualTo(RestartIntensity.DEFAULT);
		});
	}

	@Test
	void aChildThatIsNoServerOrHasOtherArgumentsIsRefused() {
		application(Soloist.class).run(context -> {
			SpringServers servers = context.getBean(SpringServers.class);
			assertThatIllegalArgumentException().isThrownBy(() -> servers.child("x", "solist"))
				.withMessageContaining("Did you mean 'soloist'?");
			assertThatIllegalArgumentException().isThrownBy(() -> servers.child("x", "soloist", 1))
				.withMessageContaining("Start arguments of 'x'");
			assertThatIllegalArgumentException().isThrownBy(() -> servers.client(Runnable.class, "soloist"))
				.withMessageContaining("No @GenServer has the protocol java.lang.Runnable");
		});
	}

	@Test
	void aClientOfOneOfSeveralServersWithAProtocolKnowsWhichIsMeant() {
		application(Soloist.class, Understudy.class).run(context -> {
			SpringServers servers = context.getBean(SpringServers.class);
			assertThat(servers.client(Player.class, "soloist").play()).isEqualTo("soloist of soloist");
			assertThat(servers.client(Player.class, "understudy").play()).isEqualTo("understudy");
			assertThatIllegalArgumentException().isThrownBy(() -> servers.client(Player.class, "nobody"))
				.withMessageContaining("which of them is 'nobody' is not declared");
		});
	}

	/** Tells when it starts and ends. */
	abstract static class Instrument implements AutoCloseable {

		private final Probe probe;

		private final String name;

		Instrument(Probe probe, String name) {
			this.probe = probe;
			this.name = name;
			probe.tell(name);
		}

		@Override
		public void close() {
			this.probe.tell(this.name + " off");
		}

	}

	@GenServer("singer")
	@Supervised(in = "band", after = { "guitar", "drums" }, restart = Restart.TRANSIENT)
	@Order(1)
	static class Singer extends Instrument {

		Singer(Probe probe) {
			super(probe, "singer");
		}

	}

	@GenServer("guitar")
	@Supervised(in = "band")
	static class Guitar extends Instrument {

		Guitar(Probe probe) {
			super(probe, "guitar");
		}

	}

	@GenServer("bass")
	@Supervised(in = "band")
	@Order(3)
	static class Bass extends Instrument {

		Bass(Probe probe) {
			super(probe, "bass");
		}

	}

	@GenServer("drums")
	@Supervised(in = "band")
	@Order(2)
	static class Drums extends Instrument {

		Drums(Probe probe) {
			super(probe, "drums");
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Guitar.class, Singer.class, Bass.class, Drums.class })
	static class Band {

	}

	interface Player {

		String play();

	}

	@GenServer("soloist")
	static class Soloist implements Player {

		private final ServerContext self;

		Soloist(ServerContext self) {
			this.self = self;
		}

		@Override
		@HandleCall
		public String play() {
			return "soloist of " + this.self.id();
		}

	}

	@GenServer("understudy")
	static class Understudy implements Player {

		@Override
		@HandleCall
		public String play() {
			return "understudy";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Soloist.class)
	static class Orchestra {

		@Bean
		SupervisorSpec orchestra(SpringServers servers) {
			return SupervisorSpec.of("orchestra", servers.child("first", "soloist"),
					servers.child("second", "soloist").name("second"));
		}

	}

}

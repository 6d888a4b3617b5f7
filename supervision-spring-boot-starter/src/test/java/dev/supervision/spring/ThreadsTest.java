package dev.supervision.spring;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.supervision.ChildSpec;
import dev.supervision.ExecutorType;
import dev.supervision.Node;
import dev.supervision.RawRef;
import dev.supervision.SupervisorSpec;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which threads run servers, as the configuration and the Java version say.
 */
class ThreadsTest {

	private static final String VIRTUAL = "virtual";

	private static final String PLATFORM = "platform";

	private final ApplicationContextRunner runner = TestTrees.application(ThreadServer.class)
		.withBean(Probe.class)
		.withPropertyValues("supervision.trees[0].id=threads", "supervision.trees[0].children[0].worker=thread");

	private static void assertThread(ApplicationContextRunner runner, String expected) {
		runner.run(context -> {
			assertThat(context).hasNotFailed();
			assertThat(context.getBean(RawRef.class).call("which")).isEqualTo(expected);
		});
	}

	@ParameterizedTest
	@CsvSource({ "supervision.threads=auto", "supervision.threads=virtual", "spring.threads.virtual.enabled=true",
			"supervision.overrides.thread.executor=virtual", "supervision.defaults.executor=virtual" })
	@EnabledForJreRange(min = JRE.JAVA_21)
	void virtualThreadsRunServersWhereThereAreAny(String property) {
		assertThread(this.runner, VIRTUAL);
		assertThread(this.runner.withPropertyValues(property), VIRTUAL);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void anExplicitWishForVirtualThreadsGoesBeforeThatOfBoot() {
		assertThread(
				this.runner.withPropertyValues("spring.threads.virtual.enabled=false", "supervision.threads=virtual"),
				VIRTUAL);
	}

	@ParameterizedTest
	@CsvSource({ "supervision.threads=platform", "spring.threads.virtual.enabled=false",
			"supervision.overrides.thread.executor=pool", "supervision.overrides.thread.executor=platform",
			"supervision.overrides.thread.executor=parallel", "supervision.defaults.executor=pool" })
	void platformThreadsRunServersWhoseConfigurationSaysSo(String property) {
		assertThread(this.runner.withPropertyValues(property), PLATFORM);
	}

	@Test
	void theExecutorOfAChildGoesBeforeThatOfAll() {
		this.runner.withPropertyValues("supervision.threads=platform", "supervision.overrides.thread.executor=parallel")
			.run(context -> {
				Node node = context.getBean(Node.class);
				assertThat(node.info(node.whereis("thread").orElseThrow()).orElseThrow().spec().executor())
					.isEqualTo(ExecutorType.PARALLEL);
				assertThat(context.getBean(RawRef.class).call("which")).isEqualTo(PLATFORM);
			});
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void automaticallyThereArePlatformThreadsWhereThereAreNoOthers() {
		assertThread(this.runner, PLATFORM);
		assertThread(this.runner.withPropertyValues("spring.threads.virtual.enabled=true"), PLATFORM);
	}

	@ParameterizedTest
	@CsvSource({ "supervision.threads=virtual, supervision.threads",
			"supervision.overrides.thread.executor=virtual, supervision.overrides.thread",
			"supervision.defaults.executor=virtual, supervision.defaults" })
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsAreRefusedWhereThereAreNone(String property, String named) {
		this.runner.withPropertyValues(property).run(context -> {
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class);
			InvalidTreesException failure = (InvalidTreesException) context.getStartupFailure();
			assertThat(failure.descriptions()).singleElement()
				.asString()
				.contains(named)
				.contains("virtual threads; they come with Java 21, and this is Java");
		});
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void virtualThreadsOfATreeThatIsABeanAreRefusedBeforeAnythingStarts() {
		TestTrees.application(VirtualTree.class).withBean(Probe.class).run(context -> {
			assertThat(context.getStartupFailure()).isInstanceOf(InvalidTreesException.class)
				.hasMessageContaining("SupervisorSpec bean 'virtual'")
				.hasMessageContaining("they come with Java 21");
		});
	}

	@GenServer("thread")
	static class ThreadServer {

		ThreadServer(Probe probe) {
			probe.tell("started");
		}

		@HandleCall
		String which(String question) {
			var isVirtual = ReflectionUtils.findMethod(Thread.class, "isVirtual");
			boolean virtual = isVirtual != null
					&& Boolean.TRUE.equals(ReflectionUtils.invokeMethod(isVirtual, Thread.currentThread()));
			return virtual ? VIRTUAL : PLATFORM;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ThreadServer.class)
	static class VirtualTree {

		@Bean
		SupervisorSpec virtual(SpringServers servers) {
			ChildSpec child = servers.child("thread", "thread").executor(ExecutorType.VIRTUAL);
			return SupervisorSpec.of("virtual").child(SupervisorSpec.of("nested", child));
		}

	}

}

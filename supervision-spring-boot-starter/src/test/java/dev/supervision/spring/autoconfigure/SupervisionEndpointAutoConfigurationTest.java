package dev.supervision.spring.autoconfigure;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.SupervisionListener;
import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.actuate.AdminMetrics;
import dev.supervision.spring.actuate.SupervisionEndpoint;
import dev.supervision.spring.actuate.SupervisionEndpointProperties;
import dev.supervision.spring.actuate.SupervisionHistory;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class SupervisionEndpointAutoConfigurationTest {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=supervision";

	private static final String WARNING = "supervision.management.anonymous-writes=true, and the endpoint listens on";

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(SupervisionAutoConfiguration.class,
			SupervisionEndpointAutoConfiguration.class, EndpointAutoConfiguration.class);

	private final WebApplicationContextRunner runner = with(new WebApplicationContextRunner());

	private static <R extends AbstractApplicationContextRunner<R, ?, ?>> R with(R runner) {
		return runner.withConfiguration(CONFIGURATIONS)
			.withUserConfiguration(Servers.class)
			.withPropertyValues(EXPOSED);
	}

	private static void assertNothing(ApplicationContext context) {
		assertThat(context.getBeansOfType(SupervisionRuntime.class)).hasSize(1);
		assertThat(context.containsBean("supervisionEndpoint")).isFalse();
		assertThat(context.containsBean("supervisionHistory")).isFalse();
		assertThat(context.containsBean("supervisionAdminMetrics")).isFalse();
	}

	@Test
	void anExposedEndpointRemembersWhatHappens() {
		this.runner.run(context -> {
			assertThat(context).hasSingleBean(SupervisionEndpoint.class)
				.hasSingleBean(SupervisionHistory.class)
				.hasSingleBean(AdminMetrics.class);
			assertThat(context.getBeansOfType(SupervisionListener.class)).containsKey("supervisionHistory");
		});
	}

	@Test
	void backsOffWhereThereIsNoWebApplication() {
		with(new ApplicationContextRunner()).run(SupervisionEndpointAutoConfigurationTest::assertNothing);
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.endpoints.web.exposure.include=health",
			"management.endpoints.web.exposure.exclude=supervision", "management.endpoint.supervision.access=NONE",
			"management.endpoints.access.default=NONE", "management.endpoints.access.max-permitted=NONE" })
	void backsOffWhereTheEndpointIsNotAvailable(String property) {
		this.runner.withPropertyValues(property).run(SupervisionEndpointAutoConfigurationTest::assertNothing);
	}

	@Test
	void backsOffWhereItIsExposedOverJmxOnly() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=health",
					"management.endpoints.jmx.exposure.include=*", "spring.jmx.enabled=true")
			.run(SupervisionEndpointAutoConfigurationTest::assertNothing);
	}

	@Test
	void backsOffWithoutTrees() {
		this.runner.withPropertyValues("supervision.enabled=false")
			.run(SupervisionEndpointAutoConfigurationTest::assertNothing);
		new WebApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(SupervisionEndpointAutoConfiguration.class, EndpointAutoConfiguration.class))
			.withPropertyValues(EXPOSED)
			.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SupervisionEndpoint.class));
	}

	@ParameterizedTest
	@ValueSource(strings = { "org.springframework.boot.actuate", "org.springframework.boot.actuate.autoconfigure" })
	void backsOffWithoutActuator(String packageName) {
		new WebApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SupervisionAutoConfiguration.class,
					SupervisionEndpointAutoConfiguration.class))
			.withUserConfiguration(Servers.class)
			.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader(packageName))
			.run(SupervisionEndpointAutoConfigurationTest::assertNothing);
	}

	@Test
	void metersBackOffWithoutMicrometer() {
		this.runner.withClassLoader(new FilteredClassLoader("io.micrometer"))
			.run(context -> assertThat(context).hasSingleBean(SupervisionEndpoint.class)
				.doesNotHaveBean("supervisionAdminMetrics"));
		this.runner.withPropertyValues("supervision.metrics.enabled=false")
			.run(context -> assertThat(context).hasSingleBean(SupervisionEndpoint.class)
				.doesNotHaveBean(AdminMetrics.class));
	}

	@Test
	void withoutARegistryThereIsNothingToCountWith() {
		this.runner
			.run(context -> assertThat(context).hasSingleBean(AdminMetrics.class).doesNotHaveBean(MeterRegistry.class));
	}

	@Test
	void whenTheApplicationHasAnEndpointOfItsOwnThenThatStays() {
		this.runner.withUserConfiguration(OwnEndpoint.class)
			.run(context -> assertThat(context.getBeanNamesForType(SupervisionEndpoint.class)).containsExactly("mine"));
	}

	@Test
	void whenTheApplicationHasAHistoryOfItsOwnThenTheEndpointShowsThat() {
		this.runner.withBean("mine", SupervisionHistory.class, () -> new SupervisionHistory(1, false)).run(context -> {
			assertThat(context).hasSingleBean(SupervisionEndpoint.class);
			assertThat(context.getBeanNamesForType(SupervisionHistory.class)).containsExactly("mine");
		});
	}

	@Test
	void whenTheApplicationHasMetersOfItsOwnThenThoseStay() {
		AdminMetrics mine = new AdminMetrics();
		this.runner.withBean("mine", AdminMetrics.class, () -> mine)
			.run(context -> assertThat(context).getBean(AdminMetrics.class).isSameAs(mine));
	}

	@Test
	void valuesAreShownAsConfigured() {
		this.runner.run(context -> assertThat(context.getBean(SupervisionEndpointProperties.class))
			.isEqualTo(new SupervisionEndpointProperties(Show.NEVER, Set.of())));
		this.runner
			.withPropertyValues("management.endpoint.supervision.show-values=when-authorized",
					"management.endpoint.supervision.roles=viewer")
			.run(context -> assertThat(context.getBean(SupervisionEndpointProperties.class))
				.isEqualTo(new SupervisionEndpointProperties(Show.WHEN_AUTHORIZED, Set.of("viewer"))));
	}

	/** T3: a WARN where everybody in the network may act. */
	@ParameterizedTest(name = "T3 [{index}] {arguments}")
	@CsvSource(delimiter = '|', textBlock = """
			UNRESTRICTED | true  |                                                              | all addresses
			UNRESTRICTED | true  | server.address=0.0.0.0                                       | 0.0.0.0
			UNRESTRICTED | true  | management.server.port=0 server.address=127.0.0.1            | all addresses
			UNRESTRICTED | true  | management.server.port=0 management.server.address=0.0.0.0   | 0.0.0.0
			UNRESTRICTED | true  | server.port=81 management.server.port=81                     | all addresses
			UNRESTRICTED | true  | server.address=no.such.host.invalid                          | no.such.host.invalid
			UNRESTRICTED | true  | server.address=127.0.0.1                                     | ''
			UNRESTRICTED | true  | server.address=::1                                           | ''
			UNRESTRICTED | true  | server.address=localhost                                     | ''
			UNRESTRICTED | true  | management.server.port=0 management.server.address=127.0.0.1 | ''
			UNRESTRICTED | true  | server.port=81 management.server.port=81 server.address=::1  | ''
			UNRESTRICTED | false |                                                              | ''
			READ_ONLY    | true  |                                                              | ''
			""")
	void everybodyInTheNetworkIsWorthAWarning(String access, boolean anonymousWrites, @Nullable String server,
			String listensOn, CapturedOutput output) {
		this.runner
			.withPropertyValues("management.endpoint.supervision.access=" + access,
					"supervision.management.anonymous-writes=" + anonymousWrites)
			.withPropertyValues(
					Stream.ofNullable(server).map(text -> text.split(" ")).flatMap(Stream::of).toArray(String[]::new))
			.run(context -> assertThat(context).hasSingleBean(SupervisionEndpoint.class));
		List<String> warnings = output.getOut().lines().filter(line -> line.contains(WARNING)).toList();
		assertThat(warnings).hasSize(listensOn.isEmpty() ? 0 : 1)
			.allMatch(line -> line.contains(WARNING + " " + listensOn + ":"));
	}

	interface Clerk {

		String greet();

	}

	@GenServer("clerk")
	static class ClerkServer implements Clerk {

		@Override
		@HandleCall
		public String greet() {
			return "hello";
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEndpoint {

		@Bean
		SupervisionEndpoint mine(SupervisionRuntime runtime, SupervisionHistory history,
				SupervisionEndpointProperties properties, ApplicationContext context) {
			return new SupervisionEndpoint(runtime, history, properties, List.of(), context, Access.READ_ONLY);
		}

	}

	@Import(ClerkServer.class)
	static class Servers {

	}

}

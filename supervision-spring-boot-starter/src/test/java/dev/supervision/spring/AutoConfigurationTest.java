package dev.supervision.spring;

import java.io.File;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.properties.CanBeAnnotated;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.Instrumentation;
import dev.supervision.Node;

import dev.supervision.spring.Football.KeyValueStore;
import dev.supervision.spring.Football.KeyValueStoreServer;
import dev.supervision.spring.actuate.SupervisionHealthContributor;
import dev.supervision.spring.actuate.SupervisionMetrics;
import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;
import dev.supervision.spring.autoconfigure.SupervisionEndpointAutoConfiguration;
import dev.supervision.spring.autoconfigure.SupervisionHealthContributorAutoConfiguration;
import dev.supervision.spring.autoconfigure.SupervisionMetricsAutoConfiguration;
import dev.supervision.spring.autoconfigure.SupervisionWebAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.SmartLifecycle;

import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.io.UrlResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each auto-configuration, and each reason for it to keep out.
 */
class AutoConfigurationTest {

	private static final List<Class<?>> ALL = List.of(SupervisionAutoConfiguration.class,
			SupervisionEndpointAutoConfiguration.class, SupervisionHealthContributorAutoConfiguration.class,
			SupervisionMetricsAutoConfiguration.class, SupervisionWebAutoConfiguration.class);

	private final ApplicationContextRunner runner = TestTrees.application(KeyValueStoreServer.class);

	@Nested
	class Supervision {

		@Test
		void bringsTheNodeAndTheTrees() {
			AutoConfigurationTest.this.runner.run(context -> assertThat(context).hasSingleBean(Node.class)
				.hasSingleBean(SupervisionRuntime.class)
				.hasSingleBean(SpringServers.class)
				.hasSingleBean(SupervisionProperties.class)
				.hasSingleBean(SmartLifecycle.class)
				.hasBean("primary-key-value-store.client"));
		}

		@Test
		void harmsNobodyWhoHasNoServer() {
			TestTrees.application().run(context -> {
				assertThat(context).hasNotFailed();
				assertThat(context.getBean(Node.class).trees().whichChildren()).isEmpty();
			});
		}

		@Test
		void runsTheTreesOnANodeOfTheApplication() {
			try (Node own = Node.builder().name("own").build()) {
				AutoConfigurationTest.this.runner.withBean("own", Node.class, () -> own).run(context -> {
					assertThat(context).hasSingleBean(Node.class).doesNotHaveBean("supervisionNode");
					assertThat(own.whereis("primary-key-value-store").orElseThrow().toString()).startsWith("own.");
					assertThat(context.getBean(KeyValueStore.class).get("foo")).isNull();
				});
				assertThat(own.whereis("primary-key-value-store")).isEmpty();
			}
		}

		@Test
		void givesTheNodeAnInstrumentationThatIsABean() {
			AutoConfigurationTest.this.runner
				.withConfiguration(AutoConfigurations.of(SupervisionMetricsAutoConfiguration.class,
						MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
				.withBean(SimpleMeterRegistry.class)
				.run(context -> {
					assertThat(context).hasSingleBean(Instrumentation.class);
					assertThat(context.getBean(MeterRegistry.class).get("supervision.process.starts").counters())
						.isNotEmpty();
				});
		}

		@Test
		void startsNothingIfNotEnabled() {
			AutoConfigurationTest.this.runner.withPropertyValues("supervision.enabled=false").run(context -> {

				assertThat(context.getBean(SmartLifecycle.class).isRunning()).isFalse();
				assertThat(context.getBean(Node.class).processes()).hasSize(1);
			});
		}

	}

	@Nested
	class Metrics {

		private final ApplicationContextRunner metrics = AutoConfigurationTest.this.runner
			.withConfiguration(AutoConfigurations.of(SupervisionMetricsAutoConfiguration.class));

		private final ApplicationContextRunner withRegistry = this.metrics.withBean(SimpleMeterRegistry.class);

		@Test
		void areThereWithARegistry() {
			this.withRegistry.run(context -> assertThat(context).hasSingleBean(SupervisionMetrics.class));
		}

		@Test
		void comeAfterTheRegistriesOfBoot() {
			this.metrics
				.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
						SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class))
				.run(context -> assertThat(context).hasSingleBean(SupervisionMetrics.class));
		}

		@Test
		void backOffWithoutARegistry() {
			this.metrics.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SupervisionMetrics.class));
		}

		@Test
		void backOffWithoutMicrometer() {
			this.metrics.withClassLoader(new FilteredClassLoader("io.micrometer"))
				.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("supervisionMetrics"));
		}

		@ParameterizedTest
		@ValueSource(strings = { "supervision.enabled=false", "supervision.metrics.enabled=false" })
		void backOffIfNotEnabled(String property) {
			this.withRegistry.withPropertyValues(property)
				.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SupervisionMetrics.class));
		}

		@Test
		void backOffWithoutTrees() {
			new ApplicationContextRunner()
				.withConfiguration(AutoConfigurations.of(SupervisionMetricsAutoConfiguration.class))
				.withBean(SimpleMeterRegistry.class)
				.run(context -> assertThat(context).hasNotFailed());
		}

		@Test
		void backOffForThoseOfTheApplication() {
			this.withRegistry.withBean("own", SupervisionMetrics.class, () -> new SupervisionMetrics(1, () -> {
				throw new IllegalStateException("asked for a node too early");
			})).run(context -> assertThat(context).hasSingleBean(SupervisionMetrics.class).hasBean("own"));
		}

	}

	@Nested
	class Health {

		private final ApplicationContextRunner health = AutoConfigurationTest.this.runner
			.withConfiguration(AutoConfigurations.of(SupervisionHealthContributorAutoConfiguration.class));

		@Test
		void isThere() {
			this.health.run(context -> assertThat(context).hasSingleBean(SupervisionHealthContributor.class));
		}

		@Test
		void isInTheRegistryOfBootUnderItsName() {
			this.health
				.withConfiguration(AutoConfigurations.of(HealthContributorAutoConfiguration.class,
						HealthContributorRegistryAutoConfiguration.class))
				.run(context -> assertThat(
						context.getBean(HealthContributorRegistry.class).getContributor("supervision"))
					.isSameAs(context.getBean(SupervisionHealthContributor.class)));
		}

		@Test
		void backsOffWithoutHealthOfBoot() {
			this.health.withClassLoader(new FilteredClassLoader("org.springframework.boot.health"))
				.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("supervisionHealthContributor"));
		}

		@ParameterizedTest
		@ValueSource(strings = { "supervision.enabled=false", "management.health.supervision.enabled=false",
				"management.health.defaults.enabled=false" })
		void backsOffIfNotEnabled(String property) {
			this.health.withPropertyValues(property)
				.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SupervisionHealthContributor.class));
		}

		@Test
		void isThereIfItIsTheOnlyOneThatIsEnabled() {
			this.health
				.withPropertyValues("management.health.defaults.enabled=false",
						"management.health.supervision.enabled=true")
				.run(context -> assertThat(context).hasSingleBean(SupervisionHealthContributor.class));
		}

		@ParameterizedTest
		@ValueSource(strings = { "supervisionHealthIndicator", "supervisionHealthContributor" })
		void backsOffForThatOfTheApplication(String name) {
			this.health
				.withBean(name, HealthIndicator.class,
						() -> () -> org.springframework.boot.health.contributor.Health.up().build())
				.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(SupervisionHealthContributor.class));
		}

	}

	@Nested
	class WhatIsOptional {

		@ParameterizedTest
		@ValueSource(strings = { "org.springframework.boot.actuate", "org.springframework.boot.health",
				"org.springframework.boot.micrometer", "io.micrometer", "org.springframework.web",
				"org.springframework.boot.actuate,org.springframework.boot.health,org.springframework.boot.micrometer,"
						+ "io.micrometer" })
		void mayBeMissing(String packages) {
			AutoConfigurationTest.this.runner.withConfiguration(AutoConfigurations.of(ALL.toArray(Class<?>[]::new)))
				.withClassLoader(new FilteredClassLoader(packages.split(",")))
				.run(context -> assertThat(context.getBean(KeyValueStore.class).get("foo")).isNull());
		}

		@ParameterizedTest
		@ValueSource(strings = { "org.springframework.boot.actuate", "org.springframework.boot.health",
				"io.micrometer.core" })
		void mayBeMissingInAWebApplicationToo(String packages) {
			new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(ALL.toArray(Class<?>[]::new)))
				.withUserConfiguration(KeyValueStoreServer.class)
				.withClassLoader(new FilteredClassLoader(packages))
				.run(context -> assertThat(context.getBean(KeyValueStore.class).get("foo")).isNull());
		}

		/** Whose classes nothing can find, not even what is linked already. */
		@ParameterizedTest
		@ValueSource(strings = { "spring-boot-(starter-)?(actuator|health).*",
				"micrometer-(core|registry|jakarta).*|spring-boot-(starter-)?micrometer.*",
				"micrometer-.*|spring-boot-(starter-)?(actuator|health|micrometer).*",
				"spring-(web|webmvc)-.*|spring-boot-(starter-)?(web|tomcat|servlet).*" })
		void mayBeMissingOnTheClassPath(String jars) throws Exception {
			Pattern missing = Pattern.compile(".*[/\\\\](" + jars + ")\\.jar");
			List<String> entries = List.of(System.getProperty("java.class.path").split(File.pathSeparator));
			String classPath = entries.stream()
				.filter(entry -> !missing.matcher(entry).matches())
				.collect(Collectors.joining(File.pathSeparator));
			assertThat(classPath.split(File.pathSeparator)).hasSizeLessThan(entries.size());
			Process process = new ProcessBuilder(
					System.getProperty("java.home") + File.separator + "bin" + File.separator + "java", "-cp",
					classPath, SlimApplication.class.getName())
				.redirectErrorStream(true)
				.start();
			try {
				String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				assertThat(output).contains("foo is bar");
				assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
				assertThat(process.exitValue()).as(output).isZero();
			}
			finally {
				process.destroyForcibly();
			}
		}

	}

	@Nested
	class Names {

		@Test
		void everyAutoConfigurationIsRegisteredAndSorted() {
			List<String> registered = ImportCandidates.load(AutoConfiguration.class, null)
				.getCandidates()
				.stream()
				.filter(name -> name.startsWith("dev.supervision."))
				.toList();
			Set<String> found = new TreeSet<>();
			new ClassFileImporter().importPackages("dev.supervision.spring")
				.that(CanBeAnnotated.Predicates.annotatedWith(AutoConfiguration.class))
				.forEach(type -> found.add(type.getName()));
			assertThat(registered).containsExactlyElementsOf(found);
			assertThat(registered).containsExactlyElementsOf(ALL.stream().map(Class::getName).toList());
		}

		@Test
		void everyClassThatIsNamedInTextExists() {
			Set<String> named = new TreeSet<>();
			for (Class<?> type : ALL) {
				named(type, named);
				for (Method method : type.getDeclaredMethods()) {
					named(method, named);
				}
			}
			assertThat(named).isNotEmpty().allSatisfy(Names::assertExists);
		}

		private static void named(AnnotatedElement element, Set<String> named) {
			MergedAnnotations annotations = MergedAnnotations.from(element);
			collect(annotations, AutoConfiguration.class, named, "beforeName", "afterName");
			collect(annotations, ConditionalOnClass.class, named, "name");
			collect(annotations, ConditionalOnMissingClass.class, named, "value");
			collect(annotations, ConditionalOnBean.class, named, "type");
			collect(annotations, ConditionalOnMissingBean.class, named, "type", "ignoredType");
		}

		private static <A extends Annotation> void collect(MergedAnnotations annotations, Class<A> type,
				Set<String> named, String... attributes) {
			annotations.stream(type)
				.forEach((MergedAnnotation<A> annotation) -> Stream.of(attributes)
					.flatMap(attribute -> Arrays.stream(annotation.getStringArray(attribute)))
					.forEach(named::add));
		}

		@Test
		void everyClassOfSpringFactoriesExists() throws IOException {
			Properties factories = PropertiesLoaderUtils
				// other jars have one too
				.loadProperties(new UrlResource(
						URI.create(SupervisionProperties.class.getProtectionDomain().getCodeSource().getLocation()
								+ "META-INF/spring.factories")));
			assertThat(factories).isNotEmpty();
			factories.forEach((key, values) -> {
				assertExists((String) key);
				for (String value : ((String) values).split(",")) {
					assertExists(value.strip());
					assertThat(ClassUtils.resolveClassName((String) key, null))
						.isAssignableFrom(ClassUtils.resolveClassName(value.strip(), null));
				}
			});
		}

		private static void assertExists(String name) {
			assertThat(ClassUtils.isPresent(name, null)).as(name).isTrue();
		}

	}

}

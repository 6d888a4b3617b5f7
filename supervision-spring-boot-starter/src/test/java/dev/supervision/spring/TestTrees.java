package dev.supervision.spring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.supervision.ChildSpec;
import dev.supervision.SupervisorSpec;
import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * Applications with trees, and what has been made of their configuration.
 */
final class TestTrees {

	private TestTrees() {
	}

	/** An application with the given servers. */
	static ApplicationContextRunner application(Class<?>... configurations) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SupervisionAutoConfiguration.class))
			.withUserConfiguration(configurations);
	}

	/** An application with the given file, whose trees are compiled and not started. */
	static ApplicationContextRunner compiled(String yaml, Class<?>... configurations) {
		return application(configurations).withInitializer(file(yaml)).withPropertyValues("supervision.enabled=false");
	}

	/** An initializer that puts a file behind all other sources. */
	static org.springframework.context.ApplicationContextInitializer<ConfigurableApplicationContext> file(String yaml) {
		return context -> {
			for (PropertySource<?> source : load(yaml)) {
				context.getEnvironment().getPropertySources().addLast(source);
			}
		};
	}

	private static List<PropertySource<?>> load(String yaml) {
		try {
			return new YamlPropertySourceLoader().load("application.yml",
					new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** An initializer that sets environment variables. */
	static org.springframework.context.ApplicationContextInitializer<ConfigurableApplicationContext> variables(
			Map<String, Object> variables) {
		return context -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new SystemEnvironmentPropertySource("test-systemEnvironment", variables));
	}

	static List<SupervisorSpec> trees(ApplicationContext context) {
		return context.getBean(SupervisionRuntime.class).forest().trees();
	}

	static SupervisorSpec tree(ApplicationContext context, String id) {
		return trees(context).stream().filter(tree -> tree.id().equals(id)).findFirst().orElseThrow();
	}

	/** A child by its path, such as {@code football/store}. */
	static ChildSpec child(ApplicationContext context, String path) {
		String[] ids = path.split("/");
		SupervisorSpec supervisor = tree(context, ids[0]);
		for (int i = 1; i < ids.length - 1; i++) {
			supervisor = child(supervisor, ids[i]).supervisorSpec().orElseThrow();
		}
		return child(supervisor, ids[ids.length - 1]);
	}

	private static ChildSpec child(SupervisorSpec supervisor, String id) {
		return supervisor.children().stream().filter(child -> child.id().equals(id)).findFirst().orElseThrow();
	}

	/** The ids of children, in start order. */
	static List<String> ids(SupervisorSpec supervisor) {
		return supervisor.children().stream().map(ChildSpec::id).toList();
	}

}

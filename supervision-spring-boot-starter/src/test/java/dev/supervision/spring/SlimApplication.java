package dev.supervision.spring;

import dev.supervision.spring.Football.KeyValueStore;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application for a virtual machine of its own, whose class path lacks what is
 * optional.
 */
public final class SlimApplication {

	private SlimApplication() {
	}

	/** Calls a server and ends. */
	public static void main(String[] arguments) {
		try (ConfigurableApplicationContext context = new SpringApplicationBuilder(Store.class)
			.web(WebApplicationType.NONE)
			.run(arguments)) {
			KeyValueStore store = context.getBean(KeyValueStore.class);
			store.set("foo", "bar");
			System.out.println("foo is " + store.get("foo"));
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Football.KeyValueStoreServer.class)
	static class Store {

	}

}

package dev.supervision.spring;

import java.io.IOException;

import dev.supervision.spring.autoconfigure.SupervisionAutoConfiguration;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * An application without a web server, for a virtual machine of its own. Its main thread
 * ends at once; a line on its standard input closes it.
 */
public final class LongLivedApplication {

	static final String MAIN_IS_OVER = "main is over";

	private LongLivedApplication() {
	}

	/** Runs it. */
	public static void main(String[] arguments) {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Trees.class).web(WebApplicationType.NONE)
			.run(arguments);
		Thread main = Thread.currentThread();
		Thread watcher = new Thread(() -> closeOnInput(main, context));
		watcher.setDaemon(true);
		watcher.start();
	}

	private static void closeOnInput(Thread main, ConfigurableApplicationContext context) {
		try {
			main.join();
			System.out.println(MAIN_IS_OVER);
			if (System.in.read() >= 0) {
				context.close();
			}
		}
		catch (InterruptedException | IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SupervisionAutoConfiguration.class)
	@Import(Football.KeyValueStoreServer.class)
	static class Trees {

	}

}

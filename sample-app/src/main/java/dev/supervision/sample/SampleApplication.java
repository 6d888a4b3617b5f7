package dev.supervision.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;

/**
 * Tracks the matches of a World Cup with supervised processes.
 */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(FootballProperties.class)
public class SampleApplication {

	public static void main(String[] args) {
		ConfigurableApplicationContext application = SpringApplication.run(SampleApplication.class, args);
		if (application.getBean(FootballProperties.class).exit()) {
			application.getBean(Replay.class).await();
			System.exit(SpringApplication.exit(application));
		}
	}

	@Bean
	Edition edition(FootballProperties properties) {
		return EditionReader.read(properties.source());
	}

}

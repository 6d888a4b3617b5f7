package dev.supervision.sample;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

class FootballPropertiesTest {

	private final ApplicationContextRunner context = new ApplicationContextRunner()
		.withUserConfiguration(Configuration.class);

	@Test
	void the2022EditionIsReplayedAsFastAsItGoesByDefault() {
		this.context.run(run -> {
			FootballProperties properties = run.getBean(FootballProperties.class);
			assertThat(properties).isEqualTo(new FootballProperties("2022", null, Duration.ZERO, false, true));
			assertThat(properties.source().getFilename()).isEqualTo("2022.json");
		});
	}

	@Test
	void aFileGoesBeforeTheEdition() {
		this.context.withPropertyValues("football.file=some/cup.json", "football.edition=1930")
			.run(run -> assertThat(run.getBean(FootballProperties.class).source().getFile())
				.isEqualTo(Path.of("some/cup.json").toFile()));
	}

	@ParameterizedTest
	@CsvSource({ "60, PT1M", "2s, PT2S", "10ms, PT0.01S" })
	void thePaceIsADuration(String text, Duration pace) {
		this.context.withPropertyValues("football.pace=" + text)
			.run(run -> assertThat(run.getBean(FootballProperties.class).pace()).isEqualTo(pace));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"football.pace | 61s | A minute of a match lasts from 0 (as fast as it goes) to 60s.",
			"football.pace | -1s | A minute of a match lasts from 0 (as fast as it goes) to 60s.",
			"football.edition | 2019 | Bundled are 2018 and 2022; for another one give its file as football.file." })
	void whatDoesNotGoIsSaid(String name, String value, String reason) {
		this.context.withPropertyValues(name + "=" + value)
			.run(run -> assertThat(run).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, failure -> {
					assertThat(failure.getName()).isEqualTo(name);
					assertThat(failure.getReason()).isEqualTo(reason);
				}));
	}

	@EnableConfigurationProperties(FootballProperties.class)
	static class Configuration {

	}

}

package dev.supervision.sample;

import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.convert.DurationUnit;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/**
 * What is replayed, and how.
 *
 * @param edition World Cup that is replayed, of the bundled ones: 2018 or 2022
 * @param file file to replay instead, in the form of the bundled ones
 * @param pace how long a minute of a match lasts, from 0 (as fast as it goes) to 60s
 * @param exit whether the application ends after the replay
 * @param unknownEvents whether every tenth match gets an event that its process does not
 * know, and crashes
 */
@ConfigurationProperties("football")
record FootballProperties(@DefaultValue("2022") String edition, @Nullable Path file,
		@DefaultValue("0") @DurationUnit(ChronoUnit.SECONDS) Duration pace, @DefaultValue("false") boolean exit,
		@DefaultValue("true") boolean unknownEvents) {

	private static final Duration REAL = Duration.ofSeconds(60);

	FootballProperties {
		if (pace.isNegative() || pace.compareTo(REAL) > 0) {
			throw new InvalidConfigurationPropertyValueException("football.pace", pace,
					"A minute of a match lasts from 0 (as fast as it goes) to 60s.");
		}
		if (file == null && !bundled(edition).exists()) {
			throw new InvalidConfigurationPropertyValueException("football.edition", edition,
					"Bundled are 2018 and 2022; for another one give its file as football.file.");
		}
	}

	Resource source() {
		return (this.file != null) ? new FileSystemResource(this.file) : bundled(this.edition);
	}

	private static Resource bundled(String edition) {
		return new ClassPathResource("worldcup/" + edition + ".json");
	}

}

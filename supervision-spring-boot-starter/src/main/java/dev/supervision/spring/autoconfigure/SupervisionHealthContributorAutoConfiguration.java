package dev.supervision.spring.autoconfigure;

import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.actuate.SupervisionHealthContributor;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health of supervision trees.
 */
@AutoConfiguration(after = SupervisionAutoConfiguration.class,
		beforeName = "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({ HealthContributor.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBean(SupervisionRuntime.class)
@ConditionalOnBooleanProperty(name = "supervision.enabled", matchIfMissing = true)
public final class SupervisionHealthContributorAutoConfiguration {

	@Bean
	@ConditionalOnEnabledHealthIndicator("supervision")
	@ConditionalOnMissingBean(name = { "supervisionHealthIndicator", "supervisionHealthContributor" })
	SupervisionHealthContributor supervisionHealthContributor(SupervisionRuntime runtime) {
		return new SupervisionHealthContributor(runtime);
	}

}

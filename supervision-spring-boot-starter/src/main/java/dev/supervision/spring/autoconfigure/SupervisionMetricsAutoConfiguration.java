package dev.supervision.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;

import dev.supervision.Node;
import dev.supervision.spring.SupervisionProperties;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.actuate.SupervisionMetrics;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters.
 */
@AutoConfiguration(after = SupervisionAutoConfiguration.class,
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ MeterRegistry.class, SupervisionRuntime.class })
@ConditionalOnBooleanProperty(name = { "supervision.enabled", "supervision.metrics.enabled" }, matchIfMissing = true)
public final class SupervisionMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	SupervisionMetrics supervisionMetrics(SupervisionProperties properties, ObjectProvider<Node> node) {
		return new SupervisionMetrics(properties.metrics().maxGroups(), node::getObject);
	}

}

package dev.supervision.spring.autoconfigure;

import io.micrometer.core.instrument.MeterRegistry;

import dev.supervision.spring.SupervisionProperties;
import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.actuate.AdminMetrics;
import dev.supervision.spring.actuate.SupervisionEndpoint;
import dev.supervision.spring.actuate.SupervisionEndpointProperties;
import dev.supervision.spring.actuate.SupervisionHistory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of the endpoint, and of what it remembers.
 */
@AutoConfiguration(after = SupervisionAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass({ WebEndpoint.class, ConditionalOnAvailableEndpoint.class })
@ConditionalOnBean(SupervisionRuntime.class)
@ConditionalOnBooleanProperty(name = "supervision.enabled", matchIfMissing = true)
@EnableConfigurationProperties(SupervisionEndpointProperties.class)
public final class SupervisionEndpointAutoConfiguration {

	@Bean
	@ConditionalOnAvailableEndpoint(endpoint = SupervisionEndpoint.class, exposure = EndpointExposure.WEB)
	@ConditionalOnMissingBean
	SupervisionHistory supervisionHistory(SupervisionRuntime runtime) {
		SupervisionProperties.Crash crash = runtime.properties().crash();
		return new SupervisionHistory(crash.maxReports(),
				crash.includeValues() == SupervisionProperties.IncludeValues.ALWAYS);
	}

	@Bean
	@ConditionalOnAvailableEndpoint(exposure = EndpointExposure.WEB)
	@ConditionalOnMissingBean
	SupervisionEndpoint supervisionEndpoint(SupervisionRuntime runtime, SupervisionHistory history,
			SupervisionEndpointProperties properties, ObjectProvider<SanitizingFunction> sanitizers,
			ObjectProvider<EndpointAccessResolver> resolver, ApplicationContext context) {
		EndpointAccessResolver resolving = resolver.getIfAvailable();
		Access access = (resolving != null) ? resolving.accessFor(EndpointId.of("supervision"), Access.READ_ONLY)
				: Access.READ_ONLY;
		return new SupervisionEndpoint(runtime, history, properties, sanitizers.orderedStream().toList(), context,
				access);
	}

	/** Where there is Micrometer. */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnBooleanProperty(name = "supervision.metrics.enabled", matchIfMissing = true)
	static class MetricsConfiguration {

		@Bean
		@ConditionalOnAvailableEndpoint(endpoint = SupervisionEndpoint.class, exposure = EndpointExposure.WEB)
		@ConditionalOnMissingBean
		AdminMetrics supervisionAdminMetrics() {
			return new AdminMetrics();
		}

	}

}

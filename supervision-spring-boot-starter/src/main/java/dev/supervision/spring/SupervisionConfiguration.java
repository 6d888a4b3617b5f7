package dev.supervision.spring;

import dev.supervision.ExecutorType;
import dev.supervision.Instrumentation;
import dev.supervision.Node;
import dev.supervision.SupervisionListener;
import dev.supervision.SupervisorSpec;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/**
 * The beans behind the auto-configuration.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SupervisionProperties.class)
public final class SupervisionConfiguration {

	@Bean
	static ServerRegistrar supervisionServerRegistrar() {
		return new ServerRegistrar();
	}

	@Bean
	EventDispatcher supervisionEventDispatcher() {
		return new EventDispatcher();
	}

	@Bean(destroyMethod = "close")
	@ConditionalOnMissingBean
	Node supervisionNode(ServerRegistrar.Plan plan, EventDispatcher events, Environment environment,
			ObjectProvider<Instrumentation> instrumentation) {
		SupervisionProperties properties = plan.properties();
		Node.Builder builder = Node.builder()
			.closeTimeout(properties.closeTimeout())
			.killGrace(properties.killGrace())
			.defaultExecutor(executor(properties.threads(), environment))
			.listener(events);
		instrumentation.ifAvailable(builder::instrumentation);
		if (properties.crash().includeValues() == SupervisionProperties.IncludeValues.NEVER) {
			// what the starter sends says itself what may be shown of it
			builder.showsMessages(false)
				.valueRenderer(value -> (value instanceof Request || value instanceof BeanState) ? value.toString()
						: value.getClass().getName());
		}
		return builder.build();
	}

	private static ExecutorType executor(SupervisionProperties.Threads threads, Environment environment) {
		return switch (threads) {
			case PLATFORM -> ExecutorType.POOL;
			case VIRTUAL -> ExecutorType.VIRTUAL;
			case AUTO -> VirtualThreads.areAvailable()
					&& environment.getProperty("spring.threads.virtual.enabled", Boolean.class, true)
							? ExecutorType.VIRTUAL : ExecutorType.POOL;
		};
	}

	@Bean
	SupervisionRuntime supervisionRuntime(ServerRegistrar.Plan plan, Node node, ObjectProvider<SupervisorSpec> specs,
			ConfigurableListableBeanFactory beans) {
		return new SupervisionRuntime(plan, node, specs, beans);
	}

	@Bean
	@ConditionalOnMissingBean
	RootFailureListener supervisionRootFailureListener(SupervisionRuntime runtime, ApplicationContext context) {
		return new RootFailureListener(runtime, runtime.properties().onRootFailure(), context);
	}

	@Bean
	SupervisionLifecycle supervisionLifecycle(SupervisionRuntime runtime, EventDispatcher events,
			ObjectProvider<SupervisionListener> listeners, ApplicationEventPublisher publisher) {
		return new SupervisionLifecycle(runtime, events, listeners, publisher);
	}

}

package dev.supervision.spring;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import dev.supervision.Node;
import dev.supervision.RawRef;
import dev.supervision.ServerRef;
import dev.supervision.SupervisorSpec;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;

/**
 * Works on bean definitions alone: compiles the declared trees, hides the servers from
 * injection, and adds a client for each name and the children of each dynamic supervisor.
 */
final class ServerRegistrar implements BeanDefinitionRegistryPostProcessor, EnvironmentAware {

	private @Nullable Environment environment;

	@Override
	public void setEnvironment(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
		ConfigurableListableBeanFactory beans = (ConfigurableListableBeanFactory) registry;
		if (!(this.environment instanceof ConfigurableEnvironment configurable)) {
			throw new IllegalStateException("No environment to read supervision.* from");
		}
		PropertiesReader reader = new PropertiesReader(configurable);
		SupervisionProperties properties = reader.read();
		Servers servers = new Servers(beans,
				properties.crash().includeValues() == SupervisionProperties.IncludeValues.ALWAYS);
		SpecBuilder specs = new SpecBuilder(servers, new BeanFactory(beans));
		TreeCompiler compiler = new TreeCompiler(properties, servers, specs, reader::origin);
		boolean beansFollow = beans.getBeanNamesForType(SupervisorSpec.class, true, false).length > 0;
		Forest declared = compiler.compileDeclarations(beansFollow);
		for (String name : servers.types().keySet()) {
			registry.getBeanDefinition(name).setAutowireCandidate(false);
		}
		register(registry, "supervisionPlan", ResolvableType.forClass(Plan.class), null,
				() -> new Plan(properties, servers, specs, compiler, declared, beansFollow));
		registerClients(registry, beans, servers, declared, beansFollow);
	}

	private static void registerClients(BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans,
			Servers servers, Forest declared, boolean beansFollow) {
		Set<String> placed = new LinkedHashSet<>();
		for (Forest.Place place : declared.places()) {
			String bean = place.bean();
			String name = place.name();
			if (bean != null && name != null) {
				placed.add(bean);
				ServerType type = servers.get(bean);
				if (place.isDynamic()) {
					registerChildren(registry, beans, type, name);
				}
				else {
					registerClient(registry, beans, type, name);
				}
			}
		}
		if (beansFollow) {
			// their children have the name of their bean, unless they say otherwise
			servers.types()
				.values()
				.stream()
				.filter(type -> !placed.contains(type.beanName))
				.forEach(type -> registerClient(registry, beans, type, type.beanName));
		}
	}

	private static void registerClient(BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans,
			ServerType type, String name) {
		Class<?> protocol = type.protocol;
		if (protocol != null) {
			register(registry, name + ".client", ResolvableType.forClass(protocol), name,
					() -> runtime(beans).client(type, name));
		}
		if (type.isPlain()) {
			ResolvableType messages = ResolvableType.forClass(type.beanClass)
				.as(dev.supervision.GenServer.class)
				.getGeneric(1);
			register(registry, name + ".ref", ResolvableType.forClassWithGenerics(ServerRef.class, messages), name,
					() -> beans.getBean(Node.class).ref(dev.supervision.Name.of(name)));
		}
		register(registry, name + ".raw", ResolvableType.forClass(RawRef.class), name,
				() -> new RawClient(beans.getBean(Node.class).raw(name), runtime(beans).readiness()));
	}

	private static void registerChildren(BeanDefinitionRegistry registry, ConfigurableListableBeanFactory beans,
			ServerType type, String supervisor) {
		Class<?> protocol = type.protocol;
		if (protocol != null) {
			register(registry, supervisor + ".children", ResolvableType.forClassWithGenerics(Children.class, protocol),
					supervisor, () -> runtime(beans).children(supervisor));
		}
	}

	private static SupervisionRuntime runtime(ConfigurableListableBeanFactory beans) {
		return beans.getBean(SupervisionRuntime.class);
	}

	private static void register(BeanDefinitionRegistry registry, String name, ResolvableType type,
			@Nullable String qualifier, Supplier<?> supplier) {
		RootBeanDefinition definition = new RootBeanDefinition();
		definition.setBeanClass(type.resolve(Object.class));
		definition.setTargetType(type);
		definition.setInstanceSupplier(supplier);
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		// made by nobody's destroy method: a protocol may well have a close() of its own
		definition.setDestroyMethodName("");
		if (qualifier != null) {
			definition.setRole(BeanDefinition.ROLE_APPLICATION);
			definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, qualifier));
		}
		registry.registerBeanDefinition(name, definition);
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
	}

	/**
	 * What is known before there are beans.
	 *
	 * @param specsFollow whether there are {@code SupervisorSpec} beans
	 */
	record Plan(SupervisionProperties properties, Servers servers, SpecBuilder specs, TreeCompiler compiler,
			Forest declared, boolean specsFollow) {

		/** All trees, once there are beans. */
		Forest forest(List<SupervisorSpec> specs, Set<String> placed) {
			return this.specsFollow ? this.compiler.compile(specs, placed) : this.declared;
		}

	}

}

package dev.supervision.spring;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildInfo;
import dev.supervision.ChildSpec;
import dev.supervision.ExitReason;
import dev.supervision.Name;
import dev.supervision.Node;
import dev.supervision.SupervisorSpec;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.SmartInstantiationAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanFactory;

/**
 * The trees of one application context, and what was declared in them. For the starter's
 * own parts; an application injects clients, {@link Children} and {@link Node}.
 */
public final class SupervisionRuntime implements SpringServers, SmartInitializingSingleton {

	private final ServerRegistrar.Plan plan;

	private final Node node;

	private final Readiness readiness;

	private final ObjectProvider<SupervisorSpec> specs;

	private final ConfigurableListableBeanFactory beans;

	/** Servers for which {@code SupervisorSpec} beans have made children. */
	private final Set<String> placed = new HashSet<>();

	private volatile @Nullable Forest forest;

	SupervisionRuntime(ServerRegistrar.Plan plan, Node node, ObjectProvider<SupervisorSpec> specs,
			ConfigurableListableBeanFactory beans) {
		this.plan = plan;
		this.node = node;
		this.readiness = new Readiness(plan.properties().enabled());
		this.specs = specs;
		this.beans = beans;
	}

	@Override
	public void afterSingletonsInstantiated() {
		forest();
		List<Problem> problems = this.plan.servers()
			.types()
			.values()
			.stream()
			.filter(this::isProxied)
			.flatMap(type -> type.handlersThatDefyProxies()
				.stream()
				.map(handler -> new Problem(
						"Server '" + type + "' (" + type.beanClass.getName() + ") is proxied, and " + handler
								+ " is private or final: it would run on the proxy, which has no state.",
						"Make that method neither private nor final, or remove the aspect.")))
			.toList();
		if (!problems.isEmpty()) {
			throw new InvalidTreesException(problems);
		}
	}

	/** Whether an aspect applies, as far as one can tell without an instance. */
	private boolean isProxied(ServerType type) {
		for (BeanPostProcessor processor : ((AbstractBeanFactory) this.beans).getBeanPostProcessors()) {
			if (processor instanceof SmartInstantiationAwareBeanPostProcessor smart
					&& smart.determineBeanType(type.beanClass, type.beanName) != type.beanClass) {
				return true;
			}
		}
		return false;
	}

	// ---- what was declared

	/** The properties. */
	public SupervisionProperties properties() {
		return this.plan.properties();
	}

	/** The node. */
	public Node node() {
		return this.node;
	}

	/** The ids of the declared trees, in start order. */
	public List<String> treeIds() {
		return forest().trees().stream().map(SupervisorSpec::id).toList();
	}

	/** The bean of the server at a place of a tree, such as {@code football/store}. */
	public Optional<String> bean(String path) {
		return forest().places()
			.stream()
			.filter(place -> place.path().equals(path))
			.map(Forest.Place::bean)
			.map(Optional::ofNullable)
			.findFirst()
			.flatMap(bean -> bean);
	}

	/** Whether the trees run, which is not said of each of them. */
	public boolean isRunning() {
		return this.readiness.isRunning();
	}

	/**
	 * Complete as soon as it is asked for, because health needs to know all trees early.
	 */
	synchronized Forest forest() {
		Forest compiled = this.forest;
		if (compiled == null) {
			// first the beans, which place servers
			List<SupervisorSpec> all = this.specs.orderedStream().toList();
			compiled = this.plan.forest(all, Set.copyOf(this.placed));
			this.forest = compiled;
		}
		return compiled;
	}

	/** A tree as the node sees it. */
	public Optional<ChildInfo> tree(String id) {
		return this.node.trees()
			.pid()
			.flatMap(root -> this.node.children(root).stream().filter(tree -> id.equals(tree.id())).findFirst());
	}

	Readiness readiness() {
		return this.readiness;
	}

	/** Whether a tree that ended so gave up on a child, or ended in disorder. */
	public static boolean hasGivenUp(@Nullable ExitReason last) {
		if (last instanceof ExitReason.Shutdown shutdown) {
			return shutdown.detail() instanceof ExitReason.GaveUp;
		}
		return last != null && !last.isClean();
	}

	// ---- clients

	Object client(ServerType type, String name) {
		return Client.create(type, this.node.ref(Name.<Request>of(name)), this.readiness);
	}

	Children<?> children(String supervisor) {
		Map<String, Forest.Place> dynamic = new HashMap<>();
		this.plan.declared()
			.places()
			.stream()
			.filter(Forest.Place::isDynamic)
			.forEach(place -> dynamic.put(place.id(), place));
		Forest.Place place = dynamic.get(supervisor);
		if (place == null || place.template() == null || place.bean() == null) {
			throw new IllegalArgumentException(
					"There is no dynamic supervisor '" + supervisor + "', but " + dynamic.keySet());
		}
		return new DynamicChildren(supervisor, this.plan.servers().get(place.bean()), place.template(), this.node,
				this.readiness);
	}

	@Override
	public ChildSpec child(String id, String worker, Object... arguments) {
		ServerType type = this.plan.servers().get(worker);
		type.requireFitting(id, arguments);
		this.placed.add(worker);
		ChildSpec spec = this.plan.specs().child(id, type, List.of(arguments)).name(worker);
		return this.plan.specs().withDefaults(spec, properties().defaults());
	}

	@Override
	public <P> P client(Class<P> protocol, String name) {
		return protocol.cast(client(serverOf(protocol, name), name));
	}

	private ServerType serverOf(Class<?> protocol, String name) {
		List<ServerType> candidates = this.plan.servers()
			.types()
			.values()
			.stream()
			.filter(candidate -> candidate.protocol == protocol)
			.toList();
		if (candidates.isEmpty()) {
			throw new IllegalArgumentException("No @GenServer has the protocol " + protocol.getName());
		}
		if (candidates.size() == 1) {
			return candidates.get(0);
		}
		String bean = this.plan.declared()
			.places()
			.stream()
			.filter(place -> name.equals(place.name()))
			.map(Forest.Place::bean)
			.findFirst()
			.orElse(name);
		return candidates.stream()
			.filter(candidate -> candidate.beanName.equals(bean))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("The servers " + candidates + " have the protocol "
					+ protocol.getName() + ", and which of them is '" + name
					+ "' is not declared. Place it in the configuration, or register it under its bean name"));
	}

}

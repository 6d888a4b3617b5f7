package dev.supervision.spring.actuate;

import java.security.Principal;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.supervision.spring.SupervisionRuntime;
import dev.supervision.spring.Words;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.event.ContextClosedEvent;

/**
 * The trees over HTTP: reads that ask no process, and, where access is unrestricted,
 * operations by hand. An operation needs somebody who is authenticated, or the consent of
 * the configuration, and a reason; every attempt is audited.
 */
@WebEndpoint(id = "supervision", defaultAccess = Access.READ_ONLY)
@ImportRuntimeHints(SupervisionEndpoint.Hints.class)
public final class SupervisionEndpoint implements ApplicationListener<ContextClosedEvent>, AutoCloseable {

	private static final String[] RESOURCES = { "tree", "processes", "processes/{id}", "crashes", "crashes/{id}",
			"events" };

	private final SupervisionRuntime runtime;

	private final SupervisionHistory history;

	private final SupervisionEndpointProperties properties;

	private final Sanitizer sanitizer;

	private final ApplicationContext context;

	private final Access access;

	private final Operations operations;

	private final OverviewReader overview;

	private final ProcessReader processes;

	private volatile boolean stopping;

	/**
	 * Creates the endpoint.
	 * @param runtime the trees
	 * @param history what is remembered of them
	 * @param properties what is shown
	 * @param sanitizers have the last word about values that are shown
	 * @param context gets the audit events
	 * @param access what the endpoint is configured to let do
	 */
	public SupervisionEndpoint(SupervisionRuntime runtime, SupervisionHistory history,
			SupervisionEndpointProperties properties, List<SanitizingFunction> sanitizers, ApplicationContext context,
			Access access) {
		this.runtime = runtime;
		this.history = history;
		this.properties = properties;
		this.sanitizer = new Sanitizer(sanitizers);
		this.context = context;
		this.access = access;
		this.operations = new Operations(runtime, history, new RateLimit(System::nanoTime),
				new AdminLog(history, context), () -> this.stopping);
		this.processes = new ProcessReader(runtime, history);
		this.overview = new OverviewReader(runtime, history,
				context.getEnvironment().getProperty("spring.application.name", runtime.node().name()));
		if (access == Access.UNRESTRICTED && runtime.properties().management().anonymousWrites()) {
			AnonymousWritesWarning.warn(context.getEnvironment());
		}
	}

	/** Refuses operations from the moment on at which the application begins to stop. */
	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		// a management context of its own tells its parent, too
		if (event.getApplicationContext() == this.context) {
			this.stopping = true;
		}
	}

	@Override
	public void close() {
		this.operations.close();
	}

	// ---- reads

	/** How everything is. */
	@ReadOperation
	public OperationResponseBody overview(SecurityContext security) {
		boolean permitted = this.access == Access.UNRESTRICTED && this.operations.permits(name(security));
		List<String> permissions = permitted
				? Stream.concat(Operations.PROCESS_ACTIONS.stream(), Operations.CHILD_ACTIONS.stream()).toList()
				: List.of();
		return this.overview.read(Words.of(this.access), permissions);
	}

	/**
	 * Everything below: {@code tree}, {@code processes}, {@code crashes} and
	 * {@code events}.
	 */
	@ReadOperation
	public WebEndpointResponse<?> read(SecurityContext security, @Nullable String root, @Nullable String depth,
			@Nullable String supervisor, @Nullable String state, @Nullable String kind, @Nullable String type,
			@Nullable String name, @Nullable String q, @Nullable String minMailbox, @Nullable String problem,
			@Nullable String sort, @Nullable String order, @Nullable String limit, @Nullable String cursor,
			@Nullable String after, @Nullable String fingerprint, @Nullable String since,
			@Selector(match = Selector.Match.ALL_REMAINING) String[] path) {
		return answer(() -> switch (resource(path)) {
			case "tree" -> tree(root, depth);
			case "processes" -> this.processes.page(new ProcessQuery(supervisor, state, kind, type, name, q, minMailbox,
					problem, sort, order, limit, cursor));
			case "processes/{id}" -> this.processes.detail(path[1]);
			case "crashes" -> crashes(security).page(after, fingerprint, supervisor, type, limit, cursor);
			case "crashes/{id}" -> crashes(security).detail(path[1]);
			case "events" -> crashes(security).events(since, limit, this.runtime.node().statistics().eventsDropped());
			default -> throw Refusal.notFound("There is nothing of that name", RESOURCES);
		});
	}

	private static String resource(String[] path) {
		return (path.length == 2) ? path[0] + "/{id}" : String.join("/", path);
	}

	private View.Nodes tree(@Nullable String root, @Nullable String depth) {
		String start = Parameters.text(root);
		TreeReader reader = new TreeReader(this.runtime, this.history,
				Parameters.number("depth", depth, TreeReader.DEFAULT_DEPTH));
		return reader.read((start != null) ? this.processes.find(start) : null);
	}

	private CrashReader crashes(SecurityContext security) {
		boolean shown = this.properties.showValues().isShown(security, this.properties.roles());
		return new CrashReader(this.history, new Values(this.sanitizer, shown));
	}

	private static WebEndpointResponse<?> answer(Supplier<OperationResponseBody> body) {
		try {
			return new WebEndpointResponse<>(body.get());
		}
		catch (Refusal refusal) {
			return new WebEndpointResponse<>(refusal.body(null), refusal.status());
		}
	}

	// ---- writes

	/**
	 * Does something to a process, or to a child of a supervisor. All parameters are part
	 * of a JSON body. That they may be missing lets such attempts be audited, too; what
	 * HTTP itself refuses, such as a body that is no JSON, never gets here.
	 */
	@WriteOperation
	public WebEndpointResponse<?> write(SecurityContext security, @Selector String resource, @Selector String id,
			@Nullable String action, @Nullable String child, @Nullable String reason, @Nullable String timeoutMillis) {
		return this.operations.perform(new Attempt(name(security), resource, id, action, child, reason, timeoutMillis));
	}

	private static @Nullable String name(SecurityContext security) {
		Principal principal = security.getPrincipal();
		return (principal != null) ? principal.getName() : null;
	}

	/** What is made into JSON. */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();
			registrar.registerReflectionHints(hints.reflection(), View.Overview.class, View.Nodes.class,
					View.ProcessPage.class, View.ProcessDetail.class, View.CrashPage.class, View.CrashDetail.class,
					View.Events.class, View.Done.class, Refusal.Body.class);
		}

	}

}

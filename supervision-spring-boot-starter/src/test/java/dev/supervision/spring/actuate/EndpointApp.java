package dev.supervision.spring.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.Children;
import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;
import dev.supervision.spring.ServerContext;
import dev.supervision.spring.StartArgument;
import dev.supervision.spring.Terminate;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * An application with trees and an endpoint, reached over HTTP.
 */
final class EndpointApp implements AutoCloseable {

	static final String UNRESTRICTED = "management.endpoint.supervision.access=unrestricted";

	static final String ANONYMOUS = "supervision.management.anonymous-writes=true";

	static final String EXPOSED = "management.endpoints.web.exposure.include=supervision";

	/** Whoever is named here, in the encoding of URLs, is authenticated. */
	static final String USER_HEADER = "X-Test-User";

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final String[] TREES = { "supervision.trees[0].id=football",
			"supervision.trees[0].strategy=one-for-one", "supervision.trees[0].max-restarts=100",
			"supervision.trees[0].within=1s", "supervision.trees[0].children[0].id=store",
			"supervision.trees[0].children[0].worker=store", "supervision.trees[0].children[1].id=slow",
			"supervision.trees[0].children[1].worker=slow", "supervision.trees[0].children[1].shutdown=30s",
			"supervision.trees[0].children[2].id=matches", "supervision.trees[0].children[2].dynamic=match",
			"supervision.trees[0].children[2].max-restarts=0", "supervision.trees[0].children[2].within=5s",
			"supervision.trees[0].children[2].on-limit=park", "supervision.trees[0].children[3].id=guests",
			"supervision.trees[0].children[3].dynamic=match",
			"supervision.trees[0].children[3].child-restart=temporary", "supervision.trees[1].id=fragile",
			"supervision.trees[1].max-restarts=0", "supervision.trees[1].within=5s",
			"supervision.trees[1].children[0].id=glass", "supervision.trees[1].children[0].worker=store",
			"supervision.trees[1].children[0].name=glass", "supervision.trees[0].children[0].name=store" };

	/** For users who have not done anything before, and are below every limit. */
	private static final AtomicInteger users = new AtomicInteger();

	private final HttpClient http = HttpClient.newHttpClient();

	final ConfigurableApplicationContext context;

	final Node node;

	private final String base;

	/** Starts it on a port of its own. */
	static EndpointApp start(String... properties) {
		return startAt("/actuator", properties);
	}

	/** As above, with the endpoints somewhere else. */
	static EndpointApp startAt(String basePath, String... properties) {
		return new EndpointApp(basePath, run(new Class<?>[] { App.class }, properties));
	}

	/** As above, with more configuration. */
	static EndpointApp startWith(Class<?> configuration, String... properties) {
		return new EndpointApp("/actuator", run(new Class<?>[] { App.class, configuration }, properties));
	}

	private EndpointApp(String basePath, ConfigurableApplicationContext context) {
		int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
		Integer management = context.getEnvironment().getProperty("local.management.port", Integer.class);
		this.context = context;
		this.node = context.getBean(Node.class);
		this.base = "http://localhost:" + ((management != null) ? management : port) + basePath;
	}

	private static ConfigurableApplicationContext run(Class<?>[] sources, String... properties) {
		List<String> all = new ArrayList<>(Arrays.asList(TREES));
		all.addAll(List.of("server.port=0", "spring.main.banner-mode=off", "spring.jmx.enabled=false",
				"spring.application.name=tracker"));
		all.addAll(Arrays.asList(properties));
		SpringApplication application = new SpringApplication(sources);
		return application.run(all.stream().map(property -> "--" + property).toArray(String[]::new));
	}

	// ---- requests

	Answer get(String path) {
		return send(request(path).GET(), null);
	}

	Answer get(String path, String user) {
		return send(request(path).GET(), user);
	}

	/** Another endpoint. */
	Answer getOther(String path) {
		return send(HttpRequest.newBuilder(URI.create(this.base + path)).timeout(LIMIT).GET(), null);
	}

	/** Any path of the application itself. */
	Answer onFirstPort(String path) {
		return send(HttpRequest
			.newBuilder(URI
				.create("http://localhost:" + this.context.getEnvironment().getProperty("local.server.port") + path))
			.timeout(LIMIT)
			.GET(), null);
	}

	/** With a JSON body. */
	Answer post(String path, @Nullable String user, String body) {
		return send(request(path).header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(body)), user);
	}

	/** Does something to a process, as somebody who is authenticated. */
	Answer act(Pid pid, String action) {
		return post("/processes/" + pid, newUser(), json("action", action, "reason", "a test"));
	}

	/** Does something to a child, as somebody who is authenticated. */
	Answer act(Pid supervisor, String action, String child) {
		return post("/supervisors/" + supervisor, newUser(),
				json("action", action, "reason", "a test", "child", child));
	}

	static String newUser() {
		return "user-" + users.incrementAndGet();
	}

	HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(this.base + "/supervision" + path)).timeout(LIMIT);
	}

	Answer send(HttpRequest.Builder request, @Nullable String user) {
		if (user != null) {
			request.header(USER_HEADER, URLEncoder.encode(user, StandardCharsets.UTF_8));
		}
		try {
			HttpResponse<String> response = this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
			return new Answer(response.statusCode(), response.body(),
					response.headers().firstValue("Content-Type").orElse(""));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	static String json(String... namesAndValues) {
		Map<String, String> fields = new HashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			fields.put(namesAndValues[i], namesAndValues[i + 1]);
		}
		return JsonMapper.shared().writeValueAsString(fields);
	}

	// ---- the application

	Pid named(String name) {
		return this.node.awaitStarted(name, LIMIT);
	}

	Pid root() {
		return this.node.trees().pid().orElseThrow();
	}

	@SuppressWarnings("unchecked")
	Children<Match> matches() {
		return (Children<Match>) this.context.getBean("matches.children");
	}

	/** Matches that are not started again. */
	@SuppressWarnings("unchecked")
	Children<Match> guests() {
		return (Children<Match>) this.context.getBean("guests.children");
	}

	/** The process of a child, by its path. */
	Pid at(String path) {
		return this.node.processes()
			.filter(info -> info.path().equals(path))
			.map(ProcessInfo::pid)
			.findFirst()
			.orElseThrow();
	}

	Store store() {
		return (Store) this.context.getBean("store.client");
	}

	Slow slow() {
		return this.context.getBean(Slow.class);
	}

	Gate gate() {
		return this.context.getBean(Gate.class);
	}

	List<AuditEvent> audits() {
		return this.context.getBean(Audits.class).events;
	}

	@Override
	public void close() {
		gate().open();
		this.context.close();
	}

	/**
	 * What came back.
	 */
	record Answer(int status, String body, String contentType) {

		JsonNode json() {
			return JsonMapper.shared().readTree(this.body);
		}

		String text(String pointer) {
			return json().at(pointer).asString("");
		}

		/** A value of each of the elements of an array. */
		List<String> texts(String array, String name) {
			return json().at(array).valueStream().map(element -> element.path(name).asString("")).toList();
		}

		/** The names of the fields, where each of them is there only if it is known. */
		Collection<String> names(String pointer) {
			return json().at(pointer).propertyNames();
		}

	}

	// ---- the servers

	interface Store {

		@Nullable String get(String key);

		void set(String key, String value);

		void crash(String secret);

		void fail(RuntimeException failure);

	}

	@GenServer("store")
	static class StoreServer implements Store {

		private final Map<String, String> entries = new HashMap<>();

		@Override
		@HandleCall
		public @Nullable String get(String key) {
			return this.entries.get(key);
		}

		@Override
		@HandleCall
		public void set(String key, String value) {
			this.entries.put(key, value);
		}

		@Override
		@HandleCast
		public void crash(String secret) {
			throw new IllegalStateException("cannot digest " + secret, new IOException("because of " + secret));
		}

		@Override
		@HandleCast
		public void fail(RuntimeException failure) {
			throw failure;
		}

	}

	interface Match {

		List<String> goals();

		void goal(String player);

		void crash();

	}

	@GenServer("match")
	static class MatchServer implements Match {

		private final String home;

		private final List<String> goals = new ArrayList<>();

		MatchServer(@StartArgument String home) {
			this.home = home;
		}

		@Override
		@HandleCall
		public List<String> goals() {
			List<String> all = new ArrayList<>(List.of(this.home));
			all.addAll(this.goals);
			return all;
		}

		@Override
		@HandleCall
		public void goal(String player) {
			this.goals.add(player);
		}

		@Override
		@HandleCast
		public void crash() {
			throw new IllegalArgumentException("unknown event");
		}

	}

	interface Slow {

		void block();

	}

	/** Takes its time, also to end. */
	@GenServer("slow")
	static class SlowServer implements Slow {

		private final Gate gate;

		SlowServer(Gate gate, ServerContext self) {
			this.gate = gate;
			if (gate.refusesStart.get()) {
				throw new IllegalStateException("not today");
			}
		}

		@Override
		@HandleCast
		public void block() {
			this.gate.await();
		}

		@Terminate
		void terminate() {
			if (this.gate.slowEnd.get()) {
				this.gate.await();
			}
		}

	}

	/** What slow servers wait for. */
	static class Gate {

		final AtomicBoolean slowEnd = new AtomicBoolean();

		final AtomicBoolean refusesStart = new AtomicBoolean();

		private final CountDownLatch latch = new CountDownLatch(1);

		void open() {
			this.latch.countDown();
		}

		void await() {
			try {
				this.latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

	/** Every audit event. */
	static class Audits {

		final List<AuditEvent> events = new CopyOnWriteArrayList<>();

		@EventListener
		void on(AuditApplicationEvent event) {
			this.events.add(event.getAuditEvent());
		}

	}

	/** Authenticates without Spring Security. */
	static class FakeAuthentication extends OncePerRequestFilter {

		@Override
		protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
				throws ServletException, IOException {
			String header = request.getHeader(USER_HEADER);
			String user = (header != null) ? URLDecoder.decode(header, StandardCharsets.UTF_8) : null;
			chain.doFilter((user != null) ? new HttpServletRequestWrapper(request) {

				@Override
				public Principal getUserPrincipal() {
					return () -> user;
				}

				@Override
				public boolean isUserInRole(String role) {
					return user.equals("role-" + role);
				}

			} : request, response);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ StoreServer.class, MatchServer.class, SlowServer.class })
	static class App {

		@Bean
		Gate gate() {
			return new Gate();
		}

		@Bean
		Audits audits() {
			return new Audits();
		}

		@Bean
		FakeAuthentication fakeAuthentication() {
			return new FakeAuthentication();
		}

	}

}

package dev.supervision.spring.actuate;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import dev.supervision.CallException;
import dev.supervision.Pid;
import dev.supervision.spring.SupervisionRuntime;

import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Decides whether an attempt is allowed, lets it be done on a thread of its own, waits
 * for that for a while, and sees to it that every attempt is recorded.
 */
final class Operations implements AutoCloseable {

	/** What can be done to a process. */
	static final List<String> PROCESS_ACTIONS = List.of("kill", "stop", "restart");

	/** What can be done to a child of a supervisor. */
	static final List<String> CHILD_ACTIONS = List.of("restart-child", "terminate-child");

	static final String PROCESSES = "processes";

	static final String SUPERVISORS = "supervisors";

	private static final Duration DEFAULT_WAIT = Duration.ofSeconds(5);

	private static final long MAX_WAIT_MILLIS = 30_000;

	/** An answer that comes after its time is late, but it comes. */
	private static final Duration SLACK = Duration.ofMillis(200);

	private static final int MAX_THREADS = 16;

	private static final int MAX_REASON = 200;

	private final SupervisionRuntime runtime;

	private final SupervisionHistory history;

	private final RateLimit limit;

	private final AdminLog log;

	private final BooleanSupplier stopping;

	private final ProcessReader processes;

	private final Operator operator;

	private final AtomicLong threads = new AtomicLong();

	private final ThreadPoolExecutor executor = new ThreadPoolExecutor(0, MAX_THREADS, 10, TimeUnit.SECONDS,
			new SynchronousQueue<>(), this::thread);

	Operations(SupervisionRuntime runtime, SupervisionHistory history, RateLimit limit, AdminLog log,
			BooleanSupplier stopping) {
		this.runtime = runtime;
		this.history = history;
		this.limit = limit;
		this.log = log;
		this.stopping = stopping;
		this.processes = new ProcessReader(runtime, history);
		this.operator = new Operator(runtime.node(), history);
	}

	private Thread thread(Runnable task) {
		Thread thread = new Thread(task, "supervision-admin-" + this.threads.incrementAndGet());
		thread.setDaemon(true);
		return thread;
	}

	/** Whether somebody may act at all, as far as the endpoint lets anybody. */
	boolean permits(@Nullable String principal) {
		return principal != null || this.runtime.properties().management().anonymousWrites();
	}

	WebEndpointResponse<?> perform(Attempt attempt) {
		String audit = this.log.nextId();
		try {
			Operator.Effect effect = decideAndRun(audit, attempt);
			Pid newId = effect.newId();
			String outcome = word(effect);
			this.log.allowed(audit, attempt, outcome, (newId != null) ? newId.toString() : null);
			return new WebEndpointResponse<>(new View.Done(attempt.target(), String.valueOf(attempt.action()),
					attempt.child(), outcome, (newId != null) ? newId.toString() : null,
					effect.affected().stream().map(Pid::toString).toList(), this.history.revision(), audit));
		}
		catch (Refusal refusal) {
			this.log.refused(audit, attempt, refusal);
			return new WebEndpointResponse<>(refusal.body(audit), refusal.status());
		}
		catch (RuntimeException | Error ex) {
			this.log.failed(audit, attempt, ex);
			throw ex;
		}
	}

	private Operator.Effect decideAndRun(String audit, Attempt attempt) {
		if (!permits(attempt.principal())) {
			throw Refusal.forbidden("Only somebody who is authenticated may do this. To let everybody who reaches "
					+ "this endpoint do it, set supervision.management.anonymous-writes=true");
		}
		if (!attempt.resource().equals(PROCESSES) && !attempt.resource().equals(SUPERVISORS)) {
			throw Refusal.notFound("Nothing can be written there", PROCESSES + "/{id}", SUPERVISORS + "/{id}");
		}
		requireReason(attempt.reason());
		Duration wait = wait(attempt.timeoutMillis());
		boolean process = attempt.resource().equals(PROCESSES);
		requireAction(attempt.action(), process ? PROCESS_ACTIONS : CHILD_ACTIONS);
		String child = attempt.child();
		if (!process && (child == null || child.isBlank())) {
			throw Refusal.badRequest("'child', the id of a child of the supervisor, is missing");
		}
		Duration pause = this.limit.acquire(attempt.principal());
		if (!pause.isZero()) {
			throw Refusal.tooMany("At most " + RateLimit.ACTIONS + " actions within " + RateLimit.PERIOD.toSeconds()
					+ " s; the next is possible in " + (pause.toSeconds() + 1) + " s");
		}
		requireRunning();
		return run(audit, action(attempt, (child != null) ? child : ""), wait);
	}

	private static void requireReason(@Nullable String reason) {
		if (reason == null || reason.isBlank()) {
			throw Refusal.badRequest("'reason' is missing: say why, in at most " + MAX_REASON + " characters");
		}
		if (reason.length() > MAX_REASON) {
			throw Refusal.badRequest("'reason' is longer than " + MAX_REASON + " characters");
		}
		if (SafeText.hasControls(reason)) {
			throw Refusal.badRequest("'reason' contains control characters");
		}
	}

	private static Duration wait(@Nullable String timeoutMillis) {
		long millis = Parameters.number("timeoutMillis", timeoutMillis, DEFAULT_WAIT.toMillis());
		if (millis < 0 || millis > MAX_WAIT_MILLIS) {
			throw Refusal.badRequest("'timeoutMillis' is not between 0 and " + MAX_WAIT_MILLIS);
		}
		return Duration.ofMillis(millis);
	}

	private static void requireAction(@Nullable String action, List<String> allowed) {
		if (action == null || !allowed.contains(action)) {
			throw Refusal.badRequest("'action' is missing, or is none of those that are allowed here", allowed);
		}
	}

	private void requireRunning() {
		if (this.stopping.getAsBoolean() || !this.runtime.isRunning()) {
			throw Refusal.unavailable("The supervision trees do not run: the application starts or stops");
		}
	}

	private Operator.Action action(Attempt attempt, String child) {
		Pid target = this.processes.find(attempt.target());
		return switch (String.valueOf(attempt.action())) {
			case "kill" -> this.operator.kill(target);
			case "stop" -> this.operator.stop(target);
			case "restart" -> this.operator.restart(target);
			case "restart-child" -> this.operator.restartChild(target, child);
			case "terminate-child" -> this.operator.terminateChild(target, child);
			default -> throw new IllegalStateException("no such action");
		};
	}

	private Operator.Effect run(String audit, Operator.Action action, Duration wait) {
		CompletableFuture<Operator.Effect> effect = new CompletableFuture<>();
		try {
			this.executor.execute(() -> complete(effect, action, wait));
		}
		catch (RejectedExecutionException ex) {
			throw Refusal.unavailable("Too many operations are under way; try again later");
		}
		try {
			return effect.get(wait.plus(SLACK).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			effect.whenComplete((result, failure) -> this.log.finished(audit, outcome(result, failure)));
			return new Operator.Effect(false, null, List.of());
		}
		catch (ExecutionException ex) {
			throw explain(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw Refusal.unavailable("The application stops");
		}
	}

	/** What an exception says is a value, unless it is ours. */
	private static String outcome(Operator.@Nullable Effect effect, @Nullable Throwable failure) {
		if (failure instanceof Refusal refusal) {
			return AdminLog.NOT_POSSIBLE + ", " + refusal.text();
		}
		if (effect == null) {
			return AdminLog.FAILED + " with " + ((failure != null) ? failure.getClass().getName() : "nothing");
		}
		return word(effect);
	}

	private static String word(Operator.Effect effect) {
		return effect.complete() ? AdminLog.DONE : AdminLog.ACCEPTED;
	}

	private static void complete(CompletableFuture<Operator.Effect> effect, Operator.Action action, Duration wait) {
		try {
			effect.complete(action.run(wait));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			effect.completeExceptionally(new CancellationException("The application stops"));
		}
		catch (Throwable ex) {
			effect.completeExceptionally(ex);
		}
	}

	/** A supervisor that went away in the middle is no mistake of ours. */
	private RuntimeException explain(@Nullable Throwable failure) {
		if (failure instanceof CallException || failure instanceof CancellationException) {
			requireRunning();
			return Refusal.conflict("The supervisor ended in the middle of it: " + failure.getClass().getSimpleName());
		}
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof RuntimeException exception) ? exception
				: new IllegalStateException("An operation failed", failure);
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

}

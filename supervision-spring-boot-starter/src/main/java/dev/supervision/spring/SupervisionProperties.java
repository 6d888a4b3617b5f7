package dev.supervision.spring;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.supervision.AutoShutdown;
import dev.supervision.ExecutorType;
import dev.supervision.OnLimit;
import dev.supervision.Overflow;
import dev.supervision.Restart;
import dev.supervision.Strategy;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.ConfigurationPropertiesSource;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DurationUnit;

/**
 * All of {@code supervision.*}. A duration without unit is in seconds.
 *
 * @param enabled Whether the trees are started. If not, every client fails and says so.
 * @param threads Which threads run servers whose child does not name an executor.
 * @param unplaced What happens to a server that no tree has.
 * @param closeTimeout How long all trees together may take to stop, before what is late
 * is killed.
 * @param killGrace How long a killed server may take to leave its thread, before its
 * supervisor does not wait any longer.
 * @param onRootFailure What a tree that gives up does to the application.
 * @param defaults What holds for every child that does not say otherwise.
 * @param trees Trees, in start order.
 * @param overrides By id of a child, supervisor or tree, dashes or not: replaces single
 * keys of it, also from environment variables.
 * @param crash What reports of crashes show, and how many are kept.
 * @param metrics Meters.
 * @param management Operations of the endpoint.
 */
@ConfigurationProperties(value = "supervision", ignoreUnknownFields = false)
public record SupervisionProperties(@DefaultValue("true") boolean enabled, @DefaultValue("auto") Threads threads,
		@DefaultValue("default-tree") Unplaced unplaced,
		@DefaultValue("25s") @DurationUnit(ChronoUnit.SECONDS) Duration closeTimeout,
		@DefaultValue("1s") @DurationUnit(ChronoUnit.SECONDS) Duration killGrace,
		@DefaultValue("none") OnRootFailure onRootFailure, @DefaultValue Defaults defaults,
		@DefaultValue List<Child> trees, @DefaultValue Map<String, Child> overrides, @DefaultValue Crash crash,
		@DefaultValue Metrics metrics, @DefaultValue Management management) {

	/** Where servers go that no tree has. */
	public static final String DEFAULT_TREE = "application";

	/** Which threads run servers. */
	public enum Threads {

		/**
		 * Virtual threads on Java 21 and later, unless
		 * {@code spring.threads.virtual.enabled} is false; else platform threads.
		 */
		AUTO,

		/** Virtual threads; needs Java 21. */
		VIRTUAL,

		/** A pool of platform threads that grows while all of them are blocked. */
		PLATFORM

	}

	/** What happens to a server that no tree has. */
	public enum Unplaced {

		/** It goes to the tree {@value SupervisionProperties#DEFAULT_TREE}. */
		DEFAULT_TREE,

		/** The application does not start. */
		FAIL,

		/** It is not started. */
		IGNORE

	}

	/** What a tree that gives up does to the application. */
	public enum OnRootFailure {

		/** Health says DOWN, no more. */
		NONE,

		/** The application refuses traffic until the tree is revived. */
		READINESS,

		/** The application counts as broken until the tree is revived. */
		LIVENESS,

		/** The application exits with status 1. */
		EXIT

	}

	/**
	 * What holds for every child that does not say otherwise.
	 *
	 * @param restart When a worker is started again after it ended by itself.
	 * @param shutdown How long a worker may take to stop; or brutal-kill, or infinity.
	 * @param startTimeout How long the start of a child may take.
	 * @param backoff Growing delays between restarts; none by default.
	 * @param mailbox How many messages may wait for a worker.
	 * @param drain Whether what waits is handled before an orderly stop.
	 * @param executor Which threads run a worker.
	 */
	public record Defaults(@DefaultValue("permanent") Restart restart, @DefaultValue("5s") String shutdown,
			@DefaultValue("30s") @DurationUnit(ChronoUnit.SECONDS) Duration startTimeout, @Nullable Backoff backoff,
			@DefaultValue Mailbox mailbox, @DefaultValue("false") boolean drain,
			@DefaultValue("auto") ExecutorType executor) {
	}

	/**
	 * One entry of a tree, and a tree itself: a worker ({@code worker}), a supervisor
	 * ({@code children}) or a dynamic supervisor ({@code dynamic}).
	 *
	 * @param id Unique in the application. Default: the bean name of its server, in the
	 * form of an id.
	 * @param worker The bean name of a server.
	 * @param name The name under which the worker is registered. Default: its bean name.
	 * @param arguments Start arguments of the worker, by name.
	 * @param restart When it is started again after it ended by itself. Default: of a
	 * worker that of supervision.defaults, of a supervisor permanent.
	 * @param significant Whether its end counts for auto-shutdown. Default: false.
	 * @param shutdown How long it may take to stop; or brutal-kill, or infinity. Of a
	 * dynamic supervisor: each of its children. Default: that of supervision.defaults, of
	 * a supervisor with children infinity.
	 * @param startTimeout How long its start may take. Of a dynamic supervisor: that of
	 * each of its children. Default: that of supervision.defaults, of a supervisor with
	 * children 30s.
	 * @param backoff Growing delays between restarts. Of a dynamic supervisor: for its
	 * children. What is not said here is that of supervision.defaults.
	 * @param mailbox How many messages may wait. Of a dynamic supervisor: for each of its
	 * children. What is not said here is that of supervision.defaults.
	 * @param drain Whether what waits is handled before an orderly stop. Default: that of
	 * supervision.defaults.
	 * @param executor Which threads run it. Default: that of supervision.defaults.
	 * @param strategy Which children a supervisor restarts together. Default:
	 * one-for-one.
	 * @param maxRestarts How many restarts a supervisor allows within a period. Default:
	 * 3.
	 * @param within The period of max-restarts. Default: 5s.
	 * @param onLimit What a supervisor does when a child was restarted too often.
	 * Default: escalate.
	 * @param autoShutdown When a supervisor stops itself because of significant children.
	 * Default: never.
	 * @param dynamic The bean name of the server that children of a dynamic supervisor
	 * are.
	 * @param childRestart When a child of a dynamic supervisor is started again after it
	 * ended by itself. Default: that of supervision.defaults.restart.
	 * @param maxChildren How many children a dynamic supervisor may have. Default: 10000.
	 * @param children Children of a supervisor, in start order.
	 */
	@ConfigurationPropertiesSource
	public record Child(@Nullable String id, @Nullable String worker, @Nullable String name,
			@Nullable Map<String, String> arguments, @Nullable Restart restart, @Nullable Boolean significant,
			@Nullable String shutdown, @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration startTimeout,
			@Nullable Backoff backoff, @Nullable Mailbox mailbox, @Nullable Boolean drain,
			@Nullable ExecutorType executor, @Nullable Strategy strategy, @Nullable Integer maxRestarts,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration within, @Nullable OnLimit onLimit,
			@Nullable AutoShutdown autoShutdown, @Nullable String dynamic, @Nullable Restart childRestart,
			@Nullable Integer maxChildren, @Nullable List<Child> children) {

		/** These keys, where they are set, before those of another. */
		Child over(Child lower) {
			return new Child(first(this.id, lower.id), first(this.worker, lower.worker), first(this.name, lower.name),
					first(this.arguments, lower.arguments), first(this.restart, lower.restart),
					first(this.significant, lower.significant), first(this.shutdown, lower.shutdown),
					first(this.startTimeout, lower.startTimeout), Backoff.over(this.backoff, lower.backoff),
					Mailbox.over(this.mailbox, lower.mailbox), first(this.drain, lower.drain),
					first(this.executor, lower.executor), first(this.strategy, lower.strategy),
					first(this.maxRestarts, lower.maxRestarts), first(this.within, lower.within),
					first(this.onLimit, lower.onLimit), first(this.autoShutdown, lower.autoShutdown),
					first(this.dynamic, lower.dynamic), first(this.childRestart, lower.childRestart),
					first(this.maxChildren, lower.maxChildren), first(this.children, lower.children));
		}

		/** As an entry of a worker, with what an annotation says. */
		static Child worker(String worker, String id, @Nullable Restart restart, @Nullable String shutdown,
				@Nullable Boolean significant) {
			return new Child(id, worker, null, null, restart, significant, shutdown, null, null, null, null, null, null,
					null, null, null, null, null, null, null, null);
		}

		/** A supervisor with nothing but an id. */
		static Child supervisor(String id) {
			return new Child(id, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
					null, null, null, null, null, List.of());
		}

	}

	/**
	 * Growing delays between restarts. A child that has them does not count to its
	 * supervisor's max-restarts.
	 *
	 * @param initial The first delay. Required.
	 * @param max The longest delay. Default: a minute.
	 * @param multiplier The factor from one delay to the next. Default: 2.
	 * @param jitter The part of a delay that is random, from 0 to 1. Default: 0.
	 * @param resetAfter How long the child must have lived for the count to start anew.
	 * Default: twice max.
	 * @param maxAttempts How many restarts in a row are allowed. Default: unlimited.
	 */
	public record Backoff(@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration initial,
			@DurationUnit(ChronoUnit.SECONDS) @Nullable Duration max, @Nullable Double multiplier,
			@Nullable Double jitter, @DurationUnit(ChronoUnit.SECONDS) @Nullable Duration resetAfter,
			@Nullable Integer maxAttempts) {

		static @Nullable Backoff over(@Nullable Backoff upper, @Nullable Backoff lower) {
			if (upper == null || lower == null) {
				return (upper != null) ? upper : lower;
			}
			return new Backoff(first(upper.initial, lower.initial), first(upper.max, lower.max),
					first(upper.multiplier, lower.multiplier), first(upper.jitter, lower.jitter),
					first(upper.resetAfter, lower.resetAfter), first(upper.maxAttempts, lower.maxAttempts));
		}

	}

	/**
	 * How many messages may wait.
	 *
	 * @param capacity A number of messages, or unbounded. Default: 100000.
	 * @param onFull What happens to a message beyond that. Default: reject.
	 */
	public record Mailbox(@Nullable String capacity, @Nullable Overflow onFull) {

		static @Nullable Mailbox over(@Nullable Mailbox upper, @Nullable Mailbox lower) {
			if (upper == null || lower == null) {
				return (upper != null) ? upper : lower;
			}
			return new Mailbox(first(upper.capacity, lower.capacity), first(upper.onFull, lower.onFull));
		}

	}

	/**
	 * Reports of crashes.
	 *
	 * @param includeValues Whether the log and events show messages, states and messages
	 * of exceptions, or name only their classes.
	 * @param maxReports How many reports are kept for the endpoint.
	 */
	public record Crash(@DefaultValue("never") IncludeValues includeValues, @DefaultValue("500") int maxReports) {
	}

	/** Whether values are shown. */
	public enum IncludeValues {

		/** Only the names of their classes. */
		NEVER,

		/** As they are. */
		ALWAYS

	}

	/**
	 * Meters.
	 *
	 * @param enabled Whether there are meters.
	 * @param maxGroups For how many pairs of supervisor and type of server there are
	 * meters of their own; the rest shares those of _other.
	 */
	public record Metrics(@DefaultValue("true") boolean enabled, @DefaultValue("200") int maxGroups) {
	}

	/**
	 * Operations of the endpoint.
	 *
	 * @param anonymousWrites Whether somebody who is not authenticated may kill, stop and
	 * restart, where the endpoint's access is unrestricted.
	 */
	public record Management(@DefaultValue("false") boolean anonymousWrites) {
	}

	private static <T> @Nullable T first(@Nullable T upper, @Nullable T lower) {
		return (upper != null) ? upper : lower;
	}

}

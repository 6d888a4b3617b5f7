package dev.supervision;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The clock, the threads and the waiting of this Java runtime. All threads are daemons,
 * and none is started before it is needed.
 */
final class SystemPlatform implements Platform {

	private static final Logger logger = LoggerFactory.getLogger(SystemPlatform.class);

	static final int DEFAULT_MAX_POOL_SIZE = 256;

	private static final long ORDERLY_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final Clock CLOCK = new SystemClock();

	private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

	private final Waiting waiting = new SystemWaiting();

	private final ExecutorType auto;

	private final int maxPoolSize;

	private final int cores = Runtime.getRuntime().availableProcessors();

	/** Threads that start late would otherwise get that of whoever needs them first. */
	private final @Nullable ClassLoader contextClassLoader = Thread.currentThread().getContextClassLoader();

	private final Map<ExecutorType, Executor> executors = new EnumMap<>(ExecutorType.class);

	private final List<ExecutorService> services = new ArrayList<>();

	private volatile @Nullable SystemScheduler scheduler;

	/** {@code null} while no servers run on virtual threads. */
	private volatile @Nullable Canary canary;

	private volatile boolean closed;

	SystemPlatform() {
		this(ExecutorType.AUTO, DEFAULT_MAX_POOL_SIZE);
	}

	/**
	 * Creates a platform.
	 * @param auto what {@link ExecutorType#AUTO} means here; itself for the best that the
	 * runtime has
	 * @param maxPoolSize the most threads that {@link ExecutorType#POOL} grows to
	 */
	SystemPlatform(ExecutorType auto, int maxPoolSize) {
		Specs.require(maxPoolSize >= 1, "max-pool-size", maxPoolSize, "a number of 1 or more");
		this.auto = (auto != ExecutorType.AUTO) ? auto
				: VirtualThreads.isAvailable() ? ExecutorType.VIRTUAL : ExecutorType.POOL;
		this.maxPoolSize = maxPoolSize;
	}

	@Override
	public Clock clock() {
		return CLOCK;
	}

	@Override
	public Scheduler scheduler() {
		SystemScheduler scheduler = this.scheduler;
		return (scheduler != null) ? scheduler : createScheduler();
	}

	private synchronized Scheduler createScheduler() {
		SystemScheduler scheduler = this.scheduler;
		if (scheduler == null) {
			scheduler = new SystemScheduler(CLOCK, threads("scheduler"));
			if (this.closed) {
				scheduler.close();
			}
			this.scheduler = scheduler;
		}
		return scheduler;
	}

	@Override
	public Waiting waiting() {
		return this.waiting;
	}

	@Override
	public RandomGenerator random() {
		return RANDOM;
	}

	/**
	 * Always the same for a type. Takes a lock, so a caller that needs it often keeps it.
	 */
	@Override
	public synchronized Executor executor(ExecutorType type) {
		ExecutorType chosen = (type != ExecutorType.AUTO) ? type : this.auto;
		Executor executor = this.executors.get(chosen);
		if (executor == null) {
			executor = create(chosen);
			this.executors.put(chosen, executor);
		}
		return executor;
	}

	private Executor create(ExecutorType type) {
		return switch (type) {
			case VIRTUAL, AUTO -> virtualThreads();
			case POOL -> pool("pool", this.cores, this.maxPoolSize);
			case PLATFORM -> pool("platform", Integer.MAX_VALUE, Integer.MAX_VALUE);
			case PARALLEL -> owned(new ParallelPool(this.cores, this.contextClassLoader));
		};
	}

	private VirtualExecutor virtualThreads() {
		ThreadFactory factory = VirtualThreads.factory(this.contextClassLoader);
		Canary canary = new Canary(CLOCK, factory, threads("canary"));
		this.canary = canary;
		if (this.closed) {
			canary.close();
		}
		return new VirtualExecutor(factory, CLOCK, canary, this.cores, () -> this.closed);
	}

	private GrowingPool pool(String kind, int cores, int maxSize) {
		return owned(new GrowingPool(CLOCK, kind, cores, maxSize, this.contextClassLoader));
	}

	private ThreadFactory threads(String kind) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> {
			Thread thread = new OwnThread(this, task, "supervision-" + kind + "-" + number.incrementAndGet());
			thread.setDaemon(true);
			thread.setContextClassLoader(this.contextClassLoader);
			thread.setUncaughtExceptionHandler((dead, ex) -> logEscaped(ex));
			return thread;
		};
	}

	/**
	 * Runs one of several tasks of the current thread, and leaves nothing of it to the
	 * next one. Throws nothing.
	 */
	static void runAlone(Runnable task) {
		Thread.interrupted();
		try {
			task.run();
		}
		catch (Throwable ex) {
			logEscaped(ex);
		}
		if (!(task instanceof Process)) {
			// processes do that themselves
			MDC.clear();
		}
	}

	/**
	 * Only names the class: a hostile exception can throw out of the logger.
	 */
	static void logEscaped(Throwable escaped) {
		try {
			logger.error("A task let out {}", escaped.getClass().getName());
		}
		catch (Throwable ex) {
			// There is nothing left to do, and the thread goes on.
		}
	}

	private <T extends ExecutorService> T owned(T service) {
		this.services.add(service);
		if (this.closed) {
			service.shutdown();
		}
		return service;
	}

	/**
	 * Takes no more tasks, lets the running ones end, after a second interrupts them, and
	 * waits for all threads but virtual ones, at most five seconds together. On a thread
	 * of this platform it does not wait.
	 */
	@Override
	public void close() {
		List<ExecutorService> services;
		boolean own;
		synchronized (this) {
			if (this.closed) {
				return;
			}
			this.closed = true;
			services = List.copyOf(this.services);
			own = isOwn(Thread.currentThread());
		}
		SystemScheduler timers = this.scheduler;
		Thread timerThread = (timers != null) ? timers.close() : null;
		Canary canary = this.canary;
		Thread watcher = (canary != null) ? canary.close() : null;
		services.forEach(ExecutorService::shutdown);
		if (own) {
			return;
		}
		long start = System.nanoTime();
		boolean ended = awaitAll(services, start + ORDERLY_NANOS) & awaitEnd(timerThread) & awaitEnd(watcher);
		if (!ended) {
			services.forEach(ExecutorService::shutdownNow);
			ended = awaitAll(services, start + CLOSE_NANOS);
		}
		if (!ended) {
			logger.warn("Some threads of the platform have not ended within {} s, and are left behind",
					TimeUnit.NANOSECONDS.toSeconds(CLOSE_NANOS));
		}
	}

	private static boolean awaitEnd(@Nullable Thread thread) {
		try {
			if (thread != null) {
				thread.join(TimeUnit.NANOSECONDS.toMillis(ORDERLY_NANOS));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return thread == null || !thread.isAlive();
	}

	private static boolean awaitAll(List<ExecutorService> services, long deadline) {
		boolean ended = true;
		try {
			for (ExecutorService service : services) {
				ended &= service.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		return ended;
	}

	private boolean isOwn(Thread thread) {
		if (thread instanceof OwnThread own) {
			return own.platform == this;
		}
		if (thread instanceof GrowingPool.Worker worker) {
			return this.executors.containsValue(worker.pool());
		}
		return thread instanceof ForkJoinWorkerThread worker && this.executors.containsValue(worker.getPool());
	}

	private static final class OwnThread extends Thread {

		private final SystemPlatform platform;

		private OwnThread(SystemPlatform platform, Runnable task, String name) {
			super(null, task, name, 0, false);
			this.platform = platform;
		}

	}

	private static final class SystemClock implements Clock {

		@Override
		public long nanoTime() {
			return System.nanoTime();
		}

		@Override
		public Instant instant() {
			return Instant.now();
		}

	}

	private final class SystemWaiting implements Waiting {

		@Override
		public void park(Object blocker) {
			if (Thread.currentThread() instanceof GrowingPool.Worker worker) {
				worker.park(blocker);
			}
			else {
				LockSupport.park(blocker);
			}
		}

		/**
		 * The server that will answer is next on the carrier, unless another one stole
		 * it: who parks costs itself and its server more.
		 */
		@Override
		public void giveWay() {
			Canary canary = SystemPlatform.this.canary;
			if (canary != null && VirtualThreads.isVirtual(Thread.currentThread()) && !canary.isOverdue()) {
				try {
					Thread.yield();
				}
				catch (OutOfMemoryError ex) {
					// a park copes with that
				}
			}
		}

		@Override
		public void unpark(Thread thread) {
			LockSupport.unpark(thread);
		}

		@Override
		public void interrupt(Thread thread) {
			thread.interrupt();
		}

	}

}

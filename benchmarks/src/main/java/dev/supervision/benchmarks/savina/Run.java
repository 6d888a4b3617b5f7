package dev.supervision.benchmarks.savina;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * All actors of one run of a workload. It is over when the last has stopped: only a
 * living one starts others, so there is no other zero.
 */
final class Run {

	private static final long LIMIT_SECONDS = 60;

	private final AtomicInteger living = new AtomicInteger();

	private final CountDownLatch over = new CountDownLatch(1);

	private volatile @Nullable Throwable failure;

	void started() {
		this.living.incrementAndGet();
	}

	void ended() {
		if (this.living.decrementAndGet() == 0) {
			this.over.countDown();
		}
	}

	void failed(Throwable failure) {
		this.failure = failure;
		this.over.countDown();
	}

	void await() {
		boolean inTime = awaitOver();
		Throwable failure = this.failure;
		if (failure != null) {
			throw new IllegalStateException("An actor has failed", failure);
		}
		if (!inTime) {
			throw new IllegalStateException(
					this.living + " actors have not stopped within " + LIMIT_SECONDS + " s: a message is lost");
		}
	}

	private boolean awaitOver() {
		try {
			return this.over.await(LIMIT_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}

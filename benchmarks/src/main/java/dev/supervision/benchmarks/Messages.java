package dev.supervision.benchmarks;

import java.util.concurrent.CountDownLatch;

/**
 * What both peers are sent, except for questions, whose form is the peer's own.
 */
interface Messages {

	/** A number to add. */
	record Add(long number) {
	}

	/** A token that is handed on for so many hops. */
	record Token(int hops, CountDownLatch done) {
	}

	/** A request to crash. */
	record Crash() {
	}

	/** A message that is handled as soon as it can be. */
	record Touch(CountDownLatch handled) {
	}

	/** A crash that costs no stack trace, for either peer. */
	final class Benign extends RuntimeException {

		private static final long serialVersionUID = 1L;

		Benign() {
			super("asked for", null, false, false);
		}

	}

	/** Waits without a limit. */
	static void await(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

}

package dev.supervision;

/**
 * Does something when a limit is over, on the scheduler's thread.
 */
final class Deadline extends Request {

	private final Runnable action;

	Deadline(Waiting waiting, Runnable action) {
		super(waiting, null);
		this.action = action;
	}

	@Override
	void expire() {
		if (complete(Missing.TIMEOUT)) {
			this.action.run();
		}
	}

	@Override
	void deliver(Process process) {
		throw new IllegalStateException("never sent");
	}

}

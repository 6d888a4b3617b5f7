package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * What came of an attempt to start a process.
 */
sealed interface StartOutcome {

	/** It runs. */
	record Started(Process process, @Nullable Object info) implements StartOutcome {
	}

	/** It said that it is not wanted. */
	record Ignored() implements StartOutcome {
	}

	/** It is dead. */
	record Failed(ExitReason reason) implements StartOutcome {
	}

	/** It did not even begin, because a living process has its name. */
	record NameTaken(Process holder) implements StartOutcome {
	}

	/** The process, or an exception that says why there is none. */
	default Pid orThrow(String what) {
		return toResult().orThrow(what);
	}

	/** Why it does not run, as OTP says it. */
	default ExitReason failure() {
		if (this instanceof Failed failed) {
			return failed.reason;
		}
		return ExitReason.of((this instanceof NameTaken taken) ? "already_started " + taken.holder : "ignore");
	}

	/** As the answer to an administrative call. */
	default ChildResult toResult() {
		if (this instanceof Started started) {
			return new ChildResult.Started(started.process, started.info);
		}
		if (this instanceof Failed failed) {
			return new ChildResult.Failed(failed.reason);
		}
		return (this instanceof NameTaken taken) ? new ChildResult.AlreadyStarted(taken.holder)
				: new ChildResult.Ignored();
	}

}

package dev.supervision.sample;

import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * A file cannot be replayed; says where it is broken.
 */
class BrokenEditionException extends FailureAnalyzedException {

	private static final long serialVersionUID = 1L;

	private static final String ACTION = "Correct the file, or replay a bundled one (football.edition).";

	BrokenEditionException(String description) {
		super(description, ACTION);
	}

	BrokenEditionException(String description, Throwable cause) {
		super(description, ACTION, cause);
	}

}

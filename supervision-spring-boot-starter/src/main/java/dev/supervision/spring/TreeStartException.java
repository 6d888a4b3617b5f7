package dev.supervision.spring;

import dev.supervision.ExitReason;
import dev.supervision.StartException;

/**
 * A child did not start, and so the application does not.
 */
public final class TreeStartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String path;

	private final transient ExitReason reason;

	private TreeStartException(String path, ExitReason reason, Throwable cause) {
		super("'" + path + "' did not start: " + reason, cause);
		this.path = path;
		this.reason = reason;
	}

	/** Finds the child that is to blame: each supervisor above it failed with it. */
	static TreeStartException of(String tree, StartException failure) {
		StringBuilder path = new StringBuilder(tree);
		ExitReason reason = failure.reason();
		while (reason instanceof ExitReason.Shutdown shutdown
				&& shutdown.detail() instanceof ExitReason.FailedToStart failed) {
			path.append('/').append(failed.childId());
			reason = failed.reason();
		}
		return new TreeStartException(path.toString(), reason, failure);
	}

	/** Where it stands, from the tree's id down. */
	public String path() {
		return this.path;
	}

	/** Why it did not start. */
	public ExitReason reason() {
		return this.reason;
	}

}

package dev.supervision.spring;

import org.jspecify.annotations.Nullable;

/**
 * A client was used while no supervision tree runs: too early, too late, or with
 * {@code supervision.enabled=false}.
 */
public final class TreesNotRunningException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	TreesNotRunningException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}

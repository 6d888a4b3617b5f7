package dev.supervision.spring.actuate;

import org.jspecify.annotations.Nullable;

/**
 * How a request names a supervisor: by pid, by path, or by its id, which is unique in the
 * application.
 */
final class Supervisors {

	private Supervisors() {
	}

	/** Whether a path, or the id at its end, is the given one. */
	static boolean matches(String wanted, @Nullable String path) {
		return path != null && (path.equals(wanted) || id(path).equals(wanted));
	}

	/** The last part of a path. */
	static String id(String path) {
		return path.substring(path.lastIndexOf('/') + 1);
	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * A specification is wrong. Thrown before anything starts.
 */
public final class InvalidSpecException extends IllegalArgumentException {

	private static final long serialVersionUID = 1L;

	private final String what;

	private final String value;

	private final String allowed;

	InvalidSpecException(String what, @Nullable Object value, String allowed) {
		super("Invalid " + what + ": '" + CrashRenderer.text(value) + "'. Allowed is " + allowed + ".");
		this.what = what;
		this.value = String.valueOf(value);
		this.allowed = allowed;
	}

	/**
	 * The same fault, seen from the place in the tree where it is.
	 */
	InvalidSpecException at(String path) {
		InvalidSpecException located = new InvalidSpecException(
				this.what.startsWith("'") ? this.what : "'" + path + "', " + this.what, this.value, this.allowed);
		located.initCause(this);
		return located;
	}

	/**
	 * What is wrong, and where.
	 */
	public String what() {
		return this.what;
	}

	/**
	 * What is allowed there.
	 */
	public String allowed() {
		return this.allowed;
	}

}

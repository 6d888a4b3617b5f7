package dev.supervision;

/**
 * A process could not be started; the kinds are the subclasses. When it is thrown, the
 * failed process is dead and its names are free, and no exit message of it will arrive.
 */
public abstract sealed class StartException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient ExitReason reason;

	private StartException(String message, ExitReason reason) {
		super(message);
		this.reason = reason;
	}

	/**
	 * Why it could not be started.
	 */
	public ExitReason reason() {
		return this.reason;
	}

	/** Its name or id is taken by a running process. */
	public static final class AlreadyStarted extends StartException {

		private static final long serialVersionUID = 1L;

		private final transient Pid pid;

		AlreadyStarted(String what, Pid pid) {
			super(what + " is already started, as " + pid, ExitReason.of("already_started"));
			this.pid = pid;
		}

		/**
		 * The process that holds the name.
		 */
		public Pid pid() {
			return this.pid;
		}

	}

	/** Its init failed, or took too long. */
	public static final class Failed extends StartException {

		private static final long serialVersionUID = 1L;

		Failed(String what, ExitReason reason) {
			super(what + " did not start: " + reason, reason);
		}

	}

	/** Its init said that it is not wanted. */
	public static final class Ignored extends StartException {

		private static final long serialVersionUID = 1L;

		Ignored(String what) {
			super(what + " said ignore", ExitReason.of("ignore"));
		}

	}

	/** The dynamic supervisor has as many children as it may have. */
	public static final class MaxChildren extends StartException {

		private static final long serialVersionUID = 1L;

		MaxChildren(String what, int maxChildren) {
			super(what + " has as many children as it may have (max-children " + maxChildren + ")",
					ExitReason.of("max_children"));
		}

	}

}

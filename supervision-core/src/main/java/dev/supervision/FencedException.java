package dev.supervision;

/**
 * This thread belongs to an incarnation that was killed: what it still does goes nowhere.
 */
public final class FencedException extends CallException {

	private static final long serialVersionUID = 1L;

	FencedException(Object self) {
		super("Process " + self + " has been killed; this thread is fenced off", ExitReason.KILLED, null);
	}

}

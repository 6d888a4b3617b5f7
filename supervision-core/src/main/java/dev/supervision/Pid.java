package dev.supervision;

/**
 * The identity of one incarnation of a process; never used again (OTP: pid). Compared by
 * identity; the text form has unreserved characters only, such as {@code n1.4k2}.
 */
public abstract sealed class Pid permits Ending {

	Pid() {
	}

	/**
	 * Where the process stands: the ids from its tree's root down, such as
	 * {@code football/matches/2022-final}.
	 */
	public abstract String path();

	/**
	 * The text form, unique in its node.
	 */
	@Override
	public abstract String toString();

}

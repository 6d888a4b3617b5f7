package dev.supervision;

/**
 * Which children a supervisor restarts together when one of them ends (OTP: supervision
 * strategy).
 */
public enum Strategy {

	/** Only the one that ended. The default. */
	ONE_FOR_ONE,

	/** All of them: the others are stopped in reverse order, then all are started. */
	ONE_FOR_ALL,

	/** The one that ended and those that were started after it. */
	REST_FOR_ONE

}

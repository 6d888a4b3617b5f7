package dev.supervision;

/**
 * What a supervisor does when a child was restarted too often.
 */
public enum OnLimit {

	/** It gives up: it stops its children and itself (OTP). The default. */
	ESCALATE,

	/**
	 * It sets the child that crashed too often aside, visible and restartable by hand;
	 * the siblings live on. Only for {@link Strategy#ONE_FOR_ONE} and dynamic
	 * supervisors.
	 */
	PARK

}

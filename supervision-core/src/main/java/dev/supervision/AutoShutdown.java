package dev.supervision;

/**
 * Whether a supervisor stops itself when significant children end by themselves (OTP:
 * auto_shutdown).
 */
public enum AutoShutdown {

	/** Never. The default. */
	NEVER,

	/** As soon as one significant child has ended. */
	ANY_SIGNIFICANT,

	/** When the last significant child has ended. */
	ALL_SIGNIFICANT

}

package dev.supervision;

/**
 * When a supervisor starts a child again after it ended by itself (OTP: restart type).
 */
public enum Restart {

	/** Always, whatever the reason. The default. */
	PERMANENT,

	/** Only after an abnormal end; its specification is kept after a clean one. */
	TRANSIENT,

	/** Never; its specification vanishes with it. */
	TEMPORARY;

	boolean restartsAfter(ExitReason reason) {
		return this == PERMANENT || (this == TRANSIENT && !reason.isClean());
	}

}

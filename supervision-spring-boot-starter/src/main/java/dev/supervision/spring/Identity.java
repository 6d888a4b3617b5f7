package dev.supervision.spring;

import org.slf4j.MDC;

import dev.supervision.Pid;

/**
 * Who a process is, for the log.
 *
 * @param id its pid
 * @param path from its tree's id down
 */
record Identity(String id, String path) {

	/** Where the log finds which process speaks. */
	static final String MDC_ID = "supervision.process.id";

	static final String MDC_PATH = "supervision.process.path";

	static Identity of(Pid pid) {
		return new Identity(pid.toString(), pid.path());
	}

	/** The runtime clears the MDC when the thread goes to somebody else. */
	void enter() {
		if (!this.id.equals(MDC.get(MDC_ID))) {
			MDC.put(MDC_ID, this.id);
			MDC.put(MDC_PATH, this.path);
		}
	}

}

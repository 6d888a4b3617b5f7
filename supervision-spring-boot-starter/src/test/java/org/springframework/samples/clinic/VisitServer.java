package org.springframework.samples.clinic;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;

/**
 * Counts visits.
 */
@GenServer("visits")
public class VisitServer {

	private int visits;

	@HandleCall
	int visit(String pet) {
		return ++this.visits;
	}

}

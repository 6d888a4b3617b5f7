package dev.supervision.sample;

import java.util.List;
import java.util.Optional;

/**
 * A competition.
 *
 * @param fixtures its matches, in the order in which they are played
 */
record Edition(String name, List<Fixture> fixtures) {

	Optional<Fixture> find(String id) {
		return this.fixtures.stream().filter(fixture -> fixture.id().equals(id)).findFirst();
	}

}

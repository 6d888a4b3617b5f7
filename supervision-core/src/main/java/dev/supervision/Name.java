package dev.supervision;

/**
 * A name that a server can be registered under, with the type of its messages.
 *
 * @param value the text, not blank
 * @param <M> the messages of the server
 */
public record Name<M>(String value) {

	public Name {
		Specs.notNull("name", value, "a text that is not blank and has no control characters");
		Specs.require(!value.isBlank() && value.chars().noneMatch(Character::isISOControl), "name", value,
				"a text that is not blank and has no control characters");
	}

	/**
	 * A name for a server of the given messages.
	 */
	public static <M> Name<M> of(String value) {
		return new Name<>(value);
	}

	@Override
	public String toString() {
		return this.value;
	}

}

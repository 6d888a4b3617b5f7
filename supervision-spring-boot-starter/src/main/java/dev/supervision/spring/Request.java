package dev.supervision.spring;

import org.jspecify.annotations.Nullable;

import dev.supervision.From;

/**
 * A message to an annotated server: which of its methods, with what.
 *
 * @param handler the method
 * @param arguments for its parameters; {@code null} means none
 * @param from who waits for the result; {@code null} for a cast
 * @param showsValues whether reports show the arguments
 */
record Request(Handler handler, @Nullable Object @Nullable [] arguments, @Nullable From<@Nullable Object> from,
		boolean showsValues) {

	@Override
	public String toString() {
		return this.handler.describe(this.arguments, this.showsValues);
	}

}

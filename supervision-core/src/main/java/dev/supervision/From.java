package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * The address of a waiting caller, carried in the message that it waits for an answer to
 * (OTP: {@code From}). May be kept, and answered later from any thread; only the first
 * answer counts, later ones vanish.
 *
 * @param <R> the type of the answer
 */
public interface From<R extends @Nullable Object> {

	/**
	 * Answers. Does not block.
	 * @return whether the caller was still waiting for it
	 */
	boolean reply(R reply);

	/**
	 * Makes the call fail without ending the server: the caller gets a
	 * {@link CallFailedException} with the given cause. Does not block.
	 * @return whether the caller was still waiting for it
	 * @throws InvalidSpecException if the cause is null
	 */
	boolean fail(Throwable cause);

}

package dev.supervision;

import java.time.Duration;
import java.util.Optional;

/**
 * A message that will be sent (OTP: timer reference). It ends with its process.
 */
public interface TimerRef {

	/**
	 * Sees to it that the message is not sent.
	 * @return how long it still had, or empty if it was sent or cancelled already
	 */
	Optional<Duration> cancel();

	/**
	 * How long it still has, or empty if it was sent or cancelled already.
	 */
	Optional<Duration> remaining();

}

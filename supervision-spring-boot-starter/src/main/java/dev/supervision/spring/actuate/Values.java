package dev.supervision.spring.actuate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;

/**
 * Shows values, or not.
 */
final class Values {

	private final Sanitizer sanitizer;

	private final boolean shown;

	/**
	 * @param sanitizer has the last word about what is shown
	 * @param shown whether this request may see values
	 */
	Values(Sanitizer sanitizer, boolean shown) {
		this.sanitizer = sanitizer;
		this.shown = shown;
	}

	boolean areShown() {
		return this.shown;
	}

	/** A value under the key that a sanitizing function knows it by. */
	@Nullable String of(String key, @Nullable String value) {
		if (value == null) {
			return null;
		}
		Object result = this.sanitizer.sanitize(new SanitizableData(null, key, value), this.shown);
		return (result != null) ? result.toString() : null;
	}

}

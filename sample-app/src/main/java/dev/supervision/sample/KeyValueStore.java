package dev.supervision.sample;

import org.jspecify.annotations.Nullable;

/**
 * Remembers texts until it crashes.
 */
interface KeyValueStore {

	@Nullable String get(String key);

	void set(String key, String value);

}

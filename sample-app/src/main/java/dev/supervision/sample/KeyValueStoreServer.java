package dev.supervision.sample;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.supervision.spring.GenServer;
import dev.supervision.spring.HandleCall;
import dev.supervision.spring.HandleCast;

/**
 * The store: a plain map, which only one thread at a time touches.
 */
@GenServer("primary-key-value-store")
class KeyValueStoreServer implements KeyValueStore {

	private final Map<String, String> entries = new HashMap<>();

	@Override
	@HandleCall
	public @Nullable String get(String key) {
		return this.entries.get(key);
	}

	@Override
	@HandleCast
	public void set(String key, String value) {
		this.entries.put(key, value);
	}

}

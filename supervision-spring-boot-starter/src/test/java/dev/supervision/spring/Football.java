package dev.supervision.spring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * The servers that most tests use: a store, and matches that are started by id.
 */
final class Football {

	/** The tree of the design's first page, without the table. */
	static final String[] TREE = { "supervision.trees[0].id=football", "supervision.trees[0].strategy=rest-for-one",
			"supervision.trees[0].children[0].id=store",
			"supervision.trees[0].children[0].worker=primary-key-value-store",
			"supervision.trees[0].children[1].id=matches", "supervision.trees[0].children[1].dynamic=football-match",
			"supervision.trees[0].children[1].child-restart=transient" };

	private Football() {
	}

	interface KeyValueStore {

		@Nullable String get(String key);

		void set(String key, String value);

	}

	@GenServer("primary-key-value-store")
	static class KeyValueStoreServer implements KeyValueStore {

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

	interface FootballMatch {

		void event(String type);

		List<String> events();

		void end();

	}

	@GenServer("football-match")
	static class FootballMatchServer implements FootballMatch {

		private final String home;

		private final ServerContext self;

		private final List<String> events = new ArrayList<>();

		FootballMatchServer(@StartArgument String home, ServerContext self) {
			this.home = home;
			this.self = self;
		}

		@Override
		@HandleCast
		public void event(String type) {
			if (!type.equals("GOAL")) {
				throw new IllegalArgumentException("unknown event " + type);
			}
			this.events.add(this.home + " " + type);
		}

		@Override
		@HandleCall
		public List<String> events() {
			return List.copyOf(this.events);
		}

		@Override
		@HandleCast
		public void end() {
			this.self.stop();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ KeyValueStoreServer.class, FootballMatchServer.class })
	static class Servers {

	}

}

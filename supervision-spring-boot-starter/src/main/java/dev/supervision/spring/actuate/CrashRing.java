package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.supervision.CrashReport;

/**
 * The last crashes, bounded in number and in bytes, and how often each cause was seen,
 * which outlives the reports.
 */
final class CrashRing {

	/** What all reports together may occupy. */
	static final long MAX_BYTES = 4L * 1024 * 1024;

	static final int MAX_GROUPS = 500;

	private final int maxReports;

	/** The newest first. */
	private final Deque<Crash> crashes = new ArrayDeque<>();

	/** By fingerprint; the one that was quiet for longest goes first. */
	private final Map<String, Group> groups = new LinkedHashMap<>(16, 0.75f, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.@Nullable Entry<String, Group> eldest) {
			return size() > MAX_GROUPS;
		}

	};

	private long last;

	private long bytes;

	CrashRing(int maxReports) {
		this.maxReports = maxReports;
	}

	synchronized Crash add(Instant time, CrashReport report, boolean values) {
		this.last++;
		Crash crash = Crash.of(this.last, time, report, values);
		this.groups.merge(crash.fingerprint(), Group.first(crash), (known, seen) -> known.again(crash.time()));
		this.crashes.addFirst(crash);
		this.bytes += crash.bytes();
		while (this.crashes.size() > this.maxReports || this.bytes > MAX_BYTES) {
			this.bytes -= this.crashes.removeLast().bytes();
		}
		return crash;
	}

	/** The newest first. */
	synchronized List<Crash> all() {
		return List.copyOf(this.crashes);
	}

	synchronized Optional<Crash> find(String id) {
		return this.crashes.stream().filter(crash -> crash.id().equals(id)).findFirst();
	}

	/** Those seen last come first. */
	synchronized List<Group> groups() {
		List<Group> newestFirst = new ArrayList<>();
		Collection<Group> known = this.groups.values();
		for (Iterator<Group> each = known.iterator(); each.hasNext();) {
			newestFirst.add(0, each.next());
		}
		return newestFirst;
	}

	/** By path: the last crash that is known of each place. */
	Map<String, String> lastByPath() {
		Map<String, String> ids = new LinkedHashMap<>();
		all().forEach(crash -> ids.putIfAbsent(crash.path(), crash.id()));
		return ids;
	}

	synchronized int size() {
		return this.crashes.size();
	}

	synchronized int groupCount() {
		return this.groups.size();
	}

	synchronized long bytes() {
		return this.bytes;
	}

	/**
	 * Crashes with the same cause.
	 *
	 * @param fingerprint what they have in common
	 * @param type of the server
	 * @param reason the class of the exception
	 * @param frame where it was thrown
	 * @param count how many there were
	 * @param firstSeen when the first was
	 * @param lastSeen when the last was
	 */
	record Group(String fingerprint, String type, String reason, @Nullable String frame, long count, Instant firstSeen,
			Instant lastSeen) {

		private static Group first(Crash crash) {
			return new Group(crash.fingerprint(), crash.type(), crash.reason().reason(), crash.frame(), 1, crash.time(),
					crash.time());
		}

		private Group again(Instant time) {
			return new Group(this.fingerprint, this.type, this.reason, this.frame, this.count + 1, this.firstSeen,
					time);
		}

	}

}

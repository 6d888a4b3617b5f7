package dev.supervision.spring.actuate;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads what is remembered of crashes and events, with the values that this request may
 * see.
 */
final class CrashReader {

	private final SupervisionHistory history;

	private final Values values;

	CrashReader(SupervisionHistory history, Values values) {
		this.history = history;
		this.values = values;
	}

	View.CrashPage page(@Nullable String after, @Nullable String fingerprint, @Nullable String supervisor,
			@Nullable String type, @Nullable String limitText, @Nullable String cursor) {
		Instant since = Parameters.instant("after", after);
		String wantedPrint = Parameters.text(fingerprint);
		String wantedSupervisor = Parameters.text(supervisor);
		String wantedType = Parameters.text(type);
		int limit = Parameters.limit(limitText);
		long before = before(Parameters.text(cursor));
		List<Crash> all = this.history.crashes().all();
		List<Crash> matched = all.stream()
			.filter(crash -> since == null || crash.time().isAfter(since))
			.filter(crash -> wantedPrint == null || crash.fingerprint().equals(wantedPrint))
			.filter(crash -> wantedSupervisor == null || crash.isOf(wantedSupervisor))
			.filter(crash -> wantedType == null || crash.type().equals(wantedType)
					|| crash.type().endsWith("." + wantedType) || crash.type().endsWith("$" + wantedType))
			.toList();
		List<Crash> page = matched.stream().filter(crash -> crash.number() < before).limit(limit + 1L).toList();
		boolean more = page.size() > limit;
		List<Crash> shown = more ? page.subList(0, limit) : page;
		return new View.CrashPage(this.history.revision(), all.size(), matched.size(), limit,
				more ? cursor(shown.get(shown.size() - 1)) : null,
				this.history.crashes().groups().stream().map(CrashReader::group).toList(),
				shown.stream().map(this::row).toList());
	}

	private static String cursor(Crash last) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(last.id().getBytes(StandardCharsets.UTF_8));
	}

	private static long before(@Nullable String cursor) {
		if (cursor == null) {
			return Long.MAX_VALUE;
		}
		try {
			String id = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
			if (id.startsWith("c-")) {
				return Long.parseLong(id.substring(2));
			}
		}
		catch (IllegalArgumentException ex) {
			throw badCursor();
		}
		throw badCursor();
	}

	private static Refusal badCursor() {
		return Refusal.badRequest("'cursor' is not one of this list");
	}

	private static View.CrashGroup group(CrashRing.Group group) {
		return new View.CrashGroup(group.fingerprint(), group.type(), group.reason(), group.frame(), group.count(),
				group.firstSeen(), group.lastSeen());
	}

	private View.CrashRow row(Crash crash) {
		return new View.CrashRow(crash.id(), crash.time(), crash.process(), crash.path(), crash.type(),
				crash.supervisor(), crash.reason().reason(), this.values.of("message", crash.reason().message()),
				crash.fingerprint());
	}

	View.CrashDetail detail(String id) {
		Crash crash = this.history.crashes()
			.find(id)
			.orElseThrow(
					() -> Refusal.notFound("There is no report '" + SafeText.of(id) + "', or it is not kept any more"));
		return new View.CrashDetail(crash.id(), crash.time(), crash.process(), crash.path(), crash.name(), crash.type(),
				crash.supervisor(), crash.reason().reason(), this.values.of("message", crash.reason().message()),
				rendered("lastMessage", crash.lastMessage()), rendered("state", crash.state()), crash.client(),
				crash.ancestors(), crash.mailboxSize(), crash.handled(), crash.uptimeMillis(), crash.fingerprint(),
				stack(crash));
	}

	/** What was rendered without values has names of classes only. */
	private @Nullable String rendered(String key, @Nullable String text) {
		return this.history.hasValues() ? this.values.of(key, text) : text;
	}

	private @Nullable String stack(Crash crash) {
		return (this.history.hasValues() && this.values.areShown()) ? this.values.of("stackTrace", crash.stack())
				: crash.stackWithoutMessages();
	}

	View.Events events(@Nullable String since, @Nullable String limitText, long dropped) {
		int limit = Parameters.limit(limitText);
		long seen = Parameters.number("since", since, -1);
		EventRing ring = this.history.events();
		EventRing.Slice slice = (seen >= 0) ? ring.since(seen, limit) : ring.newest(limit);
		return new View.Events(slice.last(), slice.gap(), dropped, limit,
				slice.entries().stream().map(entry -> entry.message(rendered("message", entry.message()))).toList());
	}

}

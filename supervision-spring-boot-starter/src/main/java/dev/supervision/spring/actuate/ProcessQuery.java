package dev.supervision.spring.actuate;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Comparator;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.supervision.ChildType;
import dev.supervision.MailboxLimit;
import dev.supervision.Pid;
import dev.supervision.ProcessInfo;
import dev.supervision.spring.Words;

/**
 * Which processes a page shows, and in what order.
 */
final class ProcessQuery {

	private static final int CURSOR_PARTS = 5;

	/** A mailbox that is as full as this counts as a problem. */
	private static final double NEARLY_FULL = 0.8;

	private final @Nullable String supervisor;

	private final ProcessInfo.@Nullable State state;

	private final @Nullable ChildType kind;

	private final @Nullable String type;

	private final @Nullable String name;

	private final @Nullable String text;

	private final long minMailbox;

	private final boolean problem;

	private final Sort sort;

	private final boolean descending;

	private final int limit;

	private final @Nullable SortKey after;

	ProcessQuery(@Nullable String supervisor, @Nullable String state, @Nullable String kind, @Nullable String type,
			@Nullable String name, @Nullable String text, @Nullable String minMailbox, @Nullable String problem,
			@Nullable String sort, @Nullable String order, @Nullable String limit, @Nullable String cursor) {
		this.supervisor = Parameters.text(supervisor);
		this.state = Parameters.word("state", state, ProcessInfo.State.class);
		this.kind = Parameters.word("kind", kind, ChildType.class);
		this.type = Parameters.text(type);
		this.name = Parameters.text(name);
		String wanted = Parameters.text(text);
		this.text = (wanted != null) ? wanted.toLowerCase(Locale.ROOT) : null;
		this.minMailbox = Parameters.number("minMailbox", minMailbox, 0);
		this.problem = Parameters.flag("problem", problem);
		Sort given = Parameters.word("sort", sort, Sort.class);
		this.sort = (given != null) ? given : Sort.ID;
		Order direction = Parameters.word("order", order, Order.class);
		this.descending = (direction != null) ? direction == Order.DESC : this.sort.descending;
		this.limit = Parameters.limit(limit);
		String from = Parameters.text(cursor);
		this.after = (from != null) ? decode(from) : null;
	}

	int limit() {
		return this.limit;
	}

	boolean needsRestarts() {
		return this.sort == Sort.RESTARTS;
	}

	/** Whether a process is a child of the supervisor, if one is given. */
	boolean isInScope(ProcessInfo info) {
		if (this.supervisor == null) {
			return true;
		}
		Pid parent = info.parent();
		return parent != null
				&& (parent.toString().equals(this.supervisor) || Supervisors.matches(this.supervisor, parent.path()));
	}

	boolean matches(ProcessInfo info) {
		return (this.state == null || info.state() == this.state) && (this.kind == null || info.kind() == this.kind)
				&& info.mailboxSize() >= this.minMailbox && (!this.problem || isProblem(info)) && hasType(info)
				&& (this.name == null || Describer.name(info).equals(this.name)) && hasText(info);
	}

	private boolean hasType(ProcessInfo info) {
		return this.type == null || info.type().equals(this.type)
				|| info.type()
					.substring(Math.max(info.type().lastIndexOf('.'), info.type().lastIndexOf('$')) + 1)
					.equals(this.type);
	}

	private boolean hasText(ProcessInfo info) {
		return this.text == null || contains(info.path()) || contains(Describer.name(info)) || contains(info.type())
				|| contains(info.pid().toString());
	}

	private boolean contains(String value) {
		return this.text != null && value.toLowerCase(Locale.ROOT).contains(this.text);
	}

	/** It does not run as it should, or more waits for it than it handles. */
	private static boolean isProblem(ProcessInfo info) {
		MailboxLimit mailbox = info.spec().mailbox();
		return switch (info.state()) {
			case SUSPENDED, KILLED, DISOWNED -> true;
			case STARTING, RUNNING, STOPPING -> info.mailboxSize() > OverviewReader.MAILBOX_THRESHOLD
					|| info.mailboxSize() >= NEARLY_FULL * mailbox.capacity();
		};
	}

	// ---- order

	Comparator<SortKey> order() {
		return this.descending ? SortKey.ASCENDING.reversed() : SortKey.ASCENDING;
	}

	SortKey key(ProcessInfo info, long restarts) {
		long number = number(info.pid());
		return switch (this.sort) {
			case ID -> new SortKey(0, "", number);
			case MAILBOX -> new SortKey(info.mailboxSize(), "", number);
			case RESTARTS -> new SortKey(restarts, "", number);
			// who was made earlier lives longer; and that does not change between pages
			case UPTIME -> new SortKey(-number, "", number);
			case NAME -> new SortKey(0, Describer.name(info), number);
		};
	}

	private static long number(Pid pid) {
		String text = pid.toString();
		return Long.parseLong(text.substring(text.lastIndexOf('.') + 1), Character.MAX_RADIX);
	}

	boolean isAfterCursor(SortKey key) {
		return this.after == null || order().compare(this.after, key) < 0;
	}

	// ---- the cursor

	/** The place behind a key, for the same sort and order. */
	String cursor(SortKey last) {
		String plain = String.join("\n", Words.of(this.sort), String.valueOf(this.descending),
				String.valueOf(last.value()), String.valueOf(last.number()), last.text());
		return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
	}

	private SortKey decode(String cursor) {
		try {
			String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split("\n",
					CURSOR_PARTS);
			if (parts.length == CURSOR_PARTS && parts[0].equals(Words.of(this.sort))
					&& parts[1].equals(String.valueOf(this.descending))) {
				return new SortKey(Long.parseLong(parts[2]), parts[4], Long.parseLong(parts[3]));
			}
		}
		catch (IllegalArgumentException ex) {
			throw badCursor();
		}
		throw badCursor();
	}

	private static Refusal badCursor() {
		return Refusal.badRequest("'cursor' does not belong to a query with this sort and order");
	}

	/** What a list may be sorted by. */
	private enum Sort {

		ID(false), MAILBOX(true), RESTARTS(true), UPTIME(true), NAME(false);

		private final boolean descending;

		Sort(boolean descending) {
			this.descending = descending;
		}

	}

	/** In which direction. */
	private enum Order {

		ASC, DESC

	}

}

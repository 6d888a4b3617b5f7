package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What the endpoint answers. What is not known is left out of the JSON.
 */
final class View {

	private View() {
	}

	/** How everything is. */
	record Overview(long revision, Instant time, NodeView node, String access, List<String> permissions,
			Processes processes, MailboxSums mailbox, Restarts restarts, Crashes crashes, List<Tree> trees,
			Limits limits) implements OperationResponseBody {
	}

	/**
	 * The node.
	 *
	 * @param root the supervisor whose children the trees are
	 */
	record NodeView(String id, String name, @Nullable Instant startTime, @Nullable String root) {
	}

	/** Processes, and by the words of their states also children that have none. */
	record Processes(long total, long supervisors, long workers, Map<String, Long> byState) {
	}

	/** Mailboxes of all processes. */
	record MailboxSums(long messages, int max, long overThreshold) {
	}

	/** Restarts by supervisors. */
	record Restarts(long total, long lastMinute, long last15Minutes) {
	}

	/** Crashes that are remembered. */
	record Crashes(int retained, int groups, long lastMinute) {
	}

	/** A tree; without id if it does not run. */
	record Tree(@Nullable String id, String name, String state, @Nullable String strategy, String health,
			@Nullable Boolean gaveUp) {
	}

	/** How much one answer has at most. */
	record Limits(int page, int inlineChildren, int depth) {
	}

	/** Part of the trees as a flat list. */
	record Nodes(long revision, boolean complete, List<String> errors, int depth,
			List<TreeNode> nodes) implements OperationResponseBody {
	}

	/**
	 * A child, supervisor or tree.
	 *
	 * @param id of its process, if it has one
	 * @param parent the process of its supervisor; none for a tree
	 */
	record TreeNode(@Nullable String id, @Nullable String parent, @Nullable String childId, @Nullable String name,
			String kind, @Nullable String type, @Nullable Boolean dynamic, String state, @Nullable String strategy,
			@Nullable Intensity intensity, @Nullable ChildrenView children, String restart,
			@Nullable Long shutdownMillis, @Nullable Instant startTime, long restarts, @Nullable MailboxView mailbox,
			@Nullable String bean, @Nullable String lastCrash, @Nullable String lastExit) {
	}

	/** How many restarts are allowed, and how many of them are used up. */
	record Intensity(int max, double periodSeconds, long used) {
	}

	/**
	 * Children in numbers.
	 *
	 * @param loaded how many of them are in the same answer
	 * @param parked ids of those that were set aside
	 */
	record ChildrenView(int total, int loaded, @Nullable Map<String, Long> byState, @Nullable GroupMailbox mailbox,
			@Nullable GroupRestarts restarts, @Nullable List<String> parked) {
	}

	/** Restarts of those that are there now. */
	record GroupRestarts(long total) {
	}

	/** Mailboxes of a group, and who has the deepest. */
	record GroupMailbox(long sum, int max, @Nullable String maxId) {
	}

	/** One mailbox; without capacity if it has no bound. */
	record MailboxView(int size, @Nullable Integer capacity, @Nullable String onFull) {
	}

	/** Some of the processes. */
	record ProcessPage(long revision, long total, long matched, int limit, @Nullable String cursor,
			List<ProcessRow> processes) implements OperationResponseBody {
	}

	/** A process in a list. */
	record ProcessRow(String id, String name, String path, @Nullable String parent, String kind, String type,
			String state, MailboxView mailbox, long restarts, long handled, long uptimeMillis) {
	}

	/** A process. */
	record ProcessDetail(long revision, String id, String name, String path, @Nullable String parent,
			@Nullable String childId, String kind, String type, String state, MailboxView mailbox, long restarts,
			long handled, Instant startTime, long uptimeMillis, boolean trapsExits, String restart,
			@Nullable Long shutdownMillis, @Nullable String strategy, @Nullable Boolean dynamic,
			@Nullable Intensity intensity, @Nullable ChildrenView children, @Nullable String bean,
			@Nullable String lastCrash) implements OperationResponseBody {
	}

	/** Some of the crashes, the newest first. */
	record CrashPage(long revision, int retained, int matched, int limit, @Nullable String cursor,
			List<CrashGroup> groups, List<CrashRow> crashes) implements OperationResponseBody {
	}

	/** Crashes with the same cause, since the application started. */
	record CrashGroup(String fingerprint, String type, String reason, @Nullable String frame, long count,
			Instant firstSeen, Instant lastSeen) {
	}

	/** A crash in a list. */
	record CrashRow(String id, Instant time, String process, String path, String type, @Nullable String supervisor,
			String reason, @Nullable String message, String fingerprint) {
	}

	/** A crash. */
	record CrashDetail(String id, Instant time, String process, String path, @Nullable String name, String type,
			@Nullable String supervisor, String reason, @Nullable String message, @Nullable String lastMessage,
			@Nullable String state, @Nullable String client, List<String> ancestors, int mailboxSize, long handled,
			long uptimeMillis, String fingerprint, @Nullable String stackTrace) implements OperationResponseBody {
	}

	/**
	 * Some of the events, the oldest first.
	 *
	 * @param gap whether events before these were lost
	 * @param dropped how many the node could not even tell, because it was told to too
	 * many
	 */
	record Events(long revision, boolean gap, long dropped, int limit,
			List<EventEntry> events) implements OperationResponseBody {
	}

	/** What came of a write. */
	record Done(String id, String action, @Nullable String child, String outcome, @Nullable String newId,
			List<String> affected, long revision, String audit) implements OperationResponseBody {
	}

}

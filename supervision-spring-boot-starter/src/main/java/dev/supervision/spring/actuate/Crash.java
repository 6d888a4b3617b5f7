package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.supervision.CrashReport;
import dev.supervision.ExitReason;
import dev.supervision.Pid;

/**
 * A crash as it is kept: text only, so that nothing else stays alive because of it.
 *
 * @param number counts crashes from 1
 * @param time when it happened
 * @param process the pid
 * @param path where the process stood
 * @param name its registered name
 * @param type of its server
 * @param supervisor the pid of its supervisor
 * @param supervisorPath where that stood
 * @param reason why, without values
 * @param lastMessage the message that it was handling
 * @param state its state before that
 * @param client who waited for the answer
 * @param ancestors pids, innermost first
 * @param mailboxSize how many messages waited
 * @param handled how many it had handled
 * @param uptimeMillis how long it had lived
 * @param fingerprint the same for crashes with the same cause
 * @param stack of the exception, with messages if there are any
 * @param frame the innermost frame
 */
record Crash(long number, Instant time, String process, String path, @Nullable String name, String type,
		@Nullable String supervisor, @Nullable String supervisorPath, ReasonText reason, @Nullable String lastMessage,
		@Nullable String state, @Nullable String client, List<String> ancestors, int mailboxSize, long handled,
		long uptimeMillis, String fingerprint, @Nullable String stack, @Nullable String frame) {

	/** What one report may occupy. */
	static final int MAX_BYTES = 16 * 1024;

	private static final String FRAME = "\tat ";

	private static final String CAUSE = "Caused by: ";

	private static final int MAX_TEXT = 600;

	private static final int MAX_ANCESTORS = 32;

	/** For numbers and the objects themselves. */
	private static final int FIXED_BYTES = 512;

	static Crash of(long number, Instant time, CrashReport report, boolean values) {
		List<Pid> ancestors = report.ancestors();
		Pid supervisor = ancestors.isEmpty() ? null : ancestors.get(0);
		String stack = (report.reason() instanceof ExitReason.Failure failure) ? failure.stackTrace() : null;
		Crash crash = new Crash(number, time, report.pid().toString(), capped(report.path()), nullable(report.name()),
				capped(report.type()), (supervisor != null) ? supervisor.toString() : null,
				(supervisor != null) ? capped(supervisor.path()) : null, ReasonText.of(report.reason(), values),
				nullable(report.lastMessage()), nullable(report.state()), nullable(report.client()),
				ancestors.stream().limit(MAX_ANCESTORS).map(Pid::toString).toList(), report.mailboxSize(),
				report.handled(), report.uptime().toMillis(), Fingerprint.of(report.fingerprint()), null,
				(stack != null) ? frame(stack) : null);
		return (stack != null) ? crash.withStack(stack) : crash;
	}

	private static @Nullable String frame(String stack) {
		return stack.lines()
			.filter(line -> line.startsWith(FRAME))
			.findFirst()
			.map(line -> capped(line.substring(FRAME.length())))
			.orElse(null);
	}

	private static String capped(String text) {
		return SafeText.cap(text, MAX_TEXT);
	}

	private static @Nullable String nullable(@Nullable String text) {
		return (text != null) ? capped(text) : null;
	}

	/** With as much of a stack as there is room for. */
	private Crash withStack(String all) {
		int room = (MAX_BYTES - bytes()) / width(all);
		return new Crash(this.number, this.time, this.process, this.path, this.name, this.type, this.supervisor,
				this.supervisorPath, this.reason, this.lastMessage, this.state, this.client, this.ancestors,
				this.mailboxSize, this.handled, this.uptimeMillis, this.fingerprint, SafeText.cap(all, room),
				this.frame);
	}

	String id() {
		return "c-" + this.number;
	}

	/** What it occupies, about. */
	int bytes() {
		return FIXED_BYTES + size(this.process) + size(this.path) + size(this.name) + size(this.type)
				+ size(this.supervisor) + size(this.supervisorPath) + size(this.reason.reason())
				+ size(this.reason.message()) + size(this.lastMessage) + size(this.state) + size(this.client)
				+ this.ancestors.stream().mapToInt(Crash::size).sum() + size(this.fingerprint) + size(this.stack)
				+ size(this.frame);
	}

	private static int size(@Nullable String text) {
		return (text != null) ? text.length() * width(text) : 0;
	}

	/** Bytes for a character: Java stores Latin-1 in one. */
	private static int width(String text) {
		return text.chars().allMatch(c -> c < 256) ? 1 : 2;
	}

	/** The stack without messages, which are values. */
	@Nullable String stackWithoutMessages() {
		String all = this.stack;
		if (all == null) {
			return null;
		}
		StringBuilder names = new StringBuilder();
		all.lines().forEach(line -> names.append(line.startsWith("\t") ? line : nameOnly(line)).append('\n'));
		return names.toString();
	}

	/** A line such as {@code Caused by: a.b.C: message}. */
	private static String nameOnly(String line) {
		String start = line.startsWith(CAUSE) ? CAUSE : "";
		String rest = line.substring(start.length());
		int colon = rest.indexOf(':');
		return start + ((colon >= 0) ? rest.substring(0, colon) : rest);
	}

	boolean isOf(String wantedSupervisor) {
		return wantedSupervisor.equals(this.supervisor) || Supervisors.matches(wantedSupervisor, this.supervisorPath);
	}

}

package dev.supervision;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Turns values and throwables into text once, capped, and survives hostile ones: their
 * methods may throw, recurse for ever, or answer megabytes.
 */
final class CrashRenderer {

	static final int MAX_TEXT = 512;

	private static final int MAX_FRAMES = 64;

	private static final int MAX_CAUSES = 8;

	private static final int FINGERPRINT_FRAMES = 3;

	private CrashRenderer() {
	}

	/**
	 * A throwable as a reason.
	 * @param messages whether with its message, and those of its causes, or only with
	 * classes
	 */
	static ExitReason.Failure failure(Throwable thrown, boolean messages) {
		String className = thrown.getClass().getName();
		String message;
		try {
			message = messages ? thrown.getMessage() : null;
		}
		catch (Throwable ex) {
			message = "(getMessage threw " + ex.getClass().getName() + ")";
		}
		String stack;
		try {
			stack = stackTrace(thrown, messages);
		}
		catch (Throwable ex) {
			stack = className + " (its stack trace could not be read: " + ex.getClass().getName() + ")";
		}
		return new ExitReason.Failure(className, (message != null) ? clean(message) : null, stack);
	}

	private static String stackTrace(Throwable thrown, boolean messages) {
		StringBuilder text = new StringBuilder();
		Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
		Throwable current = thrown;
		while (current != null && seen.size() < MAX_CAUSES && seen.add(current)) {
			text.append((current == thrown) ? "" : "Caused by: ").append(summary(current, messages)).append('\n');
			StackTraceElement[] frames = current.getStackTrace();
			if (frames.length == 0) {
				text.append("\t(trace omitted by the JVM)\n");
			}
			for (int i = 0; i < Math.min(frames.length, MAX_FRAMES); i++) {
				text.append("\tat ").append(text(frames[i])).append('\n');
			}
			current = cause(current);
		}
		return text.toString();
	}

	private static @Nullable Throwable cause(Throwable thrown) {
		try {
			return thrown.getCause();
		}
		catch (Throwable ex) {
			return null;
		}
	}

	/** Why a process ends whose callback has thrown this. */
	static ExitReason reason(Throwable thrown, boolean messages) {
		if (thrown instanceof ServerExitedException called && called.reason().isShutdown()) {
			// OTP: {shutdown, {gen_server, call, ..}}: whoever waited for a server that
			// was shut down has not crashed
			return ExitReason.shutdown(summary(thrown, messages));
		}
		return (thrown instanceof ExitException exit) ? exit.reason() : failure(thrown, messages);
	}

	/**
	 * All that there is to know about a crash, on the dying process's own side.
	 * @param inWork what it was handling, if anything
	 * @param state the state that it had
	 */
	static CrashReport report(Process process, ExitReason reason, @Nullable Envelope inWork, @Nullable Object state) {
		Object message = (inWork != null) ? inWork.content() : null;
		Object client = (inWork != null) ? inWork.client() : null;
		Node node = process.node;
		return new CrashReport(process, process.path(), process.registeredName(), process.type(), reason,
				(message != null) ? node.values(message) : null, (state != null) ? node.values(state) : null,
				(client instanceof Thread thread) ? text(thread.getName())
						: (client != null) ? client.toString() : null,
				process.ancestors(), process.mailbox.size(), process.handled(), process.uptime());
	}

	/** One line: class and, if wanted, message. */
	static String summary(Throwable thrown, boolean messages) {
		String className = thrown.getClass().getName();
		try {
			String message = messages ? thrown.getMessage() : null;
			return (message != null) ? className + ": " + clean(message) : className;
		}
		catch (Throwable ex) {
			return className + " (getMessage threw " + ex.getClass().getName() + ")";
		}
	}

	/** The {@code toString} of any value, capped and on one line. */
	static String text(@Nullable Object value) {
		return (value != null) ? text(value, String::valueOf) : "null";
	}

	/** What the given function says of a value, capped and on one line. */
	static String text(Object value, Function<Object, String> renderer) {
		try {
			return clean(String.valueOf(renderer.apply(value)));
		}
		catch (Throwable ex) {
			return className(value) + " (toString threw " + ex.getClass().getName() + ")";
		}
	}

	static String className(@Nullable Object value) {
		return (value != null) ? value.getClass().getName() : "null";
	}

	static List<String> frames(StackTraceElement[] stack) {
		List<String> frames = new ArrayList<>();
		for (int i = 0; i < Math.min(stack.length, MAX_FRAMES); i++) {
			frames.add(text(stack[i]));
		}
		return List.copyOf(frames);
	}

	static String fingerprint(ExitReason reason) {
		if (!(reason instanceof ExitReason.Failure failure)) {
			return reason.getClass().getSimpleName();
		}
		StringBuilder print = new StringBuilder(failure.exceptionClass());
		failure.stackTrace()
			.lines()
			.filter(line -> line.startsWith("\tat "))
			.limit(FINGERPRINT_FRAMES)
			.forEach(line -> print.append('|').append(line.substring("\tat ".length())));
		return print.toString();
	}

	/** Caps a text, and escapes what could forge a line of a log. */
	private static String clean(String text) {
		StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX_TEXT));
		for (int i = 0; i < text.length(); i++) {
			if (safe.length() >= MAX_TEXT) {
				return safe.append("... (").append(text.length()).append(" characters)").toString();
			}
			char c = text.charAt(i);
			if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
				safe.append(String.format("\\u%04x", (int) c));
			}
			else {
				safe.append(c);
			}
		}
		return safe.toString();
	}

}

package dev.supervision;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Throwables that do harm to whoever looks at them.
 */
@SuppressWarnings("serial")
final class HostileThrowables {

	private static final int HUGE = 50_000_000;

	private HostileThrowables() {
	}

	static Map<String, Supplier<Throwable>> all() {
		Map<String, Supplier<Throwable>> all = new LinkedHashMap<>();
		all.put("getMessage throws", MessageThrows::new);
		all.put("getMessage recurses", MessageRecurses::new);
		all.put("getMessage answers 50 MB", () -> new RuntimeException("x".repeat(HUGE)));
		all.put("getMessage forges lines",
				() -> new RuntimeException("a\r\nINFO forged\u2028b\u2029c\u001b[2Jd\u0085e"));
		all.put("getMessage is null", RuntimeException::new);
		all.put("toString throws", ToStringThrows::new);
		all.put("toString recurses", ToStringRecurses::new);
		all.put("getCause throws", CauseThrows::new);
		all.put("getCause recurses", CauseRecurses::new);
		all.put("getCause never ends", EndlessCause::new);
		all.put("causes in a circle", HostileThrowables::circle);
		all.put("getStackTrace throws", TraceThrows::new);
		all.put("getStackTrace is null", TraceIsNull::new);
		all.put("getStackTrace forges lines", HostileThrowables::forgedTrace);
		all.put("getStackTrace holds 50 MB", HostileThrowables::hugeTrace);
		all.put("hashCode and equals throw", EqualsThrows::new);
		all.put("a hostile cause", () -> new IllegalStateException("outer", new MessageThrows()));
		all.put("a hostile suppressed", HostileThrowables::hostileSuppressed);
		return all;
	}

	private static Throwable circle() {
		RuntimeException a = new RuntimeException("a");
		RuntimeException b = new RuntimeException("b", a);
		a.initCause(b);
		return a;
	}

	private static Throwable forgedTrace() {
		RuntimeException forged = new RuntimeException("forged");
		forged
			.setStackTrace(new StackTraceElement[] { new StackTraceElement("a\r\nINFO forged", "b\n", "c\u2028", 1) });
		return forged;
	}

	private static Throwable hugeTrace() {
		RuntimeException huge = new RuntimeException("huge");
		huge.setStackTrace(new StackTraceElement[] { new StackTraceElement("x".repeat(HUGE), "m", "f", 1) });
		return huge;
	}

	private static Throwable hostileSuppressed() {
		RuntimeException outer = new RuntimeException("outer");
		outer.addSuppressed(new MessageThrows());
		return outer;
	}

	static final class MessageThrows extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("no message for you");
		}

	}

	static final class MessageRecurses extends RuntimeException {

		@Override
		public String getMessage() {
			return getMessage() + "!";
		}

	}

	static final class ToStringThrows extends RuntimeException {

		@Override
		public String toString() {
			throw new IllegalStateException("no text for you");
		}

	}

	static final class ToStringRecurses extends RuntimeException {

		@Override
		public String toString() {
			return "<" + this + ">";
		}

	}

	static final class CauseThrows extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			throw new IllegalStateException("no cause for you");
		}

	}

	static final class CauseRecurses extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			return new RuntimeException(getCause());
		}

	}

	static final class EndlessCause extends RuntimeException {

		@Override
		public synchronized Throwable getCause() {
			return new EndlessCause();
		}

	}

	static final class TraceThrows extends RuntimeException {

		@Override
		public StackTraceElement[] getStackTrace() {
			throw new IllegalStateException("no trace for you");
		}

	}

	static final class TraceIsNull extends RuntimeException {

		@Override
		@SuppressWarnings("NullAway")
		public StackTraceElement @Nullable [] getStackTrace() {
			return null;
		}

	}

	static final class EqualsThrows extends RuntimeException {

		@Override
		public int hashCode() {
			throw new IllegalStateException("no hash for you");
		}

		@Override
		public boolean equals(@Nullable Object other) {
			throw new IllegalStateException("no comparison for you");
		}

	}

}

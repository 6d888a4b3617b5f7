package dev.supervision.spring.actuate;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.supervision.ExitReason;
import dev.supervision.Pid;
import dev.supervision.SupervisionEvent;
import dev.supervision.spring.Words;

/**
 * An event as it is kept: text only.
 *
 * @param seq counts events from 1
 * @param time when it happened
 * @param type such as {@code child-started}
 * @param supervisor the pid of the supervisor that speaks
 * @param child the id of the child it is about
 * @param process the pid it is about
 * @param path where that stands
 * @param cause why a child was started
 * @param reason why something ended, without values
 * @param message what the reason, or an unhandled message, says; a value
 * @param detail anything else that there is to say
 * @param count how many are concerned, where it may be more than one
 * @param crash the id of the report
 * @param stack where a thread is
 */
record EventEntry(long seq, Instant time, String type, @Nullable String supervisor, @Nullable String child,
		@Nullable String process, @Nullable String path, @Nullable String cause, @Nullable String reason,
		@Nullable String message, @Nullable String detail, @Nullable Integer count, @Nullable String crash,
		@Nullable List<String> stack) {

	private static final int MAX_FRAMES = 8;

	private static final int MAX_TEXT = 600;

	/** Collects what an event has. */
	static final class Builder {

		private final Instant time;

		private final String type;

		private final boolean values;

		private @Nullable String supervisor;

		private @Nullable String child;

		private @Nullable String process;

		private @Nullable String path;

		private @Nullable String cause;

		private @Nullable String reason;

		private @Nullable String message;

		private @Nullable String detail;

		private @Nullable Integer count;

		private @Nullable String crash;

		private @Nullable List<String> stack;

		Builder(Instant time, String type, boolean values) {
			this.time = time;
			this.type = type;
			this.values = values;
		}

		Builder child(SupervisionEvent.Child offender) {
			this.supervisor = offender.supervisor().toString();
			this.child = capped(offender.id());
			Pid pid = offender.pid();
			this.process = (pid != null) ? pid.toString() : null;
			this.path = capped((pid != null) ? pid.path() : offender.supervisor().path() + "/" + offender.id());
			return this;
		}

		Builder process(Pid pid) {
			this.process = pid.toString();
			this.path = capped(pid.path());
			return this;
		}

		Builder target(@Nullable String process, @Nullable String child) {
			this.process = process;
			this.child = child;
			return this;
		}

		Builder cause(SupervisionEvent.StartCause cause) {
			this.cause = Words.of(cause);
			return this;
		}

		Builder reason(ExitReason ended) {
			ReasonText text = ReasonText.of(ended, this.values);
			this.reason = text.reason();
			this.message = text.message();
			return this;
		}

		/** What an operator gives as reason. */
		Builder reason(@Nullable String given) {
			this.reason = given;
			return this;
		}

		/**
		 * Rendered by the core, which names only the class where values are not shown.
		 */
		Builder message(String text) {
			this.message = capped(text);
			return this;
		}

		Builder detail(String text) {
			this.detail = capped(text);
			return this;
		}

		Builder count(int number) {
			this.count = number;
			return this;
		}

		Builder crash(@Nullable String id) {
			this.crash = id;
			return this;
		}

		Builder stack(List<String> frames) {
			this.stack = frames.stream().limit(MAX_FRAMES).map(Builder::capped).toList();
			return this;
		}

		private static String capped(String text) {
			return SafeText.cap(text, MAX_TEXT);
		}

		EventEntry build(long seq) {
			return new EventEntry(seq, this.time, this.type, this.supervisor, this.child, this.process, this.path,
					this.cause, this.reason, this.message, this.detail, this.count, this.crash, this.stack);
		}

	}

	/** The same with another message. */
	EventEntry message(@Nullable String shown) {
		return new EventEntry(this.seq, this.time, this.type, this.supervisor, this.child, this.process, this.path,
				this.cause, this.reason, shown, this.detail, this.count, this.crash, this.stack);
	}

}

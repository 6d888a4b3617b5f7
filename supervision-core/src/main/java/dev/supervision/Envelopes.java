package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * The entries of mailboxes other than calls.
 */
final class Envelopes {

	private Envelopes() {
	}

	/** A message of the server's own protocol that nobody waits for. */
	static final class Cast extends Envelope {

		private final Object message;

		Cast(Object message) {
			this.message = message;
		}

		@Override
		Instrumentation.MessageKind kind() {
			return Instrumentation.MessageKind.CAST;
		}

		@Override
		void deliver(Process process) {
			process.handle(this.message);
		}

		@Override
		Object content() {
			return this.message;
		}

	}

	/**
	 * A message of the runtime to a server of the runtime, which no capacity concerns.
	 */
	static final class Internal extends Envelope {

		private final Object message;

		Internal(Object message) {
			this.message = message;
		}

		@Override
		void deliver(Process process) {
			process.handle(this.message);
		}

		@Override
		boolean isUserMessage() {
			return false;
		}

	}

	/** Anything else that a server may get. */
	static final class InfoMessage extends Envelope {

		private final Info info;

		InfoMessage(Info info) {
			this.info = info;
		}

		@Override
		Instrumentation.MessageKind kind() {
			return (this.info instanceof Info.Cast) ? Instrumentation.MessageKind.CAST
					: Instrumentation.MessageKind.INFO;
		}

		@Override
		void deliver(Process process) {
			process.handleInfo(this.info);
		}

		@Override
		@Nullable Object content() {
			return unwrap(this.info);
		}

	}

	/** An exit signal to a process that traps. */
	static final class Exit extends Envelope {

		private final Process from;

		private final ExitReason reason;

		private final boolean fromParent;

		Exit(Process from, ExitReason reason, boolean fromParent) {
			this.from = from;
			this.reason = reason;
			this.fromParent = fromParent;
		}

		/** The end of the parent is a matter of the runtime, as in OTP. */
		@Override
		boolean isSuspendable() {
			return !this.fromParent;
		}

		@Override
		Instrumentation.MessageKind kind() {
			return Instrumentation.MessageKind.INFO;
		}

		@Override
		void deliver(Process process) {
			process.handleExit(this.from, this.reason);
		}

		@Override
		boolean isUserMessage() {
			return false;
		}

	}

	/** A monitor that fired. */
	static final class Down extends Envelope {

		private final MonitorRef monitor;

		private final ExitReason reason;

		Down(MonitorRef monitor, ExitReason reason) {
			this.monitor = monitor;
			this.reason = reason;
		}

		@Override
		Instrumentation.MessageKind kind() {
			return Instrumentation.MessageKind.INFO;
		}

		@Override
		void deliver(Process process) {
			if (!this.monitor.isCancelled()) {
				process.handleInfo(new Info.Down(this.monitor, this.monitor.target, this.reason));
			}
		}

		@Override
		boolean isUserMessage() {
			return false;
		}

	}

	/** No message came in time. */
	static final class EventTimeout extends Envelope {

		private final EventTimer timer;

		EventTimeout(EventTimer timer) {
			this.timer = timer;
		}

		@Override
		Instrumentation.MessageKind kind() {
			return Instrumentation.MessageKind.TIMEOUT;
		}

		@Override
		void deliver(Process process) {
			process.handleTimeout(this.timer);
		}

		@Override
		boolean isUserMessage() {
			return false;
		}

	}

	/** The parent's order to stop, where it keeps its place behind the messages. */
	static final class StopOrder extends Envelope {

		private final ExitReason reason;

		StopOrder(ExitReason reason) {
			this.reason = reason;
		}

		@Override
		void deliver(Process process) {
			process.stop(this.reason);
		}

		@Override
		boolean isUserMessage() {
			return false;
		}

		@Override
		boolean isSuspendable() {
			return false;
		}

	}

	/** Somebody stops the server and waits for its end. */
	static final class StopRequest extends Request {

		private final ExitReason reason;

		StopRequest(Waiting waiting, ExitReason reason) {
			super(waiting, Thread.currentThread());
			this.reason = reason;
		}

		@Override
		void deliver(Process process) {
			process.stop(this.reason);
		}

		@Override
		boolean isSuspendable() {
			return false;
		}

		@Override
		void undeliverable(Ended ended) {
			completeAtLast(ended);
		}

	}

	/** The first entry of every process; its parent waits for the outcome. */
	static final class Start extends Request {

		Start(Waiting waiting) {
			super(waiting, Thread.currentThread());
		}

		@Override
		void deliver(Process process) {
			process.init(this);
		}

	}

	/** Waits until somebody runs it, such as a process that has left. */
	static final class Wait extends Request implements Runnable {

		Wait(Waiting waiting) {
			super(waiting, Thread.currentThread());
		}

		@Override
		public void run() {
			complete(Boolean.TRUE);
		}

		@Override
		void deliver(Process process) {
			throw new IllegalStateException("never sent");
		}

	}

}

package dev.supervision;

import org.jspecify.annotations.Nullable;

/**
 * Counts and times what a node does, at the source: each method is called on the thread
 * where it happens, also for every message, and sometimes on the one thread that all
 * limits of the node depend on. It has to be fast, must not block, and must not send.
 * What it throws is dropped and counted as a failure of the listener.
 */
public interface Instrumentation {

	/**
	 * The group that a process belongs to; asked once for each process, before it starts.
	 * @param supervisor the process that starts it; {@code null} if nobody supervises it
	 * @param spec its specification
	 */
	Group group(@Nullable Pid supervisor, ChildSpec spec);

	/** A call found nobody under the name that it was for. */
	void calledNobody();

	/** A supervisor gave up, because a child was restarted too often. */
	void gaveUp(Pid supervisor);

	/**
	 * Processes that are counted together: those of one kind under one supervisor.
	 */
	interface Group {

		/** One runs. */
		void started(SupervisionEvent.StartCause cause);

		/**
		 * One has ended.
		 * @param crashed whether by an error of its own
		 */
		void exited(ExitReason reason, boolean crashed);

		/** One was restarted by its supervisor, and runs. */
		void restarted();

		/**
		 * One has handled a message.
		 * @param nanos how long that took
		 * @param ended why it ended with it, if it did
		 */
		void handled(MessageKind kind, long nanos, @Nullable ExitReason ended);

		/**
		 * Somebody called one.
		 * @param nanos how long that took, on the caller's side
		 * @param failure what the caller got instead of an answer, if so
		 */
		void called(long nanos, @Nullable CallException failure);

	}

	/** Kinds of messages. */
	enum MessageKind {

		/** Somebody waits for an answer. */
		CALL,

		/** Nobody does. */
		CAST,

		/** Anything that is not of the protocol. */
		INFO,

		/** No message came in time. */
		TIMEOUT

	}

}

package dev.supervision.spring;

import java.time.Duration;
import java.util.List;

import dev.supervision.ChildSpec;
import dev.supervision.ExitReason;
import dev.supervision.MonitorRef;
import dev.supervision.Name;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.TimerRef;

/**
 * What an annotated server may ask of the process that runs it: a constructor parameter
 * of a {@link GenServer}. To be used from its own handlers and its init only.
 */
public interface ServerContext {

	/** The identity of this incarnation. */
	Pid pid();

	/** The id of the child: declared, or given to {@link Children#start}. */
	String id();

	/** The node. */
	Node node();

	/** The process that started this one, its parent and so on; innermost first. */
	List<Pid> ancestors();

	/**
	 * Ends this server normally when the handler returns; its reply goes out after
	 * {@link Terminate} has run.
	 */
	default void stop() {
		stop(ExitReason.NORMAL);
	}

	/** As {@link #stop()}, with a reason. In the init: the start fails with it. */
	void stop(ExitReason reason);

	/** Says in the init that the server is not wanted: no process, no error. */
	void ignore();

	/**
	 * Calls a {@link HandleContinue} method right after this handler, before anything
	 * that waits.
	 */
	void continueWith(Object continuation);

	/**
	 * Delivers {@link dev.supervision.Info.Timeout} if no message arrives within the
	 * limit after this handler.
	 */
	void timeout(Duration limit);

	/**
	 * Sends a message to this server later, for a {@link HandleInfo} method. It ends with
	 * this incarnation.
	 */
	TimerRef sendAfter(Duration delay, Object message);

	/** Sends a message to another process later; as {@link #sendAfter}. */
	TimerRef sendAfter(Duration delay, Pid target, Object message);

	/** As {@link dev.supervision.ServerContext#link}. */
	void link(Pid pid);

	/** As {@link dev.supervision.ServerContext#unlink}. */
	void unlink(Pid pid);

	/** As {@link dev.supervision.ServerContext#monitor(Pid)}. */
	MonitorRef monitor(Pid pid);

	/** As {@link dev.supervision.ServerContext#monitor(Name)}. */
	MonitorRef monitor(String name);

	/** As {@link dev.supervision.ServerContext#demonitor}. */
	void demonitor(MonitorRef monitor);

	/** As {@link dev.supervision.ServerContext#trapExits}. */
	boolean trapExits(boolean trap);

	/** As {@link dev.supervision.ServerContext#exit}. */
	void exit(Pid pid, ExitReason reason);

	/** As {@link dev.supervision.ServerContext#startLink}. */
	Pid startLink(ChildSpec spec, Object... arguments);

}

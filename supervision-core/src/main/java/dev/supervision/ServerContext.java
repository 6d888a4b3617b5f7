package dev.supervision;

import java.time.Duration;
import java.util.List;

/**
 * What a server may ask of the process that runs it. To be used from its own callbacks
 * only. Once the process has been killed, every method throws {@link FencedException} or
 * does nothing: what an old incarnation still does goes nowhere.
 *
 * @param <M> the messages of the server
 */
public interface ServerContext<M> {

	/** The identity of this incarnation. */
	Pid pid();

	/** The id of the child specification that this process was started from. */
	String id();

	/** A reference to this server by pid, to be handed to others. */
	ServerRef<M> self();

	/** The node. */
	Node node();

	/** The process that started this one, its parent and so on; innermost first. */
	List<Pid> ancestors();

	/**
	 * Links with a process: when one of the two ends, the other gets its reason as an
	 * exit signal. Linking twice is linking once (OTP: link). If there is no such
	 * process, a server that traps exits gets {@link Info.Exit} with {@code noproc}.
	 * @throws NoProcessException if there is no such process and this one does not trap
	 * exits
	 */
	void link(Pid pid);

	/**
	 * Removes a link; afterwards no exit signal of that process arrives, except one that
	 * is in the mailbox already (OTP: unlink).
	 */
	void unlink(Pid pid);

	/**
	 * Watches a process: exactly one {@link Info.Down} arrives when it ends, at once with
	 * {@code noproc} if there is none (OTP: monitor).
	 */
	MonitorRef monitor(Pid pid);

	/**
	 * Watches the process that is registered under a name now; the message carries the
	 * name.
	 */
	MonitorRef monitor(Name<?> name);

	/**
	 * Ends a monitor of this process and removes a message of it that waits already (OTP:
	 * demonitor with flush). Anything else is no-op.
	 */
	void demonitor(MonitorRef monitor);

	/**
	 * Whether exit signals become {@link Info.Exit} messages instead of ending this
	 * process (OTP: trap_exit). Default: no.
	 * @return the setting before
	 */
	boolean trapExits(boolean trap);

	/**
	 * Sends an exit signal (OTP: exit/2). Does not block.
	 */
	void exit(Pid pid, ExitReason reason);

	/**
	 * Starts a process that is linked to this one and has it as parent (OTP: start_link).
	 * Blocks until its init has returned, at most the start limit of the specification.
	 * @throws StartException if it did not start; it is dead then, and no exit message of
	 * it arrives
	 */
	Pid startLink(ChildSpec spec, Object... arguments);

	/**
	 * Orders a linked process that this one started to stop, waits within the limit, then
	 * kills it and waits for its end. The exit message of it arrives as always.
	 * @return the reason with which it ended
	 * @throws InvalidSpecException if this process did not start it
	 */
	ExitReason stopChild(Pid pid, Shutdown shutdown);

	/**
	 * Registers this process under a further name.
	 * @return whether the name was free
	 */
	boolean register(Name<?> name);

	/** Frees a name of this process. */
	void unregister(Name<?> name);

	/**
	 * Sends a message to this server later. It ends with this process.
	 */
	TimerRef sendAfter(Duration delay, M message);

	/**
	 * Sends {@link Info.Message} to a process later. It ends with this process.
	 */
	TimerRef sendInfoAfter(Duration delay, Pid target, Object message);

}

package dev.supervision;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What there is to know about a crash (OTP: the error of a {@code gen_server} and the
 * crash report in one). All text was rendered once, capped, by the dying process.
 *
 * @param pid the process
 * @param path where it stood, from its tree's id down, such as {@code football/store}
 * @param name its registered name, if any
 * @param type the class of its behaviour
 * @param reason why it ended
 * @param lastMessage the message it was handling; {@code null} if it was none
 * @param state its state before that; {@code null} if it had none
 * @param client who waits for the answer: a pid or the name of a thread; {@code null} if
 * nobody
 * @param ancestors pids, innermost first
 * @param mailboxSize how many messages waited
 * @param handled how many messages it had handled
 * @param uptime how long it had lived
 */
public record CrashReport(Pid pid, String path, @Nullable String name, String type, ExitReason reason,
		@Nullable String lastMessage, @Nullable String state, @Nullable String client, List<Pid> ancestors,
		int mailboxSize, long handled, Duration uptime) {

	/**
	 * The same for crashes with the same cause: exception class, top three frames and
	 * type of server.
	 */
	public String fingerprint() {
		return CrashRenderer.fingerprint(this.reason) + "|" + this.type;
	}

}

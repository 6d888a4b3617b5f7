package dev.supervision;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Exit reasons as the recorded scripts write them.
 */
final class TraceReasons {

	private TraceReasons() {
	}

	static ExitReason read(@Nullable Object written) {
		if (written instanceof List<?> list) {
			return ExitReason.shutdown(String.valueOf(list.get(1)));
		}
		String word = String.valueOf(written);
		return switch (word) {
			case "normal" -> ExitReason.NORMAL;
			case "shutdown" -> ExitReason.SHUTDOWN;
			case "kill" -> ExitReason.KILL;
			default -> ExitReason.of(word);
		};
	}

	static Object write(ExitReason reason) {
		if (reason instanceof ExitReason.Shutdown shutdown) {
			Object detail = shutdown.detail();
			if (detail instanceof ExitReason.FailedToStart failed) {
				return List.of("shutdown", List.of("failed_to_start_child", failed.childId(), write(failed.reason())));
			}
			// OTP's supervisor gives up with the bare reason
			return (detail == null || detail instanceof ExitReason.GaveUp) ? "shutdown" : List.of("shutdown", detail);
		}
		if (reason instanceof ExitReason.Failure failure) {
			return List.of("raised", String.valueOf(failure.message()));
		}
		return reason.toString();
	}

}

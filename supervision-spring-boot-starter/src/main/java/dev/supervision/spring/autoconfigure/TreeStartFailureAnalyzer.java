package dev.supervision.spring.autoconfigure;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.supervision.ExitReason;
import dev.supervision.spring.TreeStartException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Tells which child did not start, and where in the application the reason is.
 */
final class TreeStartFailureAnalyzer extends AbstractFailureAnalyzer<TreeStartException> {

	private static final String CAUSED_BY = "Caused by: ";

	/** Of Java, Spring and this library, which only pass the failure on. */
	private static final Pattern FOREIGN_FRAME = Pattern
		.compile("at ([^ (]*/)?(java|javax|jdk|sun|com\\.sun|org\\.springframework"
				+ "|dev\\.supervision(\\.spring(\\.actuate|\\.autoconfigure)?)?(?=\\.[A-Z]))\\..*");

	private final Environment environment;

	TreeStartFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TreeStartException cause) {
		String path = cause.path();
		String id = path.substring(path.lastIndexOf('/') + 1);
		if (cause.reason() instanceof ExitReason.Failure failure) {
			return new FailureAnalysis("'" + path + "' did not start:\n\n" + describe(failure), afterFailure(path),
					cause);
		}
		if (cause.reason() == ExitReason.TIMEOUT) {
			return new FailureAnalysis("'" + path + "' did not start in time: its init took longer than start-timeout.",
					"Find what its constructor or @PostConstruct waits for, or raise supervision.overrides." + id
							+ ".start-timeout. What takes long belongs into a @HandleContinue method.",
					cause);
		}
		return new FailureAnalysis("'" + path + "' did not start: " + cause.reason() + ".",
				"Find why the constructor or @PostConstruct of the server at '" + path + "' ended so.", cause);
	}

	/** The innermost exception, and where the application had to do with it. */
	private static String describe(ExitReason.Failure failure) {
		List<String> lines = failure.stackTrace().lines().toList();
		String thrown = failure.toString();
		int start = 0;
		for (int i = 0; i < lines.size(); i++) {
			if (lines.get(i).stripLeading().startsWith(CAUSED_BY)) {
				thrown = lines.get(i).strip().substring(CAUSED_BY.length());
				start = i;
			}
		}
		String frame = applicationFrame(lines.subList(start, lines.size()));
		if (frame == null) {
			frame = applicationFrame(lines);
		}
		return "    " + thrown + ((frame != null) ? "\n        " + frame : "");
	}

	private static @Nullable String applicationFrame(List<String> lines) {
		return lines.stream()
			.map(String::strip)
			.filter(line -> line.startsWith("at ") && !FOREIGN_FRAME.matcher(line).matches())
			.findFirst()
			.orElse(null);
	}

	private String afterFailure(String path) {
		String action = "Correct what the constructor or @PostConstruct of the server at '" + path + "' does.";
		if ("always".equalsIgnoreCase(this.environment.getProperty("supervision.crash.include-values"))) {
			return action;
		}
		return action + " The messages of its exceptions may be confidential and are not shown; with "
				+ "supervision.crash.include-values=always they are.";
	}

}

package dev.supervision.spring.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import dev.supervision.spring.InvalidTreesException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Tells everything that is wrong with the trees.
 */
final class InvalidTreesFailureAnalyzer extends AbstractFailureAnalyzer<InvalidTreesException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidTreesException cause) {
		List<String> problems = cause.descriptions();
		String title = "The supervision trees cannot be built, and nothing was started. "
				+ ((problems.size() == 1) ? "There is one problem:" : "There are " + problems.size() + " problems:");
		return new FailureAnalysis(title + "\n\n" + items(problems), items(cause.actions()), cause);
	}

	private static String items(List<String> texts) {
		return texts.stream().map(text -> "    - " + text).collect(Collectors.joining("\n"));
	}

}

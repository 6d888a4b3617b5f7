package dev.supervision.spring.autoconfigure;

import dev.supervision.spring.TreesNotRunningException;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Names the bean that called a server before the trees run.
 */
final class TreesNotRunningFailureAnalyzer extends AbstractFailureAnalyzer<TreesNotRunningException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, TreesNotRunningException cause) {
		String caller = caller(rootFailure);
		return new FailureAnalysis(
				caller + " called a server while no supervision tree runs.\n\n" + cause.getMessage() + ".",
				"Call servers when the trees run: from an ApplicationRunner, from an "
						+ "@EventListener(ApplicationReadyEvent.class), or when there is something to do.",
				cause);
	}

	/** The innermost bean that was being made. */
	private static String caller(Throwable rootFailure) {
		String caller = "A bean";
		for (Throwable failure = rootFailure; failure != null; failure = failure.getCause()) {
			if (failure instanceof BeanCreationException creation && creation.getBeanName() != null) {
				caller = "The bean '" + creation.getBeanName() + "'";
			}
		}
		return caller;
	}

}

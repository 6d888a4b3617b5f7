package dev.supervision.spring;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The trees of this application cannot be built. Holds everything that was found, so that
 * it can be set right at once; nothing has been started.
 */
public final class InvalidTreesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<Problem> problems;

	InvalidTreesException(List<Problem> problems) {
		super(problems.stream().map(Problem::description).collect(Collectors.joining("; ")));
		this.problems = List.copyOf(problems);
	}

	/** What is wrong, one text for each problem. */
	public List<String> descriptions() {
		return this.problems.stream().map(Problem::description).toList();
	}

	/** What to do, one text for each problem. */
	public List<String> actions() {
		return this.problems.stream().map(Problem::action).distinct().toList();
	}

}

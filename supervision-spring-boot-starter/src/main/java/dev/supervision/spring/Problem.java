package dev.supervision.spring;

import java.util.Collection;
import java.util.Comparator;

/**
 * Something that is wrong with the trees, for whoever has to set it right.
 *
 * @param description what is wrong, and where
 * @param action what to do
 */
record Problem(String description, String action) {

	/**
	 * A hint at what somebody may have meant.
	 * @return empty, or a sentence that begins with a space
	 */
	static String didYouMean(String wrong, Collection<String> known) {
		return known.stream()
			.min(Comparator.comparingInt(candidate -> distance(wrong, candidate)))
			.filter(candidate -> distance(wrong, candidate) <= Math.max(2, wrong.length() / 3))
			.map(candidate -> " Did you mean '" + candidate + "'?")
			.orElse("");
	}

	/** How many letters have to be changed (Levenshtein), ignoring case. */
	private static int distance(String one, String other) {
		int[] previous = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			previous[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int[] current = new int[other.length() + 1];
			current[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				boolean same = Character.toLowerCase(one.charAt(i - 1)) == Character.toLowerCase(other.charAt(j - 1));
				current[j] = Math.min(Math.min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
			}
			previous = current;
		}
		return previous[other.length()];
	}

}

package dev.supervision.spring.actuate;

/**
 * Text from outside in a form that can neither forge a line of a log nor fill it.
 */
final class SafeText {

	private static final int MAX = 256;

	private SafeText() {
	}

	/** On one line, capped. */
	static String of(String text) {
		StringBuilder safe = new StringBuilder(Math.min(text.length(), MAX) + 8);
		for (int i = 0; i < text.length() && safe.length() < MAX; i++) {
			char c = text.charAt(i);
			if (isControl(c) || Character.getType(c) == Character.FORMAT) {
				safe.append(String.format("\\u%04x", (int) c));
			}
			else {
				safe.append(c);
			}
		}
		return (safe.length() >= MAX) ? safe.append("...").toString() : safe.toString();
	}

	/** Whether there is a character that ends a line or steers a terminal. */
	static boolean hasControls(String text) {
		return text.chars().anyMatch(SafeText::isControl);
	}

	private static boolean isControl(int c) {
		return switch (Character.getType(c)) {
			case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> true;
			default -> false;
		};
	}

	/** At most so many characters. */
	static String cap(String text, int max) {
		return (text.length() <= max) ? text : text.substring(0, Math.max(0, max - 3)) + "...";
	}

}

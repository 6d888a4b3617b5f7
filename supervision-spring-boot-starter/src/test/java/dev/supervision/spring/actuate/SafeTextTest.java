package dev.supervision.spring.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Threat T9: text from outside.
 */
class SafeTextTest {

	@ParameterizedTest
	@CsvSource({ "n1.4k2, n1.4k2", "'a\nb', a\\u000ab", "'a\rb', a\\u000db", "a\u001b[2Jb, a\\u001b[2Jb",
			"a\u2028b, a\\u2028b", "a\u202eb, a\\u202eb", "a\u0085b, a\\u0085b", "Jyväskylä 東京, Jyväskylä 東京" })
	void whatEndsALineOrSteersATerminalIsEscaped(String text, String safe) {
		assertThat(SafeText.of(text)).isEqualTo(safe);
	}

	@Test
	void longTextsAreCapped() {
		assertThat(SafeText.of("x".repeat(1_000_000))).hasSize(259).endsWith("x...");
		assertThat(SafeText.of("\n".repeat(1_000_000))).hasSizeLessThan(270).endsWith("\\u000a...");
		assertThat(SafeText.cap("x".repeat(10), 10)).isEqualTo("x".repeat(10));
		assertThat(SafeText.cap("x".repeat(11), 10)).isEqualTo("xxxxxxx...");
		assertThat(SafeText.cap("xxxxx", 2)).isEqualTo("...");
	}

}

package dev.supervision;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON text into maps, lists, strings, longs, booleans and null: what the
 * recorded scripts need, so that the tests of the core do without a library for it.
 */
final class TraceJson {

	private final String text;

	private int at;

	private TraceJson(String text) {
		this.text = text;
	}

	static @Nullable Object parse(String text) {
		TraceJson reader = new TraceJson(text);
		Object value = reader.value();
		reader.skipBlanks();
		if (reader.at != text.length()) {
			throw reader.unexpected("the end");
		}
		return value;
	}

	private @Nullable Object value() {
		skipBlanks();
		return switch (peek()) {
			case '{' -> object();
			case '[' -> array();
			case '"' -> string();
			case 't' -> word("true", Boolean.TRUE);
			case 'f' -> word("false", Boolean.FALSE);
			case 'n' -> word("null", null);
			default -> number();
		};
	}

	private Map<String, @Nullable Object> object() {
		Map<String, @Nullable Object> members = new LinkedHashMap<>();
		expect('{');
		while (more('}', members.isEmpty())) {
			skipBlanks();
			String name = string();
			skipBlanks();
			expect(':');
			members.put(name, value());
		}
		return members;
	}

	private List<@Nullable Object> array() {
		List<@Nullable Object> elements = new ArrayList<>();
		expect('[');
		while (more(']', elements.isEmpty())) {
			elements.add(value());
		}
		return elements;
	}

	private boolean more(char end, boolean first) {
		skipBlanks();
		if (peek() == end) {
			this.at++;
			return false;
		}
		if (!first) {
			expect(',');
		}
		return true;
	}

	private String string() {
		expect('"');
		int end = this.text.indexOf('"', this.at);
		String value = this.text.substring(this.at, end);
		if (value.indexOf('\\') >= 0) {
			throw unexpected("a string without escapes");
		}
		this.at = end + 1;
		return value;
	}

	private Long number() {
		int from = this.at;
		while (this.at < this.text.length() && "-0123456789".indexOf(this.text.charAt(this.at)) >= 0) {
			this.at++;
		}
		if (from == this.at) {
			throw unexpected("a value");
		}
		return Long.valueOf(this.text.substring(from, this.at));
	}

	private @Nullable Object word(String word, @Nullable Object value) {
		word.chars().forEach(c -> expect((char) c));
		return value;
	}

	private void expect(char c) {
		if (peek() != c) {
			throw unexpected("'" + c + "'");
		}
		this.at++;
	}

	private char peek() {
		return (this.at < this.text.length()) ? this.text.charAt(this.at) : 0;
	}

	private void skipBlanks() {
		while (Character.isWhitespace(peek())) {
			this.at++;
		}
	}

	private IllegalArgumentException unexpected(String wanted) {
		return new IllegalArgumentException("Expected " + wanted + " at " + this.at);
	}

}

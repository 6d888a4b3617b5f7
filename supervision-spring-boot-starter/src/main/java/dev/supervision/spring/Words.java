package dev.supervision.spring;

import java.util.Locale;

/**
 * Constants as the configuration and the endpoint spell them: {@code one-for-one}.
 */
public final class Words {

	private Words() {
	}

	/** The constant in lower case, with dashes. */
	public static String of(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}

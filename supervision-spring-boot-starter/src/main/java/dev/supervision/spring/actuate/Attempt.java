package dev.supervision.spring.actuate;

import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to be done, as it came over the wire.
 *
 * @param principal who; {@code null} for somebody who is not authenticated
 * @param resource the kind of target
 * @param target the id of the target
 * @param action the word for what is to be done
 * @param child the id of a child of the target
 * @param reason why
 * @param timeoutMillis how long to wait for it
 */
record Attempt(@Nullable String principal, String resource, String target, @Nullable String action,
		@Nullable String child, @Nullable String reason, @Nullable String timeoutMillis) {

	String safePrincipal() {
		return (this.principal != null) ? SafeText.of(this.principal) : "anonymous";
	}

	String safeTarget() {
		return SafeText.of(this.resource + "/" + this.target);
	}

	String safeAction() {
		return (this.action != null) ? SafeText.of(this.action) : "(no action)";
	}

	@Nullable String safeChild() {
		return (this.child != null) ? SafeText.of(this.child) : null;
	}

	@Nullable String safeReason() {
		return (this.reason != null) ? SafeText.of(this.reason) : null;
	}

}

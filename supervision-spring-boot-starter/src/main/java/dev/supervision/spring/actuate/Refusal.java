package dev.supervision.spring.actuate;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * Why a request is not served, with the status that says so.
 */
final class Refusal extends RuntimeException {

	private static final long serialVersionUID = 1L;

	static final int FORBIDDEN = 403;

	static final int CONFLICT = 409;

	private final int status;

	private final transient List<String> allowed;

	private Refusal(int status, String message, List<String> allowed) {
		super(message, null, false, false);
		this.status = status;
		this.allowed = allowed;
	}

	static Refusal badRequest(String message, String... allowed) {
		return new Refusal(WebEndpointResponse.STATUS_BAD_REQUEST, message, List.of(allowed));
	}

	static Refusal badRequest(String message, List<String> allowed) {
		return new Refusal(WebEndpointResponse.STATUS_BAD_REQUEST, message, List.copyOf(allowed));
	}

	static Refusal forbidden(String message) {
		return new Refusal(FORBIDDEN, message, List.of());
	}

	static Refusal notFound(String message, String... allowed) {
		return new Refusal(WebEndpointResponse.STATUS_NOT_FOUND, message, List.of(allowed));
	}

	static Refusal conflict(String message) {
		return new Refusal(CONFLICT, message, List.of());
	}

	static Refusal tooMany(String message) {
		return new Refusal(WebEndpointResponse.STATUS_TOO_MANY_REQUESTS, message, List.of());
	}

	static Refusal unavailable(String message) {
		return new Refusal(WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE, message, List.of());
	}

	int status() {
		return this.status;
	}

	String text() {
		return String.valueOf(getMessage());
	}

	Body body(@Nullable String audit) {
		return new Body(this.status, text(), this.allowed.isEmpty() ? null : this.allowed, audit);
	}

	/**
	 * What is answered.
	 *
	 * @param status the same as that of the response
	 * @param error what is wrong, and what to do
	 * @param allowed what could have been written instead
	 * @param audit of a write: where it was recorded
	 */
	record Body(int status, String error, @Nullable List<String> allowed,
			@Nullable String audit) implements OperationResponseBody {
	}

}

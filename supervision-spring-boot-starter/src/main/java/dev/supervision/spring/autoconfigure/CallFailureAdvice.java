package dev.supervision.spring.autoconfigure;

import dev.supervision.CallTimeoutException;
import dev.supervision.NoProcessException;
import dev.supervision.OverloadException;
import dev.supervision.spring.TreesNotRunningException;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * What a controller answers that lets a failed call of a server out: 503 where the server
 * is not there or has too much to do, 504 where it did not answer in time. Any other
 * advice that handles these exceptions comes first. Names and values of the call do not
 * get into the answer.
 */
@RestControllerAdvice
@Order(Ordered.LOWEST_PRECEDENCE)
class CallFailureAdvice {

	/**
	 * Takes what was thrown itself, and not what caused it: an exception of the
	 * application may well have a status of its own.
	 */
	@ExceptionHandler({ NoProcessException.class, OverloadException.class, TreesNotRunningException.class,
			CallTimeoutException.class })
	ProblemDetail handle(Exception thrown) throws Exception {
		if (thrown instanceof CallTimeoutException) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.GATEWAY_TIMEOUT,
					"A server that this needs did not answer in time.");
		}
		if (thrown instanceof OverloadException) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
					"A server that this needs has too much to do at the moment.");
		}
		if (thrown instanceof NoProcessException || thrown instanceof TreesNotRunningException) {
			return ProblemDetail.forStatusAndDetail(HttpStatus.SERVICE_UNAVAILABLE,
					"A server that this needs is not there at the moment.");
		}
		throw thrown;
	}

}

package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * A method of a {@link GenServer} whose caller waits (OTP: handle_call). Its result is
 * the reply; a {@link java.util.concurrent.CompletableFuture} replies when it completes,
 * and if it completes exceptionally, the caller gets that as cause and the server lives
 * on; {@code void} means acknowledged. A method that implements one of the protocol
 * handles calls of that method; any other handles untyped calls
 * ({@link dev.supervision.RawRef}) by the type of its one parameter.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface HandleCall {

}

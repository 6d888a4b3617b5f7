package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * A {@code void} method of a {@link GenServer} for anything else that may arrive (OTP:
 * handle_info), chosen by the type of its one parameter:
 * {@link dev.supervision.Info.Exit}, {@link dev.supervision.Info.Down},
 * {@link dev.supervision.Info.Timeout}, or a message that was sent with
 * {@link ServerContext#sendAfter} or {@link dev.supervision.Node#send}. What no method
 * takes is logged.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface HandleInfo {

}

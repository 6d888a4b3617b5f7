package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * A {@code void} method of a {@link GenServer} that runs right after the handler or the
 * init which asked for it with {@link ServerContext#continueWith}, before anything that
 * waits (OTP: handle_continue); chosen by the type of its one parameter.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface HandleContinue {

}

package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * A {@code void} method of a {@link GenServer} for which nobody waits (OTP: handle_cast).
 * A method that implements one of the protocol handles casts of that method; any other
 * handles untyped casts ({@link dev.supervision.RawRef}) by the type of its one
 * parameter.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface HandleCast {

}

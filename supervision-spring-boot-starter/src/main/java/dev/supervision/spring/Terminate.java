package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;

/**
 * The {@code void} method of a {@link GenServer} that runs when it stops or crashes, but
 * not when it is killed (OTP: terminate). It may have one parameter, the
 * {@link dev.supervision.ExitReason}. Resources are better released in
 * {@code @PreDestroy}, which runs at every end.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Terminate {

}

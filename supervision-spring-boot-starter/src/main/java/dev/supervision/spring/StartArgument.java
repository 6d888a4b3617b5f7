package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A constructor parameter of a {@link GenServer} that comes from whoever starts it: in
 * order from {@link Children#start}, by name from {@code arguments} of a child in the
 * configuration. All other parameters are injected.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface StartArgument {

}

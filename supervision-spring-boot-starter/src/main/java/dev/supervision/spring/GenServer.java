package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.context.annotation.Scope;
import org.springframework.core.annotation.AliasFor;
import org.springframework.stereotype.Component;

/**
 * A server: each (re)start makes a new instance of the bean on the server's own thread,
 * whose fields are its state until it ends. One thread at a time runs its methods (OTP:
 * gen_server).
 *
 * <p>
 * Its protocol is the one interface whose methods are handlers. Injecting that gives a
 * client, which goes through the mailbox; the server itself cannot be injected. The
 * constructor and {@code @PostConstruct} are its init, {@code @PreDestroy} and
 * {@code close()} release what it holds. <strong>Every throw of a handler crashes the
 * server</strong>: an expected failure is a reply.
 */
@Documented
@Component
@Scope(ConfigurableBeanFactory.SCOPE_PROTOTYPE)
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface GenServer {

	/** The bean name, by which trees refer to it, and the default registered name. */
	@AliasFor(annotation = Component.class, attribute = "value")
	String value() default "";

	/**
	 * The protocol, where the class has handlers of several interfaces. Default: the one
	 * interface whose methods are handlers.
	 */
	Class<?> protocol() default void.class;

}

package dev.supervision.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import dev.supervision.Restart;

/**
 * Places a {@link GenServer} in a tree without a line of configuration. What the
 * configuration says of the same child goes before. Children stand in the order of
 * {@link org.springframework.core.annotation.Order}, then of their names, behind those of
 * the configuration.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ ElementType.TYPE, ElementType.METHOD })
public @interface Supervised {

	/**
	 * The id of the tree or supervisor. If nothing else declares any tree, a tree with
	 * that id is made; otherwise it must be declared.
	 */
	String in() default SupervisionProperties.DEFAULT_TREE;

	/** The id of the child. Default: the bean name. */
	String id() default "";

	/** When it is started again. */
	Restart restart() default Restart.PERMANENT;

	/**
	 * How long it may take to stop, as in the configuration: {@code 10s},
	 * {@code brutal-kill} or {@code infinity}. Default: 5 s.
	 */
	String shutdown() default "";

	/** Whether its end counts for the supervisor's auto-shutdown. */
	boolean significant() default false;

	/** Ids of children of the same supervisor that have to be started before it. */
	String[] after() default {};

}

package dev.supervision;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the one test method that asserts a row of {@code otp-cases.tsv}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface OtpCase {

	/** The id of the row, such as {@code SUP-012}. */
	String value();

}

package dev.supervision.spring.autoconfigure;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/**
 * Auto-configuration of the statuses that failed calls of servers become in controllers.
 */
@AutoConfiguration(after = SupervisionAutoConfiguration.class)
@ConditionalOnWebApplication
@ConditionalOnClass(RestControllerAdvice.class)
public final class SupervisionWebAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "supervisionCallFailureAdvice")
	CallFailureAdvice supervisionCallFailureAdvice() {
		return new CallFailureAdvice();
	}

}

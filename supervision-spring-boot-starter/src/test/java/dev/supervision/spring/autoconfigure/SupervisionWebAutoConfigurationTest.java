package dev.supervision.spring.autoconfigure;

import org.aspectj.lang.annotation.Aspect;
import org.aspectj.lang.annotation.Before;
import org.junit.jupiter.api.Test;

import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.annotation.EnableAspectJAutoProxy;

import static org.assertj.core.api.Assertions.assertThat;

class SupervisionWebAutoConfigurationTest {

	private static final AutoConfigurations CONFIGURATION = AutoConfigurations
		.of(SupervisionWebAutoConfiguration.class);

	private final WebApplicationContextRunner runner = new WebApplicationContextRunner()
		.withConfiguration(CONFIGURATION);

	@Test
	void aWebApplicationHasTheAdvice() {
		this.runner.run(context -> assertThat(context).hasSingleBean(CallFailureAdvice.class));
	}

	@Test
	void clientsThatFailBecauseNoTreeRunsHaveTheirStatusToo() {
		this.runner.withPropertyValues("supervision.enabled=false")
			.run(context -> assertThat(context).hasSingleBean(CallFailureAdvice.class));
	}

	@Test
	void backsOffWhereThereIsNoWebApplication() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATION)
			.run(context -> assertThat(context).doesNotHaveBean(CallFailureAdvice.class));
	}

	@Test
	void backsOffWithoutSpringWeb() {
		new ApplicationContextRunner().withConfiguration(CONFIGURATION)
			.withClassLoader(new FilteredClassLoader("org.springframework.web.bind"))
			.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("supervisionCallFailureAdvice"));
	}

	@Test
	void anAspectOfTheApplicationMayApplyToIt() {
		this.runner.withUserConfiguration(Logging.class)
			.run(context -> assertThat(AopUtils.isAopProxy(context.getBean(CallFailureAdvice.class))).isTrue());
	}

	@Test
	void whenTheApplicationReplacesTheAdviceThenItsOwnStays() {
		this.runner.withBean("supervisionCallFailureAdvice", String.class, () -> "mine")
			.run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(CallFailureAdvice.class));
	}

	@Aspect
	@EnableAspectJAutoProxy
	static class Logging {

		@Before("@annotation(org.springframework.web.bind.annotation.ExceptionHandler)")
		void log() {
		}

	}

}

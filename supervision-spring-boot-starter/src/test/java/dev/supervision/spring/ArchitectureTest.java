package dev.supervision.spring;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.Node;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.Bean;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.PUBLIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the starter promises about its own code.
 */
class ArchitectureTest {

	private static final JavaClasses everything = new ClassFileImporter().importPackages("dev.supervision.spring..");

	private static final JavaClasses main = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("dev.supervision.spring..");

	/** With the core, which it stands on. */
	private static final JavaClasses product = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("dev.supervision..");

	// ---- structure

	@Test
	void thereIsNoCycleOfPackages() {
		SlicesRuleDefinition.slices()
			.matching("dev.supervision.(**)")
			.namingSlices("$1")
			.should()
			.beFreeOfCycles()
			.check(main);
	}

	@Test
	void nothingButTheAutoConfigurationKnowsTheAutoConfiguration() {
		noClasses().that()
			.resideOutsideOfPackage("dev.supervision.spring.autoconfigure")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.supervision.spring.autoconfigure")
			.check(main);
	}

	@Test
	void theCoreOfTheStarterKnowsNeitherActuatorNorMicrometerNorTheWeb() {
		// one of them may be missing
		noClasses().that()
			.resideInAPackage("dev.supervision.spring")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.supervision.spring.actuate..", "org.springframework.boot.actuate..",
					"org.springframework.boot.health..", "io.micrometer..", "org.springframework.web..")
			.check(main);
	}

	@Test
	void onlyWhatIsPublicOfTheCoreIsUsed() {
		noClasses().should()
			.dependOnClassesThat(resideInAPackage("dev.supervision").and(
					DescribedPredicate.not(new DescribedPredicate<JavaClass>("are public, and so is what they are in") {

						@Override
						public boolean test(JavaClass type) {
							JavaClass outer = type;
							while (outer.getModifiers().contains(PUBLIC) && outer.getEnclosingClass().isPresent()) {
								outer = outer.getEnclosingClass().get();
							}
							return outer.getModifiers().contains(PUBLIC);
						}

					})))
			.check(main);
		// a class in the package of the core would see all of it
		assertThat(packagesOf(SupervisionProperties.class)).isNotEmpty().doesNotContain("dev.supervision");
	}

	private static Set<String> packagesOf(Class<?> inJar) {
		try {
			Path root = Path.of(inJar.getProtectionDomain().getCodeSource().getLocation().toURI());
			try (Stream<Path> files = Files.walk(root)) {
				return files.filter(file -> file.toString().endsWith(".class"))
					.map(file -> root.relativize(file).getParent().toString().replace('/', '.').replace('\\', '.'))
					.collect(Collectors.toSet());
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (URISyntaxException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void everyPackageIsNullMarkedAlsoThoseOfTests() {
		assertThat(everything.stream().map(JavaClass::getPackage).distinct()).allSatisfy(
				(JavaPackage each) -> assertThat(each.isAnnotatedWith(NullMarked.class)).as(each.getName()).isTrue());
	}

	// ---- Spring

	@Test
	void nothingIsInjectedIntoFields() {
		GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION.check(main);
	}

	@Test
	void autoConfigurationsAreFinalAndHaveNothingForOthers() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(main);
		members().that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.and()
			.doNotHaveName("<init>")
			.should()
			.notBePublic()
			.check(main);
	}

	@Test
	void beanMethodsAreNotPublic() {
		methods().that().areAnnotatedWith(Bean.class).should().notBePublic().check(main);
	}

	@Test
	void beanMethodsOfPostProcessorsAreStatic() {
		methods().that()
			.areAnnotatedWith(Bean.class)
			.and()
			.haveRawReturnType(JavaClass.Predicates.assignableTo(BeanFactoryPostProcessor.class)
				.or(JavaClass.Predicates.assignableTo(BeanPostProcessor.class)))
			.should()
			.beStatic()
			.check(main);
	}

	@Test
	void conditionsAreNotPublic() {
		noClasses().that()
			.areAssignableTo(SpringBootCondition.class)
			.should()
			.bePublic()
			.allowEmptyShould(true)
			.check(main);
	}

	// ---- code

	@Test
	void nothingIsPrinted() {
		GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(main);
	}

	@Test
	void theLogGoesThroughSlf4j() {
		GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(main);
	}

	@Test
	void nobodySleepsNotEvenATest() {
		classes().should(notCall(Thread.class, "sleep")).andShould(notCall(TimeUnit.class, "sleep")).check(everything);
	}

	@Test
	void noStateIsStatic() {
		fields().that().areStatic().and().doNotHaveModifier(JavaModifier.SYNTHETIC).should().beFinal().check(main);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Impl", "Manager", "Helper", "Util", "Utils" })
	void noNameEndsInAWordThatSaysNothing(String suffix) {
		noClasses().should().haveSimpleNameEndingWith(suffix).check(main);
	}

	@Test
	void noNameStartsWithAbstract() {
		noClasses().should().haveSimpleNameStartingWith("Abstract").check(main);
	}

	// ---- threats

	/** T20: a word of the configuration never becomes a class. */
	@Test
	void noClassIsLoadedByNameButForConstantsInOnePlace() {
		classes().that()
			.doNotHaveSimpleName("LeftBehind")
			.should(notCall(Class.class, "forName"))
			.andShould(notCall(ClassLoader.class, "loadClass"))
			.andShould(notCall(org.springframework.util.ClassUtils.class, "forName"))
			.andShould(notCall(org.springframework.util.ClassUtils.class, "resolveClassName"))
			.check(main);
	}

	/** T20, T21: nor is it evaluated, deserialised or executed. */
	@Test
	void nothingIsEvaluatedDeserialisedOrExecuted() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework.expression..", "javax.script..", "groovy..", "javax.naming..",
					"java.rmi..")
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(ObjectInputStream.class)
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(ProcessBuilder.class)
			.check(main);
		classes().should(notCall(Runtime.class, "exec")).check(main);
	}

	/** T26: nothing in production injects faults, and no switch would turn it on. */
	@Test
	void thereIsNoFaultInjectionAndNoHiddenSwitch() {

		noClasses().should()
			.haveNameMatching(".*(FaultInj|Chaos|Sabotage|Injector|Mock|Stub).*")
			.orShould()
			.dependOnClassesThat()
			.resideInAnyPackage("org.junit..", "org.assertj..", "org.mockito..", "com.tngtech..")
			.check(product);
		classes().should(notCall(System.class, "getProperty", "getenv"))
			.andShould(notCall(Boolean.class, "getBoolean"))
			.andShould(notCall(Integer.class, "getInteger"))
			.andShould(notCall(Long.class, "getLong"))
			.check(product);
		// what tests drive by hand, the starter does not reach
		noClasses().should().dependOnClassesThat().haveSimpleName("DeterministicPlatform").check(main);
		assertThat(product.contain(Node.class)).isTrue();
	}

	private static ArchCondition<JavaClass> notCall(Class<?> owner, String... methods) {
		List<String> names = List.of(methods);
		return new ArchCondition<>("not call " + owner.getSimpleName() + " " + names) {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				type.getCodeUnitAccessesFromSelf()
					.stream()
					.filter(access -> isMeant(access.getTarget()))
					.forEach(access -> events.add(SimpleConditionEvent.violated(type, access.getDescription())));
			}

			private boolean isMeant(CodeUnitAccessTarget target) {
				return target.getOwner().isAssignableTo(owner) && names.contains(target.getName());
			}

		};
	}

}

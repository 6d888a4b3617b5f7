package dev.supervision;

import java.io.ObjectInputStream;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionService;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TransferQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

/**
 * What the core promises about its own code. Calls are found wherever they stand, in
 * lambdas and as method references too.
 */
class ArchitectureTest {

	private static final JavaClasses everything = new ClassFileImporter().importPackages("dev.supervision");

	private static final JavaClasses main = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("dev.supervision");

	private static final Calls clockReads = new Calls("read the clock",
			List.of(exactly(System.class, "currentTimeMillis", "nanoTime"),
					exactly(Clock.class, "systemUTC", "systemDefaultZone", "system", "tickMillis", "tickSeconds",
							"tickMinutes"),
					exactly(InstantSource.class, "system"), ArchitectureTest::readsNowWithoutBeingGivenAClock,
					(target) -> target.getOwner().isEquivalentTo(Date.class) && target.getName().equals("<init>")
							&& target.getRawParameterTypes().isEmpty()));

	private static final Calls sleeps = new Calls("sleep",
			List.of(of(Thread.class, "sleep"), exactly(TimeUnit.class, "sleep")));

	private static final Calls waits = new Calls("wait", List.of(exactly(Object.class, "wait"),
			of(Thread.class, "join"), exactly(TimeUnit.class, "timedJoin", "timedWait"),
			exactly(LockSupport.class, "park", "parkNanos", "parkUntil"),
			of(Condition.class, "await", "awaitNanos", "awaitUntil", "awaitUninterruptibly"),
			of(CountDownLatch.class, "await"), of(CyclicBarrier.class, "await"), of(Exchanger.class, "exchange"),
			of(Phaser.class, "arriveAndAwaitAdvance", "awaitAdvance", "awaitAdvanceInterruptibly"),
			of(Semaphore.class, "acquire", "acquireUninterruptibly"), timed(Semaphore.class, "tryAcquire"),
			timed(Lock.class, "tryLock"), of(Future.class, "get"), of(CompletableFuture.class, "join"),
			of(ForkJoinTask.class, "join", "quietlyJoin", "invoke", "quietlyInvoke", "invokeAll"),
			of(ForkJoinPool.class, "invoke", "awaitQuiescence"), exactly(ForkJoinPool.class, "managedBlock"),
			of(ExecutorService.class, "awaitTermination", "invokeAll", "invokeAny", "close"),
			of(CompletionService.class, "take"), timed(CompletionService.class, "poll"),
			of(BlockingQueue.class, "put", "take"), timed(BlockingQueue.class, "offer", "poll"),
			of(BlockingDeque.class, "putFirst", "putLast", "takeFirst", "takeLast"),
			timed(BlockingDeque.class, "offerFirst", "offerLast", "pollFirst", "pollLast"),
			of(TransferQueue.class, "transfer"), timed(TransferQueue.class, "tryTransfer"),
			of(Process.class, "waitFor")));

	@Test
	void theCoreKnowsNothingOfSpring() {
		noClasses().should()
			.dependOnClassesThat()
			.resideInAnyPackage("org.springframework..", "dev.supervision.spring..")
			.allowEmptyShould(true)
			.check(main);
	}

	@Test
	void onlyThePlatformsReadTheClock() {
		// the pool and the simulation's guard against hangs live in real time by nature
		classes().that(areOutside("SystemPlatform", "GrowingPool", "DeterministicPlatform"))
			.should(notMake(clockReads))
			.allowEmptyShould(true)
			.check(main);
	}

	@Test
	void everyWaitGoesThroughOneSeam() {
		classes()
			.that(areOutside("SystemPlatform", "SystemScheduler", "GrowingPool", "VirtualExecutor", "Canary",
					"DeterministicPlatform"))
			.should(notMake(waits))
			.allowEmptyShould(true)
			.check(main);
	}

	@Test
	void nobodySleepsNotEvenATest() {
		classes().should(notMake(sleeps)).allowEmptyShould(true).check(everything);
	}

	@Test
	void nothingIsDeserialisedAndNoProgramIsStarted() {
		noClasses().should()
			.dependOnClassesThat()
			.areAssignableTo(ObjectInputStream.class)
			.orShould()
			.dependOnClassesThat()
			.areAssignableTo(ProcessBuilder.class)
			.allowEmptyShould(true)
			.check(main);
	}

	@Test
	void noCommandIsExecutedAndNoClassIsLoadedByName() {
		// the one class that looks for virtual threads names types that Java 17 does not
		// have
		classes().that(areOutside("VirtualThreads"))
			.should(notMake(new Calls("execute or load by name",
					List.of(exactly(Runtime.class, "exec"), exactly(Class.class, "forName")))))
			.allowEmptyShould(true)
			.check(main);
	}

	@Test
	void everyPackageIsNullMarked() {
		classes().should(resideInANullMarkedPackage()).allowEmptyShould(true).check(main);
	}

	@Test
	void noStateIsStatic() {
		fields().that()
			.areStatic()
			.and()
			.doNotHaveModifier(JavaModifier.SYNTHETIC)
			.should()
			.beFinal()
			.allowEmptyShould(true)
			.check(main);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Impl", "Manager", "Helper", "Util", "Utils" })
	void noNameEndsInAWordThatSaysNothing(String suffix) {
		noClasses().should().haveSimpleNameEndingWith(suffix).allowEmptyShould(true).check(main);
	}

	@Test
	void noNameStartsWithAbstract() {
		noClasses().should().haveSimpleNameStartingWith("Abstract").allowEmptyShould(true).check(main);
	}

	private static boolean readsNowWithoutBeingGivenAClock(CodeUnitAccessTarget target) {
		return target.getName().equals("now") && target.getOwner().getPackageName().startsWith("java.time")
				&& target.getRawParameterTypes().stream().noneMatch((type) -> type.isAssignableTo(InstantSource.class));
	}

	private static Predicate<CodeUnitAccessTarget> exactly(Class<?> owner, String... methods) {
		Set<String> names = Set.of(methods);
		return (target) -> target.getOwner().isEquivalentTo(owner) && names.contains(target.getName());
	}

	private static Predicate<CodeUnitAccessTarget> of(Class<?> owner, String... methods) {
		Set<String> names = Set.of(methods);
		return (target) -> names.contains(target.getName()) && target.getOwner().isAssignableTo(owner);
	}

	private static Predicate<CodeUnitAccessTarget> timed(Class<?> owner, String... methods) {
		return of(owner, methods).and((target) -> target.getRawParameterTypes()
			.stream()
			.anyMatch((type) -> type.isEquivalentTo(TimeUnit.class)));
	}

	private static DescribedPredicate<JavaClass> areOutside(String... topLevelClasses) {
		List<String> names = Arrays.asList(topLevelClasses);
		return DescribedPredicate.describe("are outside " + names, (type) -> {
			String topLevel = type.getName().split("\\$", 2)[0];
			return !names.contains(topLevel.substring(topLevel.lastIndexOf('.') + 1));
		});
	}

	private static ArchCondition<JavaClass> notMake(Calls calls) {
		return new ArchCondition<>("not " + calls.verb()) {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				type.getCodeUnitAccessesFromSelf()
					.stream()
					.filter((access) -> calls.include(access.getTarget()))
					.forEach((access) -> events.add(SimpleConditionEvent.violated(access, access.getDescription())));
			}

		};
	}

	private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
		return new ArchCondition<>("reside in a package that is @NullMarked") {

			@Override
			public void check(JavaClass type, ConditionEvents events) {
				if (!type.getPackage().isAnnotatedWith(NullMarked.class)) {
					events.add(SimpleConditionEvent.violated(type, type.getDescription() + " does not"));
				}
			}

		};
	}

	private record Calls(String verb, List<Predicate<CodeUnitAccessTarget>> targets) {

		boolean include(CodeUnitAccessTarget target) {
			return this.targets.stream().anyMatch((candidate) -> candidate.test(target));
		}

	}

}

package dev.supervision;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link VirtualThreads}.
 */
class VirtualThreadsTest {

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aTaskReallyRunsOnAVirtualThread() throws Exception {
		assertThat(VirtualThreads.isAvailable()).isTrue();
		Thread thread = threadOfATask();
		assertThat(Thread.class.getMethod("isVirtual").invoke(thread)).isEqualTo(true);
		assertThat(VirtualThreads.isVirtual(thread)).isTrue();
		assertThat(thread.getName()).isEqualTo("supervision-virtual");
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void aTaskSeesTheClassesOfTheApplicationAndNothingElseOfItsSubmitter() throws Exception {
		InheritableThreadLocal<String> user = new InheritableThreadLocal<>();
		user.set("submitter");
		ClassLoader application = new ClassLoader("application", getClass().getClassLoader()) {
		};
		CompletableFuture<String> seen = new CompletableFuture<>();
		VirtualThreads.factory(application)
			.newThread(() -> seen.complete(Thread.currentThread().getContextClassLoader().getName() + " " + user.get()))
			.start();
		assertThat(seen.get(1, TimeUnit.MINUTES)).isEqualTo("application null");
	}

	@Test
	void aPlatformThreadIsNotVirtual() {
		assertThat(VirtualThreads.isVirtual(new Thread())).isFalse();
	}

	@Test
	@EnabledForJreRange(max = JRE.JAVA_20)
	void beforeJava21TheyAreNotThereAndTheErrorSaysWhatToDo() {
		assertThat(VirtualThreads.isAvailable()).isFalse();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> VirtualThreads.factory(null))
			.withMessageContaining("need Java 21 or later")
			.withMessageContaining("'auto'")
			.withMessageContaining("'pool'");
	}

	private static Thread threadOfATask() throws Exception {
		CompletableFuture<Thread> thread = new CompletableFuture<>();
		VirtualThreads.factory(ClassLoader.getSystemClassLoader())
			.newThread(() -> thread.complete(Thread.currentThread()))
			.start();
		return thread.get(1, TimeUnit.MINUTES);
	}

}

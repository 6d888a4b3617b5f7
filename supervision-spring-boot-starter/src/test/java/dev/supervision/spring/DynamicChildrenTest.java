package dev.supervision.spring;

import java.time.Duration;
import java.util.List;

import java.util.Optional;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.supervision.DynamicSupervisorRef;
import dev.supervision.ExitReason;
import dev.supervision.NoProcessException;
import dev.supervision.Node;
import dev.supervision.Pid;
import dev.supervision.StartException;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Children that are started by id, and what they are started with.
 */
class DynamicChildrenTest {

	private final ApplicationContextRunner runner = TestTrees.application(RoomServer.class, Hotel.class)
		.withBean(Probe.class)
		.withPropertyValues("supervision.trees[0].id=hotel", "supervision.trees[0].children[0].id=rooms",
				"supervision.trees[0].children[0].dynamic=room",
				"supervision.trees[0].children[0].child-restart=transient",
				"supervision.trees[0].children[0].max-restarts=1000", "supervision.trees[0].children[0].max-children=3",
				"supervision.trees[0].children[1].id=suites", "supervision.trees[0].children[1].dynamic=room");

	private void with(Consumer<Fixture> test) {
		this.runner.run(context -> {
			assertThat(context).hasNotFailed();
			test.accept(new Fixture(context));
		});
	}

	@Test
	void theyAreInjectedByProtocolAndTheIdOfTheSupervisor() {
		with(hotel -> {
			hotel.rooms.start("r1", 1, "double");
			assertThat(hotel.rooms.ids()).containsExactly("r1");
			assertThat(hotel.suites.ids()).isEmpty();
			assertThat(hotel.rooms).hasToString("children of rooms");
		});
	}

	@Test
	void argumentsGoToMarkedParametersAndTheRestIsInjected() {
		with(hotel -> {
			Room room = hotel.rooms.start("r1", 12, "double");
			assertThat(room.describe()).isEqualTo("12 double r1");
			assertThat(hotel.probe.told()).containsExactly("open 12");
		});
	}

	@Test
	void argumentsAreThoseOfEveryIncarnation() {
		with(hotel -> {
			Room room = hotel.rooms.start("r1", 12, "double");
			Pid before = hotel.pid("r1");
			room.paint("green");
			hotel.node.exit(before, ExitReason.KILL);
			hotel.awaitSuccessor("r1", before);
			assertThat(room.describe()).isEqualTo("12 double r1");
		});
	}

	static List<Arguments> wrong() {
		return List.of(Arguments.of("too few", new Object[] { 12 }),
				Arguments.of("too many", new Object[] { 12, "double", "sea view" }),
				Arguments.of("wrong type", new Object[] { "12", "double" }),
				Arguments.of("wrong order", new Object[] { "double", 12 }),
				Arguments.of("null", new Object[] { 12, null }), Arguments.of("none", new Object[] {}));
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("wrong")
	void numberAndTypesOfArgumentsAreCheckedBeforeAnythingIsAsked(String what, Object[] arguments) {
		with(hotel -> {
			// a supervisor that would not answer
			hotel.node.sys(hotel.ref.pid().orElseThrow()).suspend();
			assertThatIllegalArgumentException().isThrownBy(() -> hotel.rooms.start("r1", arguments))
				.withMessageContaining("rooms/r1")
				.withMessageContaining("int number, String kind");
			assertThat(hotel.rooms.ids()).isEmpty();
			assertThat(hotel.probe.told()).isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "-r", "r/1", "r 1", "r\n1", "r1\u001b", "ü", "../r" })
	void anIdIsOfLettersDigitsAndFewSigns(String id) {
		with(hotel -> {
			assertThatIllegalArgumentException().isThrownBy(() -> hotel.rooms.start(id, 1, "single"))
				.withMessageContaining("no id for a child of 'rooms'");
			assertThatIllegalArgumentException().isThrownBy(() -> hotel.rooms.start("x".repeat(65), 1, "single"));
			assertThat(hotel.rooms.count()).isZero();
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "r", "1", "R.1_a-b", "2022-12-18-argentina-france" })
	void anIdMayHaveMoreSignsThanThatOfADeclaredChild(String id) {
		with(hotel -> {
			hotel.rooms.start(id, 1, "single");
			assertThat(hotel.rooms.ids()).containsExactly(id);
		});
	}

	@Test
	void anIdThatIsTakenIsAlreadyStarted() {
		with(hotel -> {
			hotel.rooms.start("r1", 1, "single");
			StartException.AlreadyStarted failure = catchThrowableOfType(StartException.AlreadyStarted.class,
					() -> hotel.rooms.start("r1", 2, "double"));
			assertThat(failure.pid()).isEqualTo(hotel.pid("r1"));
			assertThat(failure).hasMessageContaining("rooms/r1");
			// beside it, ids are of nobody's business
			assertThat(hotel.suites.start("r1", 2, "suite").describe()).isEqualTo("2 suite r1");
		});
	}

	@Test
	void thereAreNotMoreThanAllowed() {
		with(hotel -> {
			for (int i = 1; i <= 3; i++) {
				hotel.rooms.start("r" + i, i, "single");
			}
			assertThatExceptionOfType(StartException.MaxChildren.class)
				.isThrownBy(() -> hotel.rooms.start("r4", 4, "single"))
				.withMessageContaining("max-children 3");
			assertThat(hotel.rooms.count()).isEqualTo(3);
			assertThat(hotel.rooms.terminate("r2")).isTrue();
			hotel.rooms.start("r4", 4, "single");
			assertThat(hotel.rooms.ids()).containsExactly("r1", "r3", "r4");
		});
	}

	@Test
	void anInitThatThrowsHasFailed() {
		with(hotel -> {
			StartException.Failed failure = catchThrowableOfType(StartException.Failed.class,
					() -> hotel.rooms.start("r1", -1, "single"));
			assertThat(failure.reason()).isInstanceOfSatisfying(ExitReason.Failure.class,
					reason -> assertThat(reason.exceptionClass()).endsWith("BeanCreationException"));
			assertThat(hotel.rooms.find("r1")).isEmpty();
			hotel.rooms.start("r1", 1, "single");
		});
	}

	@Test
	void anInitThatSaysIgnoreIsIgnored() {
		with(hotel -> {
			assertThatExceptionOfType(StartException.Ignored.class)
				.isThrownBy(() -> hotel.rooms.start("r1", 0, "single"));
			assertThat(hotel.rooms.count()).isZero();
		});
	}

	@Test
	void findKnowsThoseThatWereStarted() {
		with(hotel -> {
			assertThat(hotel.rooms.find("r1")).isEmpty();
			hotel.rooms.start("r1", 1, "single");
			assertThat(hotel.rooms.find("r1").map(Room::describe)).contains("1 single r1");
			assertThat(hotel.rooms.find("R1")).isEmpty();
		});
	}

	@Test
	void lookingAtThemDoesNotWaitForABusySupervisor() {
		with(hotel -> {
			hotel.rooms.start("r1", 1, "single");
			hotel.node.sys(hotel.ref.pid().orElseThrow()).suspend();
			assertThat(hotel.rooms.find("r1")).isPresent();
			assertThat(hotel.rooms.ids()).containsExactly("r1");
			assertThat(hotel.rooms.count()).isEqualTo(1);
		});
	}

	@Test
	void aClientIsBoundToTheIdAndNotToTheIncarnation() {
		with(hotel -> {
			Room room = hotel.rooms.start("r1", 1, "single");
			Pid before = hotel.pid("r1");
			hotel.node.exit(before, ExitReason.KILL);
			hotel.awaitSuccessor("r1", before);
			assertThat(room.describe()).isEqualTo("1 single r1");
			hotel.rooms.terminate("r1");
			assertThatExceptionOfType(NoProcessException.class).isThrownBy(room::describe).withMessageContaining("r1");
			hotel.rooms.start("r1", 2, "double");
			assertThat(room.describe()).isEqualTo("2 double r1");
		});
	}

	@Test
	void oneThatEndsByItselfIsForgottenUnlessItHasToBeRestarted() {
		with(hotel -> {
			Room room = hotel.rooms.start("r1", 1, "single");
			room.leave();
			Eventually.await("its end", () -> hotel.rooms.count() == 0);
			assertThat(hotel.rooms.find("r1")).isEmpty();
			// suites are permanent
			Room suite = hotel.suites.start("s1", 1, "suite");
			Pid before = hotel.node.dynamicSupervisor("suites").find("s1").orElseThrow();
			suite.leave();
			Eventually.await("its successor",
					() -> hotel.node.dynamicSupervisor("suites")
						.find("s1")
						.filter(now -> !now.equals(before))
						.isPresent());
		});
	}

	@Test
	void terminateStopsForGoodAndSaysWhetherThereWasOne() {
		with(hotel -> {
			hotel.rooms.start("r1", 1, "single");
			assertThat(hotel.rooms.terminate("r1")).isTrue();
			assertThat(hotel.probe.told()).containsExactly("open 1", "close 1");
			assertThat(hotel.rooms.terminate("r1")).isFalse();
			assertThat(hotel.rooms.terminate("never")).isFalse();
		});
	}

	@Test
	void aServerInjectsThemToo() {
		with(hotel -> {
			Room room = hotel.rooms.start("r1", 1, "single");
			room.extend("s1");
			assertThat(hotel.suites.ids()).containsExactly("s1");
		});
	}

	@Test
	void aStaticChildTakesArgumentsByName() {
		TestTrees.application(RoomServer.class)
			.withBean(Probe.class)
			.withPropertyValues("supervision.trees[0].id=hotel", "supervision.trees[0].children[0].id=lobby",
					"supervision.trees[0].children[0].worker=room",
					"supervision.trees[0].children[0].arguments.kind=#{1+1}",
					"supervision.trees[0].children[0].arguments.number=7", "supervision.trees[0].children[1].id=suites",
					"supervision.trees[0].children[1].dynamic=room")
			.run(context -> assertThat(context.getBean(Room.class).describe()).isEqualTo("7 #{1+1} lobby"));
	}

	@Test
	void untilTheTreesRunTheySayWhyNot() {
		this.runner.withPropertyValues("supervision.enabled=false").run(context -> {
			Fixture hotel = new Fixture(context);
			assertThatExceptionOfType(TreesNotRunningException.class)
				.isThrownBy(() -> hotel.rooms.start("r1", 1, "single"))
				.withMessageContaining("supervision.enabled is false");
			assertThatExceptionOfType(TreesNotRunningException.class).isThrownBy(() -> hotel.rooms.terminate("r1"))
				.withMessageContaining("supervision.enabled is false");
			assertThat(hotel.rooms.find("r1")).isEmpty();
			assertThat(hotel.rooms.ids()).isEmpty();
			assertThat(hotel.rooms.count()).isZero();
		});
	}

	/** What the tests look at. */
	private static final class Fixture {

		private final Node node;

		private final Probe probe;

		private final Children<Room> rooms;

		private final Children<Room> suites;

		private final DynamicSupervisorRef ref;

		Fixture(ApplicationContext context) {
			this.node = context.getBean(Node.class);
			this.probe = context.getBean(Probe.class);
			this.rooms = context.getBean(Hotel.class).rooms;
			this.suites = context.getBean(Hotel.class).suites;
			this.ref = this.node.dynamicSupervisor("rooms");
		}

		Pid pid(String id) {
			return this.ref.find(id).orElseThrow();
		}

		void awaitSuccessor(String id, Pid before) {
			Eventually.await("a successor of " + id, () -> {
				Optional<Pid> now = this.ref.find(id);
				return now.isPresent() && !now.get().equals(before);
			});
			Eventually.await("its init",
					() -> this.node.info(pid(id))
						.filter(info -> info.uptime().compareTo(Duration.ZERO) > 0)
						.isPresent());
		}

	}

	/** A singleton that injects both. */
	static class Hotel {

		final Children<Room> rooms;

		final Children<Room> suites;

		Hotel(@Qualifier("rooms") Children<Room> rooms, @Qualifier("suites") Children<Room> suites) {
			this.rooms = rooms;
			this.suites = suites;

		}

	}

	interface Room {

		String describe();

		void paint(String colour);

		void leave();

		void extend(String suite);

	}

	@GenServer("room")
	static class RoomServer implements Room, AutoCloseable {

		private final int number;

		private final Probe probe;

		private final String kind;

		private final ServerContext self;

		private final org.springframework.beans.factory.ObjectProvider<Hotel> hotel;

		private String colour = "";

		RoomServer(@StartArgument int number, Probe probe, @StartArgument String kind, ServerContext self,
				org.springframework.beans.factory.ObjectProvider<Hotel> hotel) {
			if (number < 0) {
				throw new IllegalArgumentException("a room below the earth");
			}
			if (number == 0) {
				self.ignore();
			}
			this.number = number;
			this.probe = probe;
			this.kind = kind;
			this.self = self;
			this.hotel = hotel;
			probe.tell("open " + number);
		}

		@Override
		@HandleCall
		public String describe() {
			return this.number + " " + this.kind + " " + this.self.id() + this.colour;
		}

		@Override
		@HandleCast
		public void paint(String colour) {
			this.colour = " " + colour;
		}

		@Override
		@HandleCast
		public void leave() {
			this.self.stop();
		}

		@Override
		@HandleCall
		public void extend(String suite) {
			this.hotel.getObject().suites.start(suite, this.number, "suite");
		}

		@Override
		public void close() {
			this.probe.tell("close " + this.number);
		}

	}

}

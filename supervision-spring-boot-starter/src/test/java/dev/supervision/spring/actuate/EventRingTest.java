package dev.supervision.spring.actuate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class EventRingTest {

	private static EventRing ring(int capacity, int events) {
		EventRing ring = new EventRing(capacity);
		for (int i = 0; i < events; i++) {
			ring.add(new EventEntry.Builder(Instant.EPOCH, "test", false));
		}
		return ring;
	}

	/** Of a ring for three that has seen five. */
	@ParameterizedTest
	@CsvSource({ "0, 9, true, '3 4 5'", "1, 9, true, '3 4 5'", "2, 9, false, '3 4 5'", "2, 2, false, '3 4'",
			"4, 9, false, '5'", "5, 9, false, ''", "6, 9, true, '3 4 5'", "6, 1, true, '5'" })
	void aReaderIsToldWhatCameSinceAndWhetherItMissedSome(long since, int limit, boolean gap, String numbers) {
		EventRing.Slice slice = ring(3, 5).since(since, limit);
		assertThat(slice.gap()).isEqualTo(gap);
		assertThat(slice.last()).isEqualTo(5);
		assertThat(slice.entries().stream().map(EventEntry::seq).map(String::valueOf).toList())
			.isEqualTo(numbers.isEmpty() ? List.of() : List.of(numbers.split(" ")));
	}

	@Test
	void anEmptyRingHasNoGap() {
		assertThat(ring(3, 0).since(0, 9).gap()).isFalse();
		assertThat(ring(3, 0).since(1, 9).gap()).isTrue();
		assertThat(ring(3, 0).newest(9).entries()).isEmpty();
	}

	@Test
	void theLastQuarterOfAnHourIsCountedToTheSecond() {
		Instant now = Instant.parse("2026-01-31T12:00:00Z");
		RecentCount count = new RecentCount();
		count.add(now.minusSeconds(1000), 100);
		count.add(now.minusSeconds(899), 1);
		count.add(now.minusSeconds(60), 2);
		count.add(now.minusSeconds(59), 3);
		count.add(now, 4);
		assertThat(count.within(Duration.ofMinutes(1), now)).isEqualTo(7);
		assertThat(count.within(Duration.ofMinutes(15), now)).isEqualTo(10);
		assertThat(count.within(Duration.ofMinutes(15), now.plusSeconds(1))).isEqualTo(9);
		assertThat(count.within(Duration.ofMinutes(15), now.plusSeconds(901))).isZero();
	}

}

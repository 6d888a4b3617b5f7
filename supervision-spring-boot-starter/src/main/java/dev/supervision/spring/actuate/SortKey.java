package dev.supervision.spring.actuate;

import java.util.Comparator;

/**
 * Where a process stands in a sorted list. Keys differ, because the numbers of processes
 * do.
 *
 * @param value what is sorted by, if it is a number
 * @param text what is sorted by, if it is a text
 * @param number in the order in which processes were made
 */
record SortKey(long value, String text, long number) {

	static final Comparator<SortKey> ASCENDING = Comparator.comparingLong(SortKey::value)
		.thenComparing(SortKey::text)
		.thenComparingLong(SortKey::number);

}

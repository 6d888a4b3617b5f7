/**
 * The workloads of the Savina suite of actor benchmarks that compare how messages are
 * passed, written anew after their descriptions in Shams M. Imam and Vivek Sarkar,
 * <em>Savina - An Actor Benchmark Suite</em>, AGERE 2014.
 */
@NullMarked
package dev.supervision.benchmarks.savina;

import org.jspecify.annotations.NullMarked;

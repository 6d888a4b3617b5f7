/**
 * What the runtime costs, next to its peers.
 */
@NullMarked
package dev.supervision.benchmarks;

import org.jspecify.annotations.NullMarked;

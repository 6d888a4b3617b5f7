@NullMarked
package dev.supervision.benchmarks;

import org.jspecify.annotations.NullMarked;

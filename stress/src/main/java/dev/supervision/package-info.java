/**
 * Stress tests, in the package of the core for the sake of access.
 */
@org.jspecify.annotations.NullMarked
package dev.supervision;

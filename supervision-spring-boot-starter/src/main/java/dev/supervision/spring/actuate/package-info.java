/**
 * What an operator sees: endpoint, health, meters.
 */
@NullMarked
package dev.supervision.spring.actuate;

import org.jspecify.annotations.NullMarked;

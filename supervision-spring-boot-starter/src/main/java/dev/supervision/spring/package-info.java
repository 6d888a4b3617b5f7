/**
 * Supervision trees of annotated Spring beans.
 */
@NullMarked
package dev.supervision.spring;

import org.jspecify.annotations.NullMarked;

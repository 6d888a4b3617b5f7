/**
 * An application in a package of its own, which sees only what is public.
 */
@NullMarked
package dev.supervision.spring.shop;

import org.jspecify.annotations.NullMarked;

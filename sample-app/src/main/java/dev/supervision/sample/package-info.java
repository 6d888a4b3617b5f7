/**
 * A football tracker: one supervised process per match, on real data.
 */
@NullMarked
package dev.supervision.sample;

import org.jspecify.annotations.NullMarked;

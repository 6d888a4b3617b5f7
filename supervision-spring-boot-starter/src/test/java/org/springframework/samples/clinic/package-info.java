/**
 * An application in a package of Spring's, as its samples are.
 */
@NullMarked
package org.springframework.samples.clinic;

import org.jspecify.annotations.NullMarked;

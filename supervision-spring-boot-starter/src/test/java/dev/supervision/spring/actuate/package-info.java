@NullMarked
package dev.supervision.spring.actuate;

import org.jspecify.annotations.NullMarked;

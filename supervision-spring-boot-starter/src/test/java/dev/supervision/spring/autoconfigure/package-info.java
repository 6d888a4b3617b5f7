@NullMarked
package dev.supervision.spring.autoconfigure;

import org.jspecify.annotations.NullMarked;

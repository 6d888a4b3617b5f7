@NullMarked
package dev.supervision.spring;

import org.jspecify.annotations.NullMarked;

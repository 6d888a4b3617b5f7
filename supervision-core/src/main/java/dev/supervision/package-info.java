/**
 * Processes, servers and supervisors with the semantics of Erlang/OTP, in plain Java.
 */
@NullMarked
package dev.supervision;

import org.jspecify.annotations.NullMarked;

/**
 * Checks a configuration against the real parts: which checks its settings ask for, and in which
 * order. A check that knows a client stands beside that client; here are those of this machine, of
 * registries and of whatever answers plain HTTP. Nothing is changed, but for connections between
 * Kubo nodes that the pinner would make.
 */
@NullMarked
package dev.longshore.app.doctor;

import org.jspecify.annotations.NullMarked;

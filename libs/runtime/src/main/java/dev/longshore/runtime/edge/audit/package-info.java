/**
 * The audit log: one log line and one record of topic {@code audit} for each call, without slowing
 * callers.
 */
@NullMarked
package dev.longshore.runtime.edge.audit;

import org.jspecify.annotations.NullMarked;

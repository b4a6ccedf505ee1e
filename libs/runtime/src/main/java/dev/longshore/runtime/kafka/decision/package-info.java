/** Writes operators' decisions, one at a time. */
@NullMarked
package dev.longshore.runtime.kafka.decision;

import org.jspecify.annotations.NullMarked;

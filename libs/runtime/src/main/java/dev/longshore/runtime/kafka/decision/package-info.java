/** Writes what people decided, one after the other. */
@NullMarked
package dev.longshore.runtime.kafka.decision;

import org.jspecify.annotations.NullMarked;

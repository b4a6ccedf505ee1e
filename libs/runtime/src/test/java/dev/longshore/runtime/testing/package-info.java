/** A bus in memory that hosts steps as Kafka does, and what every host of steps must fulfil. */
@NullMarked
package dev.longshore.runtime.testing;

import org.jspecify.annotations.NullMarked;

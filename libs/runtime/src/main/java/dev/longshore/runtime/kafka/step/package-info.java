/** A service's work on one message, and its possible results. Knows nothing about Kafka. */
@NullMarked
package dev.longshore.runtime.kafka.step;

import org.jspecify.annotations.NullMarked;

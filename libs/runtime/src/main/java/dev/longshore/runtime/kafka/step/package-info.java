/** What a service does with one message, and what may come of it. Knows nothing of Kafka. */
@NullMarked
package dev.longshore.runtime.kafka.step;

import org.jspecify.annotations.NullMarked;

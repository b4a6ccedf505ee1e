/**
 * Hosts a service's step on Kafka: moving partitions, one transaction for all effects of a message,
 * gaps and their repair, replay of dead letters.
 */
@NullMarked
package dev.longshore.runtime.kafka;

import org.jspecify.annotations.NullMarked;

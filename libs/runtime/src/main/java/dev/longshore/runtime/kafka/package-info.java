/**
 * Hosts a service's step on Kafka: order per key, one effect per message, failures that wait or end
 * in a dead letter.
 */
@NullMarked
package dev.longshore.runtime.kafka;

import org.jspecify.annotations.NullMarked;

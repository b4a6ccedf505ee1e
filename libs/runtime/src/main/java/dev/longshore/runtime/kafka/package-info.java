/**
 * Hosts a service's step on Kafka: partitions that come and go, one transaction for all effects of
 * a message, gaps that are made good, dead letters that are replayed.
 */
@NullMarked
package dev.longshore.runtime.kafka;

import org.jspecify.annotations.NullMarked;

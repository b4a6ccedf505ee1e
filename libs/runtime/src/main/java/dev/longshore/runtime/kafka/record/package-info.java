/** Records in Kafka: envelopes, headers, keys, and their senders and readers. */
@NullMarked
package dev.longshore.runtime.kafka.record;

import org.jspecify.annotations.NullMarked;

/** Records as they lie in Kafka: envelopes, headers, keys, and what sends and reads them. */
@NullMarked
package dev.longshore.runtime.kafka.record;

import org.jspecify.annotations.NullMarked;

package dev.longshore.runtime.testing;

import dev.longshore.events.Topic;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Where a record lies. */
record Place(Topic topic, int partition, long offset) {
  static Place of(ConsumerRecord<?, ?> record) {
    return new Place(MemoryBus.topic(record.topic()), record.partition(), record.offset());
  }
}

package dev.longshore.app.faults;

import dev.longshore.events.EventJson;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.MalformedEventException;
import dev.longshore.runtime.testing.MemoryBus;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a test reads of records. */
final class Events {
  private Events() {}

  static String id(ConsumerRecord<String, byte[]> record) {
    return MemoryBus.id(record);
  }

  static <T extends LongshoreRecord> T read(ConsumerRecord<String, byte[]> record, Class<T> type) {
    try {
      return EventJson.read(record.value(), type);
    } catch (MalformedEventException e) {
      throw new IllegalStateException(record + " is no " + type.getSimpleName(), e);
    }
  }
}

package dev.longshore.app.faults;

import dev.longshore.events.Observed;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.record.HeaderNames;
import dev.longshore.runtime.testing.MemoryBus;
import java.util.List;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The dead letters, which a person looks at and sends again when their cause is mended. */
final class Dead {
  private final MemoryBus bus;
  private int looked;

  Dead(MemoryBus bus) {
    this.bus = bus;
  }

  /** Sends letters again that came since the last time, unless the content itself is bad. */
  void replay(Predicate<ConsumerRecord<String, byte[]>> worthwhile) {
    List<ConsumerRecord<String, byte[]>> letters = bus.records(Topic.DEAD);
    for (ConsumerRecord<String, byte[]> letter : letters.subList(looked, letters.size())) {
      if (worthwhile.test(letter)) {
        RecordHeaders headers = new RecordHeaders();
        letter.headers().forEach(headers::add);
        for (var header : letter.headers()) {
          if (header.key().startsWith(HeaderNames.OURS)) {
            headers.remove(header.key());
          }
        }
        bus.append(
            new ProducerRecord<>(
                MemoryBus.header(letter, HeaderNames.TOPIC),
                null,
                null,
                letter.key(),
                letter.value(),
                headers));
      }
    }
    looked = letters.size();
  }

  /** Whether the registry answered with garbage once; else its image is broken for good. */
  static boolean wasGarbage(ConsumerRecord<String, byte[]> letter, Pushed pushed) {
    if (!MemoryBus.header(letter, HeaderNames.TOPIC).equals(Topic.OBSERVED.name(""))) {
      return true;
    }
    return !pushed.isBroken(Events.read(letter, Observed.class).digest().toString());
  }
}

package dev.longshore.app;

import dev.longshore.events.Hint;
import dev.longshore.runtime.kafka.EventSender;
import dev.longshore.runtime.kafka.NotSentException;
import dev.longshore.watcher.HintNotStoredException;
import dev.longshore.watcher.HintSink;
import java.util.UUID;

/** Hints in Kafka's topic {@code hints}. */
record KafkaHints(EventSender sender) implements HintSink {
  @Override
  public void store(Hint hint) throws HintNotStoredException, InterruptedException {
    try {
      sender.send(hint, UUID.randomUUID().toString());
    } catch (NotSentException e) {
      throw new HintNotStoredException(String.valueOf(e.getMessage()), e);
    }
  }
}

package dev.longshore.app;

import dev.longshore.events.Hint;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import dev.longshore.runtime.service.lifecycle.Part;
import dev.longshore.watcher.HintNotStoredException;
import dev.longshore.watcher.HintSink;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Hints in Kafka's topic {@code hints}. */
final class KafkaHints implements HintSink, Part {
  /** Kafka confirms a hint in milliseconds; a registry waits 5 s for its 2xx. */
  static final Duration LIMIT = Duration.ofSeconds(4);

  private final Supplier<EventSender> open;
  private volatile @Nullable EventSender sender;

  /**
   * @param open creates the sender, which connects to Kafka at once
   */
  KafkaHints(Supplier<EventSender> open) {
    this.open = open;
  }

  @Override
  public String name() {
    return "hint sender";
  }

  @Override
  public void start() {
    sender = open.get();
  }

  @Override
  public void store(Hint hint) throws HintNotStoredException, InterruptedException {
    EventSender started = sender;
    if (started == null) {
      throw new IllegalStateException("a hint came before the start of its sender");
    }
    try {
      started.send(hint, UUID.randomUUID().toString());
    } catch (NotSentException e) {
      throw new HintNotStoredException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void stop(Duration drain) {
    EventSender started = sender;
    if (started != null) {
      started.close();
    }
  }
}

package dev.longshore.app;

import dev.longshore.events.PullState;
import dev.longshore.resolver.PullSink;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps pulls in Kafka; connects when the first one is to be kept. */
final class KafkaPulls implements PullSink, AutoCloseable {
  /** Nobody waits for it but the next one. */
  static final Duration LIMIT = Duration.ofSeconds(5);

  private final Supplier<EventSender> open;
  private @Nullable EventSender sender;

  KafkaPulls(Supplier<EventSender> open) {
    this.open = open;
  }

  @Override
  public synchronized void keep(PullState pull) throws NotSentException, InterruptedException {
    EventSender opened = sender == null ? open.get() : sender;
    sender = opened;
    opened.send(pull, pull.key() + "/" + pull.pulledAt());
  }

  @Override
  public synchronized void close() {
    if (sender != null) {
      sender.close();
    }
  }
}

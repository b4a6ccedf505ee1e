package dev.longshore.runtime.edge.audit;

import dev.longshore.runtime.kafka.record.EventSender;
import io.opentelemetry.context.Scope;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Writes entries to Kafka's topic {@code audit}; connects for the first one. */
final class AuditTopic implements AuditWay {
  private final Supplier<EventSender> open;
  private @Nullable EventSender sender;

  AuditTopic(Supplier<EventSender> open) {
    this.open = open;
  }

  /** Passes an entry to Kafka's client; waits while that has no room or no connection. */
  @Override
  public void take(Entry entry, Consumer<String> failed) {
    try (Scope _ = entry.trace().makeCurrent()) {
      sender().post(entry.audited(), UUID.randomUUID().toString(), failed);
    }
  }

  private synchronized EventSender sender() {
    EventSender own = sender == null ? open.get() : sender;
    sender = own;
    return own;
  }

  /** Sends the records that Kafka's client still holds. */
  @Override
  public synchronized void close() {
    if (sender != null) {
      sender.close();
    }
  }
}

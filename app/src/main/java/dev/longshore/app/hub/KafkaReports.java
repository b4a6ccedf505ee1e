package dev.longshore.app.hub;

import dev.longshore.events.Hint;
import dev.longshore.events.SiteState;
import dev.longshore.resolver.hub.ReportSink;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps reports of sites in Kafka, and sends hints about what they miss; connects when there is
 * something to send.
 */
public final class KafkaReports implements ReportSink, AutoCloseable {
  /** A site's answer waits for less; it reports again. */
  public static final Duration LIMIT = Duration.ofSeconds(5);

  private static final Logger LOG = LoggerFactory.getLogger(KafkaReports.class);

  private final Supplier<EventSender> open;
  private @Nullable EventSender sender;

  /** Not connected yet. */
  public KafkaReports(Supplier<EventSender> open) {
    this.open = open;
  }

  @Override
  public void keep(SiteState report) throws NotSentException, InterruptedException {
    opened().send(report, report.key() + "/" + report.joinedAt() + "/" + report.sequence());
  }

  /** Passes a hint to the watcher on; if Kafka does not get it, the log says so. */
  public void hint(Hint hint) {
    opened()
        .post(
            hint,
            UUID.randomUUID().toString(),
            why -> LOG.warn("a hint about {} is lost: {}", hint.key(), why));
  }

  private synchronized EventSender opened() {
    EventSender opened = sender == null ? open.get() : sender;
    sender = opened;
    return opened;
  }

  @Override
  public synchronized void close() {
    if (sender != null) {
      sender.close();
    }
  }
}

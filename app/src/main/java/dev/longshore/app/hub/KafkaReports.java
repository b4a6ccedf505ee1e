package dev.longshore.app.hub;

import dev.longshore.events.SiteState;
import dev.longshore.resolver.hub.ReportSink;
import dev.longshore.runtime.kafka.record.EventSender;
import dev.longshore.runtime.kafka.record.NotSentException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Keeps reports of sites in Kafka; connects when the first one is to be kept. */
public final class KafkaReports implements ReportSink, AutoCloseable {
  /** A site's answer waits for less; it reports again. */
  public static final Duration LIMIT = Duration.ofSeconds(5);

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

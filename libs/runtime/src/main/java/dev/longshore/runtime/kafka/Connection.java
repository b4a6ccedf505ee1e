package dev.longshore.runtime.kafka;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the consumer has a connection to any broker: its polls just return nothing when Kafka is
 * away.
 */
final class Connection {
  /** A restarting broker is away for less. */
  private static final Duration TOLERATED = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  private final @Nullable Metric connections;
  private final String servers;
  private final AtomicReference<@Nullable Instant> goneSince = new AtomicReference<>();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();

  Connection(Map<MetricName, ? extends Metric> metrics, ConsumerSettings settings) {
    this.connections =
        metrics.entrySet().stream()
            .filter(e -> e.getKey().name().equals("connection-count"))
            .filter(e -> e.getKey().group().equals("consumer-metrics"))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null);
    this.servers = Objects.toString(settings.connection().get("bootstrap.servers"));
  }

  void look(Instant now) {
    if (connections != null && connections.metricValue() instanceof Number n && n.intValue() == 0) {
      goneSince.compareAndSet(null, now);
      Instant since = goneSince.get();
      if (since != null && Duration.between(since, now).compareTo(TOLERATED) > 0) {
        boolean known =
            trouble.getAndSet(
                    "no connection to Kafka at " + servers + " since " + since + ": is it running?")
                != null;
        if (!known) {
          log.warn("{}; goes on trying", trouble.get());
        }
      }
    } else {
      goneSince.set(null);
      if (trouble.getAndSet(null) != null) {
        log.info("connected to Kafka at {} again", servers);
      }
    }
  }

  /** Since when there is none, in words; empty while there is one. */
  Optional<String> trouble() {
    return Optional.ofNullable(trouble.get());
  }
}

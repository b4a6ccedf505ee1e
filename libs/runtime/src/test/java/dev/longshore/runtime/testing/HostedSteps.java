package dev.longshore.runtime.testing;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.ConsumerSettings;
import dev.longshore.runtime.kafka.KeyedConsumer;
import dev.longshore.runtime.kafka.follow.CatalogFollower;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.service.endpoint.Endpoints;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Services of the test's own steps on topics that are there, each with a login and a catalog. */
public final class HostedSteps implements AutoCloseable {
  private final String prefix;
  private final Clock clock;
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** None yet. */
  public HostedSteps(String prefix, Clock clock) {
    this.prefix = prefix;
    this.clock = clock;
  }

  /** Starts a service, of one instance. */
  public KeyedConsumer start(
      Map<String, Object> connection, String service, Topic work, Step step) {
    Catalog catalog = Catalog.inMemory(clock);
    CatalogFollower follower = followed(connection, catalog);
    KeyedConsumer host =
        new KeyedConsumer(
            new ConsumerSettings(connection, prefix, new ServiceId(service, service, "main")),
            Set.of(work),
            step,
            new Endpoints(clock, (_, _) -> {}, new Random(1)),
            catalog,
            follower,
            _ -> {},
            OpenTelemetry.noop(),
            clock);
    opened.add(host);
    host.start();
    return host;
  }

  /** A catalog that knows all that is in the topics now. */
  public Catalog catalog(Map<String, Object> connection, Duration limit)
      throws InterruptedException, TimeoutException {
    Catalog catalog = Catalog.inMemory(clock);
    followed(connection, catalog).awaitEnd(limit);
    return catalog;
  }

  private CatalogFollower followed(Map<String, Object> connection, Catalog catalog) {
    opened.add(catalog);
    CatalogFollower follower = new CatalogFollower(connection, prefix, catalog, clock);
    opened.add(follower);
    follower.start();
    return follower;
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable one : opened.reversed()) {
      one.close();
    }
  }
}

package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Converted;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.service.endpoint.ManualAlarms;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A registry that serves an image no more after it was observed: others of the registry go on. */
@Timeout(60)
class RefusedRepositoryTest {
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/other");
  private static final String REGISTRY = "registry localhost:5055";

  private final ManualClock clock = new ManualClock(TestConverter.NOON);
  private final ManualAlarms alarms = new ManualAlarms(clock);
  private final Endpoints endpoints = new Endpoints(clock, alarms, new Random(1));
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final InMemoryIpfsNode peer = new InMemorySwarm().node("ingest");
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final Uploads uploads = new Uploads(registry, APP);
  private final Uploads others = new Uploads(registry, OTHER);
  private final MemoryService converter =
      bus.service(
          new ServiceId("converter", "convert", "main"),
          Set.of(Topic.OBSERVED),
          endpoints,
          catalog,
          TestConverter.service(
                  TestConverter.SETTINGS, List.of(), peer, catalog, registry, OpenTelemetry.noop())
              .step());

  @AfterEach
  void stop() {
    converter.stop(Duration.ofMillis(1));
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 500, 503})
  void imagesOfOthersAreConvertedAndItsOwnWhenItIsAllowed(int status) {
    registry.refuse(APP, new Fault.Status(status));
    converter.start();

    bus.send(observed(APP, "1", uploads.image(uploads.layer(1, 1000))));
    WorkFailure trouble = awaitTrouble();
    assertThat(trouble.endpoint()).isEqualTo("repository localhost:5055/team/app");
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
    bus.send(observed(OTHER, "1", others.image(others.layer(2, 1000))));
    Await.until(() -> converted("other"));

    registry.allow(APP);
    alarms.advance(Duration.between(clock.instant(), trouble.nextTry()));
    Await.until(() -> converted("team/app"));
  }

  @Test
  void aRepositoryThatIsRefusedToWhoeverTriesItsRegistryOpensTheRegistry() {
    registry.faults().always(InMemoryRegistry.PING, new Fault.Status(503));
    registry.refuse(APP, new Fault.Status(403));
    converter.start();
    for (int i = 0; i < 5; i++) {
      bus.send(observed(APP, "v" + i, uploads.image(uploads.layer(i, 1000))));
    }
    Await.until(() -> catalog.failures().newest(10).size() == 5);
    WorkFailure first = awaitTrouble();
    assertThat(first.endpoint()).isEqualTo(REGISTRY);
    bus.send(observed(OTHER, "1", others.image(others.layer(9, 1000))));
    Await.until(() -> catalog.failures().newest(10).size() == 6);

    registry.faults().clear();
    alarms.advance(Duration.between(clock.instant(), first.nextTry()));

    Await.until(() -> converted("other"));
    assertThat(endpoints.isOpen(REGISTRY)).isTrue();
  }

  private WorkFailure awaitTrouble() {
    Await.until(() -> !catalog.failures().newest(1).isEmpty());
    return catalog.failures().newest(1).getFirst();
  }

  private boolean converted(String repository) {
    return bus.read(Topic.CONVERTED, Converted.class).stream()
        .anyMatch(converted -> converted.name().repository().equals(repository));
  }
}

package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static dev.longshore.converter.TestConverter.observed;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.BlobState;
import dev.longshore.events.Converted;
import dev.longshore.events.Failed;
import dev.longshore.events.ImageState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemoryIpfsNode;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.Fault;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The step under the contract of its host: what reaches the topics. */
class ConverterOnBusTest {
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  private final ManualClock clock = new ManualClock(TestConverter.NOON);
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final InMemoryIpfsNode peer = new InMemorySwarm().node("ingest");
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final Uploads uploads = new Uploads(registry, APP);
  private final MemoryService converter =
      bus.service(
          new ServiceId("converter", "convert", "main"),
          Set.of(Topic.OBSERVED),
          new Endpoints(clock, (_, _) -> {}, new Random(1)),
          catalog,
          TestConverter.service(
                  TestConverter.SETTINGS, List.of(), peer, catalog, registry, OpenTelemetry.noop())
              .step());

  @AfterEach
  void stop() {
    converter.stop(AT_ONCE);
  }

  @Test
  void announcesAnImageItsStateAndItsBlobs() {
    converter.start();
    bus.send(observed(APP, "1", uploads.image(uploads.layer(1, 1000))));

    Await.until(() -> !bus.records(Topic.CONVERTED).isEmpty());

    Converted converted = bus.read(Topic.CONVERTED, Converted.class).getFirst();
    assertThat(bus.read(Topic.IMAGES, ImageState.class))
        .singleElement()
        .returns(converted.imageDag(), ImageState::imageDag);
    assertThat(bus.read(Topic.BLOBS, BlobState.class)).hasSize(2);
  }

  @Test
  void makesABrokenImageADeadLetterThatSaysWhy() {
    converter.start();
    bus.send(observed(APP, "1", uploads.image(Uploads.absent(MediaType.OCI_LAYER))));

    Await.until(() -> !bus.records(Topic.FAILED).isEmpty());

    assertThat(bus.read(Topic.FAILED, Failed.class))
        .singleElement()
        .returns("BLOB_UNKNOWN", Failed::reason)
        .returns("convert", Failed::stage)
        .returns("localhost:5055/team/app:1", Failed::key);
    assertThat(bus.records(Topic.DEAD)).hasSize(1);
    assertThat(bus.records(Topic.CONVERTED)).isEmpty();
    assertThat(peer.pinned()).isEmpty();
  }

  @Test
  void announcesOnceWhatAStoppedRunHadBegun() {
    Descriptor layer = uploads.layer(1, 1000);
    Descriptor image = uploads.image(layer);
    registry.faults().next(layer.digest().toString(), new Fault.Held(new CountDownLatch(1)));
    converter.start();
    bus.send(observed(APP, "1", image));
    Await.until(() -> registry.reads(layer.digest()) == 1);

    converter.stop(AT_ONCE);
    assertThat(bus.records(Topic.CONVERTED)).isEmpty();
    converter.start();

    Await.until(() -> !bus.records(Topic.CONVERTED).isEmpty());
    assertThat(bus.records(Topic.CONVERTED)).hasSize(1);
    assertThat(bus.records(Topic.FAILED)).isEmpty();
  }
}

package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.converter.source.ImageLimits;
import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Far more images of one kind than are converted at once, each held at its registry. */
@Timeout(120)
class ManyPushesTest {
  private static final RepositoryName CI = RepositoryName.canonical("localhost:5055/team/ci");
  private static final RepositoryName OTHER = RepositoryName.canonical("localhost:5055/team/app");

  private static final RepositoryName OTHER_REGISTRY =
      RepositoryName.canonical("registry.example/team/app");

  private final ManualClock clock = new ManualClock(NOON);
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final Semaphore letGo = new Semaphore(0);
  private final AtomicInteger held = new AtomicInteger();

  /** How long an image of the one repository takes; null if until it is let go. */
  private volatile @Nullable Duration takes;

  private final Queue<Taking> taking = new ConcurrentLinkedQueue<>();

  private record Taking(Instant until, CountDownLatch end) {}

  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final MemoryService converter =
      bus.service(
          new ServiceId("converter", "convert", "main"),
          Set.of(Topic.OBSERVED),
          new Endpoints(clock, (_, _) -> {}, new Random(1)),
          catalog,
          TestConverter.service(
                  TestConverter.SETTINGS,
                  List.of(),
                  new InMemorySwarm().node("ingest"),
                  catalog,
                  new Slow(),
                  OpenTelemetry.noop())
              .step());

  @AfterEach
  void stop() {
    takes = null;
    letGo.release(1_000_000);
    taking.forEach(each -> each.end().countDown());
    converter.stop(Duration.ofSeconds(1));
    catalog.close();
  }

  @Test
  void twoThousandTagsOfOneRepositoryDelayAnotherByOneConversion() {
    push(2_000, Origin.WEBHOOK);
    converter.start();
    Eventually.await("all turns are taken", () -> held.get() == ImageLimits.AT_ONCE);

    pushTheOther();
    letGo.release();

    Eventually.await("the other", () -> isConverted(OTHER));
    assertThat(converted())
        .as("with the one that was let go, and that of the other registry")
        .hasSizeLessThanOrEqualTo(3);
  }

  /** As long as an image of a hundred megabytes takes on a slow line. */
  @Test
  void theyDelayAnotherByAtMostThirtySecondsWhereEachConversionTakesTwentyFive() {
    takes = Duration.ofSeconds(25);
    push(200, Origin.WEBHOOK);
    converter.start();
    Eventually.await("all turns are taken", () -> held.get() == ImageLimits.AT_ONCE);
    Instant pushed = clock.instant();
    pushTheOther();
    for (int second = 1; second <= 30; second++) {
      clock.advance(Duration.ofSeconds(1));
      releaseEnded();
    }

    Eventually.await("the other", () -> isConverted(OTHER));
    assertThat(clock.instant()).isEqualTo(pushed.plusSeconds(30));
    assertThat(converted())
        .as("one turn of each, and that of the other registry")
        .hasSizeLessThanOrEqualTo(ImageLimits.AT_ONCE + 2);
  }

  @Test
  void backfillLeavesHalfOfTheTurnsAndAFreshPushDoesNotWaitForIt() {
    // No more, as each asks its registry at a pace.
    push(ImageLimits.AT_ONCE, Origin.BACKFILL);
    converter.start();
    Eventually.await("its turns", () -> held.get() == ImageLimits.AT_ONCE / 2);

    push(OTHER, "1", 77_777, Origin.WEBHOOK);

    Eventually.await("the other", () -> isConverted(OTHER));
    assertThat(converted()).hasSize(1);
    assertThat(held).hasValue(ImageLimits.AT_ONCE / 2);
  }

  /** Returns when it waits: an image of another registry, which came after it, is done. */
  private void pushTheOther() {
    push(OTHER, "1", 77_777, Origin.WEBHOOK);
    push(OTHER_REGISTRY, "1", 88_888, Origin.WEBHOOK);
    Eventually.await("another registry's", () -> isConverted(OTHER_REGISTRY));
  }

  private void takeTime() {
    Duration time = takes;
    if (time == null) {
      held.incrementAndGet();
      letGo.acquireUninterruptibly();
      return;
    }
    Taking now = new Taking(clock.instant().plus(time), new CountDownLatch(1));
    taking.add(now);
    held.incrementAndGet();
    try {
      now.end().await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void releaseEnded() {
    taking.removeIf(
        each -> {
          boolean ended = !clock.instant().isBefore(each.until());
          if (ended) {
            each.end().countDown();
          }
          return ended;
        });
  }

  private boolean isConverted(RepositoryName name) {
    return converted().stream().anyMatch(converted -> converted.name().equals(name));
  }

  private List<Converted> converted() {
    return bus.read(Topic.CONVERTED, Converted.class);
  }

  private void push(int count, Origin origin) {
    for (int i = 0; i < count; i++) {
      push(CI, "ci-" + i, i, origin);
    }
  }

  private void push(RepositoryName name, String tag, long seed, Origin origin) {
    Uploads uploads = new Uploads(registry, name);
    Descriptor top = uploads.image(uploads.layer(seed, 100));
    bus.send(
        new Observed(
            name,
            new Tag(tag),
            top.digest(),
            top.mediaType(),
            top.size(),
            origin,
            NOON,
            NOON,
            null));
  }

  /** Holds each image of the one repository. */
  private final class Slow extends DelegatingSource {
    Slow() {
      super(registry);
    }

    @Override
    public byte[] manifest(RepositoryName name, Digest digest) throws RegistryException {
      if (name.equals(CI)) {
        takeTime();
      }
      return super.manifest(name, digest);
    }
  }
}

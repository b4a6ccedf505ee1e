package dev.longshore.converter;

import static dev.longshore.converter.TestConverter.APP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.CatalogRecord;
import dev.longshore.events.Converted;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.ipfs.testing.InMemorySwarm;
import dev.longshore.model.Digest;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import dev.longshore.runtime.kafka.record.ServiceId;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.service.endpoint.Endpoints;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.runtime.testing.MemoryBus;
import dev.longshore.runtime.testing.MemoryService;
import dev.longshore.testing.ManualClock;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rule with a debounce of 30 s, by a clock that only the test moves. */
@Timeout(120)
class DebounceTest {
  private static final long NOT_OF_THE_BUS = 1_000_000;
  private static final RuleSettings DEBOUNCED = Rules.DEFAULT.debounced(Duration.ofSeconds(30));

  private final ManualClock clock = new ManualClock(TestConverter.NOON);
  private final InMemoryRegistry registry = new InMemoryRegistry();
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MemoryBus bus = new MemoryBus(clock);
  private final Uploads uploads = new Uploads(registry, APP);
  private final List<TagState.Version> versions = new ArrayList<>();
  private @Nullable TagState state;
  private long offset;
  private MemoryService converter;

  @BeforeEach
  void start() {
    converter = service();
    converter.start();
  }

  private MemoryService service() {
    return bus.service(
        new ServiceId("converter", "convert", "main"),
        Set.of(Topic.OBSERVED),
        new Endpoints(clock, (_, _) -> {}, new Random(1)),
        catalog,
        TestConverter.service(
                TestConverter.SETTINGS,
                List.of(DEBOUNCED),
                new InMemorySwarm().node("ingest"),
                catalog,
                registry,
                OpenTelemetry.noop(),
                clock)
            .step());
  }

  @AfterEach
  void stop() {
    converter.stop(Duration.ofMillis(1));
    catalog.close();
  }

  @Test
  void onlyTheLastOfSeveralVersionsIsConvertedAndOnlyWhenTheTagRests() {
    moves(1);
    pass(10);
    moves(2);
    pass(10);
    Digest last = moves(3);
    pass(29);
    awaitWhatWasAskedFor();
    assertThat(digests()).as("only what a person asked for").hasSize(1);

    pass(1);

    Eventually.await("the last", () -> digests().contains(last));
    assertThat(digests()).hasSize(2);
  }

  @Test
  void aSinglePushIsConvertedWhenItsTimeIsOver() {
    Digest only = moves(1);
    awaitWhatWasAskedFor();
    assertThat(digests()).doesNotContain(only);

    pass(30);

    Eventually.await("it", () -> digests().contains(only));
  }

  @Test
  void aVersionThatRestedIsConvertedThoughTheConverterWasNotThere() {
    converter.stop(Duration.ofMillis(1));
    Digest rested = moves(1);
    pass(60);
    moves(2);
    pass(5);
    Digest last = moves(3);
    pass(3_600);

    converter = service();
    converter.start();

    Eventually.await("the last", () -> digests().contains(last));
    assertThat(digests()).containsExactly(rested, last);
  }

  @Test
  void aKillWhileItWaitsLosesNothing() {
    Digest first = moves(1);
    pass(10);
    converter.stop(Duration.ofMillis(1));
    assertThat(digests()).isEmpty();
    pass(20);

    converter = service();
    converter.start();

    Eventually.await("it", () -> digests().contains(first));
  }

  @Test
  void aTagThatNeverRestsIsConvertedOnceInTenTimes() throws Exception {
    Debounce debounce = new Debounce(catalog, () -> new Rules(List.of(DEBOUNCED)), clock);
    List<Integer> converted = new ArrayList<>();
    for (int i = 0; i < 65; i++) {
      int next = i;
      Observed version = moved(i);
      boolean skipped =
          debounce.isSuperseded(
              version,
              new Progress() {
                @Override
                public void publish(Effects effects) {}

                @Override
                public void idle(Wait wait) {
                  pass(10);
                  moved(next + 1);
                }
              });
      if (!skipped) {
        converted.add(i);
      }
    }

    assertThat(converted).hasSize(2);
  }

  private void awaitWhatWasAskedFor() {
    Descriptor image = uploads.image(uploads.layer(50, 100));
    bus.send(observed("asked", image, Origin.PUSH, clock.instant()));
    Eventually.await("what was asked for", () -> digests().contains(image.digest()));
  }

  private void pass(int seconds) {
    clock.advance(Duration.ofSeconds(seconds));
  }

  /** The tag moves, as the watcher records it. */
  private Digest moves(long seed) {
    Observed observed = moved(seed);
    bus.send(observed);
    return observed.digest();
  }

  /** The same, if it had not moved to this version before. */
  private Observed moved(long seed) {
    Descriptor image = uploads.image(uploads.layer(seed, 100));
    Instant now = clock.instant();
    TagState before = state;
    if (before != null && before.digest().equals(image.digest())) {
      return observed("ci", image, Origin.WEBHOOK, before.observedAt());
    }
    if (before != null) {
      versions.addFirst(
          new TagState.Version(
              before.digest(), before.origin(), before.hintedAt(), before.observedAt(), now));
    }
    TagState moved =
        new TagState(
            APP,
            new Tag("ci"),
            image.digest(),
            image.mediaType(),
            image.size(),
            List.of(),
            false,
            Origin.WEBHOOK,
            now,
            now,
            versions.subList(0, Math.min(versions.size(), TagState.VERSIONS)),
            now);
    state = moved;
    catalog
        .writer()
        .apply(
            List.of(
                new CatalogRecord(
                    Topic.TAGS, 0, NOT_OF_THE_BUS + offset++, now, moved.key(), moved)));
    return observed("ci", image, Origin.WEBHOOK, now);
  }

  private static Observed observed(String tag, Descriptor image, Origin origin, Instant at) {
    return new Observed(
        APP, new Tag(tag), image.digest(), image.mediaType(), image.size(), origin, at, at, null);
  }

  private List<Digest> digests() {
    return bus.read(Topic.CONVERTED, Converted.class).stream().map(Converted::digest).toList();
  }
}

package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.testing.InMemoryCatalogSource;
import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.Topic;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PartitionsTest {
  private static final TopicPartition THIRD = new TopicPartition("observed", 3);

  private final ManualClock clock = new ManualClock(Instant.parse("2026-03-01T10:00:00Z"));
  private final Catalog catalog = Catalog.inMemory(clock);
  private final MockConsumer<String, byte[]> consumer = new MockConsumer<>("none");
  private final InMemoryCatalogSource source =
      new InMemoryCatalogSource(new RecordLog(), catalog, clock);
  private final Partitions partitions = partitions(new Gaps("test", catalog, _ -> {}, _ -> {}));

  private Partitions partitions(Gaps gaps) {
    return new Partitions(
        consumer,
        Map.of(THIRD.topic(), Topic.OBSERVED),
        new CatchUp(source),
        gaps,
        _ -> {},
        () -> true,
        clock);
  }

  @AfterEach
  void close() {
    source.close();
    catalog.close();
  }

  private void begin() {
    source.start();
    consumer.assign(List.of(THIRD));
    consumer.updateBeginningOffsets(Map.of(THIRD, 0L));
    consumer.updateEndOffsets(Map.of(THIRD, 0L));
    partitions.begin(List.of(THIRD));
  }

  @Test
  void workBeginsAndWhoListensIsTold() {
    AtomicInteger held = new AtomicInteger(-1);
    partitions.onReady(held::set);

    begin();

    Eventually.await("it is told", () -> held.get() == THIRD.partition());
    assertThat(partitions.get(THIRD).orElseThrow().isReady()).isTrue();
    assertThat(partitions.trouble()).isEmpty();
  }

  /** Nothing else would say why what comes to them is left alone. */
  @Test
  void aDefectThatKeepsWorkFromBeginningIsTold() {
    partitions.onReady(
        _ -> {
          throw new NoSuchMethodError("of a jar that was exchanged");
        });

    begin();

    Eventually.await("it is told", () -> partitions.trouble().isPresent());
    assertThat(partitions.trouble().orElseThrow())
        .contains("observed-3", "until a restart", "of a jar that was exchanged");
  }

  /** The gap stays open in Kafka, and a restart would look; until then nobody does. */
  @Test
  void aDefectThatKeepsAGapFromBeingLookedIntoIsTold() {
    Gaps gaps =
        new Gaps(
            "test",
            catalog,
            request -> request.settle(true),
            _ -> {
              throw new IllegalStateException("a defect");
            });
    Partitions withGap = partitions(gaps);

    gaps.openAgain(
        new Assigned(THIRD, Topic.OBSERVED, new Ledger(0, new BitSet()), clock.instant()));

    Eventually.await("it is told", () -> withGap.trouble().isPresent());
    assertThat(withGap.trouble().orElseThrow())
        .contains("observed-3", "until a restart", "a defect");
  }
}

package dev.longshore.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.events.Topic;
import dev.longshore.runtime.kafka.Gap;
import dev.longshore.runtime.kafka.OpenGap;
import dev.longshore.runtime.kafka.record.KeyPartitions;
import dev.longshore.runtime.testing.Eventually;
import dev.longshore.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReconciliationTest {
  private static final int PARTITION = 5;
  private static final List<String> KEYS =
      IntStream.range(0, 1000)
          .mapToObj(i -> "localhost:5055/team/app" + i + ":v1")
          .filter(key -> KeyPartitions.of(key) == PARTITION)
          .toList();

  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final BlockingQueue<OpenGap> gaps = new LinkedBlockingQueue<>();
  private final Set<String> missed = new ConcurrentSkipListSet<>();
  private final List<String> taken = new CopyOnWriteArrayList<>();
  private final List<Integer> madeGood = new CopyOnWriteArrayList<>();
  private final AtomicInteger looks = new AtomicInteger();
  private Reconciliation reconciliation;

  @AfterEach
  void stop() throws Exception {
    reconciliation.stop(Duration.ofSeconds(5));
  }

  @Test
  void asksForTheKeysOfTheGapsPartitionAlone() {
    missed.addAll(KEYS.subList(0, 3));
    IntStream.range(0, 50)
        .mapToObj(i -> "other" + i)
        .filter(this::isElsewhere)
        .forEach(missed::add);
    start(taken::add);

    gaps.add(gap(PARTITION));

    Eventually.await("all keys", () -> taken.size() == 3);
    missed.clear();
    Eventually.await("the end", () -> looks.get() > 1);
    assertThat(taken).containsExactlyInAnyOrderElementsOf(KEYS.subList(0, 3));
  }

  @Test
  void asksAgainForWhatTheStepCouldNotTakeYet() {
    missed.addAll(KEYS.subList(0, 5));
    AtomicInteger refusals = new AtomicInteger();
    start(key -> refusals.incrementAndGet() > 12 && taken.add(key));

    gaps.add(gap(PARTITION));

    Eventually.await("all keys", () -> taken.size() == 5);
    assertThat(taken).doesNotHaveDuplicates();
  }

  @Test
  void leavesAKeyToTheStepForAWhileAndThenAsksAgain() {
    missed.add(KEYS.getFirst());
    start(taken::add);
    gaps.add(gap(PARTITION));
    Eventually.await("three looks", () -> looks.get() >= 3);
    assertThat(taken).hasSize(1);

    clock.advance(Reconciliation.AGAIN.plusSeconds(1));

    Eventually.await("the second time", () -> taken.size() == 2);
  }

  @Test
  void looksNoMoreWhenNothingIsMissedAndAnewAtTheNextGap() {
    start(taken::add);
    gaps.add(gap(PARTITION));
    Eventually.await("a look", () -> looks.get() == 1);

    missed.add(KEYS.getFirst());
    gaps.add(gap((PARTITION + 1) % Topic.PARTITIONS));
    Eventually.await("another look", () -> looks.get() == 2);
    assertThat(taken).as("that gap was closed").isEmpty();

    gaps.add(gap(PARTITION));
    Eventually.await("the key", () -> taken.size() == 1);
  }

  @Test
  void aGapIsOpenUntilALookFindsNothingMissedInItsPartition() {
    int other = (PARTITION + 1) % Topic.PARTITIONS;
    missed.add(KEYS.getFirst());
    start(taken::add);
    gaps.add(gap(PARTITION));
    gaps.add(gap(other));

    Eventually.await("the other gap's end", () -> !madeGood.isEmpty());
    gaps.add(gap(PARTITION));
    int seen = looks.get();
    Eventually.await("two more looks", () -> looks.get() > seen + 1);
    assertThat(madeGood).containsExactly(other);

    missed.clear();
    Eventually.await("the end", () -> madeGood.size() == 3);
    assertThat(madeGood).containsExactly(other, PARTITION, PARTITION);
  }

  @Test
  void whatAnotherProcessGotIsItsToLookFor() {
    int other = (PARTITION + 1) % Topic.PARTITIONS;
    missed.add(KEYS.getFirst());
    AtomicInteger asked = new AtomicInteger();
    start(_ -> asked.incrementAndGet() < 0);
    TestGap gap = new TestGap(PARTITION, new AtomicBoolean(), madeGood);
    gaps.add(gap);
    Eventually.await("it is asked for", () -> asked.get() > 2);

    gap.gone().set(true);
    gaps.add(gap(other));
    Eventually.await("a later look", () -> madeGood.size() == 1);
    int before = asked.get();
    gaps.add(gap(other));
    Eventually.await("another", () -> madeGood.size() == 2);

    assertThat(asked).hasValue(before);
    assertThat(madeGood).containsExactly(other, other);
  }

  @Test
  void waitsForACatalogThatCannotBeBroughtUpToDate() {
    missed.add(KEYS.getFirst());
    AtomicInteger tries = new AtomicInteger();
    start(
        taken::add,
        _ -> {
          if (tries.incrementAndGet() < 4) {
            throw new TimeoutException("Kafka is away");
          }
        });

    gaps.add(gap(PARTITION));

    Eventually.await("the key", () -> taken.size() == 1);
    assertThat(tries).hasValueGreaterThanOrEqualTo(4);
  }

  private void start(Predicate<String> nudge) {
    start(nudge, _ -> {});
  }

  private void start(Predicate<String> nudge, Reconciliation.CatchUp catchUp) {
    reconciliation =
        new Reconciliation(gaps, catchUp, this::look, nudge, Duration.ofMillis(1), clock);
    reconciliation.start();
  }

  private List<String> look() {
    looks.incrementAndGet();
    return List.copyOf(missed);
  }

  private boolean isElsewhere(String key) {
    return KeyPartitions.of(key) != PARTITION;
  }

  private OpenGap gap(int partition) {
    return new TestGap(partition, new AtomicBoolean(), madeGood);
  }

  private record TestGap(int partition, AtomicBoolean gone, List<Integer> closed)
      implements OpenGap {
    @Override
    public Gap gap() {
      return new Gap(Topic.OBSERVED, partition, 0, 10);
    }

    @Override
    public boolean isGone() {
      return gone.get();
    }

    @Override
    public void madeGood() {
      closed.add(partition);
    }
  }
}

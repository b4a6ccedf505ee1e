package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A partition by a clock of its own, in which one key's records take longer than they come. */
final class SlowKeyTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Duration LOOK = Duration.ofMillis(100);
  private static final Duration MOST = Duration.ofSeconds(30);
  private final Ledger ledger = new Ledger(0, new BitSet());
  private final Turns turns = new Turns(ledger, Turns.Limits.OF_A_KEY, 0);
  private final Unread unread = new Unread(START);
  private final List<Appended> log = new ArrayList<>();
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Map<String, List<Long>> ended = new HashMap<>();
  private final Map<String, Duration> longest = new HashMap<>();
  private Duration now = Duration.ZERO;
  private int most;

  private record Appended(String key, Duration at, Duration takes) {}

  private static final class Lane {
    private final Queue<Long> waiting = new ArrayDeque<>();
    private Duration ends = Duration.ZERO;
  }

  /** Before, from 270 ms on: 192 of them filled the partition, and its other keys waited. */
  @ParameterizedTest
  @ValueSource(ints = {270, 400, 1_000, 2_500})
  void twoThousandTagsInTenMinutesDelayNoOtherRepositoryOfTheirPartition(int millis) {
    for (int i = 0; i < 2_000; i++) {
      append("dev/busy/ci", Duration.ofMillis(300L * i), Duration.ofMillis(millis));
    }
    for (int i = 0; i < 150; i++) {
      append("dev/other/app", Duration.ofSeconds(10L * i + 3), Duration.ofMillis(millis));
    }

    run();

    assertThat(longest.get("dev/other/app")).isLessThan(MOST);
  }

  @Test
  void tenRepositoriesThatAreSlowLeaveRoomForOthersOfTheirPartition() {
    for (int i = 0; i < 600; i++) {
      for (int busy = 0; busy < 10; busy++) {
        append("dev/busy/ci" + busy, Duration.ofSeconds(i), Duration.ofMillis(1_500));
      }
      append("dev/other/app", Duration.ofSeconds(i), Duration.ofMillis(270));
    }

    run();

    assertThat(longest.get("dev/other/app")).isLessThan(MOST);
  }

  @Test
  void aBurstOfAQuickKeyTakesHardlyLongerThanItsRecords() {
    for (int i = 0; i < 5_000; i++) {
      append("dev/busy/ci", Duration.ZERO, Duration.ofMillis(10));
    }

    run();

    assertThat(now).isLessThan(Duration.ofSeconds(100));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyRecordIsHandledOnceAndInTheOrderOfItsKey(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 3_000; i++) {
      int key = random.nextInt(random.nextInt(1, 40));
      append(
          "key " + key,
          Duration.ofMillis(random.nextInt(60_000)),
          Duration.ofMillis(key == 0 ? 400 : random.nextInt(100)));
    }

    run();

    assertThat(ended.values().stream().mapToInt(List::size).sum()).isEqualTo(log.size());
    ended.forEach((key, offsets) -> assertThat(offsets).as(key).isSorted());
  }

  @Test
  void whatWaitsToBeReadAgainIsTold() {
    for (int i = 0; i < 200; i++) {
      append("dev/busy/ci", Duration.ofSeconds(i), Duration.ofSeconds(2));
    }
    log.sort((a, b) -> a.at.compareTo(b.at));

    while (now.compareTo(Duration.ofMinutes(3)) < 0) {
      turn();
    }

    assertThat(unread.since()).isPresent();
    // 90 were handled, and some have begun.
    assertThat(unread.since().get()).isBetween(START.plusSeconds(90), START.plusSeconds(90 + 40));
  }

  private void append(String key, Duration at, Duration takes) {
    log.add(new Appended(key, at, takes));
  }

  private void run() {
    log.sort((a, b) -> a.at.compareTo(b.at));
    while (ledger.after(Set.of()).offset() < log.size()) {
      assertThat(now).as("it ends").isLessThan(Duration.ofHours(3));
      turn();
    }
    assertThat(ledger.after(Set.of())).isEqualTo(new OffsetAndMetadata(log.size(), ""));
    assertThat(most).isLessThanOrEqualTo(Ledger.UNDER_WAY_LIMIT);
  }

  /** As the consumer's thread does it. */
  private void turn() {
    boolean full = ledger.isFull(turns.look());
    turns.readElsewhere(now.toNanos()).ifPresent(ledger::readFrom);
    unread.putAside(turns.waitingSince().orElse(null));
    if (!full && !turns.holdsBack()) {
      poll();
    }
    most = Math.max(most, ledger.underWay());
    now = now.plus(LOOK);
    lanes.forEach(this::work);
  }

  private void poll() {
    for (int read = 0; read < Ledger.POLL_LIMIT && ledger.position() < log.size(); read++) {
      long offset = ledger.position();
      Appended record = log.get((int) offset);
      if (record.at.compareTo(now) > 0) {
        return;
      }
      if (ledger.accept(offset) && turns.begins(offset, record.key, START.plus(record.at))) {
        begin(offset);
      }
    }
  }

  private void begin(long offset) {
    Appended record = log.get((int) offset);
    Lane lane = lanes.computeIfAbsent(record.key, _ -> new Lane());
    if (lane.waiting.isEmpty()) {
      lane.ends = now.plus(record.takes);
    }
    lane.waiting.add(offset);
  }

  /** What ends of the key until now, one after another. */
  private void work(String key, Lane lane) {
    while (!lane.waiting.isEmpty() && lane.ends.compareTo(now) <= 0) {
      long offset = lane.waiting.remove();
      ledger.finish(Set.of(offset));
      ended.computeIfAbsent(key, _ -> new ArrayList<>()).add(offset);
      Duration waited = lane.ends.minus(log.get((int) offset).at);
      longest.merge(key, waited, (one, other) -> one.compareTo(other) > 0 ? one : other);
      if (!lane.waiting.isEmpty()) {
        lane.ends = lane.ends.plus(log.get(lane.waiting.element().intValue()).takes);
      }
    }
  }
}

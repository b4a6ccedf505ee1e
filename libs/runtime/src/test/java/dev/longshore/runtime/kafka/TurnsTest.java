package dev.longshore.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TurnsTest {
  private static final int RECORDS = 3_000;
  private static final int ENDPOINTS = 5;
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();

  private final Ledger ledger = new Ledger(0, new BitSet());
  private final Turns.Limits limits = Turns.Limits.OF_AN_ENDPOINT;
  private final Turns turns = new Turns(ledger, limits, 0);
  private final Map<String, List<Long>> underWay = new HashMap<>();
  private final Map<String, List<Long>> begun = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyRecordBeginsOnceInItsEndpointsOrderAndFewAtOnce(long seed) {
    Random random = new Random(seed);
    List<String> endpoints =
        random.ints(RECORDS, 0, ENDPOINTS).mapToObj(n -> "endpoint " + n).toList();
    long now = 0;
    for (int looks = 0; ledger.after(Set.of()).offset() < RECORDS; looks++) {
      assertThat(looks).as("it ends").isLessThan(100_000);
      // One is away at first, so that all behind it is put aside.
      String away = looks < 500 ? "endpoint 0" : "";
      if (!ledger.isFull(turns.look()) && !turns.holdsBack()) {
        poll(endpoints, random.nextInt(Ledger.POLL_LIMIT + 1));
      }
      underWay.forEach((endpoint, offsets) -> end(random, endpoint.equals(away), offsets));
      if (looks == 400) {
        assertThat(begun.get(away)).hasSize(limits.each());
        assertThat(begun).hasSize(ENDPOINTS).allSatisfy((e, offsets) -> all(e, offsets, away));
      }
      now += LOOK_NANOS;
      OptionalLong elsewhere = turns.readElsewhere(now);
      elsewhere.ifPresent(ledger::readFrom);
    }
    assertThat(ledger.after(Set.of())).isEqualTo(new OffsetAndMetadata(RECORDS, ""));
    begun.forEach((endpoint, offsets) -> assertThat(offsets).as(endpoint).isSorted());
    assertThat(begun.values().stream().mapToInt(List::size).sum()).isEqualTo(RECORDS);
  }

  private static void all(String endpoint, List<Long> offsets, String away) {
    if (!endpoint.equals(away)) {
      assertThat(offsets).as(endpoint).hasSizeGreaterThan(RECORDS / ENDPOINTS * 9 / 10 - 50);
    }
  }

  private void poll(List<String> endpoints, int most) {
    for (int read = 0; read < most && ledger.position() < RECORDS; read++) {
      long offset = ledger.position();
      String endpoint = endpoints.get((int) offset);
      if (ledger.accept(offset) && turns.begins(offset, endpoint, Instant.EPOCH)) {
        begun.computeIfAbsent(endpoint, _ -> new ArrayList<>()).add(offset);
        List<Long> its = underWay.computeIfAbsent(endpoint, _ -> new ArrayList<>());
        its.add(offset);
        assertThat(its).hasSizeLessThanOrEqualTo(limits.each() + Ledger.POLL_LIMIT);
      }
    }
  }

  private void end(Random random, boolean away, List<Long> offsets) {
    for (int ends = away ? 0 : random.nextInt(8); ends > 0 && !offsets.isEmpty(); ends--) {
      ledger.finish(Set.of(offsets.remove(random.nextInt(offsets.size()))));
    }
  }
}

package dev.longshore.catalog;

import static dev.longshore.catalog.testing.Samples.NOW;
import static dev.longshore.catalog.testing.Samples.dag;
import static org.assertj.core.api.Assertions.assertThat;

import dev.longshore.catalog.testing.RecordLog;
import dev.longshore.events.CopiesState;
import dev.longshore.events.CopyPhase;
import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.events.State;
import dev.longshore.events.Topic;
import dev.longshore.model.PeerName;
import dev.longshore.testing.ManualClock;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kept numbers are those that a look at all records would find. */
class FleetTest {
  private static final List<Integer> ALL = IntStream.range(0, Topic.PARTITIONS).boxed().toList();
  private static final int IMAGES = 40;

  private final RecordLog log = new RecordLog();
  private @TempDir Path folder;

  @Test
  void theyFollowEveryChangeFromTheFirstCountOn() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (Catalog catalog = Catalog.inMemory(new ManualClock(NOW))) {
      change(catalog, random, 200);
      assertThat(catalog.fleet().images(ALL)).as("nobody asked for it yet").isEmpty();
      assertThat(catalog.fleet().copies(ALL)).isEmpty();
      catalog.fleet().keep();
      assertThatItCounts(catalog, seed);

      for (int i = 0; i < 20; i++) {
        change(catalog, random, 30);
        assertThatItCounts(catalog, seed);
      }
      catalog.fleet().keep();
      assertThatItCounts(catalog, seed);
    }
  }

  @Test
  void theyOutliveARestartAndARebuild() {
    Random random = new Random(7);
    try (Catalog catalog = open()) {
      change(catalog, random, 200);
      catalog.fleet().keep();
    }
    try (Catalog catalog = open()) {
      change(catalog, random, 50);
      assertThatItCounts(catalog, 7);

      catalog.writer().startAgain(true);
      RecordLog fewer = new RecordLog();
      catalog
          .writer()
          .apply(
              List.of(
                  fewer.put(pin(1, 3, 1, 2, PinPhase.KEPT, NOW, null)),
                  fewer.put(copies(1, CopyPhase.VERIFIED))));
      catalog.writer().complete(NOW);

      assertThat(catalog.fleet().images(ALL)).contains(new Fleet.Images(1, 1, 0, 0, 0, 0));
      assertThatItCounts(catalog, 7);
    }
  }

  @Test
  void eachPartitionCountsForItself() {
    try (Catalog catalog = Catalog.inMemory(new ManualClock(NOW))) {
      catalog.fleet().keep();
      change(catalog, new Random(3), 300);

      long sum =
          ALL.stream()
              .mapToLong(one -> catalog.fleet().images(List.of(one)).orElseThrow().images())
              .sum();
      assertThat(sum).isPositive().isEqualTo(catalog.fleet().images(ALL).orElseThrow().images());
      assertThat(catalog.fleet().images(List.of())).contains(new Fleet.Images(0, 0, 0, 0, 0, 0));
    }
  }

  @Test
  void inDangerIsWhatHasOneCopyOrNoneAndWhereNothingMoves() {
    try (Catalog catalog = Catalog.inMemory(new ManualClock(NOW))) {
      Instant old = NOW.minusSeconds(9000);
      put(
          catalog,
          pin(1, 3, 2, 1, PinPhase.KEPT, old, null),
          copies(1, CopyPhase.VERIFIED, CopyPhase.COPYING),
          pin(2, 3, 2, 1, PinPhase.KEPT, old, old),
          copies(2, CopyPhase.VERIFIED, CopyPhase.VERIFYING),
          pin(3, 1, 1, 1, PinPhase.KEPT, old, old),
          pin(4, 3, 1, 2, PinPhase.KEPT, old, old),
          pin(5, 3, 1, 0, PinPhase.GONE, old, old));
      assertThat(catalog.fleet().shortSince(ALL)).contains(old);
      assertThat(catalog.fleet().shortSince(List.of())).isEmpty();
      assertThat(catalog.fleet().inDangerSince(ALL, true)).isEmpty();
      assertThat(catalog.fleet().inDangerSince(ALL, false)).isEmpty();

      put(
          catalog,
          pin(6, 3, 1, 0, PinPhase.KEPT, NOW.minusSeconds(60), NOW),
          pin(7, 3, 1, 1, PinPhase.SURPLUS, NOW.minusSeconds(90), NOW),
          copies(7, CopyPhase.VERIFIED, CopyPhase.FAILED),
          pin(8, 3, 1, 0, PinPhase.KEPT, NOW.minusSeconds(30), null));

      assertThat(catalog.fleet().inDangerSince(ALL, true)).contains(NOW.minusSeconds(90));
      assertThat(catalog.fleet().inDangerSince(ALL, false)).contains(NOW.minusSeconds(30));
    }
  }

  private void assertThatItCounts(Catalog catalog, long seed) {
    long[] images = new long[6];
    Map<String, List<Long>> copies = new TreeMap<>();
    for (PinState pin : catalog.pins().page(null, 1000)) {
      boolean kept =
          (pin.state() == PinPhase.KEPT || pin.state() == PinPhase.SURPLUS) && pin.wanted() > 0;
      int min = Math.min(pin.wanted(), pin.min() == null ? 1 : pin.min());
      add(images, 0, kept);
      add(images, 1, kept && pin.verified() < pin.wanted());
      add(images, 2, kept && pin.verified() < min);
      add(images, 3, kept && pin.verified() == 1 && pin.wanted() > 1);
      add(images, 4, kept && pin.verified() == 0);
      add(images, 5, kept && pin.verified() == 0 && pin.wasVerified());
    }
    for (int i = 0; i < IMAGES; i++) {
      for (CopiesState.Copy copy :
          catalog.copies().recorded(dag(i)).map(CopiesState::copies).orElse(List.of())) {
        copies.merge(
            copy.peer() + " " + copy.state(),
            List.of(1L, copy.bytes()),
            (a, b) -> List.of(a.get(0) + b.get(0), a.get(1) + b.get(1)));
      }
    }
    Map<String, List<Long>> kept = new TreeMap<>();
    for (Fleet.Held held : catalog.fleet().copies(ALL)) {
      if (held.copies() != 0 || held.bytes() != 0) {
        kept.put(held.peer() + " " + held.state(), List.of(held.copies(), held.bytes()));
      }
    }
    assertThat(catalog.fleet().images(ALL))
        .as("seed %s", seed)
        .contains(
            new Fleet.Images(images[0], images[1], images[2], images[3], images[4], images[5]));
    assertThat(kept).as("seed %s", seed).isEqualTo(copies);
  }

  private static void add(long[] sums, int which, boolean counts) {
    sums[which] += counts ? 1 : 0;
  }

  private void change(Catalog catalog, Random random, int changes) {
    for (int i = 0; i < changes; i++) {
      int image = random.nextInt(IMAGES);
      switch (random.nextInt(6)) {
        case 0 -> catalog.writer().apply(List.of(log.delete(Topic.PINS, dag(image).toString())));
        case 1 -> catalog.writer().apply(List.of(log.delete(Topic.COPIES, dag(image).toString())));
        case 2, 3 -> put(catalog, randomPin(image, random));
        default -> put(catalog, randomCopies(image, random));
      }
    }
  }

  private static PinState randomPin(int image, Random random) {
    PinPhase[] phases = PinPhase.values();
    return pin(
        image,
        random.nextInt(4),
        1 + random.nextInt(2),
        random.nextInt(4),
        phases[random.nextInt(phases.length)],
        NOW,
        random.nextBoolean() ? NOW : null);
  }

  private static CopiesState randomCopies(int image, Random random) {
    CopyPhase[] states = CopyPhase.values();
    return copies(
        image,
        IntStream.range(0, random.nextInt(4))
            .mapToObj(_ -> states[random.nextInt(states.length)])
            .toArray(CopyPhase[]::new));
  }

  static PinState pin(
      int image,
      int wanted,
      int min,
      int verified,
      PinPhase phase,
      Instant changedAt,
      @Nullable Instant stood) {
    return new PinState(
        dag(image),
        wanted,
        List.of(),
        null,
        true,
        changedAt,
        min,
        verified,
        stood,
        stood,
        stood,
        phase,
        changedAt);
  }

  static CopiesState copies(int image, CopyPhase... states) {
    return new CopiesState(
        dag(image),
        IntStream.range(0, states.length)
            .mapToObj(
                n ->
                    new CopiesState.Copy(
                        new PeerName("peer-" + n), states[n], 1000 + image, null, null, null, NOW))
            .toList());
  }

  private void put(Catalog catalog, State... states) {
    catalog.writer().apply(Stream.of(states).map(log::put).toList());
  }

  private Catalog open() {
    return Catalog.open(folder.resolve("catalog.db"), new ManualClock(NOW));
  }
}

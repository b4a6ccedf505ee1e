package dev.longshore.app.backfill;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.BlobState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What this installation has seen of sizes and of the line, which tells more of its images than any
 * constant.
 *
 * @param factors size of what each mode makes, by what it was made of
 * @param measured modes whose factor comes from images that are here in it and in plain
 * @param bytesPerSecond of one read from a registry; empty if too little was read
 */
record KnownSizes(
    Map<Mode, Double> factors, Map<Mode, Integer> measured, OptionalLong bytesPerSecond) {
  /** eStargz compresses each piece alone and adds a table; gzip sources grow by that. */
  private static final double LAZY = 1.1;

  /** Records that are looked at: as many as say enough. */
  private static final int MOST = 20_000;

  /** Fewer say little. */
  private static final int ENOUGH = 20;

  /** Shorter reads measure the latency rather than the line. */
  private static final long LONG_READ = 1_000_000;

  private static final long MILLIS = 1_000;
  private static final int PAGE = 500;

  KnownSizes {
    factors = Map.copyOf(factors);
    measured = Map.copyOf(measured);
  }

  private record Pair(int images, long plain, long made) {
    Pair and(Pair other) {
      return new Pair(images + other.images, plain + other.plain, made + other.made);
    }
  }

  static KnownSizes of(Catalog catalog) {
    Map<Mode, Double> factors = new EnumMap<>(Mode.class);
    for (Mode mode : Mode.values()) {
      factors.put(mode, mode.isLazy() ? LAZY : 1.0);
    }
    Map<Mode, Integer> measured = new EnumMap<>(Mode.class);
    pairs(catalog)
        .forEach(
            (mode, pair) -> {
              if (pair.images >= ENOUGH && pair.plain > 0) {
                factors.put(mode, (double) pair.made / pair.plain);
                measured.put(mode, pair.images);
              }
            });
    return new KnownSizes(factors, measured, rate(catalog));
  }

  /** Of images that are here in plain and in another mode; their records follow each other. */
  private static Map<Mode, Pair> pairs(Catalog catalog) {
    Map<Mode, Pair> pairs = new EnumMap<>(Mode.class);
    Map<Mode, Long> ofOne = new HashMap<>();
    @Nullable Digest one = null;
    @Nullable String after = null;
    List<ImageState> page;
    int seen = 0;
    do {
      page = catalog.conversions().page(after, PAGE);
      for (ImageState image : page) {
        if (one == null || !image.digest().equals(one)) {
          add(ofOne, pairs);
          ofOne.clear();
          one = image.digest();
        }
        image.mode().mode().ifPresent(mode -> ofOne.put(mode, image.bytes()));
      }
      after = page.isEmpty() ? null : page.getLast().key();
      seen += page.size();
    } while (page.size() == PAGE && seen < MOST);
    add(ofOne, pairs);
    return pairs;
  }

  private static void add(Map<Mode, Long> ofOne, Map<Mode, Pair> pairs) {
    Long plain = ofOne.get(Mode.PLAIN);
    if (plain != null) {
      ofOne.forEach(
          (mode, bytes) -> {
            if (mode != Mode.PLAIN) {
              pairs.merge(mode, new Pair(1, plain, bytes), Pair::and);
            }
          });
    }
  }

  private static OptionalLong rate(Catalog catalog) {
    @Nullable String after = null;
    List<BlobState> page;
    int seen = 0;
    int reads = 0;
    long bytes = 0;
    long millis = 0;
    do {
      page = catalog.conversions().blobs(after, PAGE);
      for (BlobState blob : page) {
        Long took = blob.tookMillis();
        if (took != null && blob.made() == null && blob.size() >= LONG_READ) {
          reads++;
          bytes += blob.size();
          millis += took;
        }
      }
      after = page.isEmpty() ? null : page.getLast().key();
      seen += page.size();
    } while (page.size() == PAGE && seen < MOST);
    return reads < ENOUGH || millis == 0
        ? OptionalLong.empty()
        : OptionalLong.of(bytes * MILLIS / millis);
  }

  double factor(Mode mode) {
    return factors.getOrDefault(mode, 1.0);
  }
}

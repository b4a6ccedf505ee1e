package dev.longshore.resolver.hub;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The images that a group's rules name, in the order in which its sites are told of them. Those
 * that follow a cursor are found by a search, however many there are.
 */
final class NamedByPlace {
  /** So many are counted by image DAG; of more, each name counts. */
  private static final int COUNTED = 10_000;

  private final Part[] parts;
  private final List<NamedImage> bySince;

  /** Those of one partition, and what all from each of them on amount to. */
  private record Part(NamedImage[] images, long[] bytes, NamedImage[] oldest) {
    static Part of(List<NamedImage> some) {
      NamedImage[] images =
          some.stream()
              .sorted(Comparator.comparingLong(NamedImage::offset))
              .toArray(NamedImage[]::new);
      long[] bytes = new long[images.length];
      NamedImage[] oldest = new NamedImage[images.length];
      for (int i = images.length - 1; i >= 0; i--) {
        boolean last = i == images.length - 1;
        bytes[i] = images[i].bytes() + (last ? 0 : bytes[i + 1]);
        oldest[i] = last ? images[i] : older(images[i], oldest[i + 1]);
      }
      return new Part(images, bytes, oldest);
    }

    /** Index of the first that comes at the offset or later. */
    int from(long offset) {
      int low = 0;
      int high = images.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (images[middle].offset() < offset) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  /**
   * What sites are to be told.
   *
   * @param oldest by its push; none if there is nothing
   */
  record Rest(long images, long bytes, @Nullable NamedImage oldest) {
    static final Rest NONE = new Rest(0, 0, null);
  }

  /**
   * @param partitions number of them
   */
  NamedByPlace(Collection<NamedImage> named, int partitions) {
    List<List<NamedImage>> sorted = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      sorted.add(new ArrayList<>());
    }
    named.stream()
        .filter(NamedImage::isKept)
        .forEach(image -> sorted.get(image.partition()).add(image));
    this.parts = sorted.stream().map(Part::of).toArray(Part[]::new);
    this.bySince =
        named.stream()
            .filter(NamedImage::isKept)
            .sorted(Comparator.comparingLong(NamedImage::since))
            .toList();
  }

  private static NamedImage older(NamedImage one, NamedImage other) {
    return one.since() <= other.since() ? one : other;
  }

  /** All there are. */
  Rest all() {
    return after(new long[parts.length]);
  }

  /** Those that come at these offsets or later. */
  Rest after(List<Long> offsets) {
    return after(offsets.stream().mapToLong(Long::longValue).toArray());
  }

  private Rest after(long[] offsets) {
    long names = 0;
    long bytes = 0;
    NamedImage oldest = null;
    for (int i = 0; i < parts.length; i++) {
      int from = parts[i].from(offsets[i]);
      if (from < parts[i].images().length) {
        names += parts[i].images().length - from;
        bytes += parts[i].bytes()[from];
        NamedImage its = parts[i].oldest()[from];
        oldest = oldest == null ? its : older(oldest, its);
      }
    }
    return names == 0 || names > COUNTED ? new Rest(names, bytes, oldest) : once(offsets, oldest);
  }

  /** The same with each image DAG once, however many tags show it. */
  private Rest once(long[] offsets, @Nullable NamedImage oldest) {
    Set<Long> dags = new HashSet<>();
    long bytes = 0;
    for (int i = 0; i < parts.length; i++) {
      NamedImage[] images = parts[i].images();
      for (int at = parts[i].from(offsets[i]); at < images.length; at++) {
        if (dags.add(images[at].dag())) {
          bytes += images[at].bytes();
        }
      }
    }
    return new Rest(dags.size(), bytes, oldest);
  }

  /** Those that come at these offsets or later, of each partition. */
  List<NamedImage> listAfter(List<Long> offsets, int most) {
    List<NamedImage> some = new ArrayList<>();
    for (int i = 0; i < parts.length; i++) {
      NamedImage[] images = parts[i].images();
      for (int at = parts[i].from(offsets.get(i)); at < images.length; at++) {
        if (some.size() == most) {
          return some;
        }
        some.add(images[at]);
      }
    }
    return some;
  }

  /** One that was pushed at this time, if any was. */
  Optional<NamedImage> pushedAt(long since) {
    int low = 0;
    int high = bySince.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (bySince.get(middle).since() < since) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low < bySince.size() && bySince.get(low).since() == since
        ? Optional.of(bySince.get(low))
        : Optional.empty();
  }
}

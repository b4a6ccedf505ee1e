package dev.longshore.resolver.hub;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The images that a group's rules name, in the order in which its sites are told of them. Those
 * that follow a cursor are looked at one by one if they are few; of more, sums are kept, which may
 * lack the last hundredth of what changed.
 */
final class NamedByPlace {
  /** Images of so many names are counted by image DAG; of more names, each counts. */
  private static final int COUNTED = 1_000;

  /** Sums are made anew when more than this part has changed. */
  private static final int PART = 100;

  private final List<NamesInOrder> parts = new ArrayList<>();
  private @Nullable Sums sums;
  private int size;
  private int changes;

  /**
   * What sites are to be told.
   *
   * @param oldest by its push; none if there is nothing
   */
  record Rest(long images, long bytes, @Nullable NamedImage oldest) {
    static final Rest NONE = new Rest(0, 0, null);
  }

  /**
   * None so far.
   *
   * @param partitions number of them
   */
  NamedByPlace(int partitions) {
    for (int i = 0; i < partitions; i++) {
      parts.add(new NamesInOrder());
    }
  }

  /** Those of one name, which have one place, and are not there. */
  void add(List<NamedImage> name) {
    // Of one name, a rule keeps all or none.
    List<NamedImage> kept = name.isEmpty() || !name.getFirst().isKept() ? List.of() : name;
    if (!kept.isEmpty()) {
      parts.get(kept.getFirst().partition()).add(kept);
      size += kept.size();
      changes++;
    }
  }

  void remove(List<NamedImage> name) {
    if (!name.isEmpty()) {
      NamedImage first = name.getFirst();
      size -= parts.get(first.partition()).remove(first.offset()).map(List::size).orElse(0);
      changes++;
    }
  }

  /** All there are. */
  Rest all() {
    Long[] zeros = new Long[parts.size()];
    Arrays.fill(zeros, 0L);
    return after(List.of(zeros));
  }

  /** Those that come at these offsets or later, each image DAG once if they are few. */
  Rest after(List<Long> offsets) {
    if (namesAfter(offsets) > COUNTED) {
      return sums().after(offsets);
    }
    Set<Long> dags = new HashSet<>();
    long bytes = 0;
    NamedImage oldest = null;
    for (int i = 0; i < parts.size(); i++) {
      for (List<NamedImage> name : parts.get(i).after(offsets.get(i))) {
        for (NamedImage image : name) {
          oldest = oldest == null ? image : older(image, oldest);
          bytes += dags.add(image.dag()) ? image.bytes() : 0;
        }
      }
    }
    return new Rest(dags.size(), bytes, oldest);
  }

  private int namesAfter(List<Long> offsets) {
    int names = 0;
    for (int i = 0; i < parts.size(); i++) {
      names += parts.get(i).after(offsets.get(i)).size();
    }
    return names;
  }

  /** The same one by one. */
  List<NamedImage> listAfter(List<Long> offsets, int most) {
    List<NamedImage> some = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      for (List<NamedImage> name : parts.get(i).after(offsets.get(i))) {
        if (some.size() + name.size() > most) {
          return some;
        }
        some.addAll(name);
      }
    }
    return some;
  }

  /** One that was pushed at this time, if any was. */
  Optional<NamedImage> pushedAt(long since) {
    return sums().pushedAt(since);
  }

  private static NamedImage older(NamedImage one, NamedImage other) {
    return one.since() <= other.since() ? one : other;
  }

  private Sums sums() {
    Sums known = sums;
    if (known == null || (changes > 0 && (size <= COUNTED || changes > size / PART))) {
      known = new Sums(parts);
      sums = known;
      changes = 0;
    }
    return known;
  }

  /** What all from each place on amount to, as it was at a time. */
  private static final class Sums {
    private final List<Part> parts;
    private final NamedImage[] bySince;

    /** Those of one partition. */
    private static final class Part {
      private final long[] offsets;
      private final int[] images;
      private final long[] bytes;
      private final NamedImage[] oldest;

      Part(int size) {
        offsets = new long[size];
        images = new int[size];
        bytes = new long[size];
        oldest = new NamedImage[size];
      }

      static Part of(NamesInOrder names) {
        List<List<NamedImage>> all = names.all();
        Part part = new Part(all.size());
        for (int i = all.size() - 1; i >= 0; i--) {
          part.set(i, all.get(i));
        }
        return part;
      }

      private void set(int i, List<NamedImage> name) {
        boolean last = i == offsets.length - 1;
        offsets[i] = name.getFirst().offset();
        images[i] = name.size() + (last ? 0 : images[i + 1]);
        bytes[i] = name.stream().mapToLong(NamedImage::bytes).sum() + (last ? 0 : bytes[i + 1]);
        NamedImage its = name.stream().reduce(name.getFirst(), NamedByPlace::older);
        oldest[i] = last ? its : older(its, oldest[i + 1]);
      }

      /** Index of the first that comes at the offset or later. */
      int from(long offset) {
        int found = Arrays.binarySearch(offsets, offset);
        return found < 0 ? -found - 1 : found;
      }
    }

    Sums(List<NamesInOrder> names) {
      this.parts = names.stream().map(Part::of).toList();
      this.bySince =
          names.stream()
              .flatMap(part -> part.all().stream())
              .flatMap(List::stream)
              .sorted(Comparator.comparingLong(NamedImage::since))
              .toArray(NamedImage[]::new);
    }

    Rest after(List<Long> offsets) {
      long images = 0;
      long bytes = 0;
      NamedImage oldest = null;
      for (int i = 0; i < parts.size(); i++) {
        Part part = parts.get(i);
        int from = part.from(offsets.get(i));
        if (from < part.offsets.length) {
          images += part.images[from];
          bytes += part.bytes[from];
          NamedImage its = part.oldest[from];
          oldest = oldest == null ? its : older(its, oldest);
        }
      }
      return new Rest(images, bytes, oldest);
    }

    Optional<NamedImage> pushedAt(long since) {
      int low = 0;
      int high = bySince.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (bySince[middle].since() < since) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low < bySince.length && bySince[low].since() == since
          ? Optional.of(bySince[low])
          : Optional.empty();
    }
  }
}

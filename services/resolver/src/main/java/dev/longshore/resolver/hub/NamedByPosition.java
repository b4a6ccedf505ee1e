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
 * The images that a group's rules name, in the order in which its sites hear of them. Images after
 * a cursor are counted one by one if they are few; otherwise from cached sums, which may lack the
 * last hundredth of changes.
 */
final class NamedByPosition {
  /** Up to this number, each image DAG counts once; beyond it, each name counts. */
  private static final int COUNTED = 1_000;

  /** Sums are rebuilt when more than this fraction has changed. */
  private static final int PART = 100;

  private final List<NamesInOrder> parts = new ArrayList<>();
  private @Nullable Sums sums;
  private int size;
  private int changes;

  /**
   * The images that a site has yet to hear of.
   *
   * @param oldest by its push; none if there is nothing
   */
  record Rest(long images, long bytes, @Nullable NamedImage oldest) {
    static final Rest NONE = new Rest(0, 0, null);
  }

  /**
   * An empty collection.
   *
   * @param partitions number of them
   */
  NamedByPosition(int partitions) {
    for (int i = 0; i < partitions; i++) {
      parts.add(new NamesInOrder());
    }
  }

  /** Adds the images of one name, which share one place, and are not there. */
  void add(List<NamedImage> name) {
    // A rule keeps all images of a name, or none.
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

  /** All images. */
  Rest all() {
    Long[] zeros = new Long[parts.size()];
    Arrays.fill(zeros, 0L);
    return after(List.of(zeros));
  }

  /** Images at these offsets or later, each image DAG once if they are few. */
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

  /** The same images as a list. */
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

  /** An image pushed at this time, if there is one. */
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

  /** Sums of all images from each place on, at one time. */
  private static final class Sums {
    private final List<Part> parts;
    private final NamedImage[] bySince;

    /** The sums of one partition. */
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
        NamedImage its = name.stream().reduce(name.getFirst(), NamedByPosition::older);
        oldest[i] = last ? its : older(its, oldest[i + 1]);
      }

      /** Index of the first image at the offset or later. */
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

package dev.longshore.resolver.hub;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What the names of one partition show, in the order of their offsets. A tree with boxed offsets
 * would take half as much again as what it holds.
 */
final class NamesInOrder {
  private static final Comparator<List<NamedImage>> BY_OFFSET =
      Comparator.comparingLong(NamesInOrder::offset);

  private final ArrayList<List<NamedImage>> names = new ArrayList<>();

  /** A catalog is read by name: it is sorted once it is looked at, not with each of them. */
  private boolean sorted = true;

  /**
   * @param name images of one, which is not there
   */
  void add(List<NamedImage> name) {
    sorted &= names.isEmpty() || offset(names.getLast()) < offset(name);
    names.add(name);
  }

  /** Takes away the name whose record has the offset, and gives it, if it is there. */
  Optional<List<NamedImage>> remove(long offset) {
    int at = from(offset);
    return at < names.size() && offset(names.get(at)) == offset
        ? Optional.of(names.remove(at))
        : Optional.empty();
  }

  /** All of them. */
  List<List<NamedImage>> all() {
    sort();
    return names;
  }

  /** Those whose records have the offset or a later one. */
  List<List<NamedImage>> after(long offset) {
    return names.subList(from(offset), names.size());
  }

  private int from(long offset) {
    sort();
    int low = 0;
    int high = names.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offset(names.get(middle)) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private void sort() {
    if (!sorted) {
      names.sort(BY_OFFSET);
      names.trimToSize();
      sorted = true;
    }
  }

  private static long offset(List<NamedImage> name) {
    return name.getFirst().offset();
  }
}

package dev.longshore.resolver.hub;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The images that names show, by the hash of the name's key. A map with boxed keys would double the
 * memory.
 */
final class ImagesByName {
  private static final int SMALLEST = 16;

  /** Open addressing, never full; an entry is at its slot or soon after it. */
  private @Nullable List<NamedImage>[] table = table(SMALLEST);

  private int size;

  @SuppressWarnings("unchecked")
  private static @Nullable List<NamedImage>[] table(int length) {
    return (List<NamedImage>[]) new List<?>[length];
  }

  /** Empty if the name shows nothing. */
  List<NamedImage> get(long name) {
    List<NamedImage> found = table[find(name)];
    return found == null ? List.of() : found;
  }

  /**
   * @param images of one name, one at least
   */
  void put(List<NamedImage> images) {
    int at = find(images.getFirst().name());
    if (table[at] == null && ++size > table.length / 2) {
      grow();
      at = find(images.getFirst().name());
    }
    table[at] = images;
  }

  void remove(long name) {
    int gap = find(name);
    if (table[gap] == null) {
      return;
    }
    size--;
    table[gap] = null;
    // Entries displaced by the removed one move up.
    int at = next(gap);
    for (List<NamedImage> one = table[at]; one != null; one = table[at]) {
      table[at] = null;
      table[find(one.getFirst().name())] = one;
      at = next(at);
    }
  }

  /** The slot of the name, used or free. */
  private int find(long name) {
    int at = (int) name & (table.length - 1);
    for (List<NamedImage> one = table[at];
        one != null && one.getFirst().name() != name;
        one = table[at]) {
      at = next(at);
    }
    return at;
  }

  private int next(int at) {
    return (at + 1) & (table.length - 1);
  }

  private void grow() {
    @Nullable List<NamedImage>[] before = table;
    table = table(2 * before.length);
    for (List<NamedImage> one : before) {
      if (one != null) {
        table[find(one.getFirst().name())] = one;
      }
    }
  }
}

package dev.longshore.estargz;

/**
 * Entries that must keep their place, because a plain pull's result for them depends on earlier
 * entries: below a path that is not a directory in this layer (for example a symbolic link), and at
 * or below one that this layer also deletes or makes opaque.
 */
final class Fixed {
  private final LayerIndex index;
  private final boolean whiteouts;

  Fixed(LayerIndex index) {
    this.index = index;
    this.whiteouts = hasWhiteouts(index);
  }

  private static boolean hasWhiteouts(LayerIndex index) {
    for (int entry = 0; entry < index.count(); entry++) {
      if (EntryNames.base(index.path(entry)).startsWith(EntryNames.WHITEOUT)) {
        return true;
      }
    }
    return false;
  }

  boolean contains(int entry) {
    String path = index.path(entry);
    if (whiteouts && isDeleted(path)) {
      return true;
    }
    while (!path.isEmpty()) {
      path = EntryNames.parent(path);
      int parent = index.find(path);
      if (parent >= 0 && index.type(parent) != EntryType.DIRECTORY) {
        return true;
      }
      if (whiteouts && (isDeleted(path) || has(EntryNames.within(path, EntryNames.OPAQUE)))) {
        return true;
      }
    }
    return false;
  }

  private boolean isDeleted(String path) {
    String whiteout = EntryNames.WHITEOUT + EntryNames.base(path);
    return !path.isEmpty() && has(EntryNames.within(EntryNames.parent(path), whiteout));
  }

  private boolean has(String path) {
    return index.find(path) >= 0;
  }
}

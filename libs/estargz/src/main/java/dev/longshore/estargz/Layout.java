package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.List;

/**
 * The order of the output: the files to prefetch with their parents and targets, the landmark,
 * directories, and the rest in its old order. Directories come first because their times change in
 * every rebuild and would change the leaves of neighbouring small files.
 */
final class Layout {
  /** In {@link #order}: the landmark. */
  static final int LANDMARK = -1;

  private final LayerIndex index;
  private final Fixed fixed;
  private final BitSet placed = new BitSet();
  private final int[] order;
  private int length;
  private int directoriesEnd;

  private Layout(LayerIndex index) {
    this.index = index;
    this.fixed = new Fixed(index);
    this.order = new int[index.count() + 1];
  }

  static Layout of(LayerIndex index, List<String> prefetch) throws EstargzException {
    check(index);
    var layout = new Layout(index);
    for (String path : prefetch) {
      layout.prefetch(EntryNames.clean("prefetch path", ByteText.utf8(path)));
    }
    layout.order[layout.length++] = LANDMARK;
    layout.directories();
    layout.rest();
    return layout;
  }

  int length() {
    return length;
  }

  /** The entry at that position, or {@link #LANDMARK}. */
  int at(int place) {
    return order[place];
  }

  /** The position after the leading directories. */
  int directoriesEnd() {
    return directoriesEnd;
  }

  private void prefetch(String path) {
    var chain = new ArrayDeque<Integer>();
    for (int entry = index.find(path); entry >= 0; entry = index.target(entry)) {
      if (fixed.contains(entry)) {
        return; // it must stay where it is, and so must its links
      }
      chain.push(entry);
      if (placed.get(entry)) {
        break;
      }
    }
    while (!chain.isEmpty()) {
      int entry = chain.pop();
      parents(EntryNames.parent(index.path(entry)));
      place(entry);
    }
  }

  /** The directories on the way, the root's entry first. */
  private void parents(String path) {
    place(index.find(""));
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      place(index.find(path.substring(0, slash)));
    }
    place(index.find(path));
  }

  private void directories() {
    for (int entry = 0; entry < index.count(); entry++) {
      if (index.type(entry) == EntryType.DIRECTORY && counts(entry) && !fixed.contains(entry)) {
        place(entry);
      }
    }
    directoriesEnd = length;
  }

  private void rest() {
    for (int entry = 0; entry < index.count(); entry++) {
      if (counts(entry)) {
        place(entry);
      }
    }
  }

  private boolean counts(int entry) {
    return !index.isSuperseded(entry);
  }

  private void place(int entry) {
    if (entry >= 0 && !placed.get(entry)) {
      placed.set(entry);
      order[length++] = entry;
    }
  }

  private static void check(LayerIndex index) throws EstargzException {
    boolean links = hasHardLinks(index);
    for (int entry = 0; entry < index.count(); entry++) {
      if (index.isSuperseded(entry)) {
        if (links && index.type(entry) != EntryType.DIRECTORY) {
          checkOtherNames(index, entry);
        }
        continue;
      }
      int target = index.target(entry);
      if (target >= 0 && index.isSuperseded(target)) {
        throw new EstargzException(
            Reason.AMBIGUOUS,
            "layer: %s is a hard link to a file that a later entry replaces"
                .formatted(ByteText.shown(index.path(entry))));
      }
      if (index.hasSwitched()) {
        checkParents(index, entry);
      }
    }
  }

  private static boolean hasHardLinks(LayerIndex index) {
    for (int entry = 0; entry < index.count(); entry++) {
      if (index.type(entry) == EntryType.HARD_LINK) {
        return true;
      }
    }
    return false;
  }

  /** An omitted entry may be the target of a hard link under another name. */
  private static void checkOtherNames(LayerIndex index, int superseded) throws EstargzException {
    String path = index.path(superseded);
    while (!path.isEmpty()) {
      path = EntryNames.parent(path);
      int parent = index.find(path);
      if (parent >= 0 && (index.type(parent) == EntryType.SYMLINK || index.isSwitched(parent))) {
        throw new EstargzException(
            Reason.AMBIGUOUS,
            "layer: %s lies below a symbolic link and has several entries, and a hard link may mean an earlier one"
                .formatted(ByteText.shown(index.path(superseded))));
      }
    }
  }

  private static void checkParents(LayerIndex index, int entry) throws EstargzException {
    String path = index.path(entry);
    while (!path.isEmpty()) {
      path = EntryNames.parent(path);
      int parent = index.find(path);
      if (parent >= 0 && index.isSwitched(parent)) {
        throw new EstargzException(
            Reason.AMBIGUOUS,
            "layer: %s lies below a path that has several entries, not all of them directories"
                .formatted(ByteText.shown(index.path(entry))));
      }
    }
  }
}

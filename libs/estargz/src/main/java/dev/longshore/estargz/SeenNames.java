package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.util.Arrays;

/**
 * Detects names that collide in the table of contents: it is JSON, so bytes that are not UTF-8
 * become U+FFFD. Two names with the same result would show one file's content under the other's
 * name.
 */
final class SeenNames {
  private final NameStore names;
  private final PathTable paths = new PathTable();
  private int[] nameOf = new int[16];
  private int[] entryOf = new int[16];
  private int count;

  SeenNames(EstargzLimits limits, LayerHeap heap) {
    this.names = new NameStore(limits.nameBytes(), heap);
  }

  /** Checks the entry just added. */
  void add(LayerIndex index, String path) throws IOException {
    String seen = ByteText.asReadersSeeIt(path);
    if (seen.equals(path)) {
      return;
    }
    if (count == nameOf.length) {
      nameOf = Arrays.copyOf(nameOf, count * 2);
      entryOf = Arrays.copyOf(entryOf, count * 2);
    }
    int number = count++;
    // Up to three times as long: U+FFFD takes three bytes.
    nameOf[number] = names.add(seen);
    entryOf[number] = index.count() - 1;
    int earlier = paths.put(seen, number, names, nameOf);
    if (earlier >= 0 && !index.path(entryOf[earlier]).equals(path)) {
      throw collision(path);
    }
  }

  /** After all entries are known: checks names that equal another's converted name. */
  void check(LayerIndex index) throws EstargzException {
    for (int i = 0; i < count; i++) {
      if (index.find(names.get(nameOf[i])) >= 0) {
        throw collision(index.path(entryOf[i]));
      }
    }
  }

  private static EstargzException collision(String path) {
    return new EstargzException(
        Reason.AMBIGUOUS,
        "layer: %s is not UTF-8, and with U+FFFD for the bytes that are not it is another entry's name"
            .formatted(ByteText.shown(path)));
  }
}

package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The in-memory data of each entry while the tar is read, with a look-up by path. Plain arrays: a
 * million entries take some 40 MB plus their names.
 */
final class LayerIndex {
  /**
   * Bytes for the arrays here, the table of paths and {@link Layout}, and for their copies as they
   * grow.
   */
  private static final int ENTRY_BYTES = 64;

  private final EstargzLimits limits;
  private final LayerHeap heap;
  private final NameStore names;
  private final BitSet superseded = new BitSet();
  private final BitSet switched = new BitSet();
  private final PathTable paths = new PathTable();
  private int count;
  private int[] name = new int[1024];
  private byte[] type = new byte[1024];
  private long[] headerAt = new long[1024];
  private char[] headerBlocks = new char[1024];
  private int[] firstMember = new int[1024];
  private int[] target = new int[1024];

  LayerIndex(EstargzLimits limits, LayerHeap heap) {
    this.limits = limits;
    this.heap = heap;
    this.names = new NameStore(limits.nameBytes(), heap);
  }

  /**
   * Adds the next entry; it replaces an earlier one of the same path.
   *
   * @param at the position of its header
   * @param blocks of that header
   * @param member its first piece, or -1
   * @param linked the target of a hard link, or -1
   */
  void add(String path, EntryType kind, long at, int blocks, int member, int linked)
      throws IOException {
    if (count == limits.entries()) {
      throw new EstargzException(
          Reason.LIMIT_PASSED, "layer: more than %,d entries".formatted(limits.entries()));
    }
    grow();
    int entry = count++;
    name[entry] = names.add(path);
    type[entry] = (byte) kind.flag();
    headerAt[entry] = at;
    headerBlocks[entry] = (char) blocks;
    firstMember[entry] = member;
    target[entry] = linked;
    int earlier = paths.put(path, entry, names, name);
    if (earlier >= 0) {
      superseded.set(earlier);
      if (switched.get(earlier)
          || type(earlier) != EntryType.DIRECTORY
          || kind != EntryType.DIRECTORY) {
        switched.set(entry);
      }
    }
  }

  private void grow() throws IOException {
    if (count == name.length) {
      int room = count + count / 2;
      heap.take((long) ENTRY_BYTES * (room - count));
      name = Arrays.copyOf(name, room);
      type = Arrays.copyOf(type, room);
      headerAt = Arrays.copyOf(headerAt, room);
      headerBlocks = Arrays.copyOf(headerBlocks, room);
      firstMember = Arrays.copyOf(firstMember, room);
      target = Arrays.copyOf(target, room);
    }
  }

  int count() {
    return count;
  }

  /** The valid entry of that path, or -1. */
  int find(String path) {
    return paths.find(path, names, name);
  }

  String path(int entry) {
    return names.get(name[entry]);
  }

  EntryType type(int entry) {
    return EntryType.of((char) type[entry]);
  }

  long headerAt(int entry) {
    return headerAt[entry];
  }

  int headerBytes(int entry) {
    return headerBlocks[entry] * TarBlock.BYTES;
  }

  int firstMember(int entry) {
    return firstMember[entry];
  }

  int target(int entry) {
    return target[entry];
  }

  /** Whether a later entry took its place. */
  boolean isSuperseded(int entry) {
    return superseded.get(entry);
  }

  /** Whether its path had several entries, not all of them directories. */
  boolean isSwitched(int entry) {
    return switched.get(entry);
  }

  boolean hasSwitched() {
    return !switched.isEmpty();
  }
}

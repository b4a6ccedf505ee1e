package dev.longshore.estargz;

import dev.longshore.estargz.EstargzException.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A sequence of names: two bytes of length, then the name. */
final class NameStore {
  private static final int PAGE_BYTES = 64 << 10;

  private final List<byte[]> pages = new ArrayList<>();
  private final int limit;
  private final LayerHeap heap;
  private int used = PAGE_BYTES;
  private long total;

  NameStore(int limit, LayerHeap heap) {
    this.limit = limit;
    this.heap = heap;
  }

  /** Adds a name and returns its place. */
  int add(String name) throws IOException {
    int bytes = 2 + name.length();
    total += bytes;
    if (total > limit) {
      throw new EstargzException(
          Reason.LIMIT_PASSED,
          "layer: the names of its entries have more than %,d bytes".formatted(limit));
    }
    if (used + bytes > PAGE_BYTES) {
      heap.take(PAGE_BYTES);
      pages.add(new byte[PAGE_BYTES]);
      used = 0;
    }
    byte[] page = pages.getLast();
    page[used] = (byte) (name.length() >> 8);
    page[used + 1] = (byte) name.length();
    System.arraycopy(ByteText.bytes(name), 0, page, used + 2, name.length());
    int at = (pages.size() - 1) * PAGE_BYTES + used;
    used += bytes;
    return at;
  }

  String get(int at) {
    byte[] page = pages.get(at / PAGE_BYTES);
    return ByteText.of(page, at % PAGE_BYTES + 2, length(at));
  }

  boolean is(int at, String name) {
    int length = length(at);
    if (length != name.length()) {
      return false;
    }
    byte[] page = pages.get(at / PAGE_BYTES);
    int from = at % PAGE_BYTES + 2;
    for (int i = 0; i < length; i++) {
      if ((page[from + i] & 0xFF) != name.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private int length(int at) {
    byte[] page = pages.get(at / PAGE_BYTES);
    int from = at % PAGE_BYTES;
    return (page[from] & 0xFF) << 8 | (page[from + 1] & 0xFF);
  }
}

package dev.longshore.estargz;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds bytes until the order of the output is known: in memory up to a limit, else in an unnamed
 * file, which the system frees whatever happens to this program.
 */
final class Spool implements AutoCloseable {
  private static final int PAGE_BYTES = 256 << 10;

  private final LayerRoom room;
  private final LayerHeap heap;
  private long memoryBytes;
  private final List<byte[]> pages = new ArrayList<>();
  private @Nullable FileChannel file;
  private long size;
  private long fileSize;

  /**
   * @param memoryBytes most bytes in memory; fewer if other layers hold the heap
   */
  Spool(LayerRoom room, int memoryBytes, LayerHeap heap) {
    this.room = room;
    this.heap = heap;
    this.memoryBytes = (long) memoryBytes / PAGE_BYTES * PAGE_BYTES;
  }

  /** The position of the next bytes. */
  synchronized long size() {
    return size;
  }

  /** Appends bytes and returns their position. */
  synchronized long append(ByteBuffer... parts) throws IOException {
    long at = size;
    for (ByteBuffer part : parts) {
      size += part.remaining();
      toMemory(part, size - part.remaining());
      if (part.hasRemaining()) {
        toFile(part);
      }
    }
    return at;
  }

  private void toMemory(ByteBuffer part, long from) {
    long at = from;
    while (part.hasRemaining() && at < memoryBytes) {
      int within = (int) (at % PAGE_BYTES);
      if (within == 0) {
        if (!heap.tryTake(PAGE_BYTES)) {
          memoryBytes = at;
          return;
        }
        pages.add(new byte[PAGE_BYTES]);
      }
      int count = Math.min(part.remaining(), PAGE_BYTES - within);
      part.get(pages.getLast(), within, count);
      at += count;
    }
  }

  private void toFile(ByteBuffer part) throws IOException {
    FileChannel channel = file;
    if (channel == null) {
      channel = open(room.folder());
      file = channel;
    }
    room.require(part.remaining());
    try {
      while (part.hasRemaining()) {
        int written = channel.write(part, fileSize);
        fileSize += written;
        room.written(written);
      }
    } catch (IOException e) {
      throw SpoolException.of(room.folder(), part.remaining(), e);
    }
  }

  /** An unnamed file. */
  static FileChannel open(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Path path = Files.createTempFile(folder, "estargz-", ".spool");
      try {
        return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
      } finally {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw SpoolException.of(folder, PAGE_BYTES, e);
    }
  }

  /** Reads bytes back. Not during appends. */
  void read(long at, byte[] into, int offset, int length) throws IOException {
    int done = 0;
    while (done < length && at + done < memoryBytes) {
      int within = (int) ((at + done) % PAGE_BYTES);
      int count = Math.min(length - done, PAGE_BYTES - within);
      byte[] page = pages.get((int) ((at + done) / PAGE_BYTES));
      System.arraycopy(page, within, into, offset + done, count);
      done += count;
    }
    if (done < length) {
      readFile(at + done - memoryBytes, ByteBuffer.wrap(into, offset + done, length - done));
    }
  }

  private void readFile(long at, ByteBuffer into) throws IOException {
    FileChannel channel = file;
    long from = at;
    try {
      while (into.hasRemaining()) {
        int read = channel == null ? -1 : channel.read(into, from);
        if (read < 0) {
          throw new EOFException("the file ends at byte " + from);
        }
        from += read;
      }
    } catch (IOException e) {
      throw SpoolException.of(room.folder(), into.remaining(), e);
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      try {
        file.close();
      } catch (IOException e) {
        throw SpoolException.of(room.folder(), fileSize, e);
      }
    }
  }
}

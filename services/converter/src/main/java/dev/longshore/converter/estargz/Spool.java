package dev.longshore.converter.estargz;

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
 * Bytes put aside until the order of the output is known: in memory as far as it is allowed, else
 * in a file that has no name, so that the system frees it whatever happens to this program.
 */
final class Spool implements AutoCloseable {
  private static final int PAGE_BYTES = 256 << 10;

  /** What is left to others on the disk; a full one harms more than a refused layer. */
  private static final long RESERVE_BYTES = 512L << 20;

  /** The disk is asked for its room once in so many bytes. */
  private static final long ROOM_EVERY = 64L << 20;

  private final Path folder;
  private final int memoryBytes;
  private final List<byte[]> pages = new ArrayList<>();
  private @Nullable FileChannel file;
  private long size;
  private long fileSize;
  private long roomChecked;

  Spool(Path folder, int memoryBytes) {
    this.folder = folder;
    this.memoryBytes = memoryBytes / PAGE_BYTES * PAGE_BYTES;
  }

  /** Where the next bytes go. */
  synchronized long size() {
    return size;
  }

  /** Puts bytes away; where they are. */
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
      channel = open(folder);
      file = channel;
    }
    if (fileSize >= roomChecked) {
      checkRoom();
      roomChecked = fileSize + ROOM_EVERY;
    }
    while (part.hasRemaining()) {
      fileSize += channel.write(part, fileSize);
    }
  }

  private void checkRoom() throws IOException {
    long room = Files.getFileStore(folder).getUsableSpace();
    if (room < RESERVE_BYTES) {
      throw new IOException(
          "eStargz: %s has %,d bytes left, %,d are kept free; make room or name another folder"
              .formatted(folder, room, RESERVE_BYTES));
    }
  }

  /** A file without a name. */
  static FileChannel open(Path folder) throws IOException {
    Files.createDirectories(folder);
    Path path = Files.createTempFile(folder, "estargz-", ".spool");
    try {
      return FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } finally {
      Files.delete(path);
    }
  }

  /** Takes bytes out again. Not while others append. */
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
    while (into.hasRemaining()) {
      int read = channel == null ? -1 : channel.read(into, from);
      if (read < 0) {
        throw new IOException("eStargz: the spool in %s ends at byte %d".formatted(folder, from));
      }
      from += read;
    }
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}

package dev.longshore.estargz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/**
 * Native memory for the table of contents, which is packed in one go: a large one is in a mapped
 * file.
 *
 * @param room for that file
 * @param heap of the layer, which counts it
 */
record NativeText(LayerRoom room, LayerHeap heap) {
  /**
   * Above this (some 50,000 entries), or if other layers hold the shared heap, a file is mapped.
   */
  private static final long MAX_NATIVE_BYTES = 16L << 20;

  private static final int COPY_BYTES = 256 << 10;

  MemorySegment allocate(Arena arena, long bytes) throws IOException {
    if (bytes <= MAX_NATIVE_BYTES && heap.tryTake(bytes)) {
      return arena.allocate(bytes);
    }
    room.require(bytes);
    try (FileChannel file = Spool.open(room.folder())) {
      return map(file, arena, bytes);
    }
  }

  /**
   * The mapped file. Its disk space is allocated first, because native code cannot handle a full
   * disk when writing to a map.
   *
   * @throws SpoolException when the disk is full or fails
   */
  MemorySegment map(FileChannel file, Arena arena, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate(COPY_BYTES);
    try {
      for (long at = 0; at < bytes; ) {
        zeros.clear().limit((int) Math.min(COPY_BYTES, bytes - at));
        int written = file.write(zeros, at);
        room.written(written);
        at += written;
      }
      return file.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
    } catch (IOException e) {
      throw SpoolException.of(room.folder(), bytes, e);
    }
  }

  /** Adds the text, also to the digests. */
  static void copy(Spool text, MemorySegment into, long at, MessageDigest... digests)
      throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (long done = 0; done < text.size(); ) {
      int part = (int) Math.min(buffer.length, text.size() - done);
      text.read(done, buffer, 0, part);
      for (MessageDigest digest : digests) {
        digest.update(buffer, 0, part);
      }
      MemorySegment.copy(buffer, 0, into, ValueLayout.JAVA_BYTE, at + done, part);
      done += part;
    }
  }

  /** Adds the content to the blob, and to the digests. */
  static void put(MemorySegment bytes, LeafCutter cutter, MessageDigest... digests)
      throws IOException {
    byte[] buffer = new byte[COPY_BYTES];
    for (long done = 0; done < bytes.byteSize(); ) {
      int part = (int) Math.min(buffer.length, bytes.byteSize() - done);
      MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, done, buffer, 0, part);
      for (MessageDigest digest : digests) {
        digest.update(buffer, 0, part);
      }
      cutter.put(buffer, 0, part);
      done += part;
    }
  }
}

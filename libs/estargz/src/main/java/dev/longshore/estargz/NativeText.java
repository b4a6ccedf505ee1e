package dev.longshore.estargz;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/**
 * Native memory for the table of contents, which is packed as a whole: where it is large its memory
 * is a file's.
 *
 * @param room for that file
 * @param heap of the layer: what it shares with others is counted together
 */
record NativeText(LayerRoom room, LayerHeap heap) {
  /**
   * Above, or where other layers have what is shared, memory is mapped from a file: some 50,000
   * entries.
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
   * The file as memory. It is given its room on the disk first: native code that writes to a map
   * cannot be told of none.
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

  /** Puts the text there, and into the digests. */
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

  /** Adds what is there to the blob, and to the digests. */
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

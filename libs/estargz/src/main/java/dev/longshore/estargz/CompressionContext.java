package dev.longshore.estargz;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * Compresses members and reads them back, with its own native memory. Used by one thread at a time.
 */
final class CompressionContext implements AutoCloseable {
  private static final int FIRST_BYTES = 1 << 20;

  private final MemberCodec codec;
  private final Region raw = new Region();
  private final Region packed = new Region();

  CompressionContext(MemberCodec codec) {
    this.codec = codec;
  }

  /** Growing native memory. */
  private static final class Region {
    private @Nullable Arena arena;
    private MemorySegment segment = MemorySegment.NULL;

    @SuppressWarnings("MustBeClosed") // closed by close(), when the press is
    MemorySegment of(long bytes) {
      if (segment.byteSize() < bytes) {
        close();
        Arena larger = Arena.ofShared();
        arena = larger;
        segment = larger.allocate(Math.max(bytes, FIRST_BYTES));
      }
      return segment;
    }

    void close() {
      if (arena != null) {
        arena.close();
        arena = null;
        segment = MemorySegment.NULL;
      }
    }
  }

  /** One member of these bytes; valid until the next call. */
  MemorySegment pack(byte[] bytes, int offset, int length) {
    MemorySegment in = raw.of(length);
    MemorySegment.copy(bytes, offset, in, ValueLayout.JAVA_BYTE, 0, length);
    return pack(in, length);
  }

  private MemorySegment pack(MemorySegment in, long length) {
    return pack(in, length, packed.of(bound(length)));
  }

  /** Upper bound of the packed size. */
  long bound(long length) {
    return codec.bound(length);
  }

  /** The same between the caller's native memory, with room for {@link #bound} bytes. */
  MemorySegment pack(MemorySegment in, long length, MemorySegment out) {
    return out.asSlice(0, codec.pack(in, length, out));
  }

  /** Unpacks a member that {@link #pack} made. */
  void unpack(byte[] member, int offset, int length, byte[] into, int intoOffset, int exactly) {
    MemorySegment in = packed.of(length);
    MemorySegment.copy(member, offset, in, ValueLayout.JAVA_BYTE, 0, length);
    MemorySegment out = raw.of(exactly);
    codec.unpack(in, length, out, exactly);
    MemorySegment.copy(out, ValueLayout.JAVA_BYTE, 0, into, intoOffset, exactly);
  }

  @Override
  public void close() {
    raw.close();
    packed.close();
    codec.close();
  }
}

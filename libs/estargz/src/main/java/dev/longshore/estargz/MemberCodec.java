package dev.longshore.estargz;

import java.lang.foreign.MemorySegment;

/**
 * Packs the pieces of a layer, each separately readable, and unpacks them; between the caller's
 * native memory. The same bytes give the same piece on any machine. Used by one thread at a time.
 */
interface MemberCodec extends AutoCloseable {
  /** Upper bound of the packed size. */
  long bound(long length);

  /** Packs into room of at least {@link #bound} bytes, and returns the size. */
  long pack(MemorySegment in, long length, MemorySegment out);

  /** Unpacks a piece of known size, made by this program. */
  void unpack(MemorySegment in, long length, MemorySegment out, long exactly);

  @Override
  void close();
}

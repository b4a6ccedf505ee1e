package dev.longshore.estargz;

import java.lang.foreign.MemorySegment;

/**
 * Packs the pieces of a layer, each readable alone, and unpacks them again; between native memory
 * of the caller's. The same bytes become the same piece on any machine. Used by one thread at a
 * time.
 */
interface MemberCodec extends AutoCloseable {
  /** The most that so many bytes become. */
  long bound(long length);

  /** Bytes of the piece that was written; the room is at least {@link #bound}. */
  long pack(MemorySegment in, long length, MemorySegment out);

  /** Unpacks a piece of exactly so many bytes, that this program made. */
  void unpack(MemorySegment in, long length, MemorySegment out, long exactly);

  @Override
  void close();
}

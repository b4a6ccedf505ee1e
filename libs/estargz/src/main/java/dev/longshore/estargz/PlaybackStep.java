package dev.longshore.estargz;

/** The next part that the second pass writes. */
sealed interface PlaybackStep {
  /**
   * An entry's header.
   *
   * @param bytes whole blocks
   * @param digest the SHA-256 of its whole content if that has several pieces, else empty
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Header(TarEntry entry, byte[] bytes, byte[] digest) implements PlaybackStep {}

  /**
   * A piece of the last entry's content.
   *
   * @param from its first byte in the file
   * @param raw its position in the batch's raw bytes
   * @param packed the position of its digest in the batch's packed bytes, followed by the member
   * @param packedLength of the member; 0 if the piece is uncompressed
   * @param at position of both in the spool
   */
  record Content(
      TarEntry entry, long from, int raw, int length, int packed, int packedLength, long at)
      implements PlaybackStep {
    boolean isWhole() {
      return length == entry.size();
    }

    boolean isLast() {
      return from + length == entry.size();
    }
  }

  /** The end of the leading directories. */
  record DirectoriesEnd() implements PlaybackStep {}
}

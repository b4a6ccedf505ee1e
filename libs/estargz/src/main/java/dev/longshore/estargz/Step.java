package dev.longshore.estargz;

/** What the second pass writes next. */
sealed interface Step {
  /**
   * An entry's header.
   *
   * @param bytes whole blocks
   * @param digest the SHA-256 of all its content if that has several pieces, else empty
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Header(TarEntry entry, byte[] bytes, byte[] digest) implements Step {}

  /**
   * A piece of the last entry's content.
   *
   * @param from its first byte in the file
   * @param raw where it is in the batch's raw bytes
   * @param packed where its digest is in the batch's packed bytes, the member behind it
   * @param packedLength of the member; 0 if the piece waits uncompressed
   * @param at where both are in the spool
   */
  record Content(
      TarEntry entry, long from, int raw, int length, int packed, int packedLength, long at)
      implements Step {
    boolean isWhole() {
      return length == entry.size();
    }

    boolean isLast() {
      return from + length == entry.size();
    }
  }

  /** The end of the directories that come first. */
  record DirectoriesEnd() implements Step {}
}

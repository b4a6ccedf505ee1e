package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Optional;

/** What comes behind the last file: the tar's end, the table of contents, and where that is. */
sealed interface BlobEnd permits TocMember, TocFrame {
  /** Bytes that it adds to the tar. */
  long tarBytes(Spool toc);

  /**
   * Writes all of it.
   *
   * @param toc the text
   * @param tar the running digest of the tar, which the bytes are added to that are part of it
   */
  Toc write(Spool toc, MessageDigest tar) throws IOException;

  /**
   * What was written.
   *
   * @param digest of the text
   * @param frame where it is, if a descriptor has to say so
   */
  record Toc(Digest digest, Optional<EstargzLayer.Frame> frame) {}
}

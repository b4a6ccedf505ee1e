package dev.longshore.estargz;

import dev.longshore.model.Digest;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Optional;

/** The part after the last file: the tar's end, the table of contents, and its position. */
sealed interface BlobEnd permits TocMember, TocFrame {
  /** Number of bytes that it adds to the tar. */
  long tarBytes(Spool toc);

  /**
   * Writes it.
   *
   * @param toc the text
   * @param tar the tar's running digest, updated with bytes that belong to the tar
   */
  Toc write(Spool toc, MessageDigest tar) throws IOException;

  /**
   * The result.
   *
   * @param digest of the text
   * @param frame its place, if a descriptor must name it
   */
  record Toc(Digest digest, Optional<EstargzLayer.Frame> frame) {}
}

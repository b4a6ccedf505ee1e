package dev.longshore.estargz;

import java.io.IOException;

/** A layer that cannot be an eStargz layer, today or tomorrow: its bytes are at fault. */
public final class EstargzException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What is wrong with the layer. */
  public enum Reason {
    /** The gzip or zstd stream is damaged. */
    COMPRESSION_INVALID,
    /** It ends in the middle of something. */
    TRUNCATED,
    /** It is no tar, or a header of it contradicts the format. */
    TAR_INVALID,
    /** A kind of entry that eStargz has no word for: sparse files, global records, volumes. */
    ENTRY_UNSUPPORTED,
    /** A name that leaves the root or that no file system takes. */
    NAME_REFUSED,
    /** A hard link to nothing that comes before it in the layer. */
    LINK_UNKNOWN,
    /** What a plain pull makes of these entries depends on an order that eStargz does not keep. */
    AMBIGUOUS,
    /** One of {@link EstargzLimits} is passed. */
    LIMIT_PASSED
  }

  private final transient Reason reason;

  EstargzException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  EstargzException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}

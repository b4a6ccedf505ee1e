package dev.longshore.estargz;

import java.io.IOException;

/** A layer that can never become an eStargz layer: its bytes are at fault. */
public final class EstargzException extends IOException {
  private static final long serialVersionUID = 1L;

  /** The layer's faults. */
  public enum Reason {
    /** The gzip or zstd stream is damaged. */
    COMPRESSION_INVALID,
    /** It ends too early. */
    TRUNCATED,
    /** It is not a tar, or one of its headers violates the format. */
    TAR_INVALID,
    /** A kind of entry that eStargz cannot express: sparse files, global records, volumes. */
    ENTRY_UNSUPPORTED,
    /** A name that leaves the root or that no file system accepts. */
    NAME_REFUSED,
    /** A hard link without an earlier target in the layer. */
    LINK_UNKNOWN,
    /**
     * The meaning of these entries in a plain pull depends on an order that eStargz does not keep.
     */
    AMBIGUOUS,
    /** One of {@link EstargzLimits} is exceeded. */
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

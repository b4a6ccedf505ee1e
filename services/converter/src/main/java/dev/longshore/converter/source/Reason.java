package dev.longshore.converter.source;

import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.Objects;

/** Why an image can never be converted as it is; the names are stored in {@code failed}. */
public enum Reason {
  /** The registry does not have the manifest or index. */
  MANIFEST_UNKNOWN,
  /** It is malformed, has another digest, or is not an image. */
  MANIFEST_INVALID,
  /** It is larger than {@link dev.longshore.oci.Manifest#MANIFEST_LIMIT}. */
  MANIFEST_TOO_BIG,
  /** The registry does not have a config or layer. */
  BLOB_UNKNOWN,
  /** A config's or layer's bytes do not match its digest. */
  DIGEST_MISMATCH,
  /** Two descriptors give the same digest different sizes. */
  SIZE_MISMATCH,
  /** See {@link ImageLimits#NESTING}. */
  NESTING_TOO_DEEP,
  /** See {@link ImageLimits#MANIFESTS} and {@link ImageLimits#MANIFEST_BYTES}. */
  TOO_MANY_MANIFESTS,
  /** See {@link ImageLimits#BLOBS}. */
  TOO_MANY_BLOBS,
  /** Larger than {@code converter.max-image-size} or its rule allows. */
  IMAGE_TOO_BIG,
  /** An index has no entry for the requested platforms. */
  PLATFORM_UNKNOWN,
  /** A mode that does not exist, or two that exclude each other for one result. */
  MODE_UNSUPPORTED,
  /** A request for a mode that its rule forbids to keep the content secret. */
  MODE_REFUSED,
  /** Keys of recipients that cannot be read or used. */
  RECIPIENTS_INVALID,
  /** A choice of layers that the image does not have. */
  LAYERS_UNKNOWN,
  /** A layer that a mode cannot convert: for example, it is not a tar. */
  LAYER_UNFIT,
  /** A layer too large for {@code converter.spool-dir} even when empty. */
  SPOOL_TOO_SMALL,
  /** A config that does not match its layers. */
  CONFIG_INVALID,
  /** An artifact or signature where only mode encrypted is allowed: everyone could read it. */
  NOTHING_TO_ENCRYPT,
  /**
   * A layer that cannot be encrypted where only mode encrypted is allowed: everyone could read it.
   */
  LAYER_READABLE,
  /** The ingest peer rejects what it was sent: a defect, or a peer that is not Kubo. */
  PEER_REFUSED,
  /** The registry is not configured, or refuses to serve such content. */
  SOURCE_UNSUPPORTED;

  public boolean isOf(PermanentFailure failure) {
    return failure.reason().equals(name());
  }

  public PermanentFailure failure(String message) {
    return new PermanentFailure(name(), message, null);
  }

  /** In the cause's words. */
  public PermanentFailure failure(Exception cause) {
    return new PermanentFailure(name(), text(cause), cause);
  }

  public PermanentFailure failure(String message, Throwable cause) {
    return new PermanentFailure(name(), message, cause);
  }

  /** An exception's message, or its class if it has none. */
  public static String text(Exception cause) {
    return Objects.toString(cause.getMessage(), cause.toString());
  }
}

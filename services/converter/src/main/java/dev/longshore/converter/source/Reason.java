package dev.longshore.converter.source;

import dev.longshore.runtime.kafka.step.PermanentFailure;
import java.util.Objects;

/** Why an image can never be converted as it is; the names stand in {@code failed}. */
public enum Reason {
  /** The registry does not have the manifest or index. */
  MANIFEST_UNKNOWN,
  /** It is malformed, of another digest, or of a kind that is no image. */
  MANIFEST_INVALID,
  /** It is larger than {@link dev.longshore.oci.Manifest#MANIFEST_LIMIT}. */
  MANIFEST_TOO_BIG,
  /** The registry does not have a config or layer. */
  BLOB_UNKNOWN,
  /** A config's or layer's bytes are not those that its digest names. */
  DIGEST_MISMATCH,
  /** Two descriptors give one digest two sizes. */
  SIZE_MISMATCH,
  /** See {@link ImageLimits#NESTING}. */
  NESTING_TOO_DEEP,
  /** See {@link ImageLimits#MANIFESTS} and {@link ImageLimits#MANIFEST_BYTES}. */
  TOO_MANY_MANIFESTS,
  /** See {@link ImageLimits#BLOBS}. */
  TOO_MANY_BLOBS,
  /** Larger than {@code converter.max-image-size} or its rule allows. */
  IMAGE_TOO_BIG,
  /** An index has no entry for the platforms that were asked for. */
  PLATFORM_UNKNOWN,
  /** A mode that there is not, or two that exclude each other for one result. */
  MODE_UNSUPPORTED,
  /** A request for a mode that its rule forbids, since the content is to stay secret. */
  MODE_REFUSED,
  /** Keys of recipients that cannot be read or used. */
  RECIPIENTS_INVALID,
  /** A choice of layers that the image does not have. */
  LAYERS_UNKNOWN,
  /** A layer of which a mode can make nothing: it is no tar, say. */
  LAYER_UNFIT,
  /** A layer for which {@code converter.spool-dir} could never have room. */
  SPOOL_TOO_SMALL,
  /** A config that does not fit its layers. */
  CONFIG_INVALID,
  /** Mode encrypted alone, and an artifact or signature: it would be readable for all. */
  NOTHING_TO_ENCRYPT,
  /** Mode encrypted alone, and a layer that cannot be made secret: it would be readable for all. */
  LAYER_READABLE,
  /** The ingest peer does not take what it was sent: a defect, or a peer that is no Kubo. */
  PEER_REFUSED,
  /** The registry is none that the configuration names, or refuses to serve such content. */
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

  /** What an exception says, or what it is if it says nothing. */
  public static String text(Exception cause) {
    return Objects.toString(cause.getMessage(), cause.toString());
  }
}

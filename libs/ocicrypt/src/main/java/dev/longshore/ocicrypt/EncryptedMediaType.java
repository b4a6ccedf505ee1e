package dev.longshore.ocicrypt;

import dev.longshore.model.Excerpt;
import dev.longshore.oci.MediaType;
import java.util.Set;

/** Media types of layers and of their encrypted form. */
public final class EncryptedMediaType {
  private static final String SUFFIX = "+encrypted";

  private static final Set<String> PLAIN =
      Set.of(MediaType.OCI_LAYER, MediaType.OCI_LAYER_GZIP, MediaType.OCI_LAYER_ZSTD);

  private EncryptedMediaType() {}

  /** Whether layers of this type can be encrypted; foreign layers and attestations stay plain. */
  public static boolean canEncrypt(String mediaType) {
    return PLAIN.contains(oci(mediaType));
  }

  public static boolean isEncrypted(String mediaType) {
    return mediaType.endsWith(SUFFIX)
        && PLAIN.contains(mediaType.substring(0, mediaType.length() - SUFFIX.length()));
  }

  /** The encrypted type for a layer's type; Docker's types become OCI's. */
  public static String of(String mediaType) throws OcicryptException {
    if (!canEncrypt(mediaType)) {
      throw OcicryptException.unsupported(
          "media type " + Excerpt.of(mediaType), "ocicrypt encrypts layers of tar, gzip and zstd");
    }
    return oci(mediaType) + SUFFIX;
  }

  /** The plain type for an encrypted layer's type. */
  public static String plainOf(String mediaType) throws OcicryptException {
    if (!isEncrypted(mediaType)) {
      throw OcicryptException.unsupported(
          "media type " + Excerpt.of(mediaType), "it is not one of an encrypted layer");
    }
    return mediaType.substring(0, mediaType.length() - SUFFIX.length());
  }

  private static String oci(String mediaType) {
    return mediaType.equals(MediaType.DOCKER_LAYER_ZSTD)
        ? MediaType.OCI_LAYER_ZSTD
        : MediaType.toOci(mediaType);
  }
}

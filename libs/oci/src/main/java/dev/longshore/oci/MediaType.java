package dev.longshore.oci;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Media types of images, Docker's and OCI's, and what they say about the content. */
public final class MediaType {
  public static final String OCI_INDEX = "application/vnd.oci.image.index.v1+json";
  public static final String OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String OCI_CONFIG = "application/vnd.oci.image.config.v1+json";
  public static final String OCI_LAYER = "application/vnd.oci.image.layer.v1.tar";
  public static final String OCI_LAYER_GZIP = "application/vnd.oci.image.layer.v1.tar+gzip";
  public static final String OCI_LAYER_ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd";
  public static final String OCI_FOREIGN_LAYER =
      "application/vnd.oci.image.layer.nondistributable.v1.tar";
  public static final String OCI_FOREIGN_LAYER_GZIP = OCI_FOREIGN_LAYER + "+gzip";
  public static final String OCI_FOREIGN_LAYER_ZSTD = OCI_FOREIGN_LAYER + "+zstd";
  public static final String OCI_EMPTY = "application/vnd.oci.empty.v1+json";

  public static final String DOCKER_LIST =
      "application/vnd.docker.distribution.manifest.list.v2+json";
  public static final String DOCKER_MANIFEST =
      "application/vnd.docker.distribution.manifest.v2+json";
  public static final String DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json";
  public static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
  public static final String DOCKER_LAYER_GZIP = DOCKER_LAYER + ".gzip";
  public static final String DOCKER_LAYER_ZSTD = DOCKER_LAYER + ".zstd";
  public static final String DOCKER_FOREIGN_LAYER =
      "application/vnd.docker.image.rootfs.foreign.diff.tar";
  public static final String DOCKER_FOREIGN_LAYER_GZIP = DOCKER_FOREIGN_LAYER + ".gzip";

  public static final String OCTET_STREAM = "application/octet-stream";

  /**
   * The types that containerd's converter rewrites; zstd layers of Docker's type are not among
   * them.
   */
  private static final Map<String, String> DOCKER_TO_OCI =
      Map.of(
          DOCKER_LIST, OCI_INDEX,
          DOCKER_MANIFEST, OCI_MANIFEST,
          DOCKER_CONFIG, OCI_CONFIG,
          DOCKER_LAYER, OCI_LAYER,
          DOCKER_LAYER_GZIP, OCI_LAYER_GZIP,
          DOCKER_FOREIGN_LAYER, OCI_FOREIGN_LAYER,
          DOCKER_FOREIGN_LAYER_GZIP, OCI_FOREIGN_LAYER_GZIP);

  private static final Set<String> FOREIGN =
      Set.of(
          OCI_FOREIGN_LAYER,
          OCI_FOREIGN_LAYER_GZIP,
          OCI_FOREIGN_LAYER_ZSTD,
          DOCKER_FOREIGN_LAYER,
          DOCKER_FOREIGN_LAYER_GZIP);

  private MediaType() {}

  /** The OCI media type for a Docker one; other types are returned unchanged. */
  public static String toOci(String mediaType) {
    return DOCKER_TO_OCI.getOrDefault(mediaType, mediaType);
  }

  public static boolean isIndex(String mediaType) {
    return mediaType.equals(OCI_INDEX) || mediaType.equals(DOCKER_LIST);
  }

  public static boolean isImageManifest(String mediaType) {
    return mediaType.equals(OCI_MANIFEST) || mediaType.equals(DOCKER_MANIFEST);
  }

  /** Whether this is a manifest or an index, served under {@code /manifests/}. */
  public static boolean isManifest(String mediaType) {
    return isIndex(mediaType) || isImageManifest(mediaType);
  }

  public static boolean isConfig(String mediaType) {
    return mediaType.equals(OCI_CONFIG) || mediaType.equals(DOCKER_CONFIG);
  }

  /** Whether registries may lack the blob because its vendor serves it by url. */
  public static boolean isForeignLayer(String mediaType) {
    return FOREIGN.contains(mediaType);
  }

  /** A Content-Type header without its parameters, in lower case. */
  public static String ofHeader(String contentType) {
    int semicolon = contentType.indexOf(';');
    String type = semicolon < 0 ? contentType : contentType.substring(0, semicolon);
    return type.strip().toLowerCase(Locale.ROOT);
  }
}

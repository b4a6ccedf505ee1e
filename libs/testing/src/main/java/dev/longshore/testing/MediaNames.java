package dev.longshore.testing;

/** Media types of one family, spelt out so that tests do not trust the code under test. */
record MediaNames(String index, String manifest, String config, String layerGzip) {
  static final MediaNames OCI =
      new MediaNames(
          "application/vnd.oci.image.index.v1+json",
          "application/vnd.oci.image.manifest.v1+json",
          "application/vnd.oci.image.config.v1+json",
          "application/vnd.oci.image.layer.v1.tar+gzip");
  static final MediaNames DOCKER =
      new MediaNames(
          "application/vnd.docker.distribution.manifest.list.v2+json",
          "application/vnd.docker.distribution.manifest.v2+json",
          "application/vnd.docker.container.image.v1+json",
          "application/vnd.docker.image.rootfs.diff.tar.gzip");
}

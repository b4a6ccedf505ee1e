package dev.longshore.app.clients;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.testing.Programs;
import dev.longshore.testing.Tar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * One static program as an image.
 *
 * @param manifest digest of its manifest
 * @param layer digest of its layer
 */
record RunnableImage(Digest manifest, Digest layer) {
  /** Pushes it under the tag {@code v1}, with a layer that no other image has. */
  static RunnableImage push(InMemoryRegistry source, RepositoryName name) throws Exception {
    byte[] tar =
        program().file("made-for", name.toString().getBytes(StandardCharsets.UTF_8)).bytes();
    return push(source, name, tar, MediaType.OCI_LAYER_GZIP, gzip(tar));
  }

  /** The same, with a layer that is not compressed. */
  static RunnableImage pushUncompressed(InMemoryRegistry source, RepositoryName name)
      throws Exception {
    byte[] tar = program().bytes();
    return push(source, name, tar, MediaType.OCI_LAYER, tar);
  }

  /** The same with further files in the layer, which is packed with gzip. */
  static RunnableImage push(InMemoryRegistry source, RepositoryName name, Map<String, byte[]> files)
      throws Exception {
    Tar tar = program();
    new TreeMap<>(files).forEach(tar::file);
    byte[] bytes = tar.bytes();
    return push(source, name, bytes, MediaType.OCI_LAYER_GZIP, gzip(bytes));
  }

  private static Tar program() throws IOException, InterruptedException {
    return new Tar().program("crane", Files.readAllBytes(Programs.find("crane")));
  }

  private static RunnableImage push(
      InMemoryRegistry source, RepositoryName name, byte[] tar, String mediaType, byte[] layer)
      throws Exception {
    byte[] config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/crane\",\"version\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}"
            .formatted(Platform.host().architecture(), Digest.of(tar))
            .getBytes(StandardCharsets.UTF_8);
    source.pushBlob(name, layer);
    source.pushBlob(name, config);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, config),
            List.of(Descriptor.of(mediaType, layer)));
    Digest pushed = source.pushManifest(name, manifest.mediaType(), manifest.raw().bytes());
    source.tag(name, "v1", pushed);
    return new RunnableImage(pushed, Digest.of(layer));
  }

  private static byte[] gzip(byte[] tar) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(tar);
    }
    return out.toByteArray();
  }
}

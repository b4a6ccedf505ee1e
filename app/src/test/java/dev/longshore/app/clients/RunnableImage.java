package dev.longshore.app.clients;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.testing.InMemoryRegistry;
import dev.longshore.programs.Tools;
import dev.longshore.testing.Tar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/**
 * One static program as an image: the smallest of the tools that say their version.
 *
 * @param manifest digest of its manifest
 * @param layer digest of its topmost layer
 */
record RunnableImage(Digest manifest, Digest layer) {
  static final String PROGRAM = "estargz-check";

  /** Pushes it under the tag {@code v1}, with a layer that no other image has. */
  static RunnableImage push(InMemoryRegistry source, RepositoryName name) throws Exception {
    byte[] tar =
        program().file("made-for", name.toString().getBytes(StandardCharsets.UTF_8)).bytes();
    return push(source, name, MediaType.OCI_LAYER_GZIP, new Packed(tar, gzip(tar)));
  }

  /** The same, with a layer that is not compressed. */
  static RunnableImage pushUncompressed(InMemoryRegistry source, RepositoryName name)
      throws Exception {
    byte[] tar = program().bytes();
    return push(source, name, MediaType.OCI_LAYER, new Packed(tar, tar));
  }

  /** The same with further files in the layer, which is packed with gzip. */
  static RunnableImage push(InMemoryRegistry source, RepositoryName name, Map<String, byte[]> files)
      throws Exception {
    Tar tar = program();
    new TreeMap<>(files).forEach(tar::file);
    byte[] bytes = tar.bytes();
    return push(source, name, MediaType.OCI_LAYER_GZIP, new Packed(bytes, gzip(bytes)));
  }

  /** The program in a layer that every such image has, and further files in a layer above it. */
  static RunnableImage pushOnBase(
      InMemoryRegistry source, RepositoryName name, Map<String, byte[]> files) throws Exception {
    Tar tar = new Tar();
    new TreeMap<>(files).forEach(tar::file);
    return push(source, name, MediaType.OCI_LAYER_GZIP, packed(program()), packed(tar));
  }

  /** A layer as it is in the image, and what it unpacks to. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Packed(byte[] tar, byte[] layer) {}

  private static Packed packed(Tar tar) throws IOException {
    byte[] bytes = tar.bytes();
    return new Packed(bytes, gzip(bytes));
  }

  private static Tar program() throws IOException, InterruptedException {
    return new Tar().program(PROGRAM, programBytes());
  }

  static byte[] programBytes() throws IOException, InterruptedException {
    return Files.readAllBytes(Tools.ofProject().path(PROGRAM));
  }

  /** What it prints when it runs. */
  static String version() throws IOException, InterruptedException {
    return Tools.ofProject().run(PROGRAM, "version").strip();
  }

  private static RunnableImage push(
      InMemoryRegistry source, RepositoryName name, String mediaType, Packed... layers)
      throws Exception {
    String unpacked =
        Arrays.stream(layers)
            .map(layer -> '"' + Digest.of(layer.tar()).toString() + '"')
            .collect(Collectors.joining(","));
    byte[] config =
        "{\"architecture\":\"%s\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"/%s\",\"version\"]},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}"
            .formatted(Platform.host().architecture(), PROGRAM, unpacked)
            .getBytes(StandardCharsets.UTF_8);
    for (Packed layer : layers) {
      source.pushBlob(name, layer.layer());
    }
    source.pushBlob(name, config);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            Descriptor.of(MediaType.OCI_CONFIG, config),
            Arrays.stream(layers).map(layer -> Descriptor.of(mediaType, layer.layer())).toList());
    Digest pushed = source.pushManifest(name, manifest.mediaType(), manifest.raw().bytes());
    source.tag(name, "v1", pushed);
    return new RunnableImage(pushed, Digest.of(layers[layers.length - 1].layer()));
  }

  private static byte[] gzip(byte[] tar) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(tar);
    }
    return out.toByteArray();
  }
}

package dev.longshore.bench.image;

import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.source.ImageSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A one-platform image as an OCI layout: the same layers always give the same bytes.
 *
 * @param folder the layout
 * @param manifest its only image
 */
public record BigImage(Path folder, ImageManifest manifest) {
  private static final long MIB = 1L << 20;
  private static final RepositoryName NAME = RepositoryName.canonical("localhost/bench/image");

  /** Layers of at least 250 MB in all, most of them random, with a small one on top. */
  public static List<LayerSpec> usualLayers(long seed) {
    return List.of(
        new LayerSpec(1, 170 * MIB, LayerSpec.Texture.RANDOM),
        new LayerSpec(2, 72 * MIB, LayerSpec.Texture.RANDOM),
        new LayerSpec(3, 32 * MIB, LayerSpec.Texture.TEXT),
        new LayerSpec(seed, MIB / 2, LayerSpec.Texture.RANDOM));
  }

  /** Layers of the same sizes with other content. */
  public static List<LayerSpec> otherLayers() {
    return List.of(
        new LayerSpec(11, 170 * MIB, LayerSpec.Texture.RANDOM),
        new LayerSpec(12, 72 * MIB, LayerSpec.Texture.RANDOM),
        new LayerSpec(13, 32 * MIB, LayerSpec.Texture.TEXT));
  }

  /** Writes the layout. */
  public static BigImage write(Path folder, List<LayerSpec> specs) throws IOException {
    LayerWriter writer = writer(folder);
    List<LayerWriter.Written> layers = new ArrayList<>();
    for (LayerSpec spec : specs) {
      layers.add(writer.write(spec));
    }
    return ofLayers(folder, layers);
  }

  /** Writes a layout of layers of this machine's files. */
  public static BigImage writeFiles(Path folder, List<FileTar> tars) throws IOException {
    LayerWriter writer = writer(folder);
    List<LayerWriter.Written> layers = new ArrayList<>();
    for (FileTar tar : tars) {
      layers.add(writer.write(tar));
    }
    return ofLayers(folder, layers);
  }

  private static LayerWriter writer(Path folder) throws IOException {
    return new LayerWriter(Files.createDirectories(blobs(folder)));
  }

  private static Path blobs(Path folder) {
    return folder.resolve("blobs/sha256");
  }

  private static BigImage ofLayers(Path folder, List<LayerWriter.Written> layers)
      throws IOException {
    Path blobs = blobs(folder);
    byte[] config = config(layers);
    Descriptor configBlob = Descriptor.of(MediaType.OCI_CONFIG, config);
    Files.write(blobs.resolve(configBlob.digest().hex()), config);
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            configBlob,
            layers.stream().map(LayerWriter.Written::blob).toList());
    Files.write(blobs.resolve(manifest.digest().hex()), manifest.raw().bytes());
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(
        folder.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
            .formatted(MediaType.OCI_MANIFEST, manifest.digest(), manifest.raw().size()));
    return new BigImage(folder, manifest);
  }

  private static byte[] config(List<LayerWriter.Written> layers) {
    String diffIds =
        layers.stream().map(l -> "\"" + l.diffId() + "\"").collect(Collectors.joining(","));
    return "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[%s]}}"
        .formatted(diffIds)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Where it is read. */
  public ImageSource source() throws RegistryException {
    return OciLayoutSource.open(folder, NAME);
  }

  /** Its name there. */
  public Reference reference() {
    return Reference.digested(NAME, manifest.digest());
  }

  /** Config and layers, each once. */
  public List<Descriptor> blobs() {
    return manifest.children().stream().distinct().toList();
  }

  /** Bytes of config and layers. */
  public long bytes() {
    return blobs().stream().mapToLong(Descriptor::size).sum();
  }
}

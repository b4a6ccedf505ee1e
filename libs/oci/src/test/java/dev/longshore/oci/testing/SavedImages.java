package dev.longshore.oci.testing;

import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.testing.RandomImage;
import dev.longshore.testing.RandomImage.StoredManifest;
import dev.longshore.testing.Tar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes images as OCI layouts, as nerdctl's tar of a layout, and as Docker's older archive. */
public final class SavedImages {
  private SavedImages() {}

  /** The files of a layout, by path; each entry of its index carries its tag. */
  public static Map<String, byte[]> layout(List<StoredImage> images) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("oci-layout", ascii("{\"imageLayoutVersion\":\"1.0.0\"}"));
    var entries = new ArrayList<Descriptor>();
    for (StoredImage stored : images) {
      RandomImage image = stored.image();
      image.blobs().forEach((digest, blob) -> files.put(path(digest), blob));
      image.manifests().forEach(m -> files.put(path(m.digest()), m.body()));
      StoredManifest root = image.root();
      entries.add(
          new Descriptor(root.mediaType(), Digest.parse(root.digest()), root.body().length)
              .withAnnotations(
                  Map.of(
                      "io.containerd.image.name",
                      stored.name() + ":" + stored.tag(),
                      "org.opencontainers.image.ref.name",
                      stored.tag())));
    }
    byte[] index = ImageIndex.of(ManifestHead.of(MediaType.OCI_INDEX), entries).raw().bytes();
    files.put("index.json", index);
    return files;
  }

  public static Path layoutFolder(Path folder, List<StoredImage> images) throws IOException {
    for (var file : layout(images).entrySet()) {
      Path target = folder.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue());
    }
    return folder;
  }

  public static byte[] layoutTar(List<StoredImage> images) {
    return Tar.of(layout(images));
  }

  /** Docker's older form of a one-platform image, with one layer that is a link as Docker makes. */
  public static byte[] dockerTar(StoredImage stored) {
    RandomImage image = stored.image();
    var manifest = (ImageManifest) Manifest.parse(image.root().body(), image.root().mediaType());
    var tar = new Tar();
    String config = manifest.config().digest().hex() + ".json";
    tar.file(config, image.blobs().get(manifest.config().digest().toString()));
    var paths = new ArrayList<String>();
    for (Descriptor layer : manifest.layers()) {
      String folder = layer.digest().hex().substring(0, 20);
      String real = layer.digest().hex().substring(20, 40) + ".tar";
      tar.file(real, image.blobs().get(layer.digest().toString()));
      tar.directory(folder + "/").symlink(folder + "/layer.tar", "../" + real);
      paths.add(folder + "/layer.tar");
    }
    String layers = paths.stream().map(p -> '"' + p + '"').collect(Collectors.joining(","));
    String json =
        "[{\"Config\":\"%s\",\"RepoTags\":[\"%s:%s\"],\"Layers\":[%s]}]"
            .formatted(config, stored.name(), stored.tag(), layers);
    return tar.file("manifest.json", ascii(json)).bytes();
  }

  private static String path(String digest) {
    return "blobs/" + digest.replace(':', '/');
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.longshore.app.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.demo.TarLayer.Form;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;

/** An OCI image layout that is being written, of images that run this program. */
final class WrittenLayout {
  private static final String CREATED = Instant.EPOCH.toString();
  private final Path folder;
  private final ObjectNode index = JsonNodeFactory.instance.objectNode();

  WrittenLayout(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("blobs/sha256"));
    index.put("schemaVersion", 2).put("mediaType", MediaType.OCI_INDEX).putArray("manifests");
  }

  TarLayer layer(Form form, SortedMap<String, Path> files) throws IOException {
    Path temporary = folder.resolve("layer.tar");
    TarLayer layer = TarLayer.write(temporary, form, files);
    Files.move(temporary, blobFile(layer.blob().digest()), StandardCopyOption.REPLACE_EXISTING);
    return layer;
  }

  void image(String tag, List<TarLayer> layers) throws IOException {
    Descriptor config = blob(MediaType.OCI_CONFIG, config(layers));
    ImageManifest manifest =
        ImageManifest.of(
            ManifestHead.of(MediaType.OCI_MANIFEST),
            config,
            layers.stream().map(TarLayer::blob).toList());
    blob(MediaType.OCI_MANIFEST, manifest.raw().bytes());
    ObjectNode entry = index.withArray("manifests").addObject();
    entry
        .put("mediaType", MediaType.OCI_MANIFEST)
        .put("digest", manifest.digest().toString())
        .put("size", manifest.raw().size());
    entry.putObject("annotations").put("org.opencontainers.image.ref.name", tag);
  }

  /** Makes it whole. */
  void finish() throws IOException {
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.writeString(folder.resolve("index.json"), index.toString());
  }

  private static byte[] config(List<TarLayer> layers) {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("created", CREATED);
    config.put("architecture", System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64");
    config.put("os", "linux");
    ObjectNode run = config.putObject("config");
    run.putArray("Entrypoint")
        .add("java")
        .add("-cp")
        .add("/longshore/app/*:/longshore/lib/*")
        .add("dev.longshore.app.Main");
    ObjectNode rootfs = config.putObject("rootfs").put("type", "layers");
    var diffs = rootfs.putArray("diff_ids");
    layers.forEach(layer -> diffs.add(layer.diffId().toString()));
    var history = config.putArray("history");
    layers.forEach(
        _ -> history.addObject().put("created", CREATED).put("created_by", "longshore demo"));
    return config.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Descriptor blob(String mediaType, byte[] content) throws IOException {
    Descriptor blob = Descriptor.of(mediaType, content);
    Files.write(blobFile(blob.digest()), content);
    return blob;
  }

  private Path blobFile(Digest digest) {
    return folder.resolve("blobs/sha256").resolve(digest.hex());
  }
}

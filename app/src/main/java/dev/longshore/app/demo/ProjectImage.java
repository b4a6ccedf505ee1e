package dev.longshore.app.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.model.Digest;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * An image of this program as an OCI image layout: one layer of libraries, one of its own jars. The
 * same jars always give the same bytes.
 */
final class ProjectImage {
  static final String REPOSITORY = "demo/longshore";
  static final String TAG = "latest";

  /** Only for a development run: a service's image would not contain a broker. */
  private static final Pattern BROKER =
      Pattern.compile("(kafka_|kafka-(?!clients)|scala-|rocksdbjni|log4j-|lz4-|snappy-).*");

  private static final String CREATED = Instant.EPOCH.toString();
  private final Path folder;
  private final List<Path> jars;

  /**
   * @param folder becomes the layout
   * @param classPath as in the system property {@code java.class.path}
   */
  ProjectImage(Path folder, String classPath) {
    this.folder = folder;
    this.jars =
        Arrays.stream(classPath.split(File.pathSeparator))
            .map(Path::of)
            .filter(p -> p.toString().endsWith(".jar") && Files.isRegularFile(p))
            .filter(p -> !BROKER.matcher(name(p)).matches())
            .sorted(Comparator.comparing(ProjectImage::name))
            .toList();
  }

  private static String name(Path jar) {
    return jar.getFileName().toString();
  }

  /** Writes the layout. */
  void write() throws IOException {
    Files.createDirectories(folder.resolve("blobs/sha256"));
    List<Descriptor> layers = new ArrayList<>();
    layers.add(layer("longshore/lib/", jar -> !name(jar).startsWith("longshore-")));
    layers.add(layer("longshore/app/", jar -> name(jar).startsWith("longshore-")));
    Descriptor config = blob(MediaType.OCI_CONFIG, config(layers));
    ImageManifest manifest =
        ImageManifest.of(ManifestHead.of(MediaType.OCI_MANIFEST), config, layers);
    blob(MediaType.OCI_MANIFEST, manifest.raw().bytes());
    Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
    Files.write(folder.resolve("index.json"), index(manifest));
  }

  private Descriptor layer(String prefix, Predicate<Path> chosen) throws IOException {
    Path temporary = folder.resolve("layer.tar");
    Digest digest = JarLayer.write(temporary, prefix, jars.stream().filter(chosen).toList());
    Descriptor layer = new Descriptor(MediaType.OCI_LAYER, digest, Files.size(temporary));
    Files.move(temporary, blobFile(digest), StandardCopyOption.REPLACE_EXISTING);
    return layer;
  }

  private byte[] config(List<Descriptor> layers) {
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
    // The layers are not compressed, because jars already are.
    layers.forEach(layer -> diffs.add(layer.digest().toString()));
    var history = config.putArray("history");
    layers.forEach(
        _ -> history.addObject().put("created", CREATED).put("created_by", "longshore demo"));
    return config.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] index(ImageManifest manifest) {
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index.put("schemaVersion", 2).put("mediaType", MediaType.OCI_INDEX);
    ObjectNode entry = index.putArray("manifests").addObject();
    entry
        .put("mediaType", MediaType.OCI_MANIFEST)
        .put("digest", manifest.digest().toString())
        .put("size", manifest.raw().size());
    entry.putObject("annotations").put("org.opencontainers.image.ref.name", TAG);
    return index.toString().getBytes(StandardCharsets.UTF_8);
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

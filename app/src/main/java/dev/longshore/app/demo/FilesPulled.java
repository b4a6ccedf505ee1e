package dev.longshore.app.demo;

import dev.longshore.model.Digest;
import dev.longshore.model.OciFormatException;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageManifest;
import dev.longshore.oci.Manifest;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/**
 * Pulls an eStargz image by its tag, and compares every file with the image that was pushed: its
 * layers have other bytes, in which the same files are.
 */
final class FilesPulled {
  private static final int BUFFER = 256 * 1024;

  /** What eStargz adds to a layer. */
  private static final Set<String> OF_ESTARGZ =
      Set.of(".prefetch.landmark", ".no.prefetch.landmark", "stargz.index.json");

  private final RegistryReads reads;
  private final DemoImage image;
  private long files;
  private long bytes;

  FilesPulled(URI resolver, DemoImage image) {
    this.reads = new RegistryReads(resolver, image.to());
    this.image = image;
  }

  /** So many files of so many bytes are the same. */
  record Pulled(long files, long bytes) {}

  /**
   * Pulls it.
   *
   * @throws IOException when something is missing or differs
   */
  Pulled run() throws IOException, RegistryException, OciFormatException {
    ImageSource source = image.source();
    Descriptor pushed = source.resolve(image.from());
    List<Descriptor> before =
        layers(source.manifest(image.from().name(), pushed.digest()), pushed.mediaType());
    List<Descriptor> layers =
        layers(reads.read("manifests/" + image.to().tag().orElseThrow()), MediaType.OCI_MANIFEST);
    if (before.size() != layers.size()) {
      throw new IOException(
          "%s has %d layers, %d were pushed".formatted(image.to(), layers.size(), before.size()));
    }
    for (int i = 0; i < layers.size(); i++) {
      compare(before.get(i), layers.get(i));
    }
    return new Pulled(files, bytes);
  }

  private static List<Descriptor> layers(byte[] manifest, String mediaType)
      throws OciFormatException, IOException {
    if (Manifest.parse(manifest, mediaType) instanceof ImageManifest one) {
      return one.layers();
    }
    throw new IOException("an index where a manifest was pushed");
  }

  private void compare(Descriptor before, Descriptor layer) throws IOException, RegistryException {
    Map<String, Content> wanted;
    try (InputStream original = image.source().blob(image.from().name(), before, 0)) {
      wanted = contents(original, before);
    }
    HttpURLConnection call = reads.open("blobs/" + layer.digest());
    Map<String, Content> found;
    try (InputStream pulled = RegistryReads.ok(call)) {
      found = contents(pulled, layer);
    } finally {
      call.disconnect();
    }
    OF_ESTARGZ.forEach(found::remove);
    if (!wanted.equals(found)) {
      Set<String> different = new TreeSet<>(wanted.keySet());
      different.addAll(found.keySet());
      different.removeIf(path -> Objects.equals(wanted.get(path), found.get(path)));
      throw new IOException(
          "layer %s differs from the one that was pushed, first in %s"
              .formatted(layer.digest(), different.iterator().next()));
    }
    files += wanted.values().stream().filter(Content::isFile).count();
    bytes += wanted.values().stream().mapToLong(Content::size).sum();
  }

  /** An entry of a layer. */
  private record Content(boolean isFile, int mode, long size, Digest digest) {}

  /** What a layer holds; its bytes are those that its digest promises. */
  private static Map<String, Content> contents(InputStream blob, Descriptor layer)
      throws IOException {
    MessageDigest hash = layer.digest().algorithm().newHash();
    Map<String, Content> contents = new HashMap<>();
    InputStream hashed = new DigestInputStream(blob, hash);
    TarArchiveInputStream tar = tar(hashed, layer);
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      MessageDigest content = Digest.Algorithm.SHA256.newHash();
      new DigestInputStream(tar, content).transferTo(OutputStream.nullOutputStream());
      contents.put(
          entry.getName(),
          new Content(
              entry.isFile(),
              entry.getMode(),
              entry.getSize(),
              Digest.finish(Digest.Algorithm.SHA256, content)));
    }
    hashed.transferTo(OutputStream.nullOutputStream());
    Digest digest = Digest.finish(layer.digest().algorithm(), hash);
    if (!digest.equals(layer.digest())) {
      throw new IOException("layer " + layer.digest() + " came with the bytes of " + digest);
    }
    return contents;
  }

  private static TarArchiveInputStream tar(InputStream blob, Descriptor layer) throws IOException {
    InputStream in = new BufferedInputStream(blob, BUFFER);
    return new TarArchiveInputStream(
        layer.mediaType().endsWith("gzip")
            ? GzipCompressorInputStream.builder()
                .setInputStream(in)
                .setDecompressConcatenated(true)
                .get()
            : in,
        StandardCharsets.UTF_8.name());
  }
}

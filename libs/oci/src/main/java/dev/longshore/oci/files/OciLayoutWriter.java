package dev.longshore.oci.files;

import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import dev.longshore.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Writes one image as an OCI image layout. All of it grows in a hidden folder that only its owner
 * may read; nothing is seen under its final name before the whole image is there. Closing removes
 * what was not moved away.
 */
public final class OciLayoutWriter implements AutoCloseable {
  private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private final Path folder;

  private OciLayoutWriter(Path folder) {
    this.folder = folder;
  }

  /**
   * Begins a layout next to where it will lie, so that moving it there is one step.
   *
   * @param target what {@link #moveTo} or {@link #archiveAs} will be given
   * @throws FileAlreadyExistsException when something is there
   */
  public static OciLayoutWriter beside(Path target) throws IOException {
    requireFree(target);
    Path parent = target.toAbsolutePath().normalize().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new IOException(target + ": there is no folder to write it into (create it first)");
    }
    return in(parent);
  }

  /** Begins a layout in a folder of its own inside this one. */
  public static OciLayoutWriter in(Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, ".longshore-");
    Files.createDirectories(folder.resolve("blobs"));
    return new OciLayoutWriter(folder);
  }

  private static void requireFree(Path target) throws IOException {
    if (Files.isDirectory(target)) {
      try (Stream<Path> files = Files.list(target)) {
        if (files.findAny().isEmpty()) {
          return;
        }
      }
    }
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(
          target.toString(),
          null,
          "something is there already (remove it, or choose another name)");
    }
  }

  /** Where the layout lies for now. */
  public Path folder() {
    return folder;
  }

  private Path file(Digest digest) {
    return folder.resolve("blobs").resolve(digest.algorithm().prefix()).resolve(digest.hex());
  }

  /** Opens a blob that was written. */
  public InputStream read(Digest digest) throws IOException {
    return Files.newInputStream(file(digest));
  }

  /** Writes a blob's bytes; what it gives back is their digest, or it throws if they are bad. */
  @FunctionalInterface
  public interface Content {
    Digest writeTo(OutputStream out) throws IOException;
  }

  /** Writes a blob to a temporary name first; it is there when its content came to its end. */
  public Digest blob(Content content) throws IOException {
    Path partial = Files.createTempFile(folder, "blob-", ".partial");
    try {
      Digest digest;
      try (OutputStream out = Files.newOutputStream(partial)) {
        digest = content.writeTo(out);
      }
      Path target = file(digest);
      Files.createDirectories(target.getParent());
      Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
      return digest;
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  /** Writes bytes that are at hand. */
  public Descriptor blob(String mediaType, byte[] content) throws IOException {
    Descriptor described = Descriptor.of(mediaType, content);
    blob(
        out -> {
          out.write(content);
          return described.digest();
        });
    return described;
  }

  /** Ends the layout: its index names this one image. */
  public void index(Descriptor top, String tag, Optional<Reference> name) throws IOException {
    Map<String, String> annotations = new TreeMap<>(top.annotations());
    annotations.put(NamedImage.REF_NAME, tag);
    name.ifPresent(full -> annotations.put(NamedImage.CONTAINERD_NAME, full.toString()));
    ImageIndex index =
        ImageIndex.of(
            ManifestHead.of(MediaType.OCI_INDEX), List.of(top.withAnnotations(annotations)));
    Files.writeString(folder.resolve(LayoutFiles.MARKER), LAYOUT, StandardCharsets.US_ASCII);
    Files.write(folder.resolve(LayoutFiles.INDEX), index.raw().bytes());
  }

  /** Gives the layout its name as a folder. */
  public void moveTo(Path target) throws IOException {
    requireFree(target);
    Files.move(folder, target, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Packs the layout into one tar, as {@code nerdctl save} writes it. */
  public void archiveAs(Path target) throws IOException {
    requireFree(target);
    Path parent = target.toAbsolutePath().normalize().getParent();
    Path partial = Files.createTempFile(parent, ".longshore-", ".partial");
    try {
      LayoutArchive.write(folder, partial);
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(partial);
    }
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}

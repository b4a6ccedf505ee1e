package dev.longshore.oci.files;

import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.ImageIndex;
import dev.longshore.oci.ManifestHead;
import dev.longshore.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes one image as an OCI image layout, in a hidden folder that only its owner can read; nothing
 * gets its final name before the image is complete. Closing removes what was not moved away.
 */
public final class OciLayoutWriter implements AutoCloseable {
  private static final String LAYOUT = "{\"imageLayoutVersion\":\"1.0.0\"}";

  private final HiddenFolder hidden;
  private final Path layout;

  private OciLayoutWriter(HiddenFolder hidden, Path layout) {
    this.hidden = hidden;
    this.layout = layout;
  }

  /**
   * Starts a layout next to its final place, so that moving it there is one step.
   *
   * @param target the later argument of {@link #moveTo} or {@link #archiveAs}
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

  /** Starts a layout in a separate folder inside this one. */
  public static OciLayoutWriter in(Path parent) throws IOException {
    HiddenFolder hidden = HiddenFolder.in(parent);
    // As private as its parent folder, since it will leave that.
    Path layout = Files.createTempDirectory(hidden.path(), "layout-");
    Files.createDirectories(layout.resolve("blobs"));
    return new OciLayoutWriter(hidden, layout);
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

  /** The layout's current folder. */
  public Path folder() {
    return layout;
  }

  private Path file(Digest digest) {
    return layout.resolve("blobs").resolve(digest.algorithm().prefix()).resolve(digest.hex());
  }

  /** Opens a written blob. */
  public InputStream read(Digest digest) throws IOException {
    return Files.newInputStream(file(digest));
  }

  /** Writes a blob's bytes and returns their digest, or throws if they are bad. */
  @FunctionalInterface
  public interface Content {
    Digest writeTo(OutputStream out) throws IOException;
  }

  /**
   * Writes a blob under a temporary name first; it gets its name when it is complete.
   *
   * @throws IOException if this was closed, even meanwhile
   */
  public Digest blob(Content content) throws IOException {
    return hidden.write(
        out -> {
          Digest digest = content.writeTo(out);
          hidden.naming(() -> Files.createDirectories(file(digest).getParent()));
          return digest;
        },
        this::file);
  }

  /** Writes bytes from memory. */
  public Descriptor blob(String mediaType, byte[] content) throws IOException {
    Descriptor described = Descriptor.of(mediaType, content);
    blob(
        out -> {
          out.write(content);
          return described.digest();
        });
    return described;
  }

  /**
   * Completes the layout: its index names this one image.
   *
   * @param tag the image's tag in the layout
   * @param name the name under which {@code nerdctl load} stores it
   */
  public void index(Descriptor top, Optional<Tag> tag, Optional<Reference> name)
      throws IOException {
    Map<String, String> annotations = new TreeMap<>(top.annotations());
    tag.ifPresent(known -> annotations.put(SavedImage.REF_NAME, known.text()));
    name.ifPresent(full -> annotations.put(SavedImage.CONTAINERD_NAME, full.toString()));
    ImageIndex index =
        ImageIndex.of(
            ManifestHead.of(MediaType.OCI_INDEX), List.of(top.withAnnotations(annotations)));
    hidden.naming(
        () -> {
          Files.writeString(layout.resolve(LayoutFiles.MARKER), LAYOUT, StandardCharsets.US_ASCII);
          Files.write(layout.resolve(LayoutFiles.INDEX), index.raw().bytes());
        });
  }

  /** Gives the layout its name as a folder. */
  public void moveTo(Path target) throws IOException {
    requireFree(target);
    hidden.naming(() -> Files.move(layout, target, StandardCopyOption.REPLACE_EXISTING));
  }

  /** Packs the layout into one tar, as {@code nerdctl save} writes it. */
  public void archiveAs(Path target) throws IOException {
    requireFree(target);
    hidden.write(
        out -> {
          LayoutArchive.write(layout, out);
          return target;
        },
        Function.identity());
  }

  /** Removes what was not moved away; further writes fail. */
  @Override
  public void close() throws IOException {
    hidden.close();
  }
}

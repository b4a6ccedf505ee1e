package dev.longshore.app.demo;

import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.files.SaveTarSource;
import dev.longshore.oci.files.SavedImage;
import dev.longshore.oci.registry.Registries;
import dev.longshore.oci.registry.RegistryClient;
import dev.longshore.oci.source.ImageSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The image that a demo pushes.
 *
 * @param source the source to read
 * @param from its name there
 * @param to its name in the development registry
 */
public record DemoImage(ImageSource source, Reference from, Reference to) {
  private static final String FOLDER = "demo/";

  /**
   * Finds the image.
   *
   * @param image a registry reference, an OCI layout folder or a {@code docker save} tar; null for
   *     this program's own image, written to {@code scratch}
   * @param largest in bytes: this program's own image is made without larger libraries
   */
  public static DemoImage of(
      @Nullable String image, RegistryHost registry, Path scratch, long largest)
      throws IOException, RegistryException {
    if (image == null) {
      new ProjectImage(scratch, System.getProperty("java.class.path"), largest).write();
      RepositoryName name = new RepositoryName(registry, ProjectImage.REPOSITORY);
      Reference to = Reference.tagged(name, ProjectImage.TAG);
      return new DemoImage(OciLayoutSource.open(scratch, name), to, to);
    }
    Path path = Path.of(image);
    if (Files.isDirectory(path)) {
      RepositoryName name = fileName(path, registry);
      OciLayoutSource source = OciLayoutSource.open(path, name);
      return ofFiles(source, source.images(), name);
    }
    if (Files.isRegularFile(path)) {
      RepositoryName name = fileName(path, registry);
      SaveTarSource source = SaveTarSource.open(path, name);
      return ofFiles(source, source.images(), name);
    }
    Reference from = Reference.parse(image);
    RepositoryName name = new RepositoryName(registry, FOLDER + from.name().repository());
    return new DemoImage(
        new RegistryClient(Registries.of()),
        from,
        Reference.tagged(name, from.tag().orElse(new Tag(ProjectImage.TAG))));
  }

  private static DemoImage ofFiles(ImageSource source, List<SavedImage> images, RepositoryName name)
      throws IOException {
    if (images.isEmpty()) {
      throw new IOException("there is no image in it");
    }
    SavedImage first = images.getFirst();
    Reference from =
        first.tag().isPresent()
            ? Reference.tagged(name, first.tag().get())
            : Reference.digested(name, first.descriptor().digest());
    return new DemoImage(
        source, from, Reference.tagged(name, first.tag().orElse(new Tag(ProjectImage.TAG))));
  }

  /** A repository named after the file, without invalid characters. */
  private static RepositoryName fileName(Path path, RegistryHost registry) {
    String name = String.valueOf(path.toAbsolutePath().normalize().getFileName());
    String plain =
        name.toLowerCase(Locale.ROOT)
            .replaceAll("\\.tar$", "")
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    try {
      return new RepositoryName(registry, FOLDER + plain);
    } catch (OciFormatException unusable) {
      return new RepositoryName(registry, FOLDER + "image");
    }
  }
}

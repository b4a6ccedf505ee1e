package dev.longshore.app.cli;

import dev.longshore.app.keyholder.ImageAt;
import dev.longshore.model.Reference;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.files.OciLayoutSource;
import dev.longshore.oci.files.SaveTarSource;
import dev.longshore.oci.files.SavedImage;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** An image in a file: a layout folder or a saved tar, with a tag after a colon if needed. */
final class ImageFile {
  /** As skopeo and buildah write it; optional, since a path is enough. */
  private static final List<String> TRANSPORTS = List.of("oci:", "oci-archive:");

  private static final RepositoryName NAME =
      new RepositoryName(new RegistryHost("localhost"), "file");

  private ImageFile() {}

  private record Place(Path path, Optional<String> tag) {}

  static boolean isOne(String asked) {
    return place(asked).isPresent();
  }

  /** Empty if there is no such file or layout folder. */
  static Optional<ImageAt> find(String asked) throws CommandException, RegistryException {
    Optional<Place> place = place(asked);
    return place.isPresent() ? Optional.of(open(asked, place.get())) : Optional.empty();
  }

  private static Optional<Place> place(String asked) {
    Optional<String> transport = TRANSPORTS.stream().filter(asked::startsWith).findFirst();
    boolean meant = transport.isPresent();
    String bare = asked.substring(transport.map(String::length).orElse(0));
    int colon = bare.lastIndexOf(':');
    if (isImage(bare, meant)) {
      return Optional.of(new Place(Path.of(bare), Optional.empty()));
    }
    return colon > 0 && isImage(bare.substring(0, colon), meant)
        ? Optional.of(
            new Place(Path.of(bare.substring(0, colon)), Optional.of(bare.substring(colon + 1))))
        : Optional.empty();
  }

  /** Other files and folders may have an image's name by chance. */
  private static boolean isImage(String path, boolean meant) {
    try {
      Path file = Path.of(path);
      return (Files.isRegularFile(file) && (meant || saysFile(path)))
          || Files.exists(file.resolve("oci-layout"));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** Whether it is spelled as a file: {@code app} alone is an image, even if such a file exists. */
  static boolean saysFile(String path) {
    return path.contains("/") || path.endsWith(".tar");
  }

  private static ImageAt open(String asked, Place place)
      throws CommandException, RegistryException {
    if (Files.isDirectory(place.path)) {
      OciLayoutSource layout = OciLayoutSource.open(place.path, NAME);
      return new ImageAt(asked, layout, chosen(asked, place, layout.images()));
    }
    // It stays open as long as the command runs.
    SaveTarSource tar = SaveTarSource.open(place.path, NAME);
    return new ImageAt(asked, tar, chosen(asked, place, tar.images()));
  }

  private static Reference chosen(String asked, Place place, List<SavedImage> images)
      throws CommandException {
    List<SavedImage> fitting =
        images.stream()
            .filter(image -> place.tag.isEmpty() || image.tag().map(Tag::text).equals(place.tag))
            .toList();
    if (fitting.size() != 1) {
      throw new CommandException(
          "%s: %d images are in it%s (expected: one; put its tag behind a colon: %s)"
              .formatted(
                  asked,
                  fitting.size(),
                  place.tag.map(tag -> " with tag " + tag).orElse(""),
                  images.stream()
                      .map(image -> image.tag().map(Tag::text).orElse("one without tag"))
                      .collect(Collectors.joining(", "))));
    }
    return Reference.digested(NAME, fitting.getFirst().descriptor().digest());
  }
}

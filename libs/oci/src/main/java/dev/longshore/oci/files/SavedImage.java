package dev.longshore.oci.files;

import dev.longshore.model.OciFormatException;
import dev.longshore.model.Reference;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import java.util.Optional;

/**
 * An image in a layout or archive.
 *
 * @param full the full reference it was saved under, if known
 * @param tag its tag, if it has one
 */
public record SavedImage(Optional<Reference> full, Optional<Tag> tag, Descriptor descriptor) {
  /** The full name, as {@code nerdctl load} reads it. */
  static final String CONTAINERD_NAME = "io.containerd.image.name";

  /** The tag, as skopeo and others read it (image spec, "Pre-Defined Annotation Keys"). */
  static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** Names an entry of a layout's index by its annotations. */
  static SavedImage of(Descriptor entry) {
    Optional<Reference> full = reference(entry.annotations().getOrDefault(CONTAINERD_NAME, ""));
    String refName = entry.annotations().getOrDefault(REF_NAME, "");
    Optional<Tag> tag = tag(refName);
    if (full.isEmpty() && tag.isEmpty()) {
      full = reference(refName);
    }
    Optional<Reference> known = full;
    return new SavedImage(full, tag.or(() -> known.flatMap(Reference::tag)), entry);
  }

  static SavedImage of(String repoTag, Descriptor manifest) {
    Optional<Reference> full = reference(repoTag);
    return new SavedImage(full, full.flatMap(Reference::tag), manifest);
  }

  private static Optional<Reference> reference(String name) {
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(Reference.parse(name));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Tag> tag(String name) {
    try {
      return name.isEmpty() ? Optional.empty() : Optional.of(Tag.parse(name));
    } catch (OciFormatException e) {
      return Optional.empty();
    }
  }
}

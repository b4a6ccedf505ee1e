package dev.longshore.pinner;

import dev.longshore.events.Converted;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The digests that the name of an image's pin may give. Whoever reads a node's pins must not learn
 * what an encrypted image was made of: it goes by its own digest, as the pin of its conversion.
 */
final class PinSources {
  private PinSources() {}

  /** None if one of them is not known. */
  static Set<Digest> of(Collection<ImageState> images) {
    Set<Digest> digests = new HashSet<>();
    for (ImageState image : images) {
      Digest digest = image.mode().is(Mode.ENCRYPTED) ? image.ownDigest() : image.digest();
      if (digest == null) {
        return Set.of();
      }
      digests.add(digest);
    }
    return digests;
  }

  /** The same of an image whose record may not be known yet. */
  static Set<Digest> of(Collection<ImageState> images, Converted event) {
    Set<Digest> known = of(images);
    if (known.isEmpty() && !images.isEmpty()) {
      return known;
    }
    Optional<Digest> announced =
        event.mode().is(Mode.ENCRYPTED) ? Optional.empty() : Optional.of(event.digest());
    Set<Digest> all = new HashSet<>(known);
    announced.ifPresent(all::add);
    return all;
  }
}

package dev.longshore.resolver.lookup;

import dev.longshore.catalog.PinnedDag;
import dev.longshore.events.ImageState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything known about a question.
 *
 * @param images one for each source digest that matches
 * @param served source digest that the name answers with now; null if it is not served, or if the
 *     question is not a name
 * @param completeAt when the index was last seen complete; null if never
 */
record Known(List<Source> images, Optional<Digest> served, Optional<Instant> completeAt) {
  Known {
    images = List.copyOf(images);
  }

  boolean isEmpty() {
    return images.isEmpty();
  }

  /**
   * A source image.
   *
   * @param digest digest of its manifest or index
   * @param mediaType its media type; empty if unknown
   * @param names names that have the digest now
   * @param conversions its results, for each mode and recipe; none if it is forgotten
   * @param forgottenAt when people decided that it is not served any more
   */
  record Source(
      Digest digest,
      String mediaType,
      List<TagState> names,
      List<Conversion> conversions,
      Optional<Instant> forgottenAt) {
    Source {
      names = List.copyOf(names);
      conversions = List.copyOf(conversions);
    }
  }

  /**
   * An image in one mode.
   *
   * @param pin its copies; null until the pinner records some
   */
  record Conversion(ImageState state, Optional<PinnedDag> pin) {
    /** Whether it is served. */
    boolean listed() {
      return pin.filter(known -> known.pin().wasVerified()).isPresent();
    }
  }
}

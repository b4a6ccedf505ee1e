package dev.longshore.resolver.lookup;

import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known of what was asked for.
 *
 * @param images one for each source digest that the question leads to
 * @param served source digest that the name answers with now; none if it is not served, or if no
 *     name was asked for
 * @param completeAt when the index was last seen to be complete; none if it never was
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
   * @param digest of its manifest or index
   * @param mediaType of that; empty if nobody told
   * @param names that have the digest now
   * @param conversions what was made of it, in each mode and by each recipe
   */
  record Source(
      Digest digest, String mediaType, List<TagState> names, List<Conversion> conversions) {
    Source {
      names = List.copyOf(names);
      conversions = List.copyOf(conversions);
    }
  }

  /**
   * An image in one mode.
   *
   * @param pin its copies; none until the pinner told
   */
  record Conversion(ImageState state, Optional<PinState> pin) {
    /** Whether it is served. */
    boolean listed() {
      return pin.map(PinState::wasVerified).orElse(false);
    }
  }
}

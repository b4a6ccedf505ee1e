package dev.longshore.resolver.lookup;

import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that is known of what was asked for.
 *
 * @param ref the question
 * @param names tags and digests of repositories that lead to it
 * @param images what was made of it
 * @param served source digest that the name answers with now; none if it is not served, or if no
 *     name was asked for
 * @param age time since the index was last seen to be complete; none if it never was
 */
record Known(
    String ref,
    List<TagState> names,
    List<Image> images,
    Optional<String> served,
    Optional<Duration> age) {
  Known {
    names = List.copyOf(names);
    images = List.copyOf(images);
  }

  boolean isEmpty() {
    return names.isEmpty() && images.isEmpty();
  }

  /**
   * One image in one mode.
   *
   * @param pin its copies, as far as the pinner told
   */
  record Image(ImageState state, Optional<PinState> pin) {
    /** Whether it is served. */
    boolean listed() {
      return pin.map(p -> p.verified() > 0).orElse(false);
    }
  }
}

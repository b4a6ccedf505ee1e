package dev.longshore.catalog.served;

import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.Mode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The images that a name shows.
 *
 * @param images the newest of each mode, in the order of the modes; at the end the one that the
 *     name alone shows, if it is none of these
 * @param selected the one that the name alone shows
 */
record ShownImages(List<ImageState> images, @Nullable ImageState selected) {
  ShownImages {
    images = List.copyOf(images);
  }

  /**
   * Chooses among the images of these digests.
   *
   * @param digests of the name, newest first
   */
  static ShownImages among(List<Digest> digests, ServedModes modes, VerifiedImages verified) {
    List<Mode> order = modes.inOrder();
    Map<Mode, ImageState> newest = new EnumMap<>(Mode.class);
    ImageState selected = null;
    for (Digest digest : digests) {
      List<ImageState> made = verified.madeOf(modes.repository(), digest);
      boolean first = true;
      for (Mode mode : order) {
        if (made.stream().noneMatch(i -> ServedModes.isIn(i, mode) && modes.serves(i))) {
          continue;
        }
        if (!newest.containsKey(mode) || (first && selected == null)) {
          Optional<ImageState> found =
              verified.best(modes, made, mode).map(VerifiedImages.Verified::image);
          found.ifPresent(image -> newest.putIfAbsent(mode, image));
          selected = first && selected == null ? found.orElse(null) : selected;
        }
        first = false;
      }
    }
    List<ImageState> images =
        new ArrayList<>(order.stream().map(newest::get).filter(Objects::nonNull).toList());
    if (selected != null && !images.contains(selected)) {
      images.add(selected);
    }
    return new ShownImages(images, selected);
  }
}

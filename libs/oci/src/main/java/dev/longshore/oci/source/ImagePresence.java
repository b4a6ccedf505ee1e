package dev.longshore.oci.source;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much of an image its source has: a containerd that pulled for one platform has only that one.
 *
 * @param platforms the readable ones of the wanted platforms; an empty list means the whole image,
 *     an absent one none of it
 * @param there complete platforms of an index, by the index's entries
 * @param missing content whose arrival can change this: the first of each incomplete part
 */
public record ImagePresence(
    Optional<List<Platform>> platforms, List<Platform> there, Set<Digest> missing) {
  public ImagePresence {
    platforms = platforms.map(List::copyOf);
    there = List.copyOf(there);
    missing = Set.copyOf(missing);
  }

  /** Everything wanted is there. */
  public static ImagePresence whole(List<Platform> wanted) {
    return new ImagePresence(Optional.of(wanted), List.of(), Set.of());
  }

  /** Nothing is readable before this content arrives. */
  public static ImagePresence none(Digest missing) {
    return new ImagePresence(Optional.empty(), List.of(), Set.of(missing));
  }
}

package dev.longshore.oci;

import dev.longshore.model.Digest;
import dev.longshore.model.Platform;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How much of an image its source has: a containerd that pulled for one platform has only that one.
 *
 * @param platforms what can be read, of what was asked for; an empty list is all of the image, none
 *     is nothing of it
 * @param there platforms of an index that are whole, by the index's entries
 * @param missing content whose arrival can change that: of each incomplete part the first
 */
public record Presence(
    Optional<List<Platform>> platforms, List<Platform> there, Set<Digest> missing) {
  public Presence {
    platforms = platforms.map(List::copyOf);
    there = List.copyOf(there);
    missing = Set.copyOf(missing);
  }

  /** All that was asked for. */
  public static Presence whole(List<Platform> wanted) {
    return new Presence(Optional.of(wanted), List.of(), Set.of());
  }

  /** Nothing that could be read before this content is there. */
  public static Presence none(Digest missing) {
    return new Presence(Optional.empty(), List.of(), Set.of(missing));
  }
}

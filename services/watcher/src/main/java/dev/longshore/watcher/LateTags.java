package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Waits for late tags. The CNCF registry notifies of a manifest before it writes the tag, and on a
 * busy machine a look may come in between.
 */
final class LateTags {
  /** Pauses before further looks, a second and a half in all. */
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofMillis(50),
          Duration.ofMillis(150),
          Duration.ofMillis(300),
          Duration.ofMillis(500),
          Duration.ofMillis(500));

  private final Catalog catalog;
  private final Pause pause;

  LateTags(Catalog catalog, Pause pause) {
    this.catalog = catalog;
    this.pause = pause;
  }

  /** Gets the current target of the tag. */
  @FunctionalInterface
  interface TagTarget {
    Optional<Descriptor> now() throws RegistryException;
  }

  /**
   * Looks again while the tag may still have its target from before the push.
   *
   * @param hinted the digest pushed under the tag
   * @param tagged its target at the first look
   */
  Optional<Descriptor> await(
      RepositoryName name, Tag tag, Digest hinted, Optional<Descriptor> tagged, TagTarget look)
      throws RegistryException, InterruptedException {
    Optional<Digest> before = catalog.tags().of(name, tag).map(TagState::digest);
    Optional<Descriptor> found = tagged;
    for (Duration time : PAUSES) {
      Optional<Digest> now = found.map(Descriptor::digest);
      boolean movedOn = before.isPresent() && now.isPresent() && !now.equals(before);
      if (movedOn || now.equals(Optional.of(hinted))) {
        return found;
      }
      pause.of(time);
      found = look.now();
    }
    return found;
  }
}

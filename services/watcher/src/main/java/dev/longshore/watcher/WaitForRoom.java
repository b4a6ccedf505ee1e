package dev.longshore.watcher;

import dev.longshore.model.RegistryHost;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a look waits for while a registry's backfill has no room for one more image.
 *
 * @param rests whether somebody decided that the backfill rests
 * @param images that are under way
 * @param unconverted those of them that are not converted
 * @param first the one that is under way for the longest time; null if none is
 */
public record WaitForRoom(
    RegistryHost registry, boolean rests, int images, int unconverted, @Nullable First first) {

  /**
   * The image that is under way for the longest time.
   *
   * @param image its name
   * @param time for which it is
   * @param trouble what is known to hold it up; null if nothing is
   */
  public record First(String image, Duration time, @Nullable String trouble) {}

  /** For people. */
  public String text() {
    if (rests) {
      return "waiting: the backfill of %1$s rests; 'longshore backfill resume %1$s' lets it go on"
          .formatted(registry);
    }
    if (first == null) {
      return "waiting: the backfill of %s has no room".formatted(registry);
    }
    String trouble = first.trouble == null ? "" : ": " + first.trouble;
    return "waiting: %d images of %s are under way, %d of them not converted; for the longest time %s, %d s%s"
        .formatted(images, registry, unconverted, first.image, first.time.toSeconds(), trouble);
  }
}

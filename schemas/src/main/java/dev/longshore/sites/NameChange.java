package dev.longshore.sites;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.longshore.events.ImageState;
import dev.longshore.events.ServedState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a name shows, and what the first rule of the site's group that names it asks for.
 *
 * @param served as its hub serves it, with the results of the rule's modes alone; removed, it shows
 *     nothing any more
 * @param images of each of its results, without what only the makers of images need
 * @param keep on which nodes of the site it is kept
 * @param priority those with a higher one are fetched first
 * @param maxAgeSeconds how old the site's last word of the hub may be for it to be served; none for
 *     any age
 * @param others results in modes that the rule does not ask for, which a site may bring when
 *     somebody asks for their digests
 * @param referrers what refers to what the name shows, and what refers to that, kept as the name is
 * @param referrersLeftOut true if there is more than these; otherwise none
 */
public record NameChange(
    ServedState served,
    List<ImageState> images,
    Keep keep,
    int priority,
    @Nullable Long maxAgeSeconds,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Other> others,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Other> referrers,
    @Nullable Boolean referrersLeftOut) {
  public NameChange {
    images = List.copyOf(images);
    others = List.copyOf(others);
    referrers = List.copyOf(referrers);
  }

  /** One to whose images nothing refers. */
  public NameChange(
      ServedState served,
      List<ImageState> images,
      Keep keep,
      int priority,
      @Nullable Long maxAgeSeconds,
      List<Other> others) {
    this(served, images, keep, priority, maxAgeSeconds, others, List.of(), null);
  }

  /** One without others. */
  public NameChange(
      ServedState served,
      List<ImageState> images,
      Keep keep,
      int priority,
      @Nullable Long maxAgeSeconds) {
    this(served, images, keep, priority, maxAgeSeconds, List.of());
  }

  /** A result, and its image as {@link #images} has them. */
  public record Other(ServedState.Result result, ImageState image) {}
}

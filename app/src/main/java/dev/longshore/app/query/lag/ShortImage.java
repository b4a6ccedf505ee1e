package dev.longshore.app.query.lag;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.DurationText;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An image that has fewer copies than it is to have.
 *
 * @param name a name that shows it, and its mode unless that is plain; its CID if nothing names it
 * @param pin its copies
 * @param since since when: its push if it never had all copies, or else when it lost one
 * @param isAtLeast whether it is so for longer, as nobody told of the push
 */
public record ShortImage(String name, PinState pin, Instant since, boolean isAtLeast) {
  private static final String PLAIN = "plain";

  /** With the name and the push that the catalog has of it. */
  public static ShortImage of(PinState pin, Catalog catalog) {
    Optional<ImageState> image = catalog.conversions().firstByDag(pin.imageDag());
    Optional<TagState> name = image.flatMap(its -> name(its, catalog));
    String text =
        name.map(TagState::key)
                .or(() -> image.map(its -> TagState.key(its.name(), its.digest())))
                .orElse(pin.imageDag().toString())
            + image
                .map(its -> its.mode().text())
                .filter(mode -> !mode.equals(PLAIN))
                .map(mode -> " (" + mode + ")")
                .orElse("");
    boolean neverHadAll = pin.allVerifiedAt() == null && pin.stateSince() != null;
    if (!neverHadAll) {
      return new ShortImage(text, pin, pin.changedAt(), true);
    }
    Instant began = Objects.requireNonNull(pin.stateSince());
    return name.filter(tag -> !tag.hintedAt().isAfter(began))
        .map(
            tag ->
                tag.origin().tellsOfPush()
                    ? new ShortImage(text, pin, tag.hintedAt(), false)
                    : new ShortImage(text, pin, tag.observedAt(), true))
        .orElseGet(() -> new ShortImage(text, pin, began, true));
  }

  /** A tag that points to it, rather than one that did or the bare digest. */
  private static Optional<TagState> name(ImageState image, Catalog catalog) {
    List<TagState> names = catalog.tags().withDigest(image.digest());
    return names.stream()
        .filter(tag -> tag.tag() != null && !tag.deleted())
        .filter(tag -> tag.name().equals(image.name()))
        .min(
            Comparator.comparing((TagState tag) -> !tag.digest().equals(image.digest()))
                .thenComparing(tag -> tag.selector()));
  }

  /** For how long it is so. */
  public Duration age(Instant now) {
    Duration age = Duration.between(since, now);
    return age.isNegative() ? Duration.ZERO : age;
  }

  /** For people. */
  public String line(Instant now) {
    return "%d of %d for %s%s: %s"
        .formatted(
            pin.verified(),
            pin.wanted(),
            isAtLeast ? "at least " : "",
            DurationText.text(age(now)),
            name);
  }

  /** For machines. */
  public void put(ObjectNode node, Instant now) {
    node.put("name", name)
        .put("imageDag", pin.imageDag().toString())
        .put("verified", pin.verified())
        .put("wanted", pin.wanted())
        .put("min", minOf(pin))
        .put("since", since.toString())
        .put("seconds", age(now).toSeconds())
        .put("atLeast", isAtLeast);
  }

  private static int minOf(PinState pin) {
    @Nullable Integer min = pin.min();
    return min == null ? 1 : min;
  }
}

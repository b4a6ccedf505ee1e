package dev.longshore.app.stages;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which push led to an image, by the names that had its digest. */
final class Pushes {
  /** Clocks of two services differ by less. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private final Catalog catalog;

  Pushes(Catalog catalog) {
    this.catalog = catalog;
  }

  /** A push, and the mode of the image that it led to. */
  record Push(String mode, Instant at) {}

  /** That of the conversion that was first; empty if nobody told of it. */
  Optional<Push> of(ImageDag dag) {
    return catalog.conversions().recordsByDag(dag).stream()
        .min(Comparator.comparing(ImageState::convertedAt))
        .flatMap(
            image ->
                of(image.name(), image.digest(), image.convertedAt())
                    .map(at -> new Push(image.mode().text(), at)));
  }

  /** The last push of a digest before it was converted; empty if nobody told of one. */
  Optional<Instant> of(RepositoryName name, Digest digest, Instant convertedAt) {
    List<Instant> all = new ArrayList<>();
    for (String key : catalog.tags().keysWith(name, digest)) {
      catalog.tags().byKey(key).ifPresent(tag -> add(tag, digest, all));
    }
    return all.stream()
        .filter(at -> !at.isAfter(convertedAt))
        .max(Comparator.naturalOrder())
        .or(
            () ->
                all.stream()
                    .filter(at -> at.isBefore(convertedAt.plus(CLOCKS)))
                    .min(Comparator.naturalOrder()));
  }

  private static void add(TagState tag, Digest digest, List<Instant> all) {
    if (tag.digest().equals(digest)) {
      add(tag.origin(), tag.hintedAt(), all);
    }
    tag.versions().stream()
        .filter(version -> version.digest().equals(digest))
        .forEach(version -> add(version.origin(), version.hintedAt(), all));
  }

  private static void add(Origin origin, Instant hintedAt, List<Instant> all) {
    if (origin.tellsOfPush()) {
      all.add(hintedAt);
    }
  }
}

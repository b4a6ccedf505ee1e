package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.find.Found;
import dev.longshore.app.query.find.Found.Conversion;
import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.ServedState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The steps of an image from its push on, each by the clock of whoever took it. The time of a push
 * that nobody told of is not known, and what counts from it is at least so much.
 */
final class Way {
  /** What is earlier by more than clocks differ was done before, for another name. */
  private static final Duration CLOCKS = Duration.ofMinutes(10);

  private final Catalog catalog;
  private final List<Step> steps = new ArrayList<>();

  /**
   * @param mode none of what is the same in all modes
   * @param skew by how much clocks differ at least: so much is it before what it follows
   */
  private record Step(String name, @Nullable String mode, @Nullable Instant at, Duration skew) {
    void put(ObjectNode node) {
      node.put("step", name).put("mode", mode).put("at", Objects.toString(at, null));
      if (skew.isPositive()) {
        node.put("clocksDifferSeconds", skew.toMillis() / 1e3);
      }
    }
  }

  private Way(Catalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Adds each step in the order in which they come, and {@code pushKnown}: whether somebody told of
   * the push, by a clock that is not ahead.
   */
  static void put(ObjectNode answer, Catalog catalog, Found found) {
    Way way = new Way(catalog);
    TagState tag = found.tag();
    Instant pushed = tag == null || tag.notified() == null ? null : tag.notified().at();
    way.add("pushed", null, pushed, null);
    if (tag != null) {
      way.add("hinted", null, tag.hintedAt(), null);
      way.add("observed", null, tag.observedAt(), later(pushed, tag.hintedAt()));
    }
    for (Conversion conversion : found.conversions()) {
      way.add(conversion, found.shows().state());
    }
    boolean isAhead = tag != null && pushed != null && pushed.isAfter(tag.observedAt());
    answer.put("pushKnown", pushed != null && !isAhead);
    var all = answer.putArray("way");
    way.steps.forEach(step -> step.put(all.addObject()));
  }

  private void add(Conversion conversion, @Nullable ServedState shows) {
    ImageState image = conversion.image();
    String mode = image.mode().text();
    PinState pin = conversion.pin().orElse(null);
    Instant first = of(pin, PinState::firstVerifiedAt);
    Instant made = image.convertedAt();
    add("converted", mode, made, near(made, firstHint(image.name(), image.digest())));
    add("first copy", mode, first, near(first, firstMade(image)));
    add("min copies", mode, of(pin, PinState::minVerifiedAt), first);
    add("all copies", mode, of(pin, PinState::allVerifiedAt), first);
    add("shown", mode, shownAt(shows, conversion), null);
  }

  /**
   * @param after what it cannot be before; none if nothing is certain
   */
  private void add(
      String name, @Nullable String mode, @Nullable Instant at, @Nullable Instant after) {
    Duration skew = at == null || after == null ? Duration.ZERO : Duration.between(at, after);
    steps.add(new Step(name, mode, at, skew));
  }

  private static @Nullable Instant near(@Nullable Instant at, @Nullable Instant after) {
    return at == null || after == null || at.plus(CLOCKS).isBefore(after) ? null : after;
  }

  private static @Nullable Instant later(@Nullable Instant one, Instant other) {
    return one == null || one.isBefore(other) ? other : one;
  }

  private static @Nullable Instant of(
      @Nullable PinState pin, Function<PinState, @Nullable Instant> time) {
    return pin == null ? null : time.apply(pin);
  }

  /** Nothing is made of a digest before somebody hints at it. */
  private @Nullable Instant firstHint(RepositoryName name, Digest digest) {
    return catalog.tags().keysWith(name, digest).stream()
        .flatMap(key -> catalog.tags().byKey(key).stream())
        .flatMap(tag -> hints(tag, digest))
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static Stream<Instant> hints(TagState tag, Digest digest) {
    Stream<Instant> now =
        tag.digest().equals(digest) ? Stream.of(tag.hintedAt()) : Stream.<Instant>empty();
    return Stream.concat(
        now,
        tag.versions().stream()
            .filter(version -> version.digest().equals(digest))
            .map(TagState.Version::hintedAt));
  }

  /** No copy is there before the first conversion that led to its DAG. */
  private @Nullable Instant firstMade(ImageState image) {
    return catalog.conversions().recordsByDag(image.imageDag()).stream()
        .map(ImageState::convertedAt)
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  private static @Nullable Instant shownAt(@Nullable ServedState state, Conversion conversion) {
    return Optional.ofNullable(state).stream()
        .flatMap(its -> its.results().stream())
        .filter(result -> result.imageDag().equals(conversion.image().imageDag()))
        .map(ServedState.Result::changedAt)
        .findFirst()
        .orElse(null);
  }
}

package dev.longshore.catalog.served;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ImageState;
import dev.longshore.events.Origin;
import dev.longshore.events.PinPhase;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import dev.longshore.model.Digest;
import dev.longshore.rules.RuleSettings;
import dev.longshore.rules.Rules;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a name shows, by its record in {@code tags}, the images made of its digests, their verified
 * copies and the rules: the same catalog always gives the same answer.
 *
 * <ul>
 *   <li>A name whose digest was forgotten shows nothing: an older image would be a surprise.
 *   <li>Nor does one show anything whose image retention let go while it pointed to it.
 *   <li>Each mode shows the newest digest, current or former, that has a verified copy in it.
 *   <li>The name alone shows the newest digest whose own mode has one: that of the first mode, in
 *       the order of the rule, in which the digest was converted. It does not fall back to another
 *       mode while that one is being copied.
 *   <li>A copy that was verified counts even if all have been lost since: caches and sites may have
 *       the image.
 * </ul>
 */
public final class Shown {
  /** Increase it with every change of what names show: after an update all are looked at again. */
  public static final int VERSION = 1;

  private final Catalog catalog;
  private final VerifiedImages verified;
  private final Rules rules;

  public Shown(Catalog catalog, Rules rules) {
    this.catalog = catalog;
    this.verified = new VerifiedImages(catalog);
    this.rules = rules;
  }

  /**
   * The record that the name is to have; the last one if that says it already. None of a name that
   * never showed anything.
   *
   * @param clock asked after all was read: a change is never older than what led to it
   */
  public Optional<ServedState> of(TagState name, Optional<ServedState> last, InstantSource clock) {
    RuleSettings rule = rules.firstMatch(name.name(), name.selector()).settings();
    boolean gone = name.deleted() || !rule.takes(name.selector()) || isForgotten(name.digest());
    List<Digest> left =
        gone ? List.of() : digests(name).filter(digest -> !isForgotten(digest)).toList();
    ShownImages choice = ShownImages.among(left, new ServedModes(name.name(), rule), verified);
    // Asked after the choice, which may have seen it go.
    if (rule.keep() != null
        && !gone
        && choice.images().stream().noneMatch(image -> image.digest().equals(name.digest()))
        && last.filter(old -> isReleased(name, old)).isPresent()) {
      return last.map(state -> nothing(name, state, RemovalReason.RELEASED, clock.instant()));
    }
    return choice.images().isEmpty()
        ? last.map(state -> nothing(name, state, reason(name, gone), clock.instant()))
        : Optional.of(something(name, choice, last, clock.instant()));
  }

  /** What a name without a record shows. */
  public Optional<ServedState> of(TagState name) {
    return of(name, Optional.empty(), name::observedAt);
  }

  private static Stream<Digest> digests(TagState name) {
    return name.tag() == null
        ? Stream.of(name.digest())
        : Stream.concat(Stream.of(name.digest()), name.previous().stream());
  }

  /**
   * Whether retention let go what the name showed, to which it still points: an older image would
   * be a surprise. Not of one that came back to a digest: that is about to be made again.
   */
  private boolean isReleased(TagState name, ServedState last) {
    if (!last.digest().equals(name.digest()) || name.deleted()) {
      return false;
    }
    List<ImageState> images = verified.madeOf(name.name(), name.digest());
    return images.isEmpty()
        ? last.removed() == RemovalReason.RELEASED
        : images.stream()
            .allMatch(
                image ->
                    catalog
                        .pins()
                        .of(image.imageDag())
                        .filter(pin -> pin.state() == PinPhase.GONE)
                        .isPresent());
  }

  private boolean isForgotten(Digest source) {
    return catalog.decisions().isForgotten(source);
  }

  /** Why nothing is left to show; null if nothing is shown for now, as copies are missing. */
  private @Nullable RemovalReason reason(TagState name, boolean gone) {
    if (isForgotten(name.digest())) {
      return RemovalReason.FORGOTTEN;
    }
    if (gone) {
      return name.deleted() ? RemovalReason.DELETED : RemovalReason.EXCLUDED;
    }
    boolean released =
        digests(name)
            .flatMap(digest -> verified.madeOf(name.name(), digest).stream())
            .flatMap(image -> catalog.pins().of(image.imageDag()).stream())
            .anyMatch(pin -> pin.state() == PinPhase.GONE);
    return released ? RemovalReason.RELEASED : null;
  }

  /**
   * A removal keeps its reason and its time; only a forget, which is to reach all, comes after.
   * That is of the digest that is forgotten, whatever the name showed until then.
   */
  private static ServedState nothing(
      TagState name, ServedState last, @Nullable RemovalReason reason, Instant now) {
    boolean told =
        last.removed() != null
            && (reason != RemovalReason.FORGOTTEN || last.removed() == RemovalReason.FORGOTTEN);
    boolean same = last.results().isEmpty() && last.removed() == reason;
    if (told || same) {
      return last;
    }
    boolean isOfAnother = reason == RemovalReason.FORGOTTEN && !last.digest().equals(name.digest());
    return new ServedState(
        last.name(),
        last.tag(),
        isOfAnother ? name.digest() : last.digest(),
        isOfAnother ? null : last.subject(),
        List.of(),
        null,
        reason,
        now);
  }

  private ServedState something(
      TagState name, ShownImages choice, Optional<ServedState> last, Instant now) {
    List<Result> before = last.map(ServedState::results).orElse(List.of());
    List<Result> results =
        choice.images().stream().map(image -> result(name, image, before, now)).toList();
    List<Digest> digests = digests(name).toList();
    ImageState newest =
        choice.images().stream()
            .min(Comparator.comparingInt(image -> digests.indexOf(image.digest())))
            .orElseThrow();
    ImageState selected = choice.selected();
    ServedState state =
        new ServedState(
            name.name(),
            name.tag(),
            newest.digest(),
            newest.subject(),
            results,
            selected == null ? null : selected.imageDag(),
            null,
            now);
    return last.filter(old -> saysTheSame(old, state)).orElse(state);
  }

  private static boolean saysTheSame(ServedState old, ServedState state) {
    return old.digest().equals(state.digest())
        && Objects.equals(old.subject(), state.subject())
        && old.results().equals(state.results())
        && Objects.equals(old.selected(), state.selected())
        && old.removed() == state.removed();
  }

  /** As it was recorded, with its times, as long as the mode shows the same. */
  private Result result(TagState name, ImageState image, List<Result> before, Instant now) {
    return before.stream()
        .filter(old -> shows(old, image))
        .findFirst()
        .orElseGet(() -> result(image, told(name, image), now));
  }

  private static boolean shows(Result result, ImageState image) {
    return result.mode().equals(image.mode())
        && result.source().equals(image.digest())
        && result.digest().equals(image.servedDigest())
        && result.imageDag().equals(image.imageDag())
        && result.root().equals(image.root())
        && result.bytes() == image.bytes();
  }

  private static Result result(ImageState image, Told told, Instant now) {
    return new Result(
        image.mode(),
        image.digest(),
        image.servedDigest(),
        image.imageDag(),
        image.root(),
        image.bytes(),
        told.pushedAt(),
        told.observedAt(),
        told.traceparent(),
        now);
  }

  /** How a source digest became known. */
  private record Told(
      @Nullable Instant pushedAt, Instant observedAt, @Nullable String traceparent) {}

  private Told told(TagState name, ImageState image) {
    if (image.digest().equals(name.digest())) {
      return new Told(
          pushedAt(name.origin(), name.hintedAt()),
          name.observedAt(),
          catalog.traceparent(Topic.TAGS, name.key()).orElse(null));
    }
    String trace = catalog.traceparent(Topic.IMAGES, image.key()).orElse(null);
    return name.versions().stream()
        .filter(version -> version.digest().equals(image.digest()))
        .findFirst()
        .map(
            version ->
                new Told(
                    pushedAt(version.origin(), version.hintedAt()),
                    Objects.requireNonNullElse(version.observedAt(), version.hintedAt()),
                    trace))
        // Of the first releases, which recorded no versions.
        .orElseGet(() -> new Told(null, image.convertedAt(), trace));
  }

  /** Nobody told of what a comparison found. */
  private static @Nullable Instant pushedAt(Origin origin, Instant hintedAt) {
    return origin.tellsOfPush() ? hintedAt : null;
  }
}

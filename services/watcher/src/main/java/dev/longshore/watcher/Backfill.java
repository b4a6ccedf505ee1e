package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.CopiesState;
import dev.longshore.events.Decision.Rest;
import dev.longshore.events.ImageState;
import dev.longshore.events.PinState;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.RegistryHost;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.source.ImageSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What was in a registry before it was mirrored, so many images at a time: the others stay there
 * until these have their copies. So the registry is the queue, and no fresh push waits behind it.
 */
final class Backfill {
  /** Whoever hears nothing of an image for so long does not wait for it: its tag may be gone. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  /** More decisions of this kind than anybody makes. */
  private static final int DECISIONS = 1_000;

  private final RegistryHost registry;
  private final int atOnce;
  private final Catalog catalog;
  private final Clock clock;
  private final Map<Image, Instant> underWay = new HashMap<>();

  private record Image(RepositoryName name, String key, Digest digest) {}

  /**
   * @param atOnce images that may be under way
   */
  Backfill(RegistryHost registry, int atOnce, Catalog catalog, Clock clock) {
    this.registry = registry;
    this.atOnce = atOnce;
    this.catalog = catalog;
    this.clock = clock;
  }

  /** Says whether one more image goes on its way now. */
  @FunctionalInterface
  interface Room {
    /** There is none: what is new stays for a look that waits. */
    Room NONE = (_, _, _) -> false;

    boolean take(RepositoryName name, @Nullable Tag tag, Digest digest) throws InterruptedException;
  }

  /** For looks that do not wait. */
  Room now() {
    return this::begin;
  }

  /**
   * For looks that wait.
   *
   * @param goesOn while it says so
   */
  Room whenThereIs(BooleanSupplier goesOn) {
    return (name, tag, digest) -> await(name, tag, digest, goesOn);
  }

  private synchronized boolean await(
      RepositoryName name, @Nullable Tag tag, Digest digest, BooleanSupplier goesOn)
      throws InterruptedException {
    while (goesOn.getAsBoolean()) {
      if (begin(name, tag, digest)) {
        return true;
      }
      wait(LOOK_AGAIN.toMillis());
    }
    return false;
  }

  private synchronized boolean begin(RepositoryName name, @Nullable Tag tag, Digest digest) {
    Instant now = clock.instant();
    if (underWay.size() >= atOnce) {
      underWay.entrySet().removeIf(image -> isOver(image.getKey(), image.getValue(), now));
    }
    if (underWay.size() >= atOnce || rests()) {
      return false;
    }
    String key = tag == null ? TagState.key(name, digest) : TagState.key(name, tag);
    underWay.put(new Image(name, key, digest), now);
    return true;
  }

  /** Whether somebody decided that it does. */
  private boolean rests() {
    return catalog.decisions().standing(Rest.class, null, DECISIONS).stream()
        .flatMap(decision -> decision.decision().map(Rest.class::cast).stream())
        .anyMatch(rest -> rest.registry().equals(registry.toString()));
  }

  private boolean isOver(Image image, Instant since, Instant now) {
    if (Duration.between(since, now).compareTo(LONGEST) > 0
        || catalog.decisions().isForgotten(image.digest)
        || catalog.failures().of(image.key).stream().anyMatch(f -> isItsOwn(image, f))) {
      return true;
    }
    List<ImageState> made = catalog.conversions().forRepository(image.name, image.digest);
    return !made.isEmpty() && made.stream().allMatch(this::hasItsCopies);
  }

  /** A registry or a peer that is away stops the others too; nobody waits for a single image. */
  private static boolean isItsOwn(Image image, WorkFailure failure) {
    return failure.kind() == WorkFailure.Kind.PERMANENT
        || ImageSource.alone(image.name).equals(failure.endpoint());
  }

  /** All that can be made now: a peer that is away gets its copy later. */
  private boolean hasItsCopies(ImageState image) {
    return catalog.pins().of(image.imageDag()).filter(this::hasItsCopies).isPresent();
  }

  private boolean hasItsCopies(PinState pin) {
    return pin.verified() >= pin.wanted()
        || catalog.copies().of(pin).copies().stream().noneMatch(Backfill::isBeingMade);
  }

  private static boolean isBeingMade(CopiesState.Copy copy) {
    return switch (copy.state()) {
      case QUEUED, COPYING, VERIFYING -> true;
      case VERIFIED, STALLED, FAILED, LOST, MENDING, SURPLUS, RELEASING, GONE, UNKNOWN -> false;
    };
  }
}

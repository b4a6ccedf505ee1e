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
import dev.longshore.watcher.Sync.WaitForRoom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was in a registry before it was mirrored, so many images at a time: the others stay there
 * until these have their copies. So the registry is the queue, and no fresh push waits behind it.
 */
final class Backfill {
  /** Whoever hears nothing of an image for so long does not wait for it: its tag may be gone. */
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

  /** How often a look that waits says for what. */
  static final Duration TELL_AGAIN = Duration.ofSeconds(5);

  /**
   * Of what comparisons find and tell of as fresh pushes, so many images may be under way: with
   * more, a partition would be full of them, and what is pushed now would not be read.
   */
  static final int FRESH = 256;

  /** More decisions of this kind than anybody makes. */
  private static final int DECISIONS = 1_000;

  private final RegistryHost registry;
  private final int atOnce;
  private final Catalog catalog;
  private final Clock clock;
  private final Map<Image, Instant> underWay = new HashMap<>();

  /** Those that were told of as fresh. */
  private final Map<Image, Instant> fresh = new HashMap<>();

  /** When somebody last learned how it goes, by room or by word of the wait. */
  private Instant told;

  private record Image(RepositoryName name, String key, Digest digest) {}

  /**
   * @param atOnce images that may be under way
   */
  Backfill(RegistryHost registry, int atOnce, Catalog catalog, Clock clock) {
    this.registry = registry;
    this.atOnce = atOnce;
    this.catalog = catalog;
    this.clock = clock;
    this.told = clock.instant();
  }

  /** Says whether one more image goes on its way now. */
  @FunctionalInterface
  interface Room {
    /** There is none: what is new stays for a look that waits. */
    Room NONE = (_, _, _) -> false;

    boolean take(RepositoryName name, @Nullable Tag tag, Digest digest) throws InterruptedException;

    /** Says whether one more may be told of as a fresh push; never waits. */
    default boolean takeAsFresh(RepositoryName name, @Nullable Tag tag, Digest digest) {
      return true;
    }
  }

  /** How room is taken for backfill. */
  private final class Places implements Room {
    private final Room ofBackfill;

    Places(Room ofBackfill) {
      this.ofBackfill = ofBackfill;
    }

    @Override
    public boolean take(RepositoryName name, @Nullable Tag tag, Digest digest)
        throws InterruptedException {
      return ofBackfill.take(name, tag, digest);
    }

    @Override
    public boolean takeAsFresh(RepositoryName name, @Nullable Tag tag, Digest digest) {
      return beginAsFresh(name, tag, digest);
    }
  }

  /** For looks that do not wait. */
  Room now() {
    return new Places(this::begin);
  }

  /**
   * For looks that wait.
   *
   * @param goesOn while it says so
   */
  Room whenThereIs(BooleanSupplier goesOn) {
    return whenThereIs(goesOn, _ -> {});
  }

  /**
   * For looks that wait.
   *
   * @param goesOn while it says so
   * @param waits hears for what, every {@link #TELL_AGAIN}
   */
  Room whenThereIs(BooleanSupplier goesOn, Consumer<WaitForRoom> waits) {
    return new Places((name, tag, digest) -> await(name, tag, digest, goesOn, waits));
  }

  private synchronized boolean await(
      RepositoryName name,
      @Nullable Tag tag,
      Digest digest,
      BooleanSupplier goesOn,
      Consumer<WaitForRoom> waits)
      throws InterruptedException {
    while (goesOn.getAsBoolean()) {
      if (begin(name, tag, digest)) {
        return true;
      }
      Instant now = clock.instant();
      // Also when the clock was set back.
      if (Duration.between(told, now).abs().compareTo(TELL_AGAIN) >= 0) {
        told = now;
        waits.accept(waiting(now));
      }
      wait(LOOK_AGAIN.toMillis());
    }
    return false;
  }

  private WaitForRoom waiting(Instant now) {
    return new WaitForRoom(
        registry,
        rests(),
        underWay.size(),
        (int) underWay.keySet().stream().filter(image -> made(image).isEmpty()).count(),
        underWay.entrySet().stream()
            .min(Map.Entry.comparingByValue())
            .map(image -> first(image.getKey(), Duration.between(image.getValue(), now)))
            .orElse(null));
  }

  private WaitForRoom.First first(Image image, Duration since) {
    return new WaitForRoom.First(
        image.key,
        since,
        catalog.failures().of(image.key).stream()
            .map(WorkFailure::message)
            .findFirst()
            .orElse(null));
  }

  private List<ImageState> made(Image image) {
    return catalog.conversions().forRepository(image.name, image.digest);
  }

  private synchronized boolean begin(RepositoryName name, @Nullable Tag tag, Digest digest) {
    Instant now = clock.instant();
    if (!hasRoom(underWay, atOnce, now) || rests()) {
      return false;
    }
    underWay.put(image(name, tag, digest), now);
    told = now;
    return true;
  }

  private synchronized boolean beginAsFresh(RepositoryName name, @Nullable Tag tag, Digest digest) {
    Instant now = clock.instant();
    if (!hasRoom(fresh, FRESH, now)) {
      return false;
    }
    fresh.put(image(name, tag, digest), now);
    return true;
  }

  private boolean hasRoom(Map<Image, Instant> images, int most, Instant now) {
    if (images.size() >= most) {
      images.entrySet().removeIf(image -> isOver(image.getKey(), image.getValue(), now));
    }
    return images.size() < most;
  }

  private static Image image(RepositoryName name, @Nullable Tag tag, Digest digest) {
    return new Image(
        name, tag == null ? TagState.key(name, digest) : TagState.key(name, tag), digest);
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
        || hasMovedOn(image, since)
        || catalog.failures().of(image.key).stream().anyMatch(f -> isItsOwn(image, f))) {
      return true;
    }
    List<ImageState> made = made(image);
    return !made.isEmpty() && made.stream().allMatch(this::hasItsCopies);
  }

  /** Its tag has, so that the converter gives it up for what is there now. */
  private boolean hasMovedOn(Image image, Instant since) {
    return catalog
        .tags()
        .byKey(image.key)
        .filter(tag -> !tag.digest().equals(image.digest) && tag.observedAt().isAfter(since))
        .isPresent();
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

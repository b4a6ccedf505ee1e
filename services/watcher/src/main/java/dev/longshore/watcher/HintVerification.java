package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.source.ImageSource;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks the registry for what a hint names: its digest, and the current target of the tag. */
final class HintVerification {
  private final Catalog catalog;
  private final MirrorScope scope;
  private final Clock clock;
  private final LateTags lateTags;

  HintVerification(Catalog catalog, MirrorScope scope, Clock clock, Pause pause) {
    this.catalog = catalog;
    this.scope = scope;
    this.clock = clock;
    this.lateTags = new LateTags(catalog, pause);
  }

  /**
   * The targets of the hint.
   *
   * @throws PermanentFailure when it cannot be read
   */
  static List<HintTarget> targets(WatchedRegistry registry, Hint hint) throws PermanentFailure {
    try {
      return new HintReader(registry.host(), registry.sender()).read(hint);
    } catch (MalformedHintException e) {
      throw new PermanentFailure(
          "MALFORMED_HINT",
          "a hint about registry '%s' could not be read as notifications: %s says: %s; check what sends to its webhook"
              .formatted(registry.name(), registry.sender().name(), e.getMessage()),
          e);
    }
  }

  /** Looks at each of the targets. */
  Observations at(WatchedRegistry registry, Hint hint, List<HintTarget> targets, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Observations observations =
        new Observations(
            catalog,
            hint.origin(),
            hint.origin() == Origin.WEBHOOK ? registry.sender().name() : null,
            hint.receivedAt(),
            clock.instant());
    SourceUse use = registry.of(hint.origin());
    for (HintTarget target : targets) {
      use.requireOpen(progress);
      try {
        look(registry, use.images(), target, hint.origin() == Origin.WEBHOOK, observations);
      } catch (RegistryException e) {
        throw RegistryFailures.of(use, target.name(), e, progress);
      }
    }
    return observations;
  }

  private void look(
      WatchedRegistry registry,
      ImageSource images,
      HintTarget target,
      boolean mayBeEarly,
      Observations observations)
      throws RegistryException, InterruptedException {
    Tag tag = target.tag();
    // A tag mirrored before its rule changed may still be reported gone.
    boolean covered = scope.covers(target.name(), tag);
    if (!covered && !(target.deletion() && scope.covers(target.name()))) {
      return;
    }
    Digest hinted = target.digest();
    Optional<Descriptor> passed = Optional.empty();
    Optional<Descriptor> tagged =
        tag == null ? Optional.empty() : find(images, Reference.tagged(target.name(), tag));
    if (hinted != null && isElsewhere(tagged, hinted) && !target.deletion()) {
      Optional<Descriptor> arrived = find(images, Reference.digested(target.name(), hinted));
      if (arrived.isPresent() && tag != null && mayBeEarly) {
        Reference reference = Reference.tagged(target.name(), tag);
        tagged = lateTags.await(target.name(), tag, hinted, tagged, () -> find(images, reference));
      }
      if (arrived.isPresent()
          && isElsewhere(tagged, hinted)
          && !isPassedOver(target, tagged)
          && scope.isImage(images, target, arrived.get())) {
        add(registry, target, null, arrived.get(), observations);
        passed = arrived;
      }
    }
    if (tag != null && tagged.isPresent() && covered) {
      add(registry, target, tag, tagged.get(), observations);
    } else if (tag != null && tagged.isEmpty() && target.deletion()) {
      observations.gone(target.name(), tag);
    }
    if (tag != null && passed.isPresent()) {
      observations.passed(target, tag, passed.get(), tagged.isEmpty());
    }
  }

  /** Whether a debounced tag has moved on already: to what neither this hint nor anyone told of. */
  private boolean isPassedOver(HintTarget target, Optional<Descriptor> tagged) {
    Tag tag = target.tag();
    return tag != null
        && tagged.isPresent()
        && scope.isDebounced(target.name(), tag)
        && catalog
            .tags()
            .of(target.name(), tag)
            .filter(known -> known.digest().equals(tagged.get().digest()))
            .isEmpty();
  }

  private static boolean isElsewhere(Optional<Descriptor> tagged, Digest hinted) {
    return tagged.map(found -> !found.digest().equals(hinted)).orElse(true);
  }

  private static void add(
      WatchedRegistry registry,
      HintTarget target,
      @Nullable Tag tag,
      Descriptor found,
      Observations observations)
      throws RegistryException {
    switch (registry.readiness().of(target, found)) {
      case READY -> observations.add(target, tag, found);
      case GROWN -> observations.addAnew(target, tag, found);
      case WAITS -> {}
    }
  }

  private static Optional<Descriptor> find(ImageSource images, Reference reference)
      throws RegistryException {
    try {
      return Optional.of(images.resolve(reference));
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}

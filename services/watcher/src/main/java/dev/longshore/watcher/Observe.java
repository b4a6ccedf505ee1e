package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watcher's step: a hint is only a reason to look. What the hint says arrived is fetched by its
 * digest, so that a version is not lost when the next one followed at once; where the tag points is
 * asked anew, so that the last look at a repository, which are taken one after another, is right.
 */
final class Observe implements Step {
  /**
   * Hints looked up at one registry at once. When it hangs, those that wait for their turn have not
   * called it yet, and wait on for its return instead.
   */
  static final int LOOKS_AT_ONCE = 16;

  /** Before what was found is stored again; its sink has waited for Kafka already. */
  private static final Duration KAFKA_AWAY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Observe.class);

  private final Map<String, WatchedRegistry> registries;
  private final Map<String, Semaphore> turns = new HashMap<>();
  private final Catalog catalog;
  private final MirrorScope scope;
  private final Reconciler reconciler;
  private final Clock clock;
  private final Pause pause;
  private final LateTags lateTags;

  Observe(
      Map<String, WatchedRegistry> registries,
      Catalog catalog,
      MirrorScope scope,
      Reconciler reconciler,
      Clock clock,
      Pause pause) {
    this.registries = Map.copyOf(registries);
    registries.keySet().forEach(name -> turns.put(name, new Semaphore(LOOKS_AT_ONCE, true)));
    this.catalog = catalog;
    this.scope = scope;
    this.reconciler = reconciler;
    this.clock = clock;
    this.pause = pause;
    this.lateTags = new LateTags(catalog, pause);
  }

  @Override
  public Effects handle(Message message, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    if (!(message.body() instanceof Hint hint)) {
      return Effects.NONE;
    }
    WatchedRegistry registry = registries.get(hint.source());
    if (registry == null) {
      throw new PermanentFailure(
          "UNKNOWN_SOURCE",
          "a hint is about registry '%s', which is not configured (configured: %s); add it under registries, then replay"
              .formatted(hint.source(), registries.keySet()),
          null);
    }
    if (RepositoryLook.isAskedFor(hint)) {
      return repository(registry, hint, progress);
    }
    if (hint.truncated()) {
      lookAtAll(registry, hint, progress);
      return Effects.NONE;
    }
    List<HintTarget> looks = looks(registry, hint);
    Semaphore turn = Objects.requireNonNull(turns.get(registry.name()));
    turn.acquire();
    try {
      return sightings(registry, hint, looks, progress).effects();
    } finally {
      turn.release();
    }
  }

  /** Nothing remembers that it is to be done but the hint, which ends when it is. */
  private void lookAtAll(WatchedRegistry registry, Hint hint, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    while (true) {
      progress.require(registry.endpoint());
      try {
        reconciler.lookSince(registry, hint.receivedAt());
        return;
      } catch (RegistryException e) {
        throw RegistryTrouble.of(registry, e);
      } catch (HintNotStoredException e) {
        LOG.warn("a look at registry {} goes on later: {}", registry.host(), e.getMessage());
        pause.of(KAFKA_AWAY);
      }
    }
  }

  private Observations sightings(
      WatchedRegistry registry, Hint hint, List<HintTarget> looks, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    Observations sightings =
        new Observations(catalog, hint.origin(), hint.receivedAt(), clock.instant());
    for (HintTarget look : looks) {
      progress.require(registry.endpoint());
      try {
        look(registry, look, hint.origin() == Origin.WEBHOOK, sightings);
      } catch (RegistryException e) {
        throw RegistryTrouble.of(registry, look.name(), e);
      }
    }
    return sightings;
  }

  /** A repository that could not be polled is compared as soon as it is served. */
  private Effects repository(WatchedRegistry registry, Hint hint, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    String repository = Objects.requireNonNull(hint.repository());
    if (!registry.polled().matches(repository)) {
      return Effects.NONE;
    }
    RepositoryName name = new RepositoryName(registry.host(), repository);
    FoundHints found = new FoundHints(progress);
    Semaphore turn = Objects.requireNonNull(turns.get(registry.name()));
    turn.acquire();
    try {
      progress.require(registry.endpoint());
      new RepositoryLook(registry, name, catalog, scope, found, clock).run();
      return found.effects();
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        throw RegistryTrouble.ofRepository(registry, name, e);
      }
      throw RegistryTrouble.of(registry, name, e);
    } catch (HintNotStoredException e) {
      throw new IllegalStateException("hints of a step are stored with its end", e);
    } finally {
      turn.release();
    }
  }

  private static List<HintTarget> looks(WatchedRegistry registry, Hint hint)
      throws PermanentFailure {
    try {
      return new HintReader(registry.host()).read(hint);
    } catch (MalformedHintException e) {
      throw new PermanentFailure(
          "MALFORMED_HINT",
          "a hint about registry '%s' could not be read: %s; check what sends to its webhook"
              .formatted(registry.name(), e.getMessage()),
          e);
    }
  }

  private void look(
      WatchedRegistry registry, HintTarget look, boolean mayBeEarly, Observations sightings)
      throws RegistryException, InterruptedException {
    Tag tag = look.tag();
    // A tag that was taken before its rule changed may still be told to be gone.
    boolean covered = scope.covers(look.name(), tag);
    if (!covered && !(look.deletion() && scope.covers(look.name()))) {
      return;
    }
    Digest hinted = look.digest();
    Optional<Descriptor> tagged =
        tag == null ? Optional.empty() : find(registry, Reference.tagged(look.name(), tag));
    if (hinted != null && isElsewhere(tagged, hinted) && !look.deletion()) {
      Optional<Descriptor> arrived = find(registry, Reference.digested(look.name(), hinted));
      if (arrived.isPresent() && tag != null && mayBeEarly) {
        Reference reference = Reference.tagged(look.name(), tag);
        tagged = lateTags.await(look.name(), tag, hinted, tagged, () -> find(registry, reference));
      }
      if (arrived.isPresent()
          && isElsewhere(tagged, hinted)
          && scope.isImage(registry, look, arrived.get())) {
        add(registry, look, null, arrived.get(), sightings);
      }
    }
    if (tag != null && tagged.isPresent() && covered) {
      add(registry, look, tag, tagged.get(), sightings);
    } else if (tag != null && tagged.isEmpty() && look.deletion()) {
      sightings.gone(look.name(), tag);
    }
  }

  private static boolean isElsewhere(Optional<Descriptor> tagged, Digest hinted) {
    return tagged.map(found -> !found.digest().equals(hinted)).orElse(true);
  }

  private static void add(
      WatchedRegistry registry,
      HintTarget look,
      @Nullable Tag tag,
      Descriptor found,
      Observations sightings)
      throws RegistryException {
    switch (registry.readiness().of(look, found)) {
      case READY -> sightings.add(look.name(), tag, found, look.request());
      case GROWN -> sightings.addAnew(look.name(), tag, found, look.request());
      case WAITS -> {}
    }
  }

  private static Optional<Descriptor> find(WatchedRegistry registry, Reference reference)
      throws RegistryException {
    try {
      return Optional.of(registry.images().resolve(reference));
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }
}

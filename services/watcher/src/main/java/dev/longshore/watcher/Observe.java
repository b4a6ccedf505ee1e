package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.runtime.kafka.step.Effects;
import dev.longshore.runtime.kafka.step.Message;
import dev.longshore.runtime.kafka.step.PermanentFailure;
import dev.longshore.runtime.kafka.step.Progress;
import dev.longshore.runtime.kafka.step.Step;
import dev.longshore.runtime.kafka.step.TransientFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watcher's step: a hint is only a reason to look. It fetches the hinted version by digest, so
 * that a version is not lost if the next one followed at once. It resolves the tag again; since
 * looks at one repository run in order, the last one is right.
 */
final class Observe implements Step {
  /** Pause before storing findings again; the sink has already waited for Kafka. */
  private static final Duration KAFKA_AWAY = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(Observe.class);

  private final Map<String, WatchedRegistry> registries;
  private final RegistryTurns turns;
  private final Catalog catalog;
  private final MirrorScope scope;
  private final Reconciler reconciler;
  private final Clock clock;
  private final Pause pause;
  private final HintVerification hinted;
  private final RecentComparisons wholeLooks = new RecentComparisons();

  Observe(
      Map<String, WatchedRegistry> registries,
      Catalog catalog,
      MirrorScope scope,
      Reconciler reconciler,
      Clock clock,
      Pause pause) {
    this.registries = Map.copyOf(registries);
    this.turns = new RegistryTurns(registries.values());
    this.catalog = catalog;
    this.scope = scope;
    this.reconciler = reconciler;
    this.clock = clock;
    this.pause = pause;
    this.hinted = new HintVerification(catalog, scope, clock, pause);
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
    if (RepositoryComparison.isAskedFor(hint)) {
      return repository(registry, hint, progress);
    }
    if (hint.truncated()) {
      lookAtAll(registry, hint, progress);
      return Effects.NONE;
    }
    List<HintTarget> targets = HintVerification.targets(registry, hint);
    Semaphore turn = turns.of(registry.of(hint.origin()));
    turn.acquire();
    try {
      return hinted.at(registry, hint, targets, progress).effects();
    } finally {
      turn.release();
    }
  }

  /** Only the hint records that this is to be done, so it ends when it is done. */
  private void lookAtAll(WatchedRegistry registry, Hint hint, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    SourceUse use = registry.ofPolls();
    while (true) {
      use.requireOpen(progress);
      try {
        reconciler.lookSince(registry, hint.receivedAt());
        return;
      } catch (RegistryException e) {
        throw RegistryFailures.of(use, e, progress);
      } catch (HintNotStoredException e) {
        LOG.warn("a look at registry {} continues later: {}", registry.host(), e.getMessage());
        pause.of(KAFKA_AWAY);
      }
    }
  }

  /**
   * Compares a repository as soon as it is served: one that could not be polled, or in which
   * something changed that its sender does not name.
   */
  private Effects repository(WatchedRegistry registry, Hint hint, Progress progress)
      throws TransientFailure, PermanentFailure, InterruptedException {
    String repository = Objects.requireNonNull(hint.repository());
    boolean notified = RepositoryComparison.isNotified(hint);
    RepositoryName name = new RepositoryName(registry.host(), repository);
    if (notified
        ? wholeLooks.answer(name, hint.receivedAt())
        : !registry.polled().matches(repository)) {
      return Effects.NONE;
    }
    FoundHints found = new FoundHints(progress);
    SourceUse use = registry.ofPolls();
    Semaphore turn = turns.of(use);
    turn.acquire();
    try {
      use.requireOpen(progress);
      Instant begun = clock.instant();
      new RepositoryComparison(registry, name, catalog, scope, found, clock).run();
      wholeLooks.ended(name, begun);
      return found.effects();
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        if (notified) {
          return Effects.NONE; // nobody else than the sender says that it is there
        }
        throw RegistryFailures.ofRepository(use, name, e, progress);
      }
      throw RegistryFailures.of(use, name, e, progress);
    } catch (HintNotStoredException e) {
      throw new IllegalStateException("hints of a step are stored with its end", e);
    } finally {
      turn.release();
    }
  }
}

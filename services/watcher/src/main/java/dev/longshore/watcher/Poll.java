package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.Page;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the repositories of one registry, in rounds. A failure of one does not hide the others;
 * a round that the registry's failure interrupts resumes after the repository it was at.
 */
final class Poll {
  /** Limit of repositories in one registry: as many as the largest have. */
  static final int LISTING_LIMIT = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(Poll.class);
  private final WatchedRegistry registry;
  private final Catalog catalog;
  private final MirrorScope scope;
  private final HintSink hints;
  private final Duration interval;
  private final Clock clock;
  private final SequencedSet<String> left = new LinkedHashSet<>();
  private Instant began = Instant.MIN;
  private boolean brokenOff;
  private int rounds;

  /**
   * A poll that has seen nothing.
   *
   * @param interval how long an interrupted round may resume; then a new round starts with the
   *     repositories it did not reach
   */
  Poll(
      WatchedRegistry registry,
      Catalog catalog,
      MirrorScope scope,
      HintSink hints,
      Duration interval,
      Clock clock) {
    this.registry = registry;
    this.catalog = catalog;
    this.scope = scope;
    this.hints = hints;
    this.interval = interval;
    this.clock = clock;
  }

  /**
   * Looks at every tag of the next repository, if the round has one.
   *
   * @return number of hints at changes
   * @throws RegistryException if work must pause for the whole registry, not just a repository
   */
  int next() throws RegistryException, HintNotStoredException, InterruptedException {
    if (left.isEmpty() || (brokenOff && isDue())) {
      Instant now = clock.instant();
      SequencedSet<String> all = repositories();
      began = now;
      rounds++;
      brokenOff = false;
      left.retainAll(all);
      left.addAll(all);
    }
    if (left.isEmpty()) {
      return 0;
    }
    String next = left.getFirst();
    // A repository that interrupts every round must not block the others.
    left.addLast(next);
    int found;
    try {
      found = repository(next);
    } catch (RegistryException | HintNotStoredException e) {
      brokenOff = true;
      throw e;
    }
    left.remove(next);
    LOG.debug("polled {}/{}: {} tags had moved or gone", registry.host(), next, found);
    return found;
  }

  /** Starts a new round with the repositories that this one did not reach. */
  void beginAnew() {
    began = Instant.MIN;
    brokenOff = true;
  }

  private boolean isDue() {
    return Duration.between(began, clock.instant()).compareTo(interval) >= 0;
  }

  /** Number of rounds that have begun. */
  int rounds() {
    return rounds;
  }

  /** When the last round began. */
  Instant began() {
    return began;
  }

  /** Whether the round is over. */
  boolean isOver() {
    return left.isEmpty();
  }

  private SequencedSet<String> repositories() throws RegistryException, InterruptedException {
    RepositoryPatterns repositories = registry.polled();
    SequencedSet<String> chosen = new LinkedHashSet<>(repositories.names());
    if (!repositories.areNames()) {
      try {
        catalog().stream().filter(repositories::matches).forEach(chosen::add);
      } catch (RegistryException e) {
        if (isOverAll(Optional.empty(), e)) {
          throw e;
        }
        LOG.warn(
            "registry {} does not list its repositories, so poll.repositories finds only those"
                + " that it names without *: {}",
            registry.host(),
            e.getMessage());
      }
    }
    return chosen;
  }

  private List<String> catalog() throws RegistryException {
    var attempt = new RegistryException.Attempt("list repositories of", registry.host().toString());
    return Page.all(
        attempt, LISTING_LIMIT, cursor -> registry.images().catalog(registry.host(), cursor));
  }

  private boolean isOverAll(Optional<RepositoryName> repository, RegistryException e)
      throws InterruptedException {
    return e.kind() == Kind.INTERRUPTED
        || (e.transientFailure() && registry.images().isOverAll(registry.host(), repository, e));
  }

  private int repository(String repository)
      throws RegistryException, HintNotStoredException, InterruptedException {
    RepositoryName name;
    try {
      name = new RepositoryName(registry.host(), repository);
    } catch (OciFormatException e) {
      LOG.warn(
          "registry {} lists a repository that no client could name: {}",
          registry.host(),
          e.getMessage());
      return 0;
    }
    var look = new RepositoryLook(registry, name, catalog, scope, hints, clock);
    try {
      return look.run();
    } catch (RegistryException e) {
      if (isOverAll(Optional.of(name), e)) {
        throw e;
      }
      boolean named = registry.polled().names().contains(repository);
      boolean missing = e.kind() == Kind.NOT_FOUND;
      // Registries list repositories that are gone; one that people name exists, or is hidden from
      // us.
      if (!missing || named) {
        LOG.warn("poll of {} failed: {}", name, e.getMessage());
      }
      if (missing ? named : e.transientFailure()) {
        look.later();
      }
      return 0;
    }
  }
}

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
 * Looks at the repositories of one registry, in rounds. What fails for one of them hides none of
 * the others; a round that the registry breaks off goes on behind the repository that it was at.
 */
final class Poll {
  /** Repositories of one registry: what the largest ones hold. */
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
   * @param interval how long a round that was broken off goes on; then all of it is looked at
   *     again, beginning with what it did not reach
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
   * Looks at every tag of the next repository; at none if a round begins that finds none.
   *
   * @return number of hints at what had changed
   * @throws RegistryException if the registry, and not only a repository, is to be left alone
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
    // What breaks the round off each time must not keep it from the others.
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

  /** Looks at all of it again, and first at what the round did not reach. */
  void beginAnew() {
    began = Instant.MIN;
    brokenOff = true;
  }

  private boolean isDue() {
    return Duration.between(began, clock.instant()).compareTo(interval) >= 0;
  }

  /** Rounds that have begun. */
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
      // Registries list what they no longer have; what people name is there, or hidden from us.
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

package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.model.OciFormatException;
import dev.longshore.model.RepositoryName;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.Page;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the repositories of one registry. A failure of one does not hide the others. */
final class Poll {
  /** Limit of repositories in one registry: as many as the largest have. */
  static final int LISTING_LIMIT = 100_000;

  private static final Logger LOG = LoggerFactory.getLogger(Poll.class);
  private final WatchedRegistry registry;
  private final Catalog catalog;
  private final MirrorScope scope;
  private final HintSink hints;
  private final Clock clock;

  Poll(WatchedRegistry registry, Catalog catalog, MirrorScope scope, HintSink hints, Clock clock) {
    this.registry = registry;
    this.catalog = catalog;
    this.scope = scope;
    this.hints = hints;
    this.clock = clock;
  }

  /**
   * The repositories to look at.
   *
   * @param error why the registry does not list its repositories, so that only those that the
   *     configuration names are there
   */
  record Listed(SequencedSet<String> names, @Nullable String error) {}

  /**
   * A look at a repository.
   *
   * @param found number of hints at changes
   * @param error why it has to be looked at again, which a hint about it covers
   * @param left whether it ended early, for want of room for what is new
   */
  record Looked(int found, @Nullable String error, boolean left) {}

  /**
   * Lists the repositories.
   *
   * @throws RegistryException if work must pause for the whole registry
   */
  Listed list() throws RegistryException, InterruptedException {
    RepositoryPatterns repositories = registry.polled();
    SequencedSet<String> chosen = new LinkedHashSet<>(repositories.names());
    if (repositories.areNames()) {
      return new Listed(chosen, null);
    }
    var attempt = new RegistryException.Attempt("list repositories of", registry.host().toString());
    try {
      Page.all(
              attempt,
              LISTING_LIMIT,
              cursor -> registry.forPolls().catalog(registry.host(), cursor))
          .stream()
          .filter(repositories::matches)
          .forEach(chosen::add);
      return new Listed(chosen, null);
    } catch (RegistryException e) {
      if (isOverAll(Optional.empty(), e)) {
        throw e;
      }
      LOG.warn(
          "registry {} does not list its repositories, so poll.repositories finds only those"
              + " that it names without *: {}",
          registry.host(),
          e.getMessage());
      return new Listed(chosen, String.valueOf(e.getMessage()));
    }
  }

  private boolean isOverAll(Optional<RepositoryName> repository, RegistryException e)
      throws InterruptedException {
    return e.kind() == Kind.INTERRUPTED
        || (e.transientFailure() && registry.forPolls().isOverAll(registry.host(), repository, e));
  }

  /**
   * Looks at every tag of a repository after the cursor.
   *
   * @param isFirst whether all that is new is backfill
   * @param room for backfill
   * @throws RegistryException if work must pause for the whole registry, not just the repository
   */
  Looked look(
      String repository,
      Optional<String> cursor,
      RepositoryComparison.Progress progress,
      boolean isFirst,
      Backfill.Room room)
      throws RegistryException, HintNotStoredException, InterruptedException {
    RepositoryName name;
    try {
      name = new RepositoryName(registry.host(), repository);
    } catch (OciFormatException e) {
      LOG.warn(
          "registry {} lists a repository that no client could name: {}",
          registry.host(),
          e.getMessage());
      return new Looked(0, null, false);
    }
    var look =
        new RepositoryComparison(registry, name, catalog, scope, hints, clock, isFirst, room);
    try {
      int found = look.run(cursor, progress);
      LOG.debug("polled {}: {} tags had moved or gone", name, found);
      return new Looked(found, null, look.left());
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
      return new Looked(0, String.valueOf(e.getMessage()), false);
    }
  }
}

package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.events.TagState;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.Digest;
import dev.longshore.oci.OciFormatException;
import dev.longshore.oci.Page;
import dev.longshore.oci.Reference;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RepositoryName;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison of what a registry's repositories hold with what is known: what a lost hint would
 * have said becomes a hint now.
 */
final class Poll {
  /** Repositories of one registry and tags of one repository: what the largest registries hold. */
  static final int LISTING_LIMIT = 100_000;

  private static final int PAGE = 500;

  private static final Logger LOG = LoggerFactory.getLogger(Poll.class);
  private final Catalog catalog;
  private final MirrorScope scope;
  private final HintSink hints;
  private final Clock clock;

  Poll(Catalog catalog, MirrorScope scope, HintSink hints, Clock clock) {
    this.catalog = catalog;
    this.scope = scope;
    this.hints = hints;
    this.clock = clock;
  }

  /**
   * Looks at every tag of the repositories chosen.
   *
   * @return number of hints that came of it
   */
  int run(WatchedRegistry registry, RepositoryPatterns repositories)
      throws RegistryException, HintNotStoredException, InterruptedException {
    int found = 0;
    for (String repository : repositories(registry, repositories)) {
      found += repositoryOrNone(registry, repository);
    }
    LOG.debug("polled registry {}: {} tags had moved or gone", registry.host(), found);
    return found;
  }

  private static List<String> repositories(
      WatchedRegistry registry, RepositoryPatterns repositories) throws RegistryException {
    if (repositories.areNames()) {
      return repositories.names();
    }
    var attempt = new RegistryException.Attempt("list repositories of", registry.host().toString());
    return Page.all(
            attempt, LISTING_LIMIT, cursor -> registry.images().catalog(registry.host(), cursor))
        .stream()
        .filter(repositories::matches)
        .toList();
  }

  /** A repository that its registry serves badly must not hide what the others hold. */
  private int repositoryOrNone(WatchedRegistry registry, String repository)
      throws RegistryException, HintNotStoredException, InterruptedException {
    try {
      return repository(registry, repository);
    } catch (RegistryException e) {
      if (e.transientFailure() || e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw e;
      }
      LOG.warn("poll of {}/{} failed: {}", registry.host(), repository, e.getMessage());
      return 0;
    }
  }

  private int repository(WatchedRegistry registry, String repository)
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
    if (!scope.covers(name)) {
      return 0;
    }
    Optional<List<String>> tags = tags(registry, name);
    if (tags.isEmpty()) {
      return 0;
    }
    int found = 0;
    Set<Digest> images = new LinkedHashSet<>();
    for (String tag : tags.get()) {
      Optional<Descriptor> now =
          scope.covers(name, tag) ? now(registry, name, tag) : Optional.empty();
      if (now.isPresent()) {
        images.add(now.get().digest());
        if (hasMoved(name, tag, now.get())) {
          hints.store(seen(registry, new ReferenceHint(repository, tag, null, null)));
          found++;
        }
      }
    }
    for (Digest referrer : referrers(registry, name, images)) {
      hints.store(seen(registry, new ReferenceHint(repository, null, referrer.toString(), null)));
      found++;
    }
    return found + gone(registry, name, Set.copyOf(tags.get()));
  }

  /** A registry that answers badly for referrers must not hide what its tags tell. */
  private List<Digest> referrers(WatchedRegistry registry, RepositoryName name, Set<Digest> images)
      throws RegistryException {
    try {
      return new PolledReferrers(registry.images(), name, catalog).unknown(images);
    } catch (RegistryException e) {
      if (e.transientFailure() || e.kind() == RegistryException.Kind.INTERRUPTED) {
        throw e;
      }
      LOG.warn("poll of {}: referrers were not listed: {}", name, e.getMessage());
      return List.of();
    }
  }

  /** None where the registry knows no such repository: that is no word on the tags it had. */
  private static Optional<List<String>> tags(WatchedRegistry registry, RepositoryName name)
      throws RegistryException {
    var attempt = new RegistryException.Attempt("list tags of", name.toString());
    try {
      return Optional.of(
          Page.all(attempt, LISTING_LIMIT, cursor -> registry.images().tags(name, cursor)));
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Hints at the tags that are known and that the registry lists no more. */
  private int gone(WatchedRegistry registry, RepositoryName name, Set<String> listed)
      throws HintNotStoredException, InterruptedException {
    int found = 0;
    String last = null;
    List<TagState> page;
    do {
      page = catalog.tags(name.host().value(), name.repository(), last, PAGE);
      for (TagState state : page) {
        last = state.tag();
        if (last != null && !listed.contains(last)) {
          hints.store(gone(registry, name.repository(), last));
          found++;
        }
      }
    } while (page.size() == PAGE);
    return found;
  }

  private static Optional<Descriptor> now(WatchedRegistry registry, RepositoryName name, String tag)
      throws RegistryException {
    try {
      return Optional.of(registry.images().resolve(Reference.tagged(name, tag)));
    } catch (RegistryException e) {
      if (e.kind() == RegistryException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean hasMoved(RepositoryName name, String tag, Descriptor now) {
    Optional<TagState> known =
        catalog.tag(TagState.key(name.host().value(), name.repository(), tag, ""));
    return known
        .map(state -> state.deleted() || !state.digest().equals(now.digest().toString()))
        .orElse(true);
  }

  private Hint seen(WatchedRegistry registry, ReferenceHint seen) {
    return hint(registry, seen.repository(), Hint.REFERENCE, ReferenceBody.write(seen));
  }

  private Hint gone(WatchedRegistry registry, String repository, String tag) {
    byte[] body = DistributionEvents.deletion(repository, tag);
    return hint(registry, repository, DistributionEvents.V2, body);
  }

  private Hint hint(WatchedRegistry registry, String repository, String type, byte[] body) {
    return new Hint(
        Origin.POLL,
        registry.name(),
        repository,
        type,
        Base64.getEncoder().encodeToString(body),
        false,
        clock.instant());
  }
}

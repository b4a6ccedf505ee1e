package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.catalog.WorkFailure;
import dev.longshore.events.Hint;
import dev.longshore.events.Origin;
import dev.longshore.events.ReferenceHint;
import dev.longshore.events.TagState;
import dev.longshore.model.Digest;
import dev.longshore.model.Reference;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.oci.RegistryException;
import dev.longshore.oci.RegistryException.Kind;
import dev.longshore.oci.source.Page;
import dev.longshore.watcher.sender.DistributionEvents;
import java.time.Clock;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One comparison of what a repository holds with what is known: the content of a lost hint becomes
 * a hint now.
 */
final class RepositoryComparison {
  /** Limit of tags in one repository: as many as the largest have. */
  static final int LISTING_LIMIT = 100_000;

  /** Limit of tags to skip because they are not served; beyond it, the repository has failed. */
  private static final int TAGS_PASSED_OVER = 20;

  private static final int PAGE = 500;

  /**
   * What a look at a repository that was compared before tells of as fresh pushes: whoever lost
   * more notifications, or was given new rules, has a backfill. All looks at its registry together
   * have {@link Backfill#FRESH}.
   */
  static final int FRESH = 16;

  private static final Logger LOG = LoggerFactory.getLogger(RepositoryComparison.class);
  private final WatchedRegistry registry;
  private final RepositoryName name;
  private final Catalog catalog;
  private final MirrorScope scope;
  private final HintSink hints;
  private final Clock clock;
  private final boolean isFirst;
  private final Backfill.Room room;
  private int found;
  private boolean left;

  /** Of what is new it tells the first, and leaves more to the polls. */
  RepositoryComparison(
      WatchedRegistry registry,
      RepositoryName name,
      Catalog catalog,
      MirrorScope scope,
      HintSink hints,
      Clock clock) {
    this(registry, name, catalog, scope, hints, clock, false, Backfill.Room.NONE);
  }

  /**
   * @param isFirst whether all that is new is backfill
   * @param room for backfill
   */
  RepositoryComparison(
      WatchedRegistry registry,
      RepositoryName name,
      Catalog catalog,
      MirrorScope scope,
      HintSink hints,
      Clock clock,
      boolean isFirst,
      Backfill.Room room) {
    this.registry = registry;
    this.name = name;
    this.catalog = catalog;
    this.scope = scope;
    this.hints = hints;
    this.clock = clock;
    this.isFirst = isFirst;
    this.room = room;
  }

  /** Hears how far a look is. */
  interface Progress {
    /** Hears nothing. */
    Progress UNHEARD = new Progress() {};

    /** The registry has listed so many tags. */
    default void listed(int tags) {}

    /** All tags up to this one were compared, or skipped. */
    default void compared(Tag tag) {}
  }

  /** Looks at every tag. */
  int run() throws RegistryException, HintNotStoredException, InterruptedException {
    return run(Optional.empty(), Progress.UNHEARD);
  }

  /**
   * Looks at every tag after the cursor, and at what is gone among all.
   *
   * @param cursor the last tag that an interrupted look compared
   * @return number of hints at changes
   * @throws RegistryException if the tags are not listed, or hardly any is served
   */
  int run(Optional<String> cursor, Progress progress)
      throws RegistryException, HintNotStoredException, InterruptedException {
    if (!scope.covers(name)) {
      return 0;
    }
    var attempt = new RegistryException.Attempt("list tags of", name.toString());
    List<Tag> tags =
        Page.all(attempt, LISTING_LIMIT, from -> registry.forPolls().tags(name, from)).stream()
            .sorted()
            .map(Tag::new)
            .toList();
    progress.listed(tags.size());
    Set<Digest> images = images(tags, cursor.orElse(""), progress);
    if (!left) {
      tellOfReferrers(referrers(images));
    }
    if (!left) {
      gone(Set.copyOf(tags));
    }
    return found;
  }

  /** Whether it ended early, for want of room: the next one goes on. */
  boolean left() {
    return left;
  }

  private void tellOfReferrers(List<Digest> referrers)
      throws HintNotStoredException, InterruptedException {
    for (Digest referrer : referrers) {
      tell(new ReferenceHint(name.repository(), null, referrer, null), referrer);
      if (left) {
        return;
      }
    }
  }

  /** What the tags point to. */
  private Set<Digest> images(List<Tag> tags, String cursor, Progress progress)
      throws RegistryException, HintNotStoredException, InterruptedException {
    Set<Digest> images = new LinkedHashSet<>();
    int passedOver = 0;
    for (Tag tag : tags) {
      if (tag.text().compareTo(cursor) <= 0) {
        known(tag).map(TagState::digest).ifPresent(images::add);
        continue;
      }
      try {
        Optional<Descriptor> now = scope.covers(name, tag) ? now(tag) : Optional.empty();
        if (now.isPresent()) {
          images.add(now.get().digest());
          if (hasMoved(tag, now.get())) {
            Digest digest = now.get().digest();
            tell(new ReferenceHint(name.repository(), tag, digest, null), digest);
          }
        }
      } catch (RegistryException e) {
        if (++passedOver > TAGS_PASSED_OVER || isOverAll(e)) {
          throw e;
        }
        passOver(tag, e);
      }
      if (left) {
        return images;
      }
      progress.compared(tag);
    }
    return images;
  }

  private boolean isOverAll(RegistryException e) throws InterruptedException {
    return e.kind() == Kind.INTERRUPTED
        || (e.transientFailure()
            && registry.forPolls().isOverAll(name.host(), Optional.of(name), e));
  }

  /** A tag that is not served must not hide the others; a later look covers it. */
  private void passOver(Tag tag, RegistryException e)
      throws HintNotStoredException, InterruptedException {
    LOG.warn("poll of {}: tag {} was skipped: {}", name, tag, e.getMessage());
    if (e.transientFailure() && !waits()) {
      hints.store(reference(new ReferenceHint(name.repository(), tag, null, null), false));
    }
  }

  /**
   * Hints at the whole repository. The hint waits until the repository is served, and {@code
   * status} shows it; no new one is made if a hint about it already waits.
   */
  void later() throws HintNotStoredException, InterruptedException {
    if (!waits()) {
      hints.store(reference(new ReferenceHint(name.repository(), null, null, null), true));
    }
  }

  /** Whether the hint covers its whole repository. */
  static boolean isAskedFor(Hint hint) {
    return hint.truncated()
        && hint.repository() != null
        && (hint.origin() == Origin.POLL || isNotified(hint));
  }

  /** Whether a notification says that something in its repository changed, and not what. */
  static boolean isNotified(Hint hint) {
    return hint.origin() == Origin.WEBHOOK && hint.contentType().equals(Hint.REFERENCE);
  }

  private boolean waits() {
    return catalog.failures().of(registry.name() + "/" + name.repository()).stream()
        .anyMatch(trouble -> trouble.kind() == WorkFailure.Kind.TRANSIENT);
  }

  /** A registry that fails for referrers must not hide its tags. */
  private List<Digest> referrers(Set<Digest> images)
      throws RegistryException, InterruptedException {
    try {
      return new PolledReferrers(registry.forPolls(), name, catalog).unknown(images);
    } catch (RegistryException e) {
      if (isOverAll(e)) {
        throw e;
      }
      LOG.warn("poll of {}: referrers were not listed: {}", name, e.getMessage());
      return List.of();
    }
  }

  /** Hints at known tags that the registry no longer lists. */
  private void gone(Set<Tag> listed) throws HintNotStoredException, InterruptedException {
    Tag last = null;
    List<TagState> page;
    do {
      page = catalog.tags().ofRepository(name, last, PAGE);
      for (TagState state : page) {
        last = state.tag();
        if (last != null && !listed.contains(last)) {
          byte[] body = DistributionEvents.deletion(name.repository(), last);
          hints.store(hint(Origin.POLL, DistributionEvents.V2, body, false));
          found++;
        }
      }
    } while (page.size() == PAGE);
  }

  private Optional<Descriptor> now(Tag tag) throws RegistryException {
    try {
      return Optional.of(registry.forPolls().resolve(Reference.tagged(name, tag)));
    } catch (RegistryException e) {
      if (e.kind() == Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private boolean hasMoved(Tag tag, Descriptor now) {
    return known(tag)
        .map(state -> state.deleted() || !state.digest().equals(now.digest()))
        .orElse(true);
  }

  private Optional<TagState> known(Tag tag) {
    return catalog.tags().of(name, tag);
  }

  private void tell(ReferenceHint seen, Digest digest)
      throws HintNotStoredException, InterruptedException {
    boolean isFresh = !isFirst && found < FRESH && room.takeAsFresh(name, seen.tag(), digest);
    Origin origin = isFresh ? Origin.POLL : Origin.BACKFILL;
    if (origin == Origin.BACKFILL && !room.take(name, seen.tag(), digest)) {
      left = true;
      return;
    }
    hints.store(hint(origin, Hint.REFERENCE, ReferenceBody.write(seen), false));
    found++;
  }

  private Hint reference(ReferenceHint seen, boolean whole) {
    return hint(Origin.POLL, Hint.REFERENCE, ReferenceBody.write(seen), whole);
  }

  private Hint hint(Origin origin, String type, byte[] body, boolean whole) {
    return new Hint(
        origin,
        registry.name(),
        name.repository(),
        type,
        Base64.getEncoder().encodeToString(body),
        whole,
        clock.instant());
  }
}

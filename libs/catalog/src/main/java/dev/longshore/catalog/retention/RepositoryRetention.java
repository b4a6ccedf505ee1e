package dev.longshore.catalog.retention;

import dev.longshore.catalog.Repositories;
import dev.longshore.catalog.retention.Term.Clause;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Digest;
import dev.longshore.model.ReferrerTags;
import dev.longshore.rules.KeepSettings;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Until when each digest of a repository is wanted. The same content and settings always give the
 * same terms; the clock only tells which of them are over.
 *
 * <ul>
 *   <li>What a tag points to is wanted, unless {@code keep.tags} lets the tag go.
 *   <li>What no tag points to is a version, which any clause keeps. A version that was never seen
 *       under a tag, or so long ago that no tag tells of it, left when that can have been last.
 *   <li>What refers to a subject, by its manifest or by its tag {@code sha256-...}, is wanted as
 *       long as its subject and is no version; what an index has, as long as the index.
 *   <li>Where an index's manifests are not known, because it is not converted or nobody recorded
 *       them, any digest without a tag may be one of them. A version that was never converted, and
 *       that no name shows now, may be such an index: tags do not say what they left.
 *   <li>Until pulls were counted for {@code keep.pulled-within}, anything may have been pulled.
 *   <li>Of a repository without a tag everything is wanted: an empty list is rather a mistake.
 * </ul>
 */
public final class RepositoryRetention {
  private final RepositoryContent content;
  private final KeepSettings keep;
  private final Map<Digest, Instant> leftAt = new HashMap<>();
  private final Map<Digest, List<Term>> byTags = new HashMap<>();
  private final Map<Digest, Set<Digest>> subjects = new HashMap<>();
  private final Map<Digest, Set<Digest>> indexes = new HashMap<>();
  private final Set<Digest> known = new HashSet<>();
  private final Set<Digest> untagged = new HashSet<>();
  private final Set<Digest> unread;
  private @Nullable Term ofUnread;
  private final Map<Digest, Term> terms = new LinkedHashMap<>();
  private final Set<Digest> beingAsked = new HashSet<>();

  private RepositoryRetention(RepositoryContent content, KeepSettings keep) {
    this.content = content;
    this.keep = keep;
    this.unread = new HashSet<>(content.unread());
  }

  /** The term of each digest that the repository has or had. */
  public static Map<Digest, Term> of(RepositoryContent content, KeepSettings keep) {
    return new RepositoryRetention(content, keep).terms();
  }

  private Map<Digest, Term> terms() {
    Map<String, Instant> letGo = letGo();
    boolean hasTags = false;
    Instant forgottenBefore = Instant.MIN;
    for (TagState name : content.names()) {
      if (Repositories.isIndex(name.mediaType()) && !content.made().contains(name.digest())) {
        unread.add(name.digest());
      }
      if (isTag(name)) {
        hasTags |= !name.deleted();
        readTag(name, letGo.get(name.key()));
        Instant oldest = oldestKnown(name).orElse(Instant.MIN);
        forgottenBefore = oldest.isAfter(forgottenBefore) ? oldest : forgottenBefore;
      }
    }
    readUntagged(forgottenBefore);
    readUnmade();
    readBonds();
    if (hasTags) {
      known.forEach(this::term);
    } else {
      known.forEach(
          digest -> terms.put(digest, Term.unlimited(Clause.NO_TAGS, leftAt.get(digest))));
    }
    return terms;
  }

  private static boolean isTag(TagState name) {
    return name.tag() != null && companionOf(name).isEmpty();
  }

  /** Whether the name is of something that belongs to another manifest. */
  static boolean isCompanion(TagState name) {
    return companionOf(name).isPresent();
  }

  /** The digest to which the tag's manifest belongs by the tag's name. */
  private static Optional<Digest> companionOf(TagState name) {
    return Optional.ofNullable(name.tag()).flatMap(ReferrerTags::subject);
  }

  private record Seen(String key, Instant first) {}

  /** Keys of tags that are too many, and since when. */
  private Map<String, Instant> letGo() {
    KeepSettings.@Nullable KeepTagsSettings settings = keep.tags();
    if (settings == null) {
      return Map.of();
    }
    List<Seen> newestFirst = new ArrayList<>();
    for (TagState name : content.names()) {
      if (isTag(name) && !name.deleted() && settings.isAbout(name.selector())) {
        newestFirst.add(new Seen(name.key(), firstSeenAt(name)));
      }
    }
    newestFirst.sort(Comparator.comparing(Seen::first).thenComparing(Seen::key).reversed());
    Map<String, Instant> letGo = new HashMap<>();
    for (int i = settings.last(); i < newestFirst.size(); i++) {
      letGo.put(newestFirst.get(i).key(), newestFirst.get(i - settings.last()).first());
    }
    return letGo;
  }

  /** Of a record of the first releases, the oldest look that it tells of. */
  private static Instant firstSeenAt(TagState tag) {
    return Optional.ofNullable(tag.firstSeenAt())
        .orElseGet(
            () ->
                tag.versions().isEmpty() ? tag.observedAt() : tag.versions().getLast().hintedAt());
  }

  /**
   * @param letGoAt when too many newer ones had come; null if it counts
   */
  private void readTag(TagState tag, @Nullable Instant letGoAt) {
    known.add(tag.digest());
    Instant until = Term.UNLIMITED;
    if (tag.deleted() || letGoAt != null) {
      Instant gone = letGoAt == null ? tag.observedAt() : letGoAt;
      until = later(gone, tag.deleted() ? keep.deletedFor() : null);
      left(tag.digest(), gone);
      if (until.isAfter(gone)) {
        byTag(tag.digest(), new Term(Clause.DELETED_FOR, until, gone));
      }
    } else {
      byTag(tag.digest(), Term.unlimited(Clause.TAG, null));
    }
    int counted = 0;
    for (Map.Entry<Digest, Instant> version : versions(tag).entrySet()) {
      left(version.getKey(), version.getValue());
      if (counted++ < keep.last()) {
        byTag(version.getKey(), new Term(Clause.LAST, until, version.getValue()));
      }
    }
  }

  /** What the tag left, newest first, with when it did so last. */
  private static Map<Digest, Instant> versions(TagState tag) {
    Map<Digest, Instant> versions = new LinkedHashMap<>();
    for (Version version : tag.versions()) {
      versions.putIfAbsent(version.digest(), version.leftAt());
    }
    // The first releases recorded no versions: each was left before the last look.
    tag.previous().forEach(digest -> versions.putIfAbsent(digest, tag.observedAt()));
    versions.remove(tag.digest());
    return versions;
  }

  private void left(Digest digest, Instant at) {
    known.add(digest);
    leftAt.merge(digest, at, (a, b) -> a.isAfter(b) ? a : b);
  }

  private void byTag(Digest digest, Term term) {
    byTags.computeIfAbsent(digest, _ -> new ArrayList<>()).add(term);
  }

  /** Digests that no tag names: a tag that forgot some may have left one of them. */
  private void readUntagged(Instant forgottenBefore) {
    for (TagState name : content.names()) {
      if (name.tag() == null && known.add(name.digest())) {
        untagged.add(name.digest());
        Instant seen = name.observedAt();
        leftAt.put(name.digest(), seen.isAfter(forgottenBefore) ? seen : forgottenBefore);
      }
    }
  }

  /** When the oldest version came that the tag tells of, if it had as many as it remembers. */
  private static Optional<Instant> oldestKnown(TagState tag) {
    if (tag.versions().size() >= TagState.VERSIONS) {
      Version oldest = tag.versions().getLast();
      return Optional.of(oldest.observedAt() == null ? oldest.leftAt() : oldest.observedAt());
    }
    return tag.previous().size() >= TagState.HISTORY && tag.versions().size() < TagState.HISTORY
        ? Optional.of(tag.observedAt())
        : Optional.empty();
  }

  /** A version that was not converted may be an index, unless a name says that it is none. */
  private void readUnmade() {
    Set<Digest> unmade = new HashSet<>(leftAt.keySet());
    unmade.removeAll(content.made());
    if (!unmade.isEmpty()) {
      for (TagState name : content.names()) {
        unmade.remove(name.digest());
      }
      unread.addAll(unmade);
    }
  }

  private void readBonds() {
    content.subjects().forEach((digest, of) -> bond(subjects, digest, of));
    for (TagState name : content.names()) {
      companionOf(name)
          .ifPresent(
              subject ->
                  Stream.concat(
                          Stream.of(name.digest()),
                          Stream.concat(
                              name.previous().stream(),
                              name.versions().stream().map(Version::digest)))
                      .forEach(digest -> bond(subjects, digest, Set.of(subject))));
    }
    content
        .children()
        .forEach(
            (index, children) -> children.forEach(child -> bond(indexes, child, Set.of(index))));
  }

  private static void bond(Map<Digest, Set<Digest>> bonds, Digest digest, Set<Digest> to) {
    bonds.computeIfAbsent(digest, _ -> new HashSet<>()).addAll(to);
  }

  private Term term(Digest digest) {
    @Nullable Term found = terms.get(digest);
    if (found != null) {
      return found;
    }
    if (!beingAsked.add(digest)) {
      return new Term(Clause.NONE, Instant.MIN, null); // digests cannot refer to one another
    }
    List<Term> all = new ArrayList<>(byTags.getOrDefault(digest, List.of()));
    Set<Digest> itsSubjects = subjects.getOrDefault(digest, Set.of());
    if (itsSubjects.isEmpty()) {
      all.addAll(ofVersion(digest));
    }
    itsSubjects.forEach(subject -> all.add(following(Clause.SUBJECT, subject)));
    indexes
        .getOrDefault(digest, Set.of())
        .forEach(index -> all.add(following(Clause.INDEX, index)));
    boolean mayBeInUnread = untagged.contains(digest) && !unread.isEmpty();
    if (mayBeInUnread) {
      all.add(ofUnread());
    }
    Term longest = all.stream().max(Comparator.comparing(Term::until)).orElseThrow();
    if (known.contains(digest)) {
      boolean follows = !itsSubjects.isEmpty() || indexes.containsKey(digest) || mayBeInUnread;
      terms.put(digest, follows ? longest.following() : longest);
    }
    beingAsked.remove(digest);
    return longest;
  }

  /** Of the index that stays longest; by itself, as it may be in another only if that is known. */
  private Term ofUnread() {
    if (ofUnread == null) {
      Term longest =
          unread.stream()
              .flatMap(
                  index ->
                      Stream.concat(
                          byTags.getOrDefault(index, List.of()).stream(),
                          ofVersion(index).stream()))
              .max(Comparator.comparing(Term::until))
              .orElse(new Term(Clause.NONE, Instant.MIN, null));
      ofUnread = new Term(Clause.INDEX, longest.until(), longest.leftAt());
    }
    return ofUnread;
  }

  private Term following(Clause clause, Digest of) {
    boolean isKnown = known.contains(of) || indexes.containsKey(of);
    Term its = isKnown ? term(of) : Term.unlimited(Clause.UNKNOWN_SUBJECT, null);
    return new Term(isKnown ? clause : Clause.UNKNOWN_SUBJECT, its.until(), its.leftAt());
  }

  private List<Term> ofVersion(Digest digest) {
    List<Term> terms = new ArrayList<>();
    @Nullable Instant left = leftAt.get(digest);
    if (left != null) {
      terms.add(new Term(Clause.NONE, left, left));
      if (keep.time() != null) {
        terms.add(new Term(Clause.FOR, later(left, keep.time()), left));
      }
    }
    if (keep.pulledWithin() != null) {
      @Nullable Instant pulled = content.pulls().get(digest);
      Instant last = pulled == null ? content.countedSince() : endOfDay(pulled);
      terms.add(new Term(Clause.PULLED_WITHIN, later(last, keep.pulledWithin()), left));
    }
    return terms;
  }

  /** Only the first pull of a day is recorded. */
  private static Instant endOfDay(Instant pulled) {
    return pulled.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS);
  }

  private static Instant later(Instant at, @Nullable Duration by) {
    return by == null ? at : at.plus(by);
  }
}

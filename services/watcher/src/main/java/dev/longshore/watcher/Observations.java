package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.ConversionRequest;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Version;
import dev.longshore.model.Digest;
import dev.longshore.model.RepositoryName;
import dev.longshore.model.Tag;
import dev.longshore.oci.Descriptor;
import dev.longshore.runtime.kafka.step.Effects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What one hint's looks found, compared with what was known. */
final class Observations {
  private final Catalog catalog;
  private final Origin origin;
  private final Instant hintedAt;
  private final Instant now;
  private final Map<String, TagState> known = new HashMap<>();
  private final List<LongshoreRecord> records = new ArrayList<>();

  Observations(Catalog catalog, Origin origin, Instant hintedAt, Instant now) {
    this.catalog = catalog;
    this.origin = origin;
    this.hintedAt = hintedAt;
    this.now = now;
  }

  /**
   * Adds a manifest of the source, under this tag if given. No effect if already known, unless a
   * user asked for it.
   */
  void add(
      RepositoryName name,
      @Nullable Tag tag,
      Descriptor found,
      @Nullable ConversionRequest request) {
    if (learn(name, tag, found) || request != null) {
      records.add(observed(name, tag, found, request));
    }
  }

  /** The same even if it is known: more of it is there than before. */
  void addAnew(
      RepositoryName name,
      @Nullable Tag tag,
      Descriptor found,
      @Nullable ConversionRequest request) {
    learn(name, tag, found);
    records.add(observed(name, tag, found, request));
  }

  private boolean learn(RepositoryName name, @Nullable Tag tag, Descriptor found) {
    boolean digestIsNews = learnName(name, null, found);
    return tag == null ? digestIsNews : learnName(name, tag, found);
  }

  private Observed observed(
      RepositoryName name,
      @Nullable Tag tag,
      Descriptor found,
      @Nullable ConversionRequest request) {
    return new Observed(
        name, tag, found.digest(), found.mediaType(), found.size(), origin, hintedAt, now, request);
  }

  /** Records that the source no longer has the tag. */
  void gone(RepositoryName name, Tag tag) {
    current(TagState.key(name, tag))
        .filter(state -> !state.deleted())
        .ifPresent(
            state ->
                put(
                    state(
                        name,
                        tag,
                        descriptorOf(state),
                        state.previous(),
                        versions(state),
                        true,
                        firstSeenAt(state))));
  }

  Effects effects() {
    return new Effects(records, List.of());
  }

  private boolean learnName(RepositoryName name, @Nullable Tag tag, Descriptor found) {
    Digest digest = found.digest();
    String key = tag == null ? TagState.key(name, digest) : TagState.key(name, tag);
    Optional<TagState> before = current(key);
    if (before.filter(state -> !state.deleted() && state.digest().equals(digest)).isPresent()) {
      return false;
    }
    put(
        state(
            name,
            tag,
            found,
            before.map(state -> history(state, digest)).orElse(List.of()),
            before.map(this::versions).orElse(List.of()),
            false,
            before.map(Observations::firstSeenAt).orElse(now)));
    return true;
  }

  private static List<Digest> history(TagState before, Digest digest) {
    List<Digest> previous = new ArrayList<>();
    previous.add(before.digest());
    previous.addAll(before.previous());
    previous.removeIf(digest::equals);
    return previous.subList(0, Math.min(previous.size(), TagState.HISTORY));
  }

  /**
   * The versions that the tag has left once this one is left. Of one that was deleted the last is
   * among them, unless the first release saw that, which wrote none.
   */
  private List<Version> versions(TagState before) {
    if (before.deleted() && !before.versions().isEmpty()) {
      return before.versions();
    }
    List<Version> versions = new ArrayList<>();
    versions.add(
        new Version(
            before.digest(),
            before.origin(),
            before.hintedAt(),
            before.observedAt(),
            before.deleted() ? before.observedAt() : now));
    versions.addAll(before.versions());
    return versions.subList(0, Math.min(versions.size(), TagState.VERSIONS));
  }

  /**
   * Earlier releases did not write it: the oldest look that their record tells of was the first.
   */
  private static Instant firstSeenAt(TagState before) {
    Instant known = before.firstSeenAt();
    return known != null
        ? known
        : before.versions().reversed().stream()
            .flatMap(version -> Stream.ofNullable(version.observedAt()))
            .findFirst()
            .orElse(before.observedAt());
  }

  private TagState state(
      RepositoryName name,
      @Nullable Tag tag,
      Descriptor found,
      List<Digest> previous,
      List<Version> versions,
      boolean deleted,
      Instant firstSeenAt) {
    return new TagState(
        name,
        tag,
        found.digest(),
        found.mediaType(),
        found.size(),
        previous,
        deleted,
        origin,
        hintedAt,
        now,
        versions,
        firstSeenAt);
  }

  private static Descriptor descriptorOf(TagState state) {
    return new Descriptor(state.mediaType(), state.digest().checked(), state.size());
  }

  private Optional<TagState> current(String key) {
    TagState here = known.get(key);
    return here != null ? Optional.of(here) : catalog.tags().byKey(key);
  }

  private void put(TagState state) {
    known.put(state.key(), state);
    records.add(state);
  }
}

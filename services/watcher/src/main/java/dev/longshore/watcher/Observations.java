package dev.longshore.watcher;

import dev.longshore.catalog.Catalog;
import dev.longshore.events.LongshoreRecord;
import dev.longshore.events.Observed;
import dev.longshore.events.Origin;
import dev.longshore.events.TagState;
import dev.longshore.events.TagState.Notified;
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
  private final @Nullable String sender;
  private final Instant hintedAt;
  private final Instant now;
  private final Map<String, TagState> known = new HashMap<>();
  private final List<LongshoreRecord> records = new ArrayList<>();

  /**
   * None yet.
   *
   * @param sender who sent the hint, if it is a notification
   */
  Observations(
      Catalog catalog, Origin origin, @Nullable String sender, Instant hintedAt, Instant now) {
    this.catalog = catalog;
    this.origin = origin;
    this.sender = sender;
    this.hintedAt = hintedAt;
    this.now = now;
  }

  /**
   * Adds a manifest of the source, under this tag if given. No effect if already known, unless a
   * user asked for it.
   */
  void add(HintTarget target, @Nullable Tag tag, Descriptor found) {
    if (learn(target, tag, found) || target.request() != null) {
      records.add(observed(target, tag, found));
    }
  }

  /** The same even if it is known: more of it is there than before. */
  void addAnew(HintTarget target, @Nullable Tag tag, Descriptor found) {
    learn(target, tag, found);
    records.add(observed(target, tag, found));
  }

  private boolean learn(HintTarget target, @Nullable Tag tag, Descriptor found) {
    boolean digestIsNews = learnName(target, null, found);
    return tag == null ? digestIsNews : learnName(target, tag, found);
  }

  private Observed observed(HintTarget target, @Nullable Tag tag, Descriptor found) {
    return new Observed(
        target.name(),
        tag,
        found.digest(),
        found.mediaType(),
        found.size(),
        origin,
        hintedAt,
        now,
        target.request());
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
                        notBefore(state),
                        firstSeenAt(state),
                        null)));
  }

  /**
   * Records a version that a hint tells of and that the source has, but no longer under its tag:
   * the next one was there first. It may come late, among newer ones.
   *
   * @param gone whether the source has nothing under the tag
   */
  void passed(HintTarget target, Tag tag, Descriptor found, boolean gone) {
    Digest digest = found.digest();
    Version version =
        new Version(digest, origin, hintedAt, null, now, notified(target, found).orElse(null));
    Optional<TagState> before = current(TagState.key(target.name(), tag));
    if (before.isPresent()) {
      TagState state = before.get();
      if (!state.digest().equals(digest)
          && state.versions().stream().noneMatch(known -> known.digest().equals(digest))) {
        put(state.withVersions(with(version, versionsOf(state))));
      }
    } else if (gone) {
      put(state(target.name(), tag, found, List.of(), List.of(version), true, now, now, null));
    }
  }

  /** Where its sender's clock puts it, if that is known of it and of its neighbours. */
  private static List<Version> with(Version late, List<Version> versions) {
    Optional<Instant> at = at(late);
    int place = 0;
    while (at.isPresent()
        && place < versions.size()
        && at(versions.get(place)).filter(at.get()::isBefore).isPresent()) {
      place++;
    }
    List<Version> all = new ArrayList<>(versions);
    all.add(place, late);
    return newest(all);
  }

  private static Optional<Instant> at(Version version) {
    return Optional.ofNullable(version.notified()).map(Notified::at);
  }

  Effects effects() {
    return new Effects(records, List.of());
  }

  private boolean learnName(HintTarget target, @Nullable Tag tag, Descriptor found) {
    Digest digest = found.digest();
    RepositoryName name = target.name();
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
            before.map(this::notBefore).orElse(now),
            before.map(Observations::firstSeenAt).orElse(now),
            notified(target, found).orElse(null)));
    return true;
  }

  /** The notification that told of it; its time is not that of another version. */
  private Optional<Notified> notified(HintTarget target, Descriptor found) {
    Digest hinted = target.digest();
    boolean isOfIt = !target.deletion() && (hinted == null || hinted.equals(found.digest()));
    return Optional.ofNullable(sender).map(its -> new Notified(its, isOfIt ? target.at() : null));
  }

  /** Our clock, unless it was set back: what follows is not earlier. */
  private Instant notBefore(TagState before) {
    return now.isBefore(before.observedAt()) ? before.observedAt() : now;
  }

  private static List<Digest> history(TagState before, Digest digest) {
    List<Digest> previous = new ArrayList<>();
    previous.add(before.digest());
    previous.addAll(before.previous());
    previous.removeIf(digest::equals);
    return previous.subList(0, Math.min(previous.size(), TagState.HISTORY));
  }

  /** The versions that the tag has left once this one is left. */
  private List<Version> versions(TagState before) {
    if (before.deleted()) {
      return versionsOf(before);
    }
    List<Version> versions = new ArrayList<>();
    versions.add(version(before, notBefore(before)));
    versions.addAll(before.versions());
    return newest(versions);
  }

  /**
   * Those that it has left already. Of one that was deleted the last is among them, unless the
   * first release saw that, which wrote none.
   */
  private static List<Version> versionsOf(TagState state) {
    return state.deleted() && state.versions().isEmpty()
        ? List.of(version(state, state.observedAt()))
        : state.versions();
  }

  private static Version version(TagState state, Instant leftAt) {
    return new Version(
        state.digest(),
        state.origin(),
        state.hintedAt(),
        state.observedAt(),
        leftAt,
        state.notified());
  }

  private static List<Version> newest(List<Version> versions) {
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
      Instant observedAt,
      Instant firstSeenAt,
      @Nullable Notified notified) {
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
        observedAt,
        versions,
        firstSeenAt,
        notified);
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

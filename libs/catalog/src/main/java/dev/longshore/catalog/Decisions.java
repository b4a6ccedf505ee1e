package dev.longshore.catalog;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Queries about what people decided. A decision stands until it is undone, or its time is over by
 * this machine's clock; a forget has no such time.
 */
public final class Decisions {
  /** Of columns that no other table has. */
  private static final String STANDING = "undone = 0 AND (until IS NULL OR until > ?)";

  /** A source digest, and what it refers to, upwards: signatures follow their subject. */
  private static final String UPWARDS =
      "WITH RECURSIVE upwards(digest) AS (SELECT ? UNION SELECT i.subject FROM upwards u"
          + " JOIN images i ON i.digest = u.digest WHERE i.subject IS NOT NULL)";

  private final Store store;
  private final Clock clock;

  Decisions(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  static String kind(Decision decision) {
    return kind(decision.getClass());
  }

  private static String kind(Class<? extends Decision> kind) {
    return kind.getSimpleName();
  }

  /** The decision, standing or not. */
  public Optional<DecisionState> of(String id) {
    return StateTable.DECISIONS.byKey(store, id);
  }

  /** All decisions, those that do not stand too, by id. */
  public List<DecisionState> page(@Nullable String afterId, int limit) {
    return StateTable.DECISIONS.page(store, afterId, limit);
  }

  /** Number of those of a kind, those that do not stand too. */
  public long count(Class<? extends Decision> kind) {
    return store
        .read(
            session ->
                session.first(
                    "SELECT COUNT(*) FROM decisions WHERE kind = ?",
                    row -> row.getLong(1),
                    kind(kind)))
        .orElse(0L);
  }

  /** Those of a kind that stand, by id. */
  public List<DecisionState> standing(
      Class<? extends Decision> kind, @Nullable String afterId, int limit) {
    return StateTable.DECISIONS.list(
        store,
        STANDING + " AND kind = ? AND key > ? ORDER BY key LIMIT ?",
        clock.millis(),
        kind(kind),
        afterId == null ? "" : afterId,
        limit);
  }

  /** Source digests that decisions name which stand, to forget them. */
  public Set<Digest> forgottenDigests() {
    return store.read(
        session ->
            new HashSet<>(
                session.list(
                    "SELECT DISTINCT f.digest FROM decisions d CROSS JOIN forgotten f"
                        + " ON f.key = d.key WHERE "
                        + STANDING,
                    row -> Digest.stored(row.getString(1)),
                    clock.millis())));
  }

  /** Whether a decision that stands forgets this source digest, or what it refers to. */
  public boolean isForgotten(Digest source) {
    return store.read(
        session ->
            session
                .first(
                    UPWARDS
                        + " SELECT 1 FROM upwards u CROSS JOIN forgotten f ON f.digest = u.digest"
                        + " CROSS JOIN decisions d ON d.key = f.key WHERE "
                        + STANDING
                        + " LIMIT 1",
                    row -> true,
                    source,
                    clock.millis())
                .isPresent());
  }

  /** Whether a decision that stands names this source digest itself, to forget it. */
  public boolean isNamed(Digest source) {
    return store.read(
        session ->
            session
                .first(
                    "SELECT 1 FROM forgotten f CROSS JOIN decisions d ON d.key = f.key"
                        + " WHERE f.digest = ? AND "
                        + STANDING
                        + " LIMIT 1",
                    row -> true,
                    source,
                    clock.millis())
                .isPresent());
  }

  /**
   * Whether it was forgotten once and no longer is. False while no decision on it is known: records
   * that follow from a decision may be read before it.
   */
  public boolean isForgetUndone(Digest source) {
    return !isForgotten(source)
        && store.read(
            session ->
                session
                    .first(
                        UPWARDS
                            + " SELECT 1 FROM forgotten"
                            + " WHERE digest IN (SELECT digest FROM upwards) LIMIT 1",
                        row -> true,
                        source)
                    .isPresent());
  }

  /** The first decision, by its time, that forgets this source digest and stands. */
  public Optional<DecisionState> forgotten(Digest source) {
    return forgets(source).stream().min(Comparator.comparing(DecisionState::decidedAt));
  }

  /**
   * Whether every image with this DAG is forgotten: no other one needs it. What was made again of a
   * forgotten source has none.
   */
  public boolean isForgotten(ImageDag dag) {
    List<ImageState> images = StateTable.IMAGES.list(store, "image_dag = ?", dag);
    return images.isEmpty()
        ? StateTable.IMAGES
            .list(store, "key IN (SELECT key FROM former_dags WHERE digest = ?)", dag)
            .stream()
            .map(ImageState::digest)
            .distinct()
            .anyMatch(this::isForgotten)
        : images.stream().map(ImageState::digest).distinct().allMatch(this::isForgotten);
  }

  /** Forgotten images that the repository may have, among its digests. */
  public List<ImageState> forgottenIn(RepositoryName name) {
    return StateTable.IMAGES.list(
        store,
        "digest IN (WITH RECURSIVE downwards(digest) AS (SELECT f.digest FROM forgotten f"
            + " JOIN decisions d ON d.key = f.key WHERE "
            + STANDING
            + " UNION SELECT i.digest FROM downwards u JOIN images i ON i.subject = u.digest)"
            + " SELECT digest FROM downwards) AND "
            + Repositories.holding("images.digest")
            + " AND "
            + Repositories.isFor("images", "?4"),
        clock.millis(),
        Repositories.firstKey(name),
        Repositories.endKey(name),
        name);
  }

  /** All decisions that forget this source digest, or what it refers to, and stand, by id. */
  public List<DecisionState> forgets(Digest source) {
    return StateTable.DECISIONS.list(
        store,
        STANDING
            + " AND key IN ("
            + UPWARDS
            + " SELECT key FROM forgotten WHERE digest IN (SELECT digest FROM upwards))"
            + " ORDER BY key",
        clock.millis(),
        source);
  }

  /** Digests of these decisions that no other one forgets, by itself or as it refers to one. */
  public List<Digest> forgottenOnlyBy(List<DecisionState> decisions) {
    Set<String> ids = decisions.stream().map(DecisionState::id).collect(Collectors.toSet());
    Map<Digest, Boolean> namedElsewhere = new HashMap<>();
    Map<Digest, List<Digest>> subjects = new HashMap<>();
    List<Digest> only = new ArrayList<>();
    Set<Digest> all = new LinkedHashSet<>();
    decisions.stream()
        .flatMap(decision -> Stream.ofNullable(decision.forget()))
        .forEach(forget -> all.addAll(forget.digests()));
    for (Digest digest : all) {
      Set<Digest> upwards = new LinkedHashSet<>();
      Deque<Digest> next = new ArrayDeque<>(List.of(digest));
      boolean elsewhere = false;
      while (!next.isEmpty() && !elsewhere) {
        Digest one = next.remove();
        if (upwards.add(one)) {
          elsewhere = namedElsewhere.computeIfAbsent(one, d -> !ids.containsAll(naming(d)));
          next.addAll(subjects.computeIfAbsent(one, this::subjects));
        }
      }
      if (!elsewhere) {
        only.add(digest);
      }
    }
    return only;
  }

  /** Ids of decisions that stand and name the digest itself. */
  private List<String> naming(Digest digest) {
    return store.read(
        session ->
            session.list(
                "SELECT d.key FROM forgotten f CROSS JOIN decisions d ON d.key = f.key"
                    + " WHERE f.digest = ? AND "
                    + STANDING,
                row -> row.getString(1),
                digest,
                clock.millis()));
  }

  private List<Digest> subjects(Digest digest) {
    return store.read(
        session ->
            session.list(
                "SELECT DISTINCT subject FROM images WHERE digest = ? AND subject IS NOT NULL",
                row -> Digest.stored(row.getString(1)),
                digest));
  }

  /** The digests that a decision to forget names, and what is recorded to refer to them. */
  public List<Digest> forgottenBy(Decision.Forget forget) {
    Set<Digest> all = new LinkedHashSet<>();
    addForgottenBy(forget, all);
    return List.copyOf(all);
  }

  /**
   * Adds the same, passing over what is there already with all that refers to it: each of many
   * decisions about one image names that image, to which everything refers.
   *
   * @return those that were added
   */
  public List<Digest> addForgottenBy(Decision.Forget forget, Set<Digest> all) {
    return addWithReferrers(forget.digests(), all);
  }

  /** The same of other digests. */
  public List<Digest> addWithReferrers(Collection<Digest> digests, Set<Digest> all) {
    List<Digest> added = new ArrayList<>();
    Deque<Digest> next = new ArrayDeque<>();
    digests.stream().filter(all::add).forEach(next::add);
    while (!next.isEmpty()) {
      Digest digest = next.remove();
      added.add(digest);
      referrers(digest).stream().filter(all::add).forEach(next::add);
    }
    return added;
  }

  private List<Digest> referrers(Digest digest) {
    return store.read(
        session ->
            session.list(
                "SELECT DISTINCT digest FROM images WHERE subject = ?",
                row -> Digest.stored(row.getString(1)),
                digest));
  }
}

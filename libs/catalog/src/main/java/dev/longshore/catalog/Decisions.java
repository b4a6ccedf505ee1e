package dev.longshore.catalog;

import dev.longshore.events.Decision;
import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.model.Digest;
import dev.longshore.model.ImageDag;
import dev.longshore.model.RepositoryName;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Queries about what people decided. A decision stands until it is undone, or its time is over by
 * this machine's clock; a forget has no such time.
 */
public final class Decisions {
  /** Of columns that no other table has. */
  private static final String STANDING = "undone = 0 AND (until IS NULL OR until > ?)";

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

  /** Whether a decision that stands forgets this source digest. */
  public boolean isForgotten(Digest source) {
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
                    .first("SELECT 1 FROM forgotten WHERE digest = ? LIMIT 1", row -> true, source)
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
        "digest IN (SELECT f.digest FROM forgotten f JOIN decisions d ON d.key = f.key"
            + " WHERE "
            + STANDING
            + ") AND "
            + Repositories.holding("images.digest")
            + " AND "
            + Repositories.isFor("images", "?4"),
        clock.millis(),
        Repositories.firstKey(name),
        Repositories.endKey(name),
        name);
  }

  /** All decisions that forget this source digest and stand, by id. */
  public List<DecisionState> forgets(Digest source) {
    return StateTable.DECISIONS.list(
        store,
        STANDING + " AND key IN (SELECT key FROM forgotten WHERE digest = ?) ORDER BY key",
        clock.millis(),
        source);
  }
}

package dev.longshore.catalog;

import dev.longshore.events.PinPhase;
import dev.longshore.events.PinState;
import dev.longshore.model.ImageDag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Queries about the copies of image DAGs. */
public final class Pins {
  /** With a plus, lest SQLite read all keys in their order. */
  static final String BELOW = "verified < ? AND wanted > 0 AND +key > ? ORDER BY +key LIMIT ?";

  private static final String WORST = " ORDER BY verified > 0, verified >= least, short_since";

  /** The index alone tells which, so that only their records are read. */
  static final String WORST_SHORT =
      "id IN (SELECT id FROM pins WHERE short_since IS NOT NULL"
          + WORST
          + " LIMIT ?)"
          + WORST
          + ", key";

  private final Store store;

  Pins(Store store) {
    this.store = store;
  }

  /** The copies of an image DAG. */
  public Optional<PinState> of(ImageDag imageDag) {
    return StateTable.PINS.byKey(store, PinState.key(imageDag));
  }

  /** Image DAGs and their copies, by CID. */
  public List<PinState> page(@Nullable ImageDag afterDag, int limit) {
    return StateTable.PINS.page(store, afterDag == null ? null : afterDag.toString(), limit);
  }

  /** Image DAGs alone, by CID. */
  public List<ImageDag> dags(@Nullable ImageDag afterDag, int limit) {
    return store.read(
        session ->
            session.list(
                "SELECT key FROM pins WHERE key > ? ORDER BY key LIMIT ?",
                row -> ImageDag.stored(row.getString(1)),
                afterDag == null ? "" : afterDag,
                limit));
  }

  /** Image DAGs with fewer verified copies than this, of those that are to be kept, by CID. */
  public List<PinState> below(int copies, @Nullable ImageDag afterDag, int limit) {
    return StateTable.PINS.list(store, BELOW, copies, afterDag == null ? "" : afterDag, limit);
  }

  /** Image DAGs in this phase, which is not that of most, by CID. */
  public List<PinState> going(PinPhase phase, @Nullable ImageDag afterDag, int limit) {
    return StateTable.PINS.list(
        store,
        "phase = ? AND phase <> 'KEPT' AND key > ? ORDER BY key LIMIT ?",
        phase.name(),
        afterDag == null ? "" : afterDag,
        limit);
  }

  /** Number of image DAGs in this phase, which is not that of most. */
  public long countGoing(PinPhase phase) {
    return store
        .read(
            session ->
                session.first(
                    "SELECT COUNT(*) FROM pins WHERE phase = ? AND phase <> 'KEPT'",
                    row -> row.getLong(1),
                    phase.name()))
        .orElse(0L);
  }

  /** The largest number of copies that is wanted of any. */
  public int mostWanted() {
    return store
        .read(session -> session.first("SELECT MAX(wanted) FROM pins", row -> row.getInt(1)))
        .orElse(0);
  }

  /** Image DAGs with unfinished copies, by CID. */
  public List<PinState> unfinished(@Nullable ImageDag afterDag, int limit) {
    return StateTable.PINS.list(
        store,
        "unfinished = 1 AND key > ? ORDER BY key LIMIT ?",
        afterDag == null ? "" : afterDag,
        limit);
  }

  /** Image DAGs that have fewer copies than they are to have. */
  public ShortOfCopies shortOfCopies() {
    return store
        .read(
            session ->
                session.first(
                    "SELECT COUNT(*), TOTAL(verified < least), TOTAL(verified = 0),"
                        + " MIN(short_since) FROM pins WHERE short_since IS NOT NULL",
                    row -> {
                      long since = row.getLong(4);
                      return new ShortOfCopies(
                          row.getLong(1),
                          row.getLong(2),
                          row.getLong(3),
                          row.wasNull() ? null : Instant.ofEpochMilli(since));
                    }))
        .orElseThrow();
  }

  /** These, the worst first: without a copy, below the least number, the longest. */
  public List<PinState> shortOfCopies(int limit) {
    return StateTable.PINS.list(store, WORST_SHORT, limit);
  }
}

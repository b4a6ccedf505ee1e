package dev.longshore.resolver.site;

import dev.longshore.events.ImageState;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.store.SqliteFile.Session;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The store's records of DAGs being released, and of blocks waiting for collection. */
final class LeavingDags {
  private final SiteStore store;
  private final SiteClock clock;
  private final RemovalGuard held;

  LeavingDags(SiteStore store, SiteClock clock) {
    this.store = store;
    this.clock = clock;
    this.held = new RemovalGuard(store);
  }

  /** What a DAG that leaves was to names and images. */
  record Leaving(List<String> keys, List<ImageState> images) {}

  /** The next to let go of: forgotten, unwanted for long, or on its way out already. */
  Optional<ImageDag> due() {
    return unwanted(
        "present = 2 OR (present = 1 AND (forget = 1 OR (unwanted_since <= ? AND NOT "
            + KeptDags.STANDING_IN
            + ")))",
        clock.instant().minus(KeptDags.EVICT_AFTER).toEpochMilli());
  }

  /** The one that nothing wants for the longest time. */
  Optional<ImageDag> oldestUnwanted() {
    return unwanted("present = 1 AND NOT " + KeptDags.STANDING_IN);
  }

  private Optional<ImageDag> unwanted(String where, Object... parameters) {
    return store
        .query(
            "SELECT dag FROM dags WHERE (present = 2 OR unwanted_since IS NOT NULL) AND ("
                + where
                + ")"
                + notHeld()
                + " ORDER BY unwanted_since, dag LIMIT 1",
            row -> ImageDag.stored(row.getString(1)),
            parameters)
        .stream()
        .findFirst();
  }

  private String notHeld() {
    return held.freesOrphans() ? "" : " AND NOT (" + RemovalGuard.ORPHAN + ")";
  }

  /** Bytes that come free at most if all goes that nothing wants. */
  long unwantedBytes() {
    return store
        .query(
            "SELECT COALESCE(SUM(b), 0), COUNT(*), COUNT(b) FROM (SELECT (SELECT MAX(bytes) FROM"
                + " versions v WHERE v.dag = dags.dag) AS b FROM dags"
                + " WHERE (present = 2 OR unwanted_since IS NOT NULL) AND (present = 1 AND NOT "
                + KeptDags.STANDING_IN
                + ")"
                + notHeld()
                + ")",
            // Of one by no name nobody knows how large it is.
            row -> row.getLong(2) > row.getLong(3) ? Long.MAX_VALUE / 2 : row.getLong(1))
        .getFirst();
  }

  /** It is not to be found from now on; its pin goes next. */
  Leaving leave(ImageDag dag, boolean soon) {
    List<String> keys = new ArrayList<>();
    List<ImageState> images = new ArrayList<>();
    store.write(
        session -> {
          keys.addAll(KeptDags.keys(session, dag));
          images.addAll(
              session.query(
                  "SELECT image FROM versions WHERE dag = ?",
                  row -> ServedNames.read(row, 1, ImageState.class),
                  dag.toString()));
          // What is named on demand may be asked for again.
          session.update("DELETE FROM versions WHERE dag = ? AND wanted = 0", dag.toString());
          session.update("UPDATE dags SET present = 2 WHERE dag = ?", dag.toString());
          session.update(
              "DELETE FROM names WHERE removed = 1 AND key NOT IN (SELECT key FROM versions)");
          collect(session, soon);
        });
    return new Leaving(keys, images);
  }

  /** Whether it is to go at once. */
  boolean isForgotten(ImageDag dag) {
    return !store
        .query("SELECT 1 FROM dags WHERE dag = ? AND forget = 1", row -> true, dag.toString())
        .isEmpty();
  }

  /** Records that its pin is gone. */
  void left(ImageDag dag) {
    store.write(
        session -> {
          session.update(
              "UPDATE dags SET present = 0, hurry = 0, asked = NULL, unwanted_since = NULL"
                  + " WHERE dag = ? AND present = 2 AND dag IN (SELECT dag FROM versions)",
              dag.toString());
          session.update("DELETE FROM dags WHERE dag = ? AND present = 2", dag.toString());
        });
  }

  /** Blocks are to be collected; soon: even if some come again then. */
  private static void collect(Session session, boolean soon) throws SQLException {
    session.update(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name)"
            + " DO UPDATE SET value = MAX(value, excluded.value)",
        Value.COLLECT.name(),
        soon ? "2" : "1");
  }

  /** Whether blocks may be collected now: it would take those of DAGs that came in part. */
  boolean collects() {
    long due = store.number(Value.COLLECT);
    return due == 2
        || (due == 1
            && store
                .query("SELECT 1 FROM dags WHERE present = 0 AND attempts > 0 LIMIT 1", r -> true)
                .isEmpty());
  }

  /** What came of one in part goes if others need the room. */
  void leftInPart() {
    store.put(Value.LEFTOVERS, 1);
  }

  /** Whether a collection may make room, though nothing is let go of. */
  boolean hasLeftovers() {
    return store.is(Value.LEFTOVERS);
  }

  /** They are collected. */
  void collected() {
    store.write(
        session -> {
          SiteStore.put(session, Value.COLLECT, 0);
          SiteStore.put(session, Value.LEFTOVERS, 0);
        });
  }
}

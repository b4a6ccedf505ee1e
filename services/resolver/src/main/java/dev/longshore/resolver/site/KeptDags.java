package dev.longshore.resolver.site;

import dev.longshore.events.AbsenceReason;
import dev.longshore.events.ImageState;
import dev.longshore.events.MalformedEventException;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.store.SqliteFile.Session;
import dev.longshore.sites.Group;
import dev.longshore.sites.SiteJson;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which image DAGs a site wants, holds and lets go of: the store's records of them. */
final class KeptDags {
  /** For pods that start again by a digest that no tag has any more. */
  static final Duration EVICT_AFTER = Duration.ofDays(7);

  /** DAGs that a request for inner nodes may name (see SitePaths). */
  private static final int HAVE = 8;

  /** Longest text of an error that is kept. */
  private static final int ERROR = 500;

  /** Those of names that are kept ahead of being asked for. */
  static final String WANTED =
      " FROM versions v JOIN names n ON n.key = v.key JOIN dags d ON d.dag = v.dag"
          + " WHERE v.wanted = 1 AND n.removed = 0 AND n.keep <> 'ON_DEMAND'";

  /** The same, and those of names on demand that were here until they rotted. */
  private static final String TO_COME =
      " FROM versions v JOIN names n ON n.key = v.key JOIN dags d ON d.dag = v.dag"
          + " WHERE v.wanted = 1 AND n.removed = 0 AND (n.keep <> 'ON_DEMAND' OR d.hurry = 2)";

  /** One that a rule keeps here, whether or not anybody asks for it. */
  static final String KEPT =
      "dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
          + " WHERE v.wanted = 1 AND n.keep <> 'ON_DEMAND')";

  /** One that a rule names, if only on demand. */
  private static final String NAMED =
      "dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
          + " WHERE v.wanted = 1 AND n.removed = 0)";

  /** Those that wait neither for room nor for one that they gave way to. */
  private static final String FITS =
      " AND (d.needs IS NULL OR d.needs <= ?) AND (d.gave_way_to IS NULL OR NOT EXISTS"
          + " (SELECT 1 FROM versions w JOIN names m ON m.key = w.key JOIN dags x ON x.dag = w.dag"
          + " WHERE w.dag = d.gave_way_to AND w.wanted = 1 AND m.removed = 0"
          + " AND m.keep <> 'ON_DEMAND' AND x.present <> 1))";

  /** Those that a name shows until what it is to show is here: the last one of each mode. */
  private static final String STANDING_IN =
      "dag IN (SELECT v.dag FROM versions v JOIN dags d ON d.dag = v.dag"
          + " JOIN names n ON n.key = v.key"
          + " WHERE n.removed = 0 AND n.keep <> 'ON_DEMAND' AND v.wanted = 0 AND d.present = 1"
          + " AND EXISTS (SELECT 1 FROM versions w JOIN dags e ON e.dag = w.dag"
          + " WHERE w.key = v.key AND w.mode = v.mode AND w.wanted = 1 AND e.present <> 1)"
          + " AND v.id = (SELECT MAX(x.id) FROM versions x JOIN dags y ON y.dag = x.dag"
          + " WHERE x.key = v.key AND x.mode = v.mode AND x.wanted = 0 AND y.present = 1))";

  private final SiteStore store;
  private final SiteClock clock;
  private final HeldRemovals held;

  KeptDags(SiteStore store, SiteClock clock) {
    this.store = store;
    this.held = new HeldRemovals(store);
    this.clock = clock;
  }

  /**
   * One that is to be fetched.
   *
   * @param name a name that shows it
   * @param priority that of the rule that names it; the highest, if several do
   * @param bytes of the whole image
   * @param hurry whether that is tried once whatever the window
   */
  record Next(ImageDag dag, String name, int priority, long bytes, boolean hurry) {}

  /**
   * The next to fetch: the highest priority, then the newest, of those whose time has come.
   *
   * @param room bytes of the disk that may be filled
   * @param asked those that come already, as somebody asked for them
   */
  Optional<Next> next(long room, Set<ImageDag> asked) {
    return store
        .query(
            // Nothing gives way to what is named on demand.
            "SELECT v.dag, MAX(CASE n.keep WHEN 'ON_DEMAND' THEN "
                + Integer.MIN_VALUE
                + " ELSE n.priority END) AS p, MAX(v.pushed) AS t, d.hurry, MIN(v.key),"
                + " MAX(v.bytes)"
                + TO_COME
                + FITS
                + " AND d.present = 0 AND d.next_try <= ? GROUP BY v.dag"
                + " ORDER BY d.hurry = 1 DESC, p DESC, t DESC, v.dag LIMIT ?",
            row ->
                new Next(
                    ImageDag.stored(row.getString(1)),
                    row.getString(5),
                    row.getInt(2),
                    row.getLong(6),
                    row.getInt(4) == 1),
            room,
            clock.instant().toEpochMilli(),
            asked.size() + 1)
        .stream()
        .filter(next -> !asked.contains(next.dag()))
        .findFirst();
  }

  /** When the next one is due, if any waits for its time. */
  Optional<Instant> nextTry(long room) {
    return store
        .query(
            "SELECT MIN(d.next_try)" + TO_COME + FITS + " AND d.present = 0",
            row -> {
              long at = row.getLong(1);
              return row.wasNull()
                  ? Optional.<Instant>empty()
                  : Optional.of(Instant.ofEpochMilli(at));
            },
            room)
        .getFirst();
  }

  /** DAGs of the same repositories that are here, the newest first. */
  List<ImageDag> related(ImageDag dag) {
    return store.query(
        "SELECT v.dag, MAX(v.pushed) AS t FROM versions v JOIN dags d ON d.dag = v.dag"
            + " WHERE d.present = 1 AND v.repository IN"
            + " (SELECT repository FROM versions WHERE dag = ?)"
            + " GROUP BY v.dag ORDER BY t DESC LIMIT "
            + HAVE,
        row -> ImageDag.stored(row.getString(1)),
        dag.toString());
  }

  /**
   * It is here whole and pinned.
   *
   * @return keys of the names that have it
   */
  List<String> arrived(ImageDag dag) {
    List<String> keys = new ArrayList<>();
    store.write(
        session -> {
          keys.addAll(keys(session, dag));
          // Its week begins when it is shown no more.
          session.update(
              "UPDATE dags SET unwanted_since = ? WHERE unwanted_since IS NOT NULL AND "
                  + STANDING_IN
                  + " AND dag IN (SELECT dag FROM versions WHERE key IN"
                  + " (SELECT key FROM versions WHERE dag = ?))",
              clock.instant().toEpochMilli(),
              dag.toString());
          session.update(
              "INSERT INTO dags (dag, present, attempts, next_try) VALUES (?, ?, 0, 0)"
                  + " ON CONFLICT (dag) DO UPDATE SET present = excluded.present, attempts = 0,"
                  + " asked = CASE hurry WHEN 2 THEN ? ELSE asked END,"
                  + " hurry = 0, next_try = 0, reason = NULL, error = NULL, needs = NULL,"
                  + " gave_way_to = NULL",
              dag.toString(),
              // What nothing names any more goes at once: nobody has seen it here.
              keys.isEmpty() ? 2 : 1,
              clock.instant().toEpochMilli());
          session.update(
              "UPDATE dags SET unwanted_since = ? WHERE dag = ? AND NOT " + KEPT,
              clock.instant().toEpochMilli(),
              dag.toString());
        });
    return keys;
  }

  private static List<String> keys(Session session, ImageDag dag) throws SQLException {
    return session.query(
        "SELECT DISTINCT key FROM versions WHERE dag = ?", row -> row.getString(1), dag.toString());
  }

  /** It did not come. */
  void failed(ImageDag dag, AbsenceReason reason, String error, Duration pause) {
    store.write(
        session ->
            session.update(
                "UPDATE dags SET attempts = attempts + 1, hurry = CASE hurry WHEN 2 THEN 2 ELSE 0"
                    + " END, next_try = ?, reason = ?, error = ?, needs = NULL WHERE dag = ? AND"
                    + " present = 0",
                clock.instant().plus(pause).toEpochMilli(),
                reason.name(),
                cut(error),
                dag.toString()));
  }

  private static String cut(String error) {
    return error.length() > ERROR ? error.substring(0, ERROR) : error;
  }

  /**
   * There is no room for it. It is tried again when there is, or when the rules are others, but for
   * one that is named on demand, which waits until somebody asks; what gave way to it comes again.
   *
   * @param pause before which it is not tried in any case
   */
  void doesNotFit(ImageDag dag, NoRoomException e, Duration pause) {
    store.write(
        session -> {
          session.update(
              "UPDATE dags SET attempts = CASE hurry WHEN 2 THEN 0 ELSE attempts + 1 END, hurry ="
                  + " 0, next_try = ?, reason = ?, error = ?, needs = ? WHERE dag = ? AND present ="
                  + " 0",
              pause.isZero() ? 0 : clock.instant().plus(pause).toEpochMilli(),
              AbsenceReason.FULL.name(),
              cut(String.valueOf(e.getMessage())),
              e.needs(),
              dag.toString());
          session.update(
              "UPDATE dags SET gave_way_to = NULL WHERE gave_way_to = ?", dag.toString());
          // What came of it goes if others need the room.
          SiteStore.put(session, Value.LEFTOVERS, 1);
        });
  }

  /** One that is here and may give way to another. */
  record Lower(ImageDag dag, long bytes) {}

  /** Those that are kept by rules of a lower priority only, the lowest first, then the oldest. */
  List<Lower> below(int priority) {
    return store.query(
        "SELECT dag, b FROM (SELECT v.dag AS dag, MAX(n.priority) AS p, MAX(v.pushed) AS t,"
            + " MAX(v.bytes) AS b"
            + WANTED
            + " AND d.present = 1 GROUP BY v.dag) WHERE p < ? AND NOT "
            + STANDING_IN
            + " ORDER BY p, t, dag",
        row -> new Lower(ImageDag.stored(row.getString(1)), row.getLong(2)),
        priority);
  }

  /** It was let go of for another one. */
  void gaveWay(Lower dag, Next other) {
    store.write(
        session ->
            session.update(
                "UPDATE dags SET reason = ?, error = ?, needs = ?, gave_way_to = ?"
                    + " WHERE dag = ? AND present = 0",
                AbsenceReason.FULL.name(),
                cut(
                    "it gave way to %s, which a rule of a higher priority names: all that the rules name does not fit on the disk"
                        .formatted(other.name())),
                dag.bytes(),
                other.dag().toString(),
                dag.dag().toString()));
  }

  /**
   * Blocks of them were taken out: they are absent, and what rules name comes again.
   *
   * @param blocks so many
   * @param kept those that the node keeps, and why
   * @return keys of the names that have them
   */
  Set<String> rotted(List<ImageDag> all, int blocks, List<String> kept) {
    Set<String> changed = new HashSet<>();
    String what =
        "%d blocks of %d images on this node's disk were rotten or missing, and are fetched again: look after the disk%s"
            .formatted(
                blocks,
                all.size(),
                kept.isEmpty()
                    ? ""
                    : "; a pin of somebody else holds "
                        + String.join(", ", kept.subList(0, Math.min(2, kept.size())))
                        + ": remove it");
    store.write(
        session -> {
          for (ImageDag dag : all) {
            changed.addAll(keys(session, dag));
            session.update(
                "UPDATE dags SET present = 0, attempts = CASE WHEN "
                    + NAMED
                    + " THEN 1 ELSE 0 END, hurry = CASE WHEN "
                    + NAMED
                    + " AND NOT "
                    + KEPT
                    + " THEN 2 ELSE 0 END, next_try = 0, asked = NULL, unwanted_since = NULL,"
                    + " reason = ?, error = ? WHERE dag = ? AND present = 1",
                AbsenceReason.FAILED.name(),
                cut(what),
                dag.toString());
          }
          session.update(
              "DELETE FROM dags WHERE present = 0 AND dag NOT IN (SELECT dag FROM versions)");
          SiteStore.put(session, Value.LEFTOVERS, 1);
          SiteStore.put(session, Value.ROTTED_AT, clock.instant());
          SiteStore.put(session, Value.ROTTED, cut(what));
        });
    return changed;
  }

  /** Bytes that come free at most if all goes that nothing wants. */
  long unwantedBytes() {
    return store
        .query(
            "SELECT COALESCE(SUM(b), 0), COUNT(*), COUNT(b) FROM (SELECT (SELECT MAX(bytes) FROM"
                + " versions v WHERE v.dag = dags.dag) AS b FROM dags"
                + " WHERE (present = 2 OR unwanted_since IS NOT NULL) AND (present = 1 AND NOT "
                + STANDING_IN
                + ")"
                + notHeld()
                + ")",
            // Of one by no name nobody knows how large it is.
            row -> row.getLong(2) > row.getLong(3) ? Long.MAX_VALUE / 2 : row.getLong(1))
        .getFirst();
  }

  /** Whether it is still to come: it may be forgotten, or named no more, while it is fetched. */
  boolean isToCome(ImageDag dag) {
    return !store
        .query(
            "SELECT 1 FROM dags WHERE dag = ? AND present = 0 AND (forget = 0 OR dag IN"
                + " (SELECT dag FROM versions WHERE wanted = 1))",
            row -> true,
            dag.toString())
        .isEmpty();
  }

  /** What came of one in part goes if others need the room. */
  void leftInPart() {
    store.put(Value.LEFTOVERS, 1);
  }

  /** Failures of it so far. */
  long attempts(ImageDag dag) {
    return store
        .query("SELECT attempts FROM dags WHERE dag = ?", row -> row.getLong(1), dag.toString())
        .stream()
        .findFirst()
        .orElse(0L);
  }

  /** The next to let go of: forgotten, unwanted for long, or on its way out already. */
  Optional<ImageDag> due() {
    return unwanted(
        "present = 2 OR (present = 1 AND (forget = 1 OR (unwanted_since <= ? AND NOT "
            + STANDING_IN
            + ")))",
        clock.instant().minus(EVICT_AFTER).toEpochMilli());
  }

  /** The one that nothing wants for the longest time. */
  Optional<ImageDag> oldestUnwanted() {
    return unwanted("present = 1 AND NOT " + STANDING_IN);
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
    return held.freesOrphans() ? "" : " AND NOT (" + HeldRemovals.ORPHAN + ")";
  }

  /** What a DAG that leaves was to names and images. */
  record Leaving(List<String> keys, List<ImageState> images) {}

  /** It is not to be found from now on; its pin goes next. */
  Leaving leave(ImageDag dag, boolean soon) {
    List<String> keys = new ArrayList<>();
    List<ImageState> images = new ArrayList<>();
    store.write(
        session -> {
          keys.addAll(keys(session, dag));
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

  /** Whether there is a record of it, and it is not forgotten. */
  boolean isKnown(ImageDag dag) {
    return !store
        .query("SELECT 1 FROM dags WHERE dag = ? AND forget = 0", row -> true, dag.toString())
        .isEmpty();
  }

  /** Whether it is to go at once. */
  boolean isForgotten(ImageDag dag) {
    return !store
        .query("SELECT 1 FROM dags WHERE dag = ? AND forget = 1", row -> true, dag.toString())
        .isEmpty();
  }

  /** Its pin is gone. */
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

  /** Those that are here whole, as far as is known. */
  Set<ImageDag> here() {
    return new HashSet<>(
        store.query(
            "SELECT dag FROM dags WHERE present = 1", row -> ImageDag.stored(row.getString(1))));
  }

  /**
   * Compares with the node's pins: one of ours that nothing knows is let go of in time, and what is
   * pinned no more is looked at again. One that is named on demand, and was pinned when a kill came
   * before that was noted, is here.
   *
   * @param here those that were here before the pins were listed
   * @param pinned roots of the node's pins
   * @param ours those of them with our name
   * @return keys of names of which something changed
   */
  Set<String> compare(Set<ImageDag> here, Set<ImageDag> pinned, Set<ImageDag> ours) {
    Set<String> changed = new HashSet<>();
    long now = clock.instant().toEpochMilli();
    store.write(
        session -> {
          Set<ImageDag> known =
              new HashSet<>(
                  session.query("SELECT dag FROM dags", row -> ImageDag.stored(row.getString(1))));
          for (ImageDag dag : ours) {
            if (!known.contains(dag)) {
              session.update(
                  "INSERT INTO dags (dag, present, attempts, next_try, unwanted_since)"
                      + " VALUES (?, 1, 0, 0, ?)",
                  dag.toString(),
                  now);
            }
          }
          if (!known.containsAll(ours)) {
            HeldRemovals.found(session, clock.instant());
          }
          for (ImageDag dag :
              session.query(
                  "SELECT dag FROM dags WHERE present = 0 AND asked IS NULL AND NOT " + KEPT,
                  row -> ImageDag.stored(row.getString(1)))) {
            if (ours.contains(dag)) {
              session.update(
                  "UPDATE dags SET present = 1, asked = ?, unwanted_since = ? WHERE dag = ?",
                  now,
                  now,
                  dag.toString());
              changed.addAll(keys(session, dag));
            }
          }
          for (ImageDag dag : here) {
            if (!pinned.contains(dag)) {
              session.update(
                  "UPDATE dags SET present = 0, next_try = 0, asked = NULL"
                      + " WHERE dag = ? AND present = 1",
                  dag.toString());
              changed.addAll(keys(session, dag));
            }
          }
        });
    return changed;
  }

  /** Whether the hub has told of that name, and not taken it back. */
  boolean isNamed(String key) {
    return !store
        .query("SELECT 1 FROM names WHERE key = ? AND removed = 0", row -> true, key)
        .isEmpty();
  }

  /** The site's group, once the hub has said it. */
  @Nullable Group group() {
    return store.value(Value.GROUP, KeptDags::group);
  }

  private static Group group(String json) {
    try {
      return SiteJson.read(json.getBytes(StandardCharsets.UTF_8), Group.class);
    } catch (MalformedEventException e) {
      throw new IllegalStateException("the group in the store: " + e.getMessage(), e);
    }
  }
}

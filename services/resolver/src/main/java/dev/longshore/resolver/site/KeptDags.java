package dev.longshore.resolver.site;

import dev.longshore.events.AbsenceReason;
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

/** The store's records of image DAGs that a site wants and holds. */
final class KeptDags {
  /** Grace period for pods that restart by a digest without a tag. */
  static final Duration EVICT_AFTER = Duration.ofDays(7);

  /** DAGs that a request for inner nodes may name (see SitePaths). */
  private static final int HAVE = 8;

  /** Longest text of an error that is kept. */
  private static final int ERROR = 500;

  /** Whether this node keeps what a name shows, whether or not anybody asks for it. */
  private static final String DUTY = kept("v", "n", "d");

  /** Those of names that are kept ahead of being asked for: here, or at another node. */
  static final String NAMED =
      " FROM versions v JOIN names n ON n.key = v.key JOIN dags d ON d.dag = v.dag"
          + " WHERE v.wanted = 1 AND v.other = 0 AND n.removed = 0 AND n.keep <> 'ON_DEMAND'";

  /** Of these, what the site has, as far as this node knows. */
  static final String HELD =
      "(d.present = 1 OR (d.elsewhere = 2 AND d.dag NOT IN (SELECT w.dag FROM versions w"
          + " JOIN names m ON m.key = w.key"
          + " WHERE w.wanted = 1 AND w.other = 0 AND m.removed = 0"
          + " AND m.keep = 'EVERY_NODE')))";

  /** Those that this node keeps ahead of being asked for. */
  static final String WANTED =
      " FROM versions v JOIN names n ON n.key = v.key JOIN dags d ON d.dag = v.dag"
          + " WHERE v.wanted = 1 AND n.removed = 0 AND "
          + DUTY;

  /** The same, and those of names on demand that were here until they rotted. */
  private static final String TO_COME =
      " FROM versions v JOIN names n ON n.key = v.key JOIN dags d ON d.dag = v.dag"
          + " WHERE v.wanted = 1 AND n.removed = 0 AND ("
          + DUTY
          + " OR d.hurry = 2)";

  /**
   * One that a rule keeps here, whether or not anybody asks for it; of one that another node is to
   * keep, what is here stays until that one has it.
   */
  static final String KEPT =
      "(dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
          + " WHERE v.wanted = 1 AND v.other = 0 AND n.keep = 'EVERY_NODE')"
          + " OR (COALESCE(elsewhere, 0) < 2"
          + " AND dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
          + " WHERE v.wanted = 1 AND v.other = 0 AND n.keep = 'ANY_NODE')))";

  /** Those that wait neither for room nor for one that they gave way to. */
  private static final String FITS =
      " AND (d.needs IS NULL OR d.needs <= ?) AND (d.gave_way_to IS NULL OR NOT EXISTS"
          + " (SELECT 1 FROM versions w JOIN names m ON m.key = w.key JOIN dags x ON x.dag = w.dag"
          + " WHERE w.dag = d.gave_way_to AND w.wanted = 1 AND m.removed = 0 AND "
          + kept("w", "m", "x")
          + " AND x.present <> 1))";

  /** Those that a name shows until what it is to show is here: the last one of each mode. */
  static final String STANDING_IN =
      "dag IN (SELECT v.dag FROM versions v JOIN dags d ON d.dag = v.dag JOIN names n ON n.key ="
          + " v.key WHERE n.removed = 0 AND n.keep <> 'ON_DEMAND' AND v.wanted = 0 AND v.subject IS"
          + " NULL AND d.present = 1 AND EXISTS (SELECT 1 FROM versions w JOIN dags e ON e.dag ="
          + " w.dag WHERE w.key = v.key AND w.mode = v.mode AND w.wanted = 1 AND w.subject IS NULL"
          + " AND e.present <> 1 AND "
          + kept("w", "n", "e")
          + ") AND v.id = (SELECT MAX(x.id) FROM versions x JOIN dags y ON y.dag = x.dag WHERE"
          + " x.key = v.key AND x.mode = v.mode AND x.wanted = 0 AND x.subject IS NULL AND"
          + " y.present = 1))";

  private final SiteStore store;
  private final SiteClock clock;

  /** Whether a rule has this node keep it, of a row of names and one of DAGs. */
  static String kept(String versions, String names, String dags) {
    return "(%1$s.other = 0 AND (%2$s.keep = 'EVERY_NODE' OR (%2$s.keep = 'ANY_NODE' AND %3$s.elsewhere = 0)))"
        .formatted(versions, names, dags);
  }

  KeptDags(SiteStore store, SiteClock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * A DAG to fetch.
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
            "SELECT v.dag, MAX(CASE WHEN "
                + DUTY
                + " THEN n.priority ELSE "
                + Integer.MIN_VALUE
                + " END) AS p, MAX(v.pushed) AS t, d.hurry, MIN(v.key),"
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

  /** Notes since when nothing keeps what is here. */
  static void settle(Session session, Instant now) throws SQLException {
    session.update(
        "UPDATE dags SET unwanted_since = NULL, forget = 0 WHERE unwanted_since IS NOT NULL AND "
            + KEPT);
    session.update(
        "UPDATE dags SET unwanted_since = ? WHERE unwanted_since IS NULL AND present = 1"
            + " AND NOT "
            + KEPT,
        now.toEpochMilli());
  }

  static List<String> keys(Session session, ImageDag dag) throws SQLException {
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

  static String cut(String error) {
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

  /** Failures of it so far. */
  long attempts(ImageDag dag) {
    return store
        .query("SELECT attempts FROM dags WHERE dag = ?", row -> row.getLong(1), dag.toString())
        .stream()
        .findFirst()
        .orElse(0L);
  }

  /** Whether there is a record of it, and it is not forgotten. */
  boolean isKnown(ImageDag dag) {
    return !store
        .query("SELECT 1 FROM dags WHERE dag = ? AND forget = 0", row -> true, dag.toString())
        .isEmpty();
  }

  /** Those that a rule names, on demand or not; some of their blocks may be here. */
  List<ImageDag> absent() {
    return store.query(
        "SELECT DISTINCT v.dag FROM versions v JOIN names n ON n.key = v.key"
            + " JOIN dags d ON d.dag = v.dag WHERE v.wanted = 1 AND n.removed = 0"
            + " AND d.present = 0 AND d.needs IS NULL",
        row -> ImageDag.stored(row.getString(1)));
  }

  /** Those that are here whole, as far as is known. */
  Set<ImageDag> here() {
    return new HashSet<>(
        store.query(
            "SELECT dag FROM dags WHERE present = 1", row -> ImageDag.stored(row.getString(1))));
  }

  /**
   * Compares with the node's pins: an unknown pin of ours is released in time, and a DAG that is no
   * longer pinned is checked again. A DAG on demand that was pinned just before a kill, and not
   * recorded, is here.
   *
   * @param here those that were here before the pins were listed
   * @param pinned roots of the node's pins
   * @param ours those of them with our name
   * @return keys of names that changed
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
            RemovalGuard.found(session, clock.instant());
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

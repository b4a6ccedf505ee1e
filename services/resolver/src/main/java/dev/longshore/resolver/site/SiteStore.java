package dev.longshore.resolver.site;

import dev.longshore.resolver.store.SqliteFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A site's database: names in its rules, their versions, image DAGs that it wants or holds, and its
 * cursor. If the file is lost, the hub sends everything again; one of an earlier release is kept,
 * since the hub may be away when a site is updated.
 */
final class SiteStore implements AutoCloseable {
  private static final int VERSION = 7;

  private static final String VERSIONS_BY_SUBJECT =
      "CREATE INDEX versions_by_subject ON versions (repository, subject)"
          + " WHERE subject IS NOT NULL";

  private static final String VERSIONS_OF_REFERRERS =
      "CREATE INDEX versions_of_referrers ON versions (repository, source)"
          + " WHERE subject IS NOT NULL";

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
          // What the hub says of a name. One that is removed stays until its versions are gone.
          "CREATE TABLE names (key TEXT PRIMARY KEY, generation INTEGER NOT NULL,"
              + " keep TEXT NOT NULL, priority INTEGER NOT NULL, max_age INTEGER,"
              + " removed INTEGER NOT NULL, served BLOB NOT NULL,"
              // left_out: 1 if more refers to what it shows than the hub tells of.
              + " left_out INTEGER NOT NULL DEFAULT 0)",
          // Results of names: those that the hub names now, and earlier ones that are still held.
          "CREATE TABLE versions (id INTEGER PRIMARY KEY, key TEXT NOT NULL, dag TEXT NOT NULL,"
              + " source TEXT NOT NULL, digest TEXT NOT NULL, mode TEXT NOT NULL,"
              + " wanted INTEGER NOT NULL,"
              // other: 1 in a mode that the rule does not ask for, which comes on demand alone.
              + " other INTEGER NOT NULL DEFAULT 0,"
              // subject: what it refers to, of what follows the name and is not shown by it.
              + " subject TEXT,"
              + " pushed INTEGER NOT NULL, bytes INTEGER NOT NULL, repository TEXT NOT NULL,"
              + " image_key TEXT NOT NULL, result BLOB NOT NULL, image BLOB NOT NULL,"
              + " UNIQUE (key, dag, source, mode))",
          "CREATE INDEX versions_by_dag ON versions (dag)",
          "CREATE INDEX versions_by_digest ON versions (repository, digest)",
          "CREATE INDEX versions_by_image ON versions (image_key)",
          "CREATE INDEX versions_by_repository ON versions (repository, pushed)",
          VERSIONS_BY_SUBJECT,
          VERSIONS_OF_REFERRERS,
          // present: 0 absent, 1 here whole and pinned, 2 on its way out. asked: when somebody
          // asked for it last, of one that no rule keeps; one that is absent is being brought then.
          // hurry: 1 if it is tried once whatever the window, 2 if it was on demand and rotted.
          // needs: how much room it waits
          // for. gave_way_to: the DAG that took its room, and that has to be here or gone first.
          // elsewhere: of one that one node of the site keeps, 0 if it is this one, 1 if another
          // one, 2 if that one has it; checked: when it was asked last.
          "CREATE TABLE dags (dag TEXT PRIMARY KEY, present INTEGER NOT NULL, attempts INTEGER NOT"
              + " NULL, next_try INTEGER NOT NULL, reason TEXT, error TEXT, unwanted_since INTEGER,"
              + " asked INTEGER, hurry INTEGER NOT NULL DEFAULT 0, forget INTEGER NOT NULL DEFAULT"
              + " 0, needs INTEGER, gave_way_to TEXT, elsewhere INTEGER, checked INTEGER)",
          // The site's other nodes, and when each answered last.
          "CREATE TABLE neighbors (node TEXT PRIMARY KEY, seen INTEGER NOT NULL)",
          "CREATE INDEX dags_absent ON dags (next_try) WHERE present = 0",
          "CREATE INDEX dags_unwanted ON dags (unwanted_since) WHERE unwanted_since IS NOT NULL",
          "CREATE TABLE pulled (digest TEXT PRIMARY KEY)");

  private static final Map<Integer, List<String>> UPGRADES =
      Map.of(
          1,
          List.of(
              "ALTER TABLE versions ADD COLUMN digest TEXT NOT NULL DEFAULT ''",
              "UPDATE versions SET digest = json_extract(CAST(result AS TEXT), '$.digest')",
              "CREATE INDEX versions_by_digest ON versions (repository, digest)",
              "ALTER TABLE dags ADD COLUMN asked INTEGER",
              "ALTER TABLE dags ADD COLUMN hurry INTEGER NOT NULL DEFAULT 0"),
          2,
          List.of(
              "ALTER TABLE dags ADD COLUMN needs INTEGER",
              "ALTER TABLE dags ADD COLUMN gave_way_to TEXT"),
          3,
          List.of(
              "ALTER TABLE versions ADD COLUMN other INTEGER NOT NULL DEFAULT 0",
              // What another source was made of too, and an earlier release took for forgotten.
              "DELETE FROM versions WHERE wanted = 0"
                  + " AND dag IN (SELECT dag FROM dags WHERE forget = 1)"
                  + " AND dag IN (SELECT dag FROM versions WHERE wanted = 1)",
              "UPDATE dags SET forget = 0 WHERE dag IN (SELECT dag FROM versions"
                  + " WHERE wanted = 1)"),
          4,
          List.of(
              "ALTER TABLE dags ADD COLUMN elsewhere INTEGER",
              "ALTER TABLE dags ADD COLUMN checked INTEGER",
              "CREATE TABLE neighbors (node TEXT PRIMARY KEY, seen INTEGER NOT NULL)"),
          5,
          List.of(
              "ALTER TABLE versions ADD COLUMN subject TEXT",
              VERSIONS_BY_SUBJECT,
              VERSIONS_OF_REFERRERS),
          6,
          List.of("ALTER TABLE names ADD COLUMN left_out INTEGER NOT NULL DEFAULT 0"));

  private final SqliteFile file;

  private SiteStore(SqliteFile file) {
    this.file = file;
  }

  static SiteStore open(Path path) {
    return new SiteStore(SqliteFile.open(path, VERSION, TABLES, UPGRADES));
  }

  /** Single values that are kept. */
  enum Value {
    /** When the node joined, by which it knows what an earlier membership left. */
    JOINED_AT,
    /** How far the hub's changes are applied. */
    CURSOR,
    /** Whether that is within a snapshot. */
    IN_SNAPSHOT,
    /** Number of the last snapshot that began. */
    GENERATION,
    /** Since when removals are held, and the number of the snapshot that did not name them. */
    HELD_SINCE,
    HELD_BEFORE,
    /** Hub's clock at the last segment. */
    SIGNED_AT,
    /** Hub's clock at the last segment that left nothing out. */
    WHOLE_AT,
    /** The site's group, as JSON. */
    GROUP,
    /** When people asked last that what waits is tried at once, as far as that was done. */
    SYNCED_AT,
    /** Site's time when it was last kept, and this machine's then. */
    CLOCK,
    WALL,
    /** Number of the last report. */
    SEQUENCE,
    /** Bytes over the line since the node joined. */
    LINE_BYTES,
    /** Whether blocks of unpinned DAGs wait to be collected. */
    COLLECT,
    /** Whether there may be blocks of DAGs that came in part, and that nobody tries again. */
    LEFTOVERS,
    /** When the last round of reading the node's blocks again began, and how far it is. */
    SCRUB_BEGAN,
    SCRUB_CURSOR,
    /** When blocks were last found bad, and what was said of it. */
    ROTTED_AT,
    ROTTED,
    /** Bad blocks that pins of others hold; see {@link PinnedRot}. */
    PINNED_ROT
  }

  /** Runs work in one transaction. */
  void write(SqliteFile.Work work) {
    file.write(work);
  }

  <T> List<T> query(String sql, SqliteFile.Row<T> row, Object... parameters) {
    return file.query(sql, row, parameters);
  }

  Optional<String> value(Value value) {
    return query("SELECT value FROM meta WHERE name = ?", row -> row.getString(1), value.name())
        .stream()
        .findFirst();
  }

  <T> @Nullable T value(Value value, Function<String, T> read) {
    return value(value).map(read).orElse(null);
  }

  long number(Value value) {
    return value(value).map(Long::parseLong).orElse(0L);
  }

  boolean is(Value value) {
    return number(value) == 1;
  }

  void put(Value value, Object content) {
    write(session -> put(session, value, content));
  }

  static void put(SqliteFile.Session session, Value value, @Nullable Object content)
      throws SQLException {
    if (content == null) {
      session.update("DELETE FROM meta WHERE name = ?", value.name());
    } else {
      session.update(
          "INSERT INTO meta (name, value) VALUES (?, ?)"
              + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          value.name(),
          content.toString());
    }
  }

  /** The node has joined anew: the hub says all again, and what is here stays until it has. */
  void joined(Instant at) {
    if (value(Value.JOINED_AT).filter(at.toString()::equals).isPresent()) {
      return;
    }
    write(
        session -> {
          session.update(
              "DELETE FROM meta WHERE name NOT IN (?, ?, ?)",
              Value.COLLECT.name(),
              Value.LEFTOVERS.name(),
              Value.GENERATION.name());
          put(session, Value.JOINED_AT, at);
        });
  }

  SegmentOrder succession() {
    return new SegmentOrder(
        value(Value.CURSOR, text -> text),
        is(Value.IN_SNAPSHOT),
        value(Value.SIGNED_AT, Instant::parse));
  }

  @Override
  public void close() {
    file.close();
  }
}

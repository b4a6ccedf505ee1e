package dev.longshore.catalog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables and indexes. A store of another version is rebuilt, so there are no migrations. */
final class Schema {
  /** Increase it with every change of the tables, their columns or how records fill them. */
  static final int VERSION = 19;

  /** Version of a database without tables. */
  static final int EMPTY = 0;

  private static final List<String> INDEXES =
      List.of(
          "tags_by_name ON tags (registry, repository, tag) WHERE deleted = 0",
          "tags_by_digest ON tags (digest, key)",
          "tag_history_by_digest ON tag_history (digest)",
          "images_by_digest ON images (digest, place)",
          "images_not_shown ON images (key) WHERE shown = 0",
          "images_by_dag ON images (image_dag, place)",
          "images_by_root ON images (root)",
          "images_by_subject ON images (subject, place) WHERE subject IS NOT NULL",
          "images_by_own_digest ON images (own_digest, place) WHERE own_digest IS NOT NULL",
          "images_sizes ON images (mode, image_dag, incomplete, bytes)",
          "pins_unfinished ON pins (key) WHERE unfinished = 1",
          "pins_by_copies ON pins (verified, wanted, key)",
          "pins_short ON pins (short_since, verified, least) WHERE short_since IS NOT NULL",
          "pins_going ON pins (phase, key) WHERE phase <> 'KEPT'",
          "pins_in_danger ON pins (partition, whole_once, changed_at) WHERE " + Fleet.IN_DANGER,
          "pins_short_since ON pins (partition, changed_at) WHERE " + Fleet.SHORT,
          "pulls_by_digest ON pulls (digest, pulled_at)",
          "pulls_by_time ON pulls (pulled_at)",
          "forgotten_by_digest ON forgotten (digest)",
          "former_dags_by_dag ON former_dags (digest)",
          "decisions_standing ON decisions (kind, key) WHERE undone = 0",
          "copies_by_next_try ON copies (next_try, key) WHERE next_try IS NOT NULL",
          "served_removed ON served (key, changed_at) WHERE removed = 1",
          "served_by_place ON served (partition, offset)");

  private Schema() {}

  static int version(Session session) throws SQLException {
    return session.first("PRAGMA user_version", row -> row.getInt(1)).orElse(EMPTY);
  }

  static void create(Session session) throws SQLException {
    List<String> sql = new ArrayList<>();
    sql.add("BEGIN IMMEDIATE");
    StateTable.ALL.forEach(t -> sql.add(t.createSql()));
    DigestList.ALL.forEach(l -> sql.add(l.createSql()));
    sql.addAll(
        List.of(
            "CREATE TABLE troubles (id INTEGER PRIMARY KEY, key TEXT NOT NULL, stage TEXT NOT NULL,"
                + " kind TEXT NOT NULL, reason TEXT NOT NULL, endpoint TEXT, message TEXT NOT NULL,"
                + " attempt INTEGER NOT NULL, at INTEGER NOT NULL, next_try INTEGER,"
                + " topic TEXT NOT NULL, offset INTEGER NOT NULL, appended_at INTEGER NOT NULL,"
                + " UNIQUE (key, stage))",
            "CREATE INDEX troubles_by_time ON troubles (appended_at)",
            "CREATE INDEX troubles_by_endpoint ON troubles (endpoint, stage, next_try)"
                + " WHERE kind = 'TRANSIENT'",
            // Keys deleted by records that the source has not brought yet.
            "CREATE TABLE graves (topic TEXT NOT NULL, partition INTEGER NOT NULL,"
                + " key TEXT NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (topic, key))",
            "CREATE TABLE positions (topic TEXT NOT NULL, partition INTEGER NOT NULL,"
                + " position INTEGER NOT NULL, PRIMARY KEY (topic, partition))",
            "CREATE TABLE looked_names (partition INTEGER PRIMARY KEY, rules TEXT NOT NULL)",
            // An id is never given twice, lest a reader pass over a change.
            "CREATE TABLE unseen_changes (id INTEGER PRIMARY KEY AUTOINCREMENT,"
                + " topic TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (topic, key))",
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "PRAGMA user_version = " + VERSION,
            "COMMIT"));
    session.script(sql.toArray(String[]::new));
  }

  /**
   * Adds the indexes for queries other than by key. The first read of the topics works without
   * them: in Kafka's order of a million records, each would dirty a page of every index, while
   * sorting at the end takes seconds.
   */
  static void index(Session session) throws SQLException {
    session.script(
        INDEXES.stream().map(i -> "CREATE INDEX IF NOT EXISTS " + i).toArray(String[]::new));
  }
}

package dev.longshore.catalog;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The tables and indexes. A store of another version is rebuilt, so there are no migrations. */
final class Schema {
  /** To be raised with every change of the tables, their columns or how records fill them. */
  static final int VERSION = 5;

  /** Version of a database without tables. */
  static final int EMPTY = 0;

  private Schema() {}

  static int version(Session session) throws SQLException {
    return session.first("PRAGMA user_version", row -> row.getInt(1)).orElse(EMPTY);
  }

  static void create(Session session) throws SQLException {
    List<String> sql = new ArrayList<>();
    sql.add("BEGIN IMMEDIATE");
    StateTable.ALL.forEach(t -> sql.add(t.createSql()));
    sql.addAll(
        List.of(
            "CREATE INDEX tags_by_name ON tags (registry, repository, tag) WHERE deleted = 0",
            // Every digest that a name has or had.
            "CREATE TABLE tag_digests (id INTEGER PRIMARY KEY, digest TEXT NOT NULL,"
                + " key TEXT NOT NULL)",
            "CREATE INDEX tag_digests_by_digest ON tag_digests (digest)",
            "CREATE INDEX tag_digests_by_key ON tag_digests (key)",
            "CREATE INDEX images_by_digest ON images (digest)",
            "CREATE INDEX images_by_dag ON images (image_dag)",
            "CREATE INDEX images_by_root ON images (root)",
            "CREATE INDEX images_by_subject ON images (subject) WHERE subject IS NOT NULL",
            "CREATE INDEX images_by_own_digest ON images (own_digest) WHERE own_digest IS NOT NULL",
            "CREATE INDEX images_sizes ON images (mode, incomplete, bytes)",
            "CREATE INDEX pins_unfinished ON pins (key) WHERE unfinished = 1",
            "CREATE INDEX pins_by_copies ON pins (verified, wanted, key)",
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
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "PRAGMA user_version = " + VERSION,
            "COMMIT"));
    session.script(sql.toArray(String[]::new));
  }
}

package dev.longshore.catalog;

import dev.longshore.events.DecisionState;
import dev.longshore.events.ImageState;
import dev.longshore.events.State;
import dev.longshore.events.TagState;
import dev.longshore.events.Topic;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Digests, or CIDs of DAGs, that a topic's records list, by their key, to find the records by them.
 *
 * @param topic of the records
 * @param name of the table
 * @param digests of a record
 */
record DigestList(Topic topic, String name, Function<State, List<?>> digests) {
  /** Former digests of a name. */
  private static final DigestList TAG_HISTORY =
      new DigestList(
          Topic.TAGS, "tag_history", s -> s instanceof TagState t ? t.previous() : List.of());

  /** Source digests that a decision forgets, standing or not. */
  private static final DigestList FORGOTTEN =
      new DigestList(
          Topic.DECISIONS,
          "forgotten",
          s ->
              s instanceof DecisionState d && d.forget() != null
                  ? d.forget().digests()
                  : List.of());

  /** DAGs in whose place an image was made again. */
  private static final DigestList FORMER_DAGS =
      new DigestList(
          Topic.IMAGES, "former_dags", s -> s instanceof ImageState i ? i.formerDags() : List.of());

  static final List<DigestList> ALL = List.of(TAG_HISTORY, FORGOTTEN, FORMER_DAGS);

  String createSql() {
    return "CREATE TABLE "
        + name
        + " (key TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (key, digest)) WITHOUT ROWID";
  }

  /** Replaces what the record's key had, if it is a record of this topic. */
  void put(Session session, CatalogRecord record) throws SQLException {
    if (record.topic() != topic) {
      return;
    }
    session.update("DELETE FROM " + name + " WHERE key = ?", record.key());
    @Nullable State state = record.value();
    for (Object digest : state == null ? List.of() : digests.apply(state)) {
      session.update(
          "INSERT OR IGNORE INTO " + name + " (key, digest) VALUES (?, ?)", record.key(), digest);
    }
  }

  /** Removes what belongs to no record. */
  void dropOrphans(Session session) throws SQLException {
    session.update(
        "DELETE FROM "
            + name
            + " WHERE key NOT IN (SELECT key FROM "
            + StateTable.of(topic).name()
            + ")");
  }
}

package dev.longshore.catalog;

import dev.longshore.events.Topic;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The store's positions, the generation of its rebuild, and the time it was last complete. */
final class Positions {
  private static final String GENERATION = "generation";
  private static final String REBUILDING = "rebuilding";
  private static final String STARTED_AT = "started-at";
  private static final String COMPLETE_AT = "complete-at";
  private static final String FILLED_AT = "filled-at";
  private static final String REBUILT = "rebuilt";
  private static final String NOTED = "rebuild-noted-";
  private static final String TOPIC_ID = "topic-id-";

  private Positions() {}

  static Map<Partition, Long> all(Session session) throws SQLException {
    Map<Partition, Long> positions = new HashMap<>();
    session.list(
        "SELECT topic, partition, position FROM positions",
        row ->
            positions.put(
                new Partition(Topic.valueOf(row.getString(1)), row.getInt(2)), row.getLong(3)));
    return positions;
  }

  /** The next offset to read; 0 of an unknown partition. */
  static long of(Session session, Partition partition) throws SQLException {
    return session
        .first(
            "SELECT position FROM positions WHERE topic = ? AND partition = ?",
            row -> row.getLong(1),
            partition.topic().name(),
            partition.number())
        .orElse(0L);
  }

  static void advance(Session session, Map<Partition, Long> positions) throws SQLException {
    for (Map.Entry<Partition, Long> e : positions.entrySet()) {
      String topic = e.getKey().topic().name();
      session.update(
          "INSERT INTO positions (topic, partition, position) VALUES (?, ?, ?)"
              + " ON CONFLICT (topic, partition) DO UPDATE SET position = excluded.position",
          topic,
          e.getKey().number(),
          e.getValue());
      session.update(
          "DELETE FROM graves WHERE topic = ? AND partition = ? AND offset < ?",
          topic,
          e.getKey().number(),
          e.getValue());
    }
  }

  static long generation(Session session) throws SQLException {
    return meta(session, GENERATION).map(Long::parseLong).orElse(1L);
  }

  /** Whether rows of an earlier generation remain until the end of a rebuild. */
  static boolean rebuilding(Session session) throws SQLException {
    return meta(session, REBUILDING).isPresent();
  }

  static void startAgain(Session session, Instant now, boolean newTopics) throws SQLException {
    if (newTopics) {
      for (StateTable<?> table : StateTable.ALL) {
        session.update("UPDATE " + table.name() + " SET offset = -1");
      }
    }
    long next = generation(session) + 1;
    put(session, GENERATION, Long.toString(next));
    put(session, REBUILDING, "true");
    session.update("DELETE FROM meta WHERE name = ?", FILLED_AT);
    put(session, STARTED_AT, now.toString());
    session.update("DELETE FROM positions");
    session.update("DELETE FROM graves");
    session.update("DELETE FROM meta WHERE name LIKE '" + TOPIC_ID + "%'");
  }

  /** Records that everything Kafka held at the instant is here. */
  static void complete(Session session, Instant at, boolean lookAgain) throws SQLException {
    if (lookAgain) {
      put(session, REBUILT, Long.toString(generation(session)));
    }
    put(session, COMPLETE_AT, at.toString());
    session.update(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        FILLED_AT,
        at.toString());
    put(session, STARTED_AT, at.toString());
    session.update("DELETE FROM meta WHERE name = ?", REBUILDING);
  }

  /** The last rebuild, unless the reader has acknowledged it. */
  static Optional<Long> rebuildUnknownTo(Session session, String reader) throws SQLException {
    Optional<String> noted = meta(session, NOTED + reader);
    return meta(session, REBUILT)
        .filter(last -> !noted.equals(Optional.of(last)))
        .map(Long::valueOf);
  }

  static void noteRebuild(Session session, String reader, long rebuild) throws SQLException {
    put(session, NOTED + reader, Long.toString(rebuild));
  }

  static Optional<Instant> filledAt(Session session) throws SQLException {
    return meta(session, FILLED_AT).map(Instant::parse);
  }

  static Optional<Instant> completeAt(Session session) throws SQLException {
    return meta(session, COMPLETE_AT).map(Instant::parse);
  }

  /**
   * The time from which Kafka may have dropped unread deletions: when the store was last complete,
   * or the start of the first read.
   */
  static Duration behind(Session session, Instant now) throws SQLException {
    Instant since = meta(session, STARTED_AT).map(Instant::parse).orElse(now);
    return Duration.between(since, now);
  }

  static void start(Session session, Instant now) throws SQLException {
    session.update(
        "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
        STARTED_AT,
        now.toString());
  }

  static Map<Topic, String> topicIds(Session session) throws SQLException {
    Map<Topic, String> ids = new EnumMap<>(Topic.class);
    for (Topic topic : Topic.values()) {
      meta(session, TOPIC_ID + topic.name()).ifPresent(id -> ids.put(topic, id));
    }
    return ids;
  }

  static void topicIds(Session session, Map<Topic, String> ids) throws SQLException {
    for (Map.Entry<Topic, String> e : ids.entrySet()) {
      put(session, TOPIC_ID + e.getKey().name(), e.getValue());
    }
  }

  private static Optional<String> meta(Session session, String name) throws SQLException {
    return session.first("SELECT value FROM meta WHERE name = ?", row -> row.getString(1), name);
  }

  private static void put(Session session, String name, String value) throws SQLException {
    session.update(
        "INSERT INTO meta (name, value) VALUES (?, ?)"
            + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name,
        value);
  }
}

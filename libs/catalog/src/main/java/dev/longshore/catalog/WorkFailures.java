package dev.longshore.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;

/** Why work does not go on: the last failure of each key and stage. */
public final class WorkFailures {
  private static final String COLUMNS =
      "key, stage, kind, reason, endpoint, message, attempt, at, next_try";

  /** One try counts for all work that waits for an endpoint, so the last one has the next time. */
  private static final String READ =
      "SELECT key, stage, kind, reason, endpoint, message, attempt, at, CASE kind WHEN 'TRANSIENT'"
          + " THEN (SELECT MAX(o.next_try) FROM troubles o WHERE o.kind = 'TRANSIENT'"
          + " AND o.endpoint = troubles.endpoint AND o.stage = troubles.stage) END AS next_try"
          + " FROM troubles WHERE kind <> 'OVER'";

  private final Store store;

  WorkFailures(Store store) {
    this.store = store;
  }

  /** Why work on a key does not go on, one entry per stage. */
  public List<WorkFailure> of(String key) {
    return store.read(
        session -> session.list(READ + " AND key = ? ORDER BY stage", WorkFailures::read, key));
  }

  /** For all keys, the newest first. */
  public List<WorkFailure> newest(int limit) {
    return store.read(
        session ->
            session.list(
                READ + " ORDER BY appended_at DESC, key, stage LIMIT ?",
                WorkFailures::read,
                limit));
  }

  /**
   * Stores the failure unless a later one for its key and stage is known: only Kafka's append time
   * orders topics {@code failed} and {@code retry}. For the same reason, resolved ones stay as
   * hidden rows.
   */
  static boolean put(Session session, CatalogRecord record, WorkFailure failure)
      throws SQLException {
    return session.update(
            "INSERT INTO troubles ("
                + COLUMNS
                + ", topic, offset, appended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " ON CONFLICT (key, stage) DO UPDATE SET kind = excluded.kind,"
                + " reason = excluded.reason, endpoint = excluded.endpoint,"
                + " message = excluded.message, attempt = excluded.attempt, at = excluded.at,"
                + " next_try = excluded.next_try, topic = excluded.topic,"
                + " offset = excluded.offset, appended_at = excluded.appended_at"
                + " WHERE excluded.appended_at > appended_at OR (excluded.appended_at = appended_at"
                + " AND (excluded.topic <> topic OR excluded.offset > offset))",
            failure.key(),
            failure.stage(),
            failure.kind().name(),
            failure.reason(),
            failure.endpoint(),
            failure.message(),
            failure.attempt(),
            failure.at().toEpochMilli(),
            failure.nextTry() == null ? null : failure.nextTry().toEpochMilli(),
            record.topic().name(),
            record.offset(),
            record.appendedAt().toEpochMilli())
        > 0;
  }

  static void forget(Session session, Instant now) throws SQLException {
    session.update(
        "DELETE FROM troubles WHERE appended_at < ?", now.minus(WorkFailure.KEPT).toEpochMilli());
  }

  static long count(Session session, WorkFailure.Kind kind) throws SQLException {
    return session
        .first("SELECT COUNT(*) FROM troubles WHERE kind = ?", row -> row.getLong(1), kind.name())
        .orElse(0L);
  }

  private static WorkFailure read(ResultSet row) throws SQLException {
    long nextTry = row.getLong("next_try");
    boolean unknown = row.wasNull();
    return new WorkFailure(
        row.getString("key"),
        row.getString("stage"),
        WorkFailure.Kind.valueOf(row.getString("kind")),
        row.getString("reason"),
        row.getString("endpoint"),
        row.getString("message"),
        row.getInt("attempt"),
        Instant.ofEpochMilli(row.getLong("at")),
        unknown ? null : Instant.ofEpochMilli(nextTry));
  }
}

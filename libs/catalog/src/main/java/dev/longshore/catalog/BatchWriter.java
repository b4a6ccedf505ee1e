package dev.longshore.catalog;

import dev.longshore.events.Topic;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Applies records within a transaction, each at most once and never an older one last. */
final class BatchWriter {
  private final Session session;
  private final NameLooks looks;
  private final boolean keepsLooks;
  private final long generation;
  private final boolean rebuilding;

  /**
   * Whether there is any; usually there is none, and this avoids a query for each of a million
   * records.
   */
  private boolean graves;

  BatchWriter(Session session, NameLooks looks) throws SQLException {
    this.session = session;
    this.looks = looks;
    this.keepsLooks = looks.areKept(session);
    this.generation = Positions.generation(session);
    this.rebuilding = Positions.rebuilding(session);
    this.graves = session.first("SELECT 1 FROM graves LIMIT 1", row -> true).isPresent();
  }

  /** Returns the records that changed something, in order. */
  List<CatalogRecord> apply(Batch batch) throws SQLException {
    List<CatalogRecord> applied = new ArrayList<>();
    Map<Partition, Long> before = new HashMap<>();
    for (CatalogRecord record : batch.records()) {
      Partition partition = new Partition(record.topic(), record.partition());
      if (!before.containsKey(partition)) {
        before.put(partition, Positions.of(session, partition));
      }
      boolean seenBefore = record.offset() < before.get(partition);
      if (!seenBefore && (keepsLooks ? applyAndNote(record) : apply(record))) {
        applied.add(record);
      }
    }
    if (keepsLooks && !applied.isEmpty()) {
      looks.limit(session);
    }
    Positions.advance(session, batch.positions());
    return applied;
  }

  /** Drops entries that a rebuild did not bring again. */
  static void dropEarlier(Session session) throws SQLException {
    long generation = Positions.generation(session);
    for (StateTable<?> table : StateTable.ALL) {
      session.update("DELETE FROM " + table.name() + " WHERE generation < ?", generation);
    }
    for (DigestList list : DigestList.ALL) {
      list.dropOrphans(session);
    }
  }

  private boolean applyAndNote(CatalogRecord record) throws SQLException {
    int stood = record.topic() == Topic.PINS ? NameLooks.standing(session, record.key()) : 0;
    boolean applied = apply(record);
    if (applied) {
      looks.note(session, record, stood);
    }
    return applied;
  }

  private boolean apply(CatalogRecord record) throws SQLException {
    if (record.trouble() != null) {
      return WorkFailures.put(session, record, record.trouble());
    }
    if (isBuried(record)) {
      return false;
    }
    StateTable<?> table = StateTable.of(record.topic());
    if (record.value() == null) {
      bury(record);
      boolean removed = table.remove(session, record);
      if (removed) {
        list(record);
      }
      return removed;
    }
    boolean put = table.put(session, record, generation);
    if (!put && rebuilding) {
      table.touch(session, record.key(), generation);
    }
    if (put) {
      list(record);
      Pulls.dropEarlier(session, record);
    }
    return put;
  }

  private void list(CatalogRecord record) throws SQLException {
    for (DigestList list : DigestList.ALL) {
      list.put(session, record);
    }
  }

  /** Whether a later record, which the source has not brought yet, deleted the key. */
  private boolean isBuried(CatalogRecord record) throws SQLException {
    return graves
        && session
            .first(
                "SELECT 1 FROM graves WHERE topic = ? AND key = ? AND offset >= ?",
                row -> true,
                record.topic().name(),
                record.key(),
                record.offset())
            .isPresent();
  }

  private void bury(CatalogRecord record) throws SQLException {
    graves = true;
    session.update(
        "INSERT INTO graves (topic, partition, key, offset) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (topic, key) DO UPDATE SET offset = excluded.offset",
        record.topic().name(),
        record.partition(),
        record.key(),
        record.offset());
  }
}

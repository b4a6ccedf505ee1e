package dev.longshore.catalog;

import dev.longshore.events.Topic;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Which names were looked at, kept in the file: the partitions of names all of which were, by which
 * rules, and the changes since whose names are still to be looked at. A change is noted with the
 * record that makes it, or neither is; it stays until {@link #settle}. So a kill loses no look, and
 * after a restart only what changed is looked at.
 *
 * <p>A rebuild of the file, or too many changes, ends the marks of all partitions.
 */
public final class NameLooks {
  /** Limit of changes kept, some 20 MB. */
  static final int MOST = 200_000;

  private final Store store;
  private final int most;
  private volatile boolean watched;
  private final AtomicLong ended = new AtomicLong();

  NameLooks(Store store) {
    this(store, MOST);
  }

  NameLooks(Store store, int most) {
    this.store = store;
    this.most = most;
  }

  /**
   * A record that changed.
   *
   * @param id grows with each change
   * @param topic images, pins or decisions; tags for a name, or what is recorded that it shows
   * @param key of the record
   */
  public record Change(long id, Topic topic, String key) {}

  /**
   * From now on changes are noted even while no partition is marked: somebody is about to look at
   * all names.
   */
  public void watch() {
    if (!watched) {
      // In a transaction: what others began before is there when this returns.
      store.write(_ -> watched = true);
    }
  }

  /** Changes after this one, in their order. */
  public List<Change> after(long id, int limit) {
    return store.read(
        session ->
            session.list(
                "SELECT id, topic, key FROM unseen_changes WHERE id > ? ORDER BY id LIMIT ?",
                row ->
                    new Change(row.getLong(1), Topic.valueOf(row.getString(2)), row.getString(3)),
                id,
                limit));
  }

  /**
   * Ends changes whose names were all looked at.
   *
   * @param done their ids
   * @param again keys of names that are to be looked at again
   * @param last id of the last change that was read: a name that has changed since is among those
   *     to come
   * @return the ids under which the others wait
   */
  public Map<String, Long> settle(Collection<Long> done, Collection<String> again, long last) {
    if (done.isEmpty() && again.isEmpty()) {
      return Map.of();
    }
    return store.write(
        session -> {
          for (Long id : done) {
            session.update("DELETE FROM unseen_changes WHERE id = ?", id);
          }
          Map<String, Long> ids = new LinkedHashMap<>();
          for (String key : again) {
            if (latest(session, key) <= last) {
              note(session, Topic.TAGS, key);
              ids.put(key, latest(session, key));
            }
          }
          return ids;
        });
  }

  /** Id of the name's change; 0 if there is none. */
  private static long latest(Session session, String key) throws SQLException {
    return session
        .first(
            "SELECT id FROM unseen_changes WHERE topic = ? AND key = ?",
            row -> row.getLong(1),
            Topic.TAGS.name(),
            key)
        .orElse(0L);
  }

  /** The marked partitions: all their names were looked at by these rules, but for the changes. */
  public Set<Integer> marked(String rules) {
    return store.read(
        session ->
            new HashSet<>(
                session.list(
                    "SELECT partition FROM looked_names WHERE rules = ?",
                    row -> row.getInt(1),
                    rules)));
  }

  /** Ends the marks by other rules, before any name is looked at by these. */
  public void endOthers(String rules) {
    store.write(session -> session.update("DELETE FROM looked_names WHERE rules <> ?", rules));
  }

  /** How often all marks have ended. */
  public long ended() {
    return ended.get();
  }

  /**
   * Marks a partition.
   *
   * @param endedBefore {@link #ended} before the first of its names was looked at
   * @return false if all marks have ended since, and its names are to be looked at again
   */
  public boolean mark(int partition, String rules, long endedBefore) {
    return store.write(
        session -> {
          if (ended.get() != endedBefore) {
            return false;
          }
          session.update(
              "INSERT INTO looked_names (partition, rules) VALUES (?, ?)"
                  + " ON CONFLICT (partition) DO UPDATE SET rules = excluded.rules",
              partition,
              rules);
          return true;
        });
  }

  /** Ends the mark of a partition whose changed names nobody looks at here. */
  public void end(int partition) {
    store.write(
        session -> session.update("DELETE FROM looked_names WHERE partition = ?", partition));
  }

  /** Ends all marks. */
  void endAll(Session session) throws SQLException {
    ended.incrementAndGet();
    session.update("DELETE FROM looked_names");
    session.update("DELETE FROM unseen_changes");
  }

  /** Whether changes are to be noted. */
  boolean areKept(Session session) throws SQLException {
    return watched || session.first("SELECT 1 FROM looked_names LIMIT 1", row -> true).isPresent();
  }

  /**
   * Notes the change; further copies of an image that has a verified one are none.
   *
   * @param stood what {@link #standing} said before
   */
  void note(Session session, CatalogRecord record, int stood) throws SQLException {
    switch (record.topic()) {
      case TAGS, SERVED -> note(session, Topic.TAGS, record.key());
      case IMAGES, DECISIONS -> note(session, record.topic(), record.key());
      case PINS -> {
        if (stood != standing(session, record.key())) {
          note(session, Topic.PINS, record.key());
        }
      }
      default -> {}
    }
  }

  /** What names go by in a record of copies: whether one was verified, and whether it is gone. */
  static int standing(Session session, String dag) throws SQLException {
    return session
        .first(
            "SELECT stood + 2 * (phase = 'GONE') FROM pins WHERE key = ?",
            row -> row.getInt(1),
            dag)
        .orElse(0);
  }

  private static void note(Session session, Topic topic, String key) throws SQLException {
    session.update("DELETE FROM unseen_changes WHERE topic = ? AND key = ?", topic.name(), key);
    session.update("INSERT INTO unseen_changes (topic, key) VALUES (?, ?)", topic.name(), key);
  }

  /** Ends all marks if too many changes wait. */
  void limit(Session session) throws SQLException {
    long kept =
        session
            .first("SELECT MAX(id) - MIN(id) FROM unseen_changes", row -> row.getLong(1))
            .orElse(0L);
    if (kept > most) {
      endAll(session);
    }
  }
}

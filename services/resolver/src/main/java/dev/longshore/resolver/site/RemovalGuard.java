package dev.longshore.resolver.site;

import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.store.SqliteFile.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delays removals that look like a mistake at the hub, such as mistyped rules or a lost catalog: a
 * complete snapshot without half of all names. Another one without them an hour later confirms it.
 * A node that lost its own store knows no names: then its pinned images without a name count
 * instead.
 */
final class RemovalGuard {
  private static final Logger LOG = LoggerFactory.getLogger(RemovalGuard.class);

  /** So many are never held. */
  static final int FEW = 20;

  static final Duration CONFIRMED_AFTER = Duration.ofHours(1);

  /** What is here by its pin alone: no name has it, or none yet. */
  static final String ORPHAN =
      "present = 1 AND NOT EXISTS (SELECT 1 FROM versions v WHERE v.dag = dags.dag)";

  private final SiteStore store;

  RemovalGuard(SiteStore store) {
    this.store = store;
  }

  /** A name that the snapshot did not name, and the last one that did. */
  private record Unnamed(String key, long generation) {}

  /** Keys of names that a whole snapshot removes now. */
  static List<String> removed(Session session, long generation, Instant now) throws SQLException {
    List<Unnamed> unnamed =
        session.query(
            "SELECT key, generation FROM names WHERE generation < ? AND removed = 0",
            row -> new Unnamed(row.getString(1), row.getLong(2)),
            generation);
    Optional<Instant> since =
        meta(session, Value.HELD_SINCE).map(Instant::parse).filter(at -> !at.isAfter(now));
    boolean due = since.isPresent() && isDue(since.get(), now);
    long before = due ? meta(session, Value.HELD_BEFORE).map(Long::parseLong).orElse(0L) : 0;
    List<Unnamed> confirmed = unnamed.stream().filter(each -> each.generation() < before).toList();
    long others = unnamed.size() - confirmed.size() + (due ? 0 : orphans(session));
    if (!isMuch(session, others)) {
      release(session, now, due);
      return unnamed.stream().map(Unnamed::key).toList();
    }
    if (since.isEmpty() || due) {
      SiteStore.put(session, Value.HELD_SINCE, now);
      SiteStore.put(session, Value.HELD_BEFORE, generation);
    }
    LOG.warn(
        "the hub does not name {} of {} that are here; they stay until it says so again, in {}",
        others,
        all(session) + orphans(session),
        CONFIRMED_AFTER);
    return confirmed.stream().map(Unnamed::key).toList();
  }

  /** The week of what nothing names begins when that is sure. */
  private static void release(Session session, Instant now, boolean confirmed) throws SQLException {
    SiteStore.put(session, Value.HELD_SINCE, null);
    SiteStore.put(session, Value.HELD_BEFORE, null);
    if (confirmed) {
      session.update("UPDATE dags SET unwanted_since = ? WHERE " + ORPHAN, now.toEpochMilli());
    }
  }

  /** Pins were found that no name has: if the hub's last word was whole, it may be a mistake. */
  static void found(Session session, Instant now) throws SQLException {
    if (meta(session, Value.WHOLE_AT).isPresent()
        && meta(session, Value.HELD_SINCE).isEmpty()
        && isMuch(session, orphans(session))) {
      long generation = meta(session, Value.GENERATION).map(Long::parseLong).orElse(0L);
      SiteStore.put(session, Value.HELD_SINCE, now);
      SiteStore.put(session, Value.HELD_BEFORE, generation);
    }
  }

  private static boolean isMuch(Session session, long others) throws SQLException {
    return others > FEW && 2L * others >= all(session) + orphans(session);
  }

  private static long orphans(Session session) throws SQLException {
    return session
        .query("SELECT COUNT(*) FROM dags WHERE " + ORPHAN, row -> row.getLong(1))
        .getFirst();
  }

  private static long all(Session session) throws SQLException {
    return session
        .query("SELECT COUNT(*) FROM names WHERE removed = 0", row -> row.getLong(1))
        .getFirst();
  }

  private static Optional<String> meta(Session session, Value value) throws SQLException {
    return session
        .query("SELECT value FROM meta WHERE name = ?", row -> row.getString(1), value.name())
        .stream()
        .findFirst();
  }

  private static boolean isDue(Instant since, Instant now) {
    return !now.isBefore(since.plus(CONFIRMED_AFTER));
  }

  /** Whether the hub is to be asked for another whole snapshot. */
  boolean isDue(Instant now) {
    return since().filter(at -> isDue(at, now)).isPresent() && !store.is(Value.IN_SNAPSHOT);
  }

  private Optional<Instant> since() {
    return store.value(Value.HELD_SINCE).map(Instant::parse);
  }

  /** When the hub is asked again, if removals are held. */
  Optional<Instant> until() {
    return since().map(at -> at.plus(CONFIRMED_AFTER));
  }

  /** How many names are held. */
  long count() {
    return store
        .query(
            "SELECT COUNT(*) FROM names WHERE removed = 0 AND generation < ?",
            row -> row.getLong(1),
            store.number(Value.HELD_BEFORE))
        .getFirst();
  }

  /** How many images are here that no name has. */
  long orphans() {
    return store
        .query("SELECT COUNT(*) FROM dags WHERE " + ORPHAN, row -> row.getLong(1))
        .getFirst();
  }

  /** Whether what no name has may be let go of: the hub has said all, and nothing of it is held. */
  boolean freesOrphans() {
    return store.value(Value.WHOLE_AT).isPresent() && since().isEmpty();
  }
}

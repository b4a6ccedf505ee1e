package dev.longshore.resolver.site;

import dev.longshore.events.MalformedEventException;
import dev.longshore.events.RemovalReason;
import dev.longshore.events.ServedState;
import dev.longshore.events.ServedState.Result;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.site.hub.HubException;
import dev.longshore.resolver.site.hub.HubException.Kind;
import dev.longshore.resolver.site.hub.Segment;
import dev.longshore.resolver.store.SqliteFile.Session;
import dev.longshore.sites.ChangeLine;
import dev.longshore.sites.End;
import dev.longshore.sites.NameChange;
import dev.longshore.sites.SiteJson;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Applies a segment to the store: all of it or nothing. A version that a name no longer shows stays
 * while it is held, to be pulled by digest; what nothing names any more is released later.
 */
final class AppliedChanges {
  /** Far longer than the pause between two tries of an image. */
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

  private final SiteStore store;
  private final SiteClock clock;

  AppliedChanges(SiteStore store, SiteClock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What changed.
   *
   * @param names keys of names that changed
   * @param forgotten keys of images that are forgotten, though a name may say they are not any more
   */
  record Applied(Set<String> names, Set<String> forgotten) {}

  /**
   * Applies it.
   *
   * @throws HubException {@link Kind#WRONG} when a record is invalid: then nothing is applied
   */
  Applied apply(Segment segment) throws HubException {
    List<CheckedChange> checked = new ArrayList<>();
    for (ChangeLine line : segment.lines()) {
      if (line.change() != null) {
        checked.add(CheckedChange.of(line.change()));
      }
    }
    Set<String> changed = new LinkedHashSet<>();
    Set<String> forgotten = new LinkedHashSet<>();
    End end = segment.end();
    clock.set(end.at());
    store.write(
        session -> {
          long generation = generation(session, end);
          for (CheckedChange change : checked) {
            ServedState served = change.change().served();
            boolean isNews = !isKnown(session, served);
            put(session, change, generation);
            changed.add(served.key());
            if (served.removed() == RemovalReason.FORGOTTEN) {
              Applied gone = forget(session, served.digest().toString());
              changed.addAll(gone.names());
              forgotten.addAll(gone.forgotten());
              if (isNews || !gone.forgotten().isEmpty()) {
                SiteStore.put(session, Value.COLLECT, 2);
              }
            }
          }
          for (ChangeLine line : segment.lines()) {
            if (line.dropped() != null) {
              remove(session, line.dropped());
              changed.add(line.dropped());
            }
          }
          if (end.whole() && isSnapshot(end)) {
            changed.addAll(removeOthers(session, generation));
            tryWithTheseRules(session);
          }
          settle(session);
          succeed(session, segment);
        });
    return new Applied(changed, forgotten);
  }

  private static boolean isSnapshot(End end) {
    return end.kind() == dev.longshore.sites.Kind.SNAPSHOT;
  }

  private static long generation(Session session, End end) throws SQLException {
    long last =
        session
            .query(
                "SELECT value FROM meta WHERE name = ?",
                row -> Long.parseLong(row.getString(1)),
                Value.GENERATION.name())
            .stream()
            .findFirst()
            .orElse(0L);
    if (!SegmentOrder.begins(end)) {
      return last;
    }
    SiteStore.put(session, Value.GENERATION, last + 1);
    return last + 1;
  }

  /** Whether the name showed exactly this: a snapshot repeats everything. */
  private static boolean isKnown(Session session, ServedState served) throws SQLException {
    return !session
        .query(
            "SELECT 1 FROM names WHERE key = ? AND served = ?",
            row -> true,
            served.key(),
            json(served))
        .isEmpty();
  }

  private static void put(Session session, CheckedChange checked, long generation)
      throws SQLException {
    NameChange change = checked.change();
    ServedState served = change.served();
    String key = served.key();
    boolean removed = served.removed() != null;
    session.update(
        "INSERT INTO names (key, generation, keep, priority, max_age, removed, served, left_out)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
            + " generation = excluded.generation, keep = excluded.keep,"
            + " priority = excluded.priority, max_age = excluded.max_age,"
            + " removed = excluded.removed, served = excluded.served,"
            + " left_out = excluded.left_out",
        key,
        generation,
        change.keep().name(),
        change.priority(),
        change.maxAgeSeconds(),
        removed ? 1 : 0,
        json(served),
        checked.leavesReferrersOut() ? 1 : 0);
    session.update("UPDATE versions SET wanted = 0 WHERE key = ?", key);
    for (CheckedChange.Version version : checked.versions()) {
      put(session, key, version);
    }
  }

  /**
   * Versions of it under other names go too, and what came of it so far: it may be pinned, though a
   * kill came before that was noted. A DAG that was made of another source too is forgotten with
   * the last of them. What refers to it is forgotten too.
   */
  private static Applied forget(Session session, String source) throws SQLException {
    Applied all = new Applied(new LinkedHashSet<>(), new LinkedHashSet<>());
    Set<String> seen = new LinkedHashSet<>(Set.of(source));
    Deque<String> sources = new ArrayDeque<>(seen);
    while (!sources.isEmpty()) {
      String next = sources.remove();
      session
          .query(
              "SELECT DISTINCT source FROM versions WHERE subject = ?",
              row -> row.getString(1),
              next)
          .stream()
          .filter(seen::add)
          .forEach(sources::add);
      Applied gone = forgetAlone(session, next);
      all.names().addAll(gone.names());
      all.forgotten().addAll(gone.forgotten());
    }
    return all;
  }

  private static Applied forgetAlone(Session session, String source) throws SQLException {
    Set<String> names =
        new LinkedHashSet<>(
            session.query(
                "SELECT DISTINCT key FROM versions WHERE source = ?",
                row -> row.getString(1),
                source));
    Set<String> images =
        new LinkedHashSet<>(
            session.query(
                "SELECT DISTINCT image_key FROM versions WHERE source = ?",
                row -> row.getString(1),
                source));
    session.update("UPDATE versions SET wanted = 0 WHERE source = ?", source);
    session.update(
        "DELETE FROM versions WHERE source = ?"
            + " AND dag IN (SELECT dag FROM versions WHERE source <> ?)",
        source,
        source);
    session.update(
        "UPDATE dags SET forget = 1 WHERE dag IN (SELECT dag FROM versions WHERE source = ?)",
        source);
    session.update("UPDATE dags SET present = 2 WHERE present = 0 AND forget = 1");
    return new Applied(names, images);
  }

  private static void put(Session session, String key, CheckedChange.Version version)
      throws SQLException {
    Result result = version.result();
    Instant pushed = result.pushedAt() == null ? result.observedAt() : result.pushedAt();
    String dag = result.imageDag().toString();
    // It is here again; by what was forgotten it is not.
    session.update(
        "DELETE FROM versions WHERE dag = ? AND wanted = 0"
            + " AND dag IN (SELECT dag FROM dags WHERE forget = 1)",
        dag);
    session.update(
        "INSERT INTO versions (key, dag, source, digest, mode, wanted, other, subject, pushed,"
            + " bytes, repository, image_key, result, image) VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?,"
            + " ?, ?, ?, ?) ON CONFLICT (key, dag, source, mode) DO UPDATE SET wanted = 1, other ="
            + " excluded.other, subject = excluded.subject, digest = excluded.digest, pushed ="
            + " excluded.pushed, result = excluded.result, image = excluded.image, image_key ="
            + " excluded.image_key",
        key,
        dag,
        result.source().toString(),
        result.digest().toString(),
        result.mode().toString(),
        version.role() == CheckedChange.Role.OTHER ? 1 : 0,
        version.role() == CheckedChange.Role.REFERRER
            ? Objects.toString(version.image().subject())
            : null,
        pushed.toEpochMilli(),
        result.bytes(),
        version.repository().toString(),
        version.image().key(),
        json(result),
        json(version.image()));
    session.update(
        "INSERT INTO dags (dag, present, attempts, next_try) VALUES (?, 0, 0, 0)"
            + " ON CONFLICT (dag) DO UPDATE SET forget = 0,"
            + " present = CASE present WHEN 2 THEN 0 ELSE present END",
        dag);
  }

  private static void remove(Session session, String key) throws SQLException {
    session.update("UPDATE names SET removed = 1 WHERE key = ?", key);
    session.update("UPDATE versions SET wanted = 0 WHERE key = ?", key);
  }

  /** Changed rules come as a snapshot: what did not fit may fit now. */
  private static void tryWithTheseRules(Session session) throws SQLException {
    session.update("UPDATE dags SET needs = NULL, gave_way_to = NULL WHERE needs IS NOT NULL");
  }

  /** Removes names that a complete snapshot did not contain. */
  private List<String> removeOthers(Session session, long generation) throws SQLException {
    List<String> others = RemovalGuard.removed(session, generation, clock.instant());
    for (String key : others) {
      remove(session, key);
    }
    return others;
  }

  /** Drops versions never held, and records since when held ones are unwanted. */
  private void settle(Session session) throws SQLException {
    clampTimes(session);
    session.update(
        "DELETE FROM versions WHERE wanted = 0"
            + " AND dag IN (SELECT dag FROM dags WHERE present = 0 AND asked IS NULL)");
    String dropped = " FROM dags WHERE present = 0 AND dag NOT IN (SELECT dag FROM versions)";
    if (!session.query("SELECT 1" + dropped + " AND attempts > 0 LIMIT 1", r -> true).isEmpty()) {
      SiteStore.put(session, Value.LEFTOVERS, 1);
    }
    session.update("DELETE" + dropped);
    session.update(
        "UPDATE dags SET elsewhere = NULL, checked = NULL WHERE elsewhere IS NOT NULL AND NOT "
            + AnyNodePlacement.NAMED_SO);
    KeptDags.settle(session, clock.instant());
    session.update("DELETE FROM names WHERE removed = 1 AND key NOT IN (SELECT key FROM versions)");
  }

  /** Times that were noted while a hub's clock was ahead: nothing waits until then. */
  private void clampTimes(Session session) throws SQLException {
    Instant now = clock.instant();
    session.update(
        "UPDATE dags SET next_try = 0 WHERE present = 0 AND next_try > ?",
        now.plus(LONGEST_PAUSE).toEpochMilli());
    session.update(
        "UPDATE dags SET unwanted_since = ? WHERE unwanted_since > ?",
        now.toEpochMilli(),
        now.toEpochMilli());
    session.update(
        "UPDATE neighbors SET seen = ? WHERE seen > ?", now.toEpochMilli(), now.toEpochMilli());
  }

  private void succeed(Session session, Segment segment) throws SQLException {
    End end = segment.end();
    SiteStore.put(session, Value.CURSOR, end.to());
    SiteStore.put(session, Value.IN_SNAPSHOT, isSnapshot(end) && !end.whole() ? 1 : 0);
    SiteStore.put(session, Value.SIGNED_AT, end.at());
    if (end.whole()) {
      SiteStore.put(session, Value.WHOLE_AT, end.at());
    }
    if (segment.group() != null) {
      SiteStore.put(session, Value.GROUP, text(segment.group()));
      hurry(session, segment.group().syncAt());
    }
    SiteStore.put(session, Value.CLOCK, clock.instant());
    SiteStore.put(session, Value.WALL, clock.wall());
  }

  /** Retries waiting images once, if an operator asked for it since the last time. */
  private static void hurry(Session session, @Nullable Instant asked) throws SQLException {
    if (asked == null
        || session
            .query(
                "SELECT value FROM meta WHERE name = ?",
                row -> row.getString(1),
                Value.SYNCED_AT.name())
            .contains(asked.toString())) {
      return;
    }
    SiteStore.put(session, Value.SYNCED_AT, asked);
    session.update(
        "UPDATE dags SET hurry = 1, next_try = 0, needs = NULL WHERE present = 0 AND "
            + KeptDags.KEPT);
  }

  private static String text(Object value) throws SQLException {
    return new String(json(value), StandardCharsets.UTF_8);
  }

  private static byte[] json(Object value) throws SQLException {
    try {
      return SiteJson.write(value);
    } catch (MalformedEventException e) {
      throw new SQLException(e.getMessage(), e);
    }
  }
}

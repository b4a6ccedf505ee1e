package dev.longshore.resolver.site;

import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.neighbor.Neighborhood;
import dev.longshore.resolver.store.SqliteFile.Session;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which images of rules with {@code keep: any-node} this node keeps: those that rank it first among
 * the site's nodes. An image that another node should keep stays here until a node ranked before
 * this one has it: so the last copy never goes, even if nodes disagree about who is there.
 */
final class AnyNodePlacement {
  /** A node that answers no more keeps its images for so long: an update moves none of them. */
  static final Duration AWAY = Duration.ofHours(1);

  /** Of a node that answered, how exactly it is noted when it did so last. */
  private static final Duration NOTED = Duration.ofMinutes(1);

  /** Between two questions whether the one that keeps an image has it by now. */
  private static final Duration ASK = Duration.ofSeconds(10);

  /** The same of one that had it. */
  private static final Duration ASK_AGAIN = Duration.ofHours(1);

  /** Images that neighbors are asked for in one turn. */
  private static final int AT_ONCE = 50;

  /** One that such a rule names. */
  static final String NAMED_SO =
      "dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
          + " WHERE v.wanted = 1 AND v.other = 0 AND n.removed = 0 AND n.keep = 'ANY_NODE')";

  private final SiteStore store;
  private final SiteClock clock;
  private final @Nullable Neighborhood neighbors;
  private final Duration turn;
  private final Runnable changed;
  private @Nullable Set<String> decidedBy;

  /**
   * @param neighbors null where this node is alone
   * @param turn between two looks at who is there
   * @param changed told when another node has an image that it keeps, or has it no more
   */
  AnyNodePlacement(
      SiteStore store,
      SiteClock clock,
      @Nullable Neighborhood neighbors,
      Duration turn,
      Runnable changed) {
    this.store = store;
    this.clock = clock;
    this.neighbors = neighbors;
    this.turn = turn;
    this.changed = changed;
  }

  /** Looks who is there, and who has what, until it is interrupted. */
  void run() throws InterruptedException {
    Signal never = new Signal();
    while (true) {
      boolean news = neighbors != null && decide();
      news |= ask();
      if (news) {
        changed.run();
      }
      var _ = never.await(neighbors == null ? AWAY : turn);
    }
  }

  /**
   * Decides of each image who keeps it; of those that came since the last time, if nobody else came
   * or went.
   *
   * @return whether anything is to be done by another node now, or by this one
   */
  synchronized boolean decide() {
    Neighborhood near = neighbors;
    if (near != null && !near.knowsNeighbors()) {
      return false;
    }
    Set<String> others = near == null ? Set.of() : others(near);
    boolean anew = !others.equals(decidedBy);
    List<ImageDag> dags =
        store.query(
            "SELECT dag FROM dags WHERE " + (anew ? "" : "elsewhere IS NULL AND ") + NAMED_SO,
            row -> ImageDag.stored(row.getString(1)));
    boolean[] moved = new boolean[1];
    if (!dags.isEmpty()) {
      store.write(
          session -> {
            for (ImageDag dag : dags) {
              moved[0] |=
                  (near == null || near.isFirst(others, dag))
                      ? updates(
                          session,
                          "UPDATE dags SET elsewhere = 0, next_try = 0 WHERE dag = ?"
                              + " AND COALESCE(elsewhere, 1) > 0",
                          dag)
                      : updates(
                          session,
                          "UPDATE dags SET elsewhere = 1, checked = NULL WHERE dag = ?"
                              + " AND COALESCE(elsewhere, 0) = 0",
                          dag);
            }
            KeptDags.settle(session, clock.instant());
          });
    }
    decidedBy = others;
    return moved[0];
  }

  private static boolean updates(Session session, String sql, Object... parameters)
      throws SQLException {
    session.update(sql, Arrays.stream(parameters).map(Object::toString).toArray());
    return session.query("SELECT changes()", row -> row.getInt(1)).getFirst() > 0;
  }

  /** Names of those that are there, or were a while ago. */
  private Set<String> others(Neighborhood near) {
    Instant now = clock.instant();
    Set<String> answering = near.names();
    Set<String> noted =
        new HashSet<>(
            store.query(
                "SELECT node FROM neighbors WHERE seen > ?",
                row -> row.getString(1),
                now.minus(NOTED).toEpochMilli()));
    if (!noted.containsAll(answering)) {
      store.write(
          session -> {
            // Times that were noted while a hub's clock was ahead.
            session.update(
                "DELETE FROM neighbors WHERE seen <= ? OR seen > ?",
                now.minus(AWAY).toEpochMilli(),
                now.plus(NOTED).toEpochMilli());
            for (String node : answering) {
              session.update(
                  "INSERT INTO neighbors (node, seen) VALUES (?, ?)"
                      + " ON CONFLICT (node) DO UPDATE SET seen = excluded.seen",
                  node,
                  now.toEpochMilli());
            }
          });
    }
    Set<String> others =
        new HashSet<>(
            store.query(
                "SELECT node FROM neighbors WHERE seen > ?",
                row -> row.getString(1),
                now.minus(AWAY).toEpochMilli()));
    others.addAll(answering);
    return others;
  }

  /** Asks whether those have them who are to keep them. */
  private boolean ask() throws InterruptedException {
    Neighborhood near = neighbors;
    if (near == null) {
      return false;
    }
    long now = clock.instant().toEpochMilli();
    List<ImageDag> dags =
        store.query(
            "SELECT dag FROM dags WHERE forget = 0 AND ((elsewhere = 1 AND (checked IS NULL OR"
                + " checked > ? OR"
                + " checked <= ?)) OR (elsewhere = 2 AND (checked <= ? OR checked > ?))) AND "
                + NAMED_SO
                + " ORDER BY checked LIMIT "
                + AT_ONCE,
            row -> ImageDag.stored(row.getString(1)),
            now,
            now - ASK.toMillis(),
            now - ASK_AGAIN.toMillis(),
            now);
    boolean any = false;
    for (ImageDag dag : dags) {
      any |= ask(near, dag);
    }
    return any;
  }

  private boolean ask(Neighborhood near, ImageDag dag) throws InterruptedException {
    return switch (near.beforeThis(dag, known())) {
      case HAVE_IT -> note(dag, 2);
      case LACK_IT -> note(dag, 1);
      case SILENT -> {
        store.write(
            session ->
                session.update(
                    "UPDATE dags SET checked = ? WHERE dag = ?",
                    clock.instant().toEpochMilli(),
                    dag.toString()));
        yield false;
      }
    };
  }

  private synchronized Set<String> known() {
    Set<String> known = decidedBy;
    return known == null ? Set.of() : known;
  }

  /** Unless this node is to keep it by now. */
  private boolean note(ImageDag dag, int elsewhere) {
    boolean[] changes = new boolean[1];
    store.write(
        session -> {
          changes[0] =
              updates(
                  session,
                  "UPDATE dags SET elsewhere = "
                      + elsewhere
                      + " WHERE dag = ? AND elsewhere = "
                      + (3 - elsewhere),
                  dag);
          session.update(
              "UPDATE dags SET checked = ? WHERE dag = ?",
              clock.instant().toEpochMilli(),
              dag.toString());
          if (changes[0]) {
            KeptDags.settle(session, clock.instant());
          }
        });
    return changes[0];
  }

  /**
   * Whether it may go from here, that nothing keeps here: asked anew, as it may be the last copy.
   * If it may not, it is kept from now on, until another node has it.
   */
  boolean mayGo(ImageDag dag) throws InterruptedException {
    Neighborhood near = neighbors;
    boolean isGuarded =
        near != null
            && !store
                .query(
                    "SELECT 1 FROM dags WHERE dag = ? AND present = 1 AND forget = 0 AND "
                        + NAMED_SO,
                    row -> true,
                    dag.toString())
                .isEmpty();
    if (!isGuarded || near == null) {
      return true;
    }
    boolean theirs = near.beforeThis(dag, known()) == Neighborhood.Before.HAVE_IT;
    var _ = note(dag, theirs ? 2 : 1);
    return theirs;
  }
}

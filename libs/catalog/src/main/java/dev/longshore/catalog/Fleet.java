package dev.longshore.catalog;

import dev.longshore.events.CopyPhase;
import dev.longshore.model.PeerName;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Numbers of images and of copies, by partition, so that several processes can each tell those of
 * their own. SQLite keeps them with each change once somebody has asked for that, in the same
 * transaction; to read them takes no look at images.
 */
public final class Fleet {
  /** Images whose next loss may be the last, in words that an index has too. */
  static final String IN_DANGER =
      "verified < 2 AND verified < wanted AND phase IN ('KEPT', 'SURPLUS')";

  /** The same of images with fewer copies than they want. */
  static final String SHORT = "verified < wanted AND phase IN ('KEPT', 'SURPLUS')";

  static final String OLDEST_SHORT =
      "SELECT changed_at FROM pins WHERE partition = ? AND "
          + SHORT
          + " ORDER BY changed_at LIMIT 1";

  private static final String COPY_COUNTS = "copy_counts";
  private static final String PIN_COUNTS = "pin_counts";

  /** Copies of a record's body, by peer and state. */
  private static final String COPIES_OF =
      "INSERT INTO copy_counts (partition, peer, state, copies, bytes)"
          + " SELECT %1$spartition, entry.value ->> 'peer', entry.value ->> 'state',"
          + " %2$sCOUNT(*), %2$sSUM(entry.value ->> 'bytes')"
          + " FROM %3$s json_each(CAST(%1$sbody AS TEXT), '$.copies') entry WHERE true"
          + " GROUP BY 1, 2, 3"
          + " ON CONFLICT (partition, peer, state) DO UPDATE SET"
          + " copies = copies + excluded.copies, bytes = bytes + excluded.bytes";

  private static final String KEPT = "(%1$sphase IN ('KEPT', 'SURPLUS') AND %1$swanted > 0)";

  private static final String IMAGES_OF =
      "INSERT INTO pin_counts (partition, images, below_wanted, below_min, at_one, without, lost)"
          + " SELECT %1$spartition, %2$sTOTAL("
          + KEPT
          + "), %2$sTOTAL("
          + KEPT
          + " AND %1$sverified < %1$swanted), %2$sTOTAL("
          + KEPT
          + " AND %1$sverified < %1$sleast), %2$sTOTAL("
          + KEPT
          + " AND %1$sverified = 1 AND %1$swanted > 1), %2$sTOTAL("
          + KEPT
          + " AND %1$sverified = 0), %2$sTOTAL("
          + KEPT
          + " AND %1$sverified = 0 AND %1$sstood) FROM %3$s WHERE true GROUP BY 1"
          + " ON CONFLICT (partition) DO UPDATE SET images = images + excluded.images,"
          + " below_wanted = below_wanted + excluded.below_wanted,"
          + " below_min = below_min + excluded.below_min, at_one = at_one + excluded.at_one,"
          + " without = without + excluded.without, lost = lost + excluded.lost";

  /** Of some: what moves changes soon, and then the next is among them. */
  static final String OLDEST_IN_DANGER =
      "SELECT changed_at FROM (SELECT key, changed_at FROM pins WHERE partition = ?"
          + " AND whole_once = ? AND "
          + IN_DANGER
          + " ORDER BY changed_at LIMIT 4) oldest WHERE NOT EXISTS (SELECT 1 FROM copies"
          + " WHERE copies.key = oldest.key AND copies.moving = 1) LIMIT 1";

  /** The record of a trigger, as a table of one row. */
  private static final String ONE = "(SELECT 1)";

  private final Store store;

  Fleet(Store store) {
    this.store = store;
  }

  /**
   * Images that are to be kept. Those without a copy are below all other numbers too.
   *
   * @param images all of them
   * @param belowWanted with fewer verified copies than wanted
   * @param belowMin with fewer than the least
   * @param atOneCopy with one copy of several that are wanted
   * @param withoutCopy with none
   * @param lost those of these that had one
   */
  public record Images(
      long images, long belowWanted, long belowMin, long atOneCopy, long withoutCopy, long lost) {}

  /**
   * Copies at a peer.
   *
   * @param bytes of their images; what images share counts each time
   */
  public record Held(PeerName peer, CopyPhase state, long copies, long bytes) {}

  /**
   * Counts from now on, also after a restart. Unless it did so before, it counts all that is there
   * once, which takes some seconds for 100,000 images; nothing is stored meanwhile.
   */
  public void keep() {
    if (!store.read(Fleet::isKept)) {
      store.write(
          session -> {
            begin(session);
            return true;
          });
    }
  }

  private static boolean isKept(Session session) throws SQLException {
    return session
        .first("SELECT 1 FROM sqlite_master WHERE name = ?", _ -> true, COPY_COUNTS)
        .isPresent();
  }

  private static void begin(Session session) throws SQLException {
    List<String> sql = new ArrayList<>();
    sql.add(
        "CREATE TABLE copy_counts (partition INTEGER NOT NULL, peer TEXT NOT NULL,"
            + " state TEXT NOT NULL, copies INTEGER NOT NULL, bytes INTEGER NOT NULL,"
            + " PRIMARY KEY (partition, peer, state)) WITHOUT ROWID");
    sql.add(
        "CREATE TABLE pin_counts (partition INTEGER PRIMARY KEY, images INTEGER NOT NULL,"
            + " below_wanted INTEGER NOT NULL, below_min INTEGER NOT NULL,"
            + " at_one INTEGER NOT NULL, without INTEGER NOT NULL, lost INTEGER NOT NULL)");
    sql.add(COPIES_OF.formatted("copies.", "", "copies,"));
    sql.add(IMAGES_OF.formatted("pins.", "", "pins"));
    counting(sql, "copies", COPIES_OF, "");
    counting(sql, "pins", IMAGES_OF, ONE);
    session.script(sql.toArray(String[]::new));
  }

  private static void counting(List<String> sql, String table, String count, String from) {
    String more = count.formatted("NEW.", "", from) + ";";
    String less = count.formatted("OLD.", "-", from) + ";";
    String trigger = "CREATE TRIGGER count_" + table;
    sql.add(trigger + "_in AFTER INSERT ON " + table + " BEGIN " + more + " END");
    sql.add(trigger + "_out AFTER DELETE ON " + table + " BEGIN " + less + " END");
    sql.add(
        trigger + "_new AFTER UPDATE OF body ON " + table + " BEGIN " + less + " " + more + " END");
  }

  /** Images of these partitions; none before they are counted. */
  public Optional<Images> images(Collection<Integer> partitions) {
    return store.read(
        session ->
            isKept(session)
                ? session.first(
                    "SELECT TOTAL(images), TOTAL(below_wanted), TOTAL(below_min), TOTAL(at_one),"
                        + " TOTAL(without), TOTAL(lost) FROM "
                        + PIN_COUNTS
                        + in(partitions),
                    row ->
                        new Images(
                            row.getLong(1),
                            row.getLong(2),
                            row.getLong(3),
                            row.getLong(4),
                            row.getLong(5),
                            row.getLong(6)))
                : Optional.empty());
  }

  /** Copies of images of these partitions, by peer and state; none before they are counted. */
  public List<Held> copies(Collection<Integer> partitions) {
    return store.read(
        session ->
            isKept(session)
                ? session.list(
                    "SELECT peer, state, SUM(copies), SUM(bytes) FROM "
                        + COPY_COUNTS
                        + in(partitions)
                        + " GROUP BY peer, state",
                    row ->
                        new Held(
                            new PeerName(row.getString(1)),
                            phase(row.getString(2)),
                            row.getLong(3),
                            row.getLong(4)))
                : List.of());
  }

  private static CopyPhase phase(String name) {
    try {
      return CopyPhase.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return CopyPhase.UNKNOWN;
    }
  }

  private static String in(Collection<Integer> partitions) {
    return " WHERE partition IN ("
        + partitions.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + ")";
  }

  /**
   * Since when the longest-waiting image in danger has not changed: it has one copy or none, wants
   * more, and no bytes of it are coming. Looks at the oldest of each partition.
   *
   * @param wholeOnce whether it had all its copies before: else it is new
   */
  public Optional<Instant> inDangerSince(Collection<Integer> partitions, boolean wholeOnce) {
    return store.read(
        session -> {
          List<Instant> oldest = new ArrayList<>();
          for (int partition : partitions) {
            session
                .first(OLDEST_IN_DANGER, Fleet::time, partition, wholeOnce ? 1 : 0)
                .ifPresent(oldest::add);
          }
          return oldest.stream().min(Instant::compareTo);
        });
  }

  /** Since when nothing has changed at the image that has waited longest for a copy it wants. */
  public Optional<Instant> shortSince(Collection<Integer> partitions) {
    return store.read(
        session -> {
          List<Instant> oldest = new ArrayList<>();
          for (int partition : partitions) {
            session.first(OLDEST_SHORT, Fleet::time, partition).ifPresent(oldest::add);
          }
          return oldest.stream().min(Instant::compareTo);
        });
  }

  private static Instant time(ResultSet row) throws SQLException {
    return Instant.ofEpochMilli(row.getLong(1));
  }

  /** Number of image DAGs after this one, by CID. */
  public long after(String dag) {
    return store
        .read(
            session ->
                session.first(
                    "SELECT COUNT(*) FROM copies WHERE key > ?", row -> row.getLong(1), dag))
        .orElse(0L);
  }
}

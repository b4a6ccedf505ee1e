package dev.longshore.resolver.site;

import dev.longshore.events.AbsenceReason;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.SiteStore.Value;
import dev.longshore.resolver.store.SqliteFile.Session;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The store's records of images that lost blocks to a bad disk. */
final class RottedDags {
  /** One that a rule names, if only on demand. */
  private static final String NAMED =
      "dag IN (SELECT v.dag FROM versions v JOIN names n ON n.key = v.key"
          + " WHERE v.wanted = 1 AND n.removed = 0)";

  private final SiteStore store;
  private final SiteClock clock;

  RottedDags(SiteStore store, SiteClock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * Bad blocks were taken out.
   *
   * @param absent images that lack some since: what rules name comes again
   * @param images that had some
   * @param blocks so many
   * @return keys of the names that have those that are absent
   */
  Set<String> rotted(List<ImageDag> absent, int images, int blocks) {
    String what =
        "%d blocks of %d images on this node's disk were rotten or missing, and are fetched again: look after the disk"
            .formatted(blocks, images);
    Set<String> changed = new HashSet<>();
    store.write(
        session -> {
          changed.addAll(absent(session, absent, what));
          SiteStore.put(session, Value.ROTTED_AT, clock.instant());
          SiteStore.put(session, Value.ROTTED, KeptDags.cut(what));
        });
    return changed;
  }

  private static Set<String> absent(Session session, List<ImageDag> all, String why)
      throws SQLException {
    Set<String> changed = new HashSet<>();
    for (ImageDag dag : all) {
      changed.addAll(KeptDags.keys(session, dag));
      session.update(
          "UPDATE dags SET present = 0, attempts = CASE WHEN "
              + NAMED
              + " THEN 1 ELSE 0 END, hurry = CASE WHEN "
              + NAMED
              + " AND NOT "
              + KeptDags.KEPT
              + " THEN 2 ELSE 0 END, next_try = 0, asked = NULL, unwanted_since = NULL,"
              + " reason = ?, error = ? WHERE dag = ? AND present = 1",
          AbsenceReason.FAILED.name(),
          KeptDags.cut(why),
          dag.toString());
    }
    if (!all.isEmpty()) {
      session.update(
          "DELETE FROM dags WHERE present = 0 AND dag NOT IN (SELECT dag FROM versions)");
      SiteStore.put(session, Value.LEFTOVERS, 1);
    }
    return changed;
  }

  /**
   * An image DAG with a replaced block lacks another block.
   *
   * @return keys of the names that have it
   */
  Set<String> absent(ImageDag dag, String why) {
    Set<String> changed = new HashSet<>();
    store.write(session -> changed.addAll(absent(session, List.of(dag), why)));
    return changed;
  }
}

package dev.longshore.resolver.site;

import dev.longshore.events.AbsenceReason;
import dev.longshore.model.ImageDag;
import dev.longshore.resolver.site.SiteStore.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What the store says of images that lost blocks to a bad disk. */
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
   * Blocks of them were taken out: they are absent, and what rules name comes again.
   *
   * @param blocks so many
   * @param kept those that the node keeps, and why
   * @return keys of the names that have them
   */
  Set<String> rotted(List<ImageDag> all, int blocks, List<String> kept) {
    Set<String> changed = new HashSet<>();
    String what =
        "%d blocks of %d images on this node's disk were rotten or missing, and are fetched again: look after the disk%s"
            .formatted(
                blocks,
                all.size(),
                kept.isEmpty()
                    ? ""
                    : "; a pin of somebody else holds "
                        + String.join(", ", kept.subList(0, Math.min(2, kept.size())))
                        + ": remove it");
    store.write(
        session -> {
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
                KeptDags.cut(what),
                dag.toString());
          }
          session.update(
              "DELETE FROM dags WHERE present = 0 AND dag NOT IN (SELECT dag FROM versions)");
          SiteStore.put(session, Value.LEFTOVERS, 1);
          SiteStore.put(session, Value.ROTTED_AT, clock.instant());
          SiteStore.put(session, Value.ROTTED, KeptDags.cut(what));
        });
    return changed;
  }
}

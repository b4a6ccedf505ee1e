package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.app.query.list.ListedSite;
import dev.longshore.events.SiteState;
import dev.longshore.events.SiteState.Absence;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which sites say that they lack an image. A report names what a node lacks, not what it has: once
 * a query tells the lag of each site, it is to be joined here.
 */
final class SitesOfImage {
  private static final int LISTED = 100;

  private SitesOfImage() {}

  /**
   * Adds them.
   *
   * @param names keys of the image's names
   */
  static void put(ObjectNode node, List<String> names, List<ListedSite> sites) {
    Set<String> keys = Set.copyOf(names);
    var lacking = node.putArray("lacking");
    int reporting = 0;
    for (ListedSite site : sites) {
      reporting += site.reports().isEmpty() ? 0 : 1;
      for (SiteState report : site.reports()) {
        for (Absence absence : report.exceptions()) {
          if (keys.contains(absence.name()) && lacking.size() < LISTED) {
            lacking
                .addObject()
                .put("site", site.name())
                .put("node", report.node())
                .put("name", absence.name())
                .put("reason", absence.reason().name().toLowerCase(Locale.ROOT))
                .put("error", absence.error())
                .put("reportedAt", report.receivedAt().toString());
          }
        }
      }
    }
    node.put("reporting", reporting);
  }
}

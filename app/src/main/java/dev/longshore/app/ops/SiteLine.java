package dev.longshore.app.ops;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.longshore.resolver.hub.settings.SiteGroupSettings;
import dev.longshore.resolver.hub.settings.SiteLineSettings;

/** How a site may use its line, and how far behind it may be, by the settings of its group. */
final class SiteLine {
  private SiteLine() {}

  static void put(ObjectNode site, SiteGroupSettings group) {
    SiteLineSettings line = group.line();
    ObjectNode node =
        site.putObject("line")
            .put("zone", line.zone())
            .put("paused", line.paused())
            .put("askedPercent", line.askedPercent());
    if (line.bytesPerSecond() != null) {
      node.put("bytesPerSecond", line.bytesPerSecond().bytes());
    }
    line.windows().forEach(node.putArray("windows")::add);
    site.put("lagTargetSeconds", group.lagTarget().toSeconds()).put("critical", group.critical());
  }
}

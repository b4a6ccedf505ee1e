package dev.longshore.resolver.site;

import dev.longshore.sites.Group;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The hours in which a site may fetch ahead of requests. */
record Windows(ZoneId zone, List<Hours> hours) {
  private static final Logger LOG = LoggerFactory.getLogger(Windows.class);
  private static final Pattern HOURS = Pattern.compile("(\\d\\d:\\d\\d)-(\\d\\d:\\d\\d)");

  Windows {
    hours = List.copyOf(hours);
  }

  /** Part of a day; over midnight if it ends before it begins. */
  record Hours(LocalTime from, LocalTime to) {
    boolean contain(LocalTime time) {
      boolean late = !time.isBefore(from);
      boolean early = time.isBefore(to);
      return from.isBefore(to) ? late && early : late || early;
    }
  }

  /** Those of a group. One that a later release writes otherwise is passed over. */
  static Windows of(Group group) {
    ZoneId zone = ZoneId.of("UTC");
    List<Hours> hours = new ArrayList<>();
    try {
      zone = ZoneId.of(group.zone());
      for (String window : group.windows()) {
        Matcher parts = HOURS.matcher(window);
        if (parts.matches()) {
          hours.add(new Hours(LocalTime.parse(parts.group(1)), LocalTime.parse(parts.group(2))));
        } else {
          LOG.warn("window \"{}\" of group {} is not understood", window, group.name());
        }
      }
    } catch (DateTimeException e) {
      LOG.warn("windows of group {}: {}", group.name(), e.getMessage());
    }
    return new Windows(zone, hours);
  }

  boolean open(Instant now) {
    LocalTime time = now.atZone(zone).toLocalTime();
    return hours.isEmpty() || hours.stream().anyMatch(each -> each.contain(time));
  }
}
